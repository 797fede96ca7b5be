"""Times of the registry over a million people with three registrations each: looked up, and compared at entry.

    .venv/bin/python bench/registry.py [PEOPLE] [--keep FOLDER]

A throwaway PostgreSQL with Pallaq's own configuration is filled with made-up people (`registry_people.py`). Names and
documents are looked up through the page itself, with its log of readings, as a registrar of one region and as an
officer of the country; the check for duplicates at entry is asked with slips in what is typed, and a trigram query
over the same names is measured beside it. Percentiles are printed as a Markdown table.
"""

import argparse
import itertools
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from plan import start_server
from registry_matching import slipped
from registry_people import Drawn, generate, people

ASKED = 200  # of each kind of question
OF_PEER = 60
TRIGRAM = """
SELECT id, similarity(name_key, %(name)s) AS alike FROM registry_person
WHERE name_key %% %(name)s AND state = 'current' ORDER BY alike DESC LIMIT 10
"""
Timed = Callable[[Any], object]


def timed(work: Timed, asked: Sequence[Any]) -> tuple[float, float, float, float]:
    """Return the median, the 95th percentile and the longest of the milliseconds that questions took, one by one.

    Last, the mean of those that the processor worked, in Python and PostgreSQL: it does not wait for other programs.
    """
    from django.db import connection

    work(asked[0])
    backend = psutil.Process(connection.connection.info.backend_pid)
    times, before = [], time.process_time() + sum(backend.cpu_times()[:2])
    for one in asked[1:]:
        start = time.perf_counter()
        work(one)
        times.append(1000 * (time.perf_counter() - start))
    spent = time.process_time() + sum(backend.cpu_times()[:2]) - before
    return statistics.median(times), statistics.quantiles(times, n=20)[18], max(times), 1000 * spent / len(times)


def desks() -> dict[str, Any]:
    """Return clients of a registrar of Puno and of an officer of the country."""
    from django.test import Client

    from pallaq.accounts.models import User
    from pallaq.registry.actions.seats import give_seat
    from pallaq.registry.models import Role

    clients = {}
    for name, role, region in (("registrar", Role.REGISTRAR, "21"), ("officer", Role.OFFICER, "")):
        user, _made = User.objects.get_or_create(email=f"{name}@example.org", name=name)
        give_seat(user=user, role=role, region=region, by=None)
        clients[name] = Client(headers={"accept-language": "en"})
        clients[name].force_login(user)
    return clients


def looked_up(client: Any) -> Timed:
    """Return what asks the page for words."""

    def work(words: Any) -> None:
        answer = client.post("/registry/people/", {"words": words})
        assert answer.status_code == 200, answer

    return work


def entry(drawn: Any) -> int:
    """Ask who may be the person typed."""
    from pallaq.matching.finding import candidates
    from pallaq.registry.actions.people import Numbered

    numbers = [Numbered("dni", drawn.dni)] if drawn.dni else []
    names = drawn.given, drawn.paternal, drawn.maternal
    return len(candidates(names, drawn.birth_on, numbers, drawn.phone, drawn.place))


def trigram(drawn: Any) -> int:
    """Ask the trigram index for names alike."""
    from django.db import connection

    from pallaq.shared.fields import plain

    name = plain(f"{drawn.paternal} {drawn.maternal} {drawn.given}")
    with connection.cursor() as cursor:
        cursor.execute(TRIGRAM, {"name": name})
        return len(cursor.fetchall())


def questions(drawn: Sequence[Drawn]) -> dict[str, list[str]]:
    """Return what is typed to find people."""
    return {
        "both surnames and a given name": [f"{one.paternal} {one.maternal} {one.given.split()[0]}" for one in drawn],
        "a given name and a surname": [f"{one.given.split()[0]} {one.paternal}" for one in drawn],
        "one surname": [one.paternal for one in drawn],
        "a surname and the year of birth": [f"{one.paternal} {one.birth_on.year}" for one in drawn],
        "document": [one.dni for one in drawn],
    }


def measure(many: int) -> None:
    """Print the table."""
    from django.db import connection

    chance = random.Random(11)
    drawn = [next(people(start, 1)) for start in sorted(chance.sample(range(0, many, 1000), min(ASKED, many // 1000)))]
    while len(drawn) < ASKED:
        drawn += list(people(0, ASKED - len(drawn)))
    clients = desks()
    print("| question | p50 ms | p95 ms | longest ms | processor, mean ms |\n|---|---|---|---|---|")
    for seat, client in clients.items():
        for kind, asked in questions(drawn).items():
            row("look up by " + kind + f", {seat}", timed(looked_up(client), asked))
    typed = [slipped(one, kind, chance) for one in drawn for kind in chance.sample(ENTRY_SLIPS, 1)]
    row("duplicates at entry", timed(entry, typed))
    names = itertools.cycle(COMMON)
    common = [Drawn("María", *next(names), "female", one.birth_on, one.place, "", "") for one in drawn]
    row("duplicates at entry, the commonest names", timed(entry, common))
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE INDEX IF NOT EXISTS bench_trigram ON registry_person USING gin (name_key gin_trgm_ops)")
        cursor.execute("ANALYZE registry_person")
        for limit in (0.6, 0.3):
            cursor.execute(f"SET pg_trgm.similarity_threshold = {limit}")
            row(f"peer: pg_trgm, similarity over {limit}", timed(trigram, typed[:OF_PEER]))


COMMON = [("Quispe", "Mamani"), ("Mamani", "Quispe"), ("Quispe", "Quispe"), ("Mamani", "Condori")]
ENTRY_SLIPS = [
    "typing",
    "sound",
    "surnames exchanged",
    "second name left out",
    "day and month exchanged",
    "no document",
]


def row(name: str, values: Sequence[float]) -> None:
    """Print a line of the table."""
    print(f"| {name} | " + " | ".join(f"{value:.0f}" for value in values) + " |", flush=True)


def prepare(folder: Path, many: int) -> None:
    """Make the tables, the law and the people, unless they lie there."""
    from django.core.management import call_command

    from pallaq.registry.actions.law import load_law
    from pallaq.shared.encryption import make_ring

    make_ring(folder)
    if (folder / "filled").exists():
        return
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    load_law()
    generate(many)
    (folder / "filled").touch()


def main() -> None:
    """Fill unless the folder holds data, measure, and leave nothing behind unless told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="?", type=float, default=50_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    many, folder = int(asked.people), asked.keep or Path(tempfile.mkdtemp(prefix="pallaq-bench-", dir="/tmp"))
    folder.mkdir(exist_ok=True)
    stop = start_server(folder)
    try:
        start = time.perf_counter()
        prepare(folder, many)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
            (size,) = cursor.fetchone()
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, PostgreSQL {connection.pg_version // 10000},")
        print(
            f"{many:,} people with 3 registrations each ({size:,} MB), filled in {time.perf_counter() - start:.0f} s;"
        )
        print(f"{ASKED} questions of a kind, one after the other\n")
        measure(many)
    finally:
        stop()
        if not asked.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
