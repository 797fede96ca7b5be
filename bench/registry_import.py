"""Time and memory of an official list's import: checked, imported, killed in the middle, against COPY of the same rows.

    .venv/bin/python bench/registry_import.py [ROWS] [--people MANY] [--keep FOLDER]

A made-up list of ROWS (100,000) rows, a tenth of them bad and a tenth of them of people who are known, is brought as
CSV into a throwaway PostgreSQL with Pallaq's own configuration; MANY people stand there before (0). A process of its
own, as the worker is, imports it, is killed with SIGKILL at the middle, and another one goes on. The floor is what the
same import left in the tables, written by COPY into tables of the same form, with their indexes. Processor seconds are
those of the worker and of PostgreSQL's process for it. A Markdown table is printed.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil

TABLES = (
    "registry_person",
    "registry_identifier",
    "registry_registration",
    "registry_transition",
    "registry_activity",
    "rolls_rollentry",
    "rolls_rollrow",
)
SURNAMES = (
    "Mamani Quispe Condori Huanca Flores Apaza Choque Vilca Ccama Pari Yana Turpo Cutipa Larico Calsina Machaca Ticona",
    "Coila Sucasaire Huarachi Arpasi Chambi Luque Paredes Vargas Rojas Gutiérrez Ramos Cruz Mendoza Chura Pacori",
)
NAMES = (
    "Juana Rosa María Elena Lucía Carmen Julia Martha Sonia Delia Nélida Yeny Flor Gladys Hilda Irma Norma Olga",
    "Paulina Rufina Sabina Teófila Úrsula Vilma Yolanda Zenobia Andrea Benita Celia Dominga",
)
HEADER = "DNI,Apellido paterno,Apellido materno,Nombres,Sexo,Fecha de nacimiento,Ubigeo,N° inscripción,Estado,"
HEADER += "Fecha de inscripción,Actividad,Centro minero"
BAD = ("4012345", "30/02/1980", "999999", "QUIEN SABE")
WORKER = """
import sys, django
django.setup()
from pallaq.rolls.actions import working
from pallaq.rolls.models import Roll
roll = Roll.objects.select_related("scheme").get(pk=sys.argv[2])
getattr(working, sys.argv[1])(roll)
"""


def start_server(folder: Path) -> Any:
    """Start PostgreSQL in a folder, make Django use it, and return what stops it."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "pallaq.settings", "PALLAQ_DATA": str(folder), "PALLAQ_ENV": "test"}
    os.environ["PYTHONPATH"] = sys.path[0]
    (folder / "static").mkdir(exist_ok=True)
    from pallaq.cli import postgres
    from pallaq.shared.encryption import make_ring

    server = postgres.start(folder, throwaway=True)
    make_ring(folder)
    import pallaq.wsgi  # noqa: F401 - the process as granian serves it

    return server.stop


def lines(rows: int, first: int, chance: random.Random) -> list[str]:
    """Return the rows of a list: a tenth is bad, each in one of four ways."""
    made, surnames, names = [], " ".join(SURNAMES).upper().split(), " ".join(NAMES).upper().split()
    for number in range(first, first + rows):
        born = date(1955, 1, 1) + timedelta(days=chance.randrange(17_000))
        cells = [
            str(10_000_000 + number),
            chance.choice(surnames),
            chance.choice(surnames),
            f"{chance.choice(names)} {chance.choice(names)}",
            "F" if chance.random() < 0.8 else "M",
            born.strftime("%d/%m/%Y"),
            "211002",
            f"P-{number}",
            "Vigente",
            "01/03/2024",
            "Pallaqueo",
            "La Rinconada",
        ]
        if number % 10 == 3:
            way = number // 10 % 4
            cells[(0, 5, 6, 8)[way]] = BAD[way]
        made.append(",".join(cells))
    return made


def bring(rows: list[str]) -> Any:
    """Bring rows as a list, and return it."""
    from pallaq.accounts.models import User
    from pallaq.registry.models import IdentifierKind, Scheme
    from pallaq.rolls.actions.bringing import Brought, bring_roll

    by, _made = User.objects.get_or_create(email="o@example.org")
    scheme, kind = Scheme.objects.get(pk="selectors-puno"), IdentifierKind.objects.get(pk="dni")
    data = "\n".join([HEADER, *rows]).encode()
    return bring_roll(brought=Brought(scheme, date(2025, 6, 30), kind), data=data, name="l.csv", regions=None, by=by)


class Worker:
    """A process that does one thing to a list, and the memory that it had."""

    def __init__(self, what: str, roll: Any) -> None:
        self.start = time.perf_counter()
        self.process = psutil.Popen([sys.executable, "-c", WORKER, what, str(roll.pk)])
        self.roll, self.memory, self.spent = roll, [], 0.0

    def until(self, rows: int | None = None) -> float:
        """Wait until so many rows are done, or the process ends; return the seconds since its start."""
        while self.process.poll() is None:
            self.roll.refresh_from_db(fields=["done", "rows"])
            self.spent = self.processor()
            if rows is not None and self.roll.done >= rows:
                break
            if self.roll.done:
                self.memory.append((self.roll.done, self.process.memory_info().rss / 2**20))
            time.sleep(0.2)
        assert rows is not None or self.process.wait() == 0
        return time.perf_counter() - self.start

    def processor(self) -> float:
        """Return the processor seconds that it and its PostgreSQL process have taken."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            backends = [pid for (pid,) in cursor.fetchall()]
        try:
            times = [psutil.Process(pid).cpu_times() for pid in (self.process.pid, *backends)]
        except psutil.NoSuchProcess:
            return self.spent
        return sum(one.user + one.system for one in times)


def begin(roll: Any) -> None:
    """Let an import begin, or go on after a crash."""
    from pallaq.rolls.actions.bringing import begin_import

    roll.refresh_from_db()
    begin_import(roll=roll, by=roll.made_by)


def done(what: str, roll: Any) -> tuple[float, float, float, float]:
    """Do one thing to a list; return seconds, megabytes after a tenth and at the end, and processor seconds."""
    worker = Worker(what, roll)
    seconds = worker.until()
    early = [memory for rows, memory in worker.memory if rows <= roll.rows / 5] or [0.0]
    return seconds, early[-1], worker.memory[-1][1] if worker.memory else 0.0, worker.spent


def floor() -> tuple[float, int]:
    """Write what stands in the tables into tables of the same form by COPY; return seconds and rows."""
    from django.db import connection

    seconds, rows = 0.0, 0
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
            with cursor.copy(f"COPY {table} TO STDOUT") as out:
                data = b"".join(bytes(piece) for piece in out)
            start = time.perf_counter()
            with cursor.copy(f"COPY floor_{table} FROM STDIN") as into:
                into.write(data)
            seconds += time.perf_counter() - start
            rows += data.count(b"\n")
    return seconds, rows


def stand(people: int, chance: random.Random) -> None:
    """Import people who stand there before, in lists of a hundred thousand."""
    from pallaq.rolls.actions.working import check_roll, import_roll

    for first in range(20_000_000, 20_000_000 + people, 100_000):
        roll = bring(lines(min(100_000, 20_000_000 + people - first), first, chance))
        check_roll(roll)
        begin(roll)
        import_roll(roll)


def prepare(rows: int, people: int) -> list[str]:
    """Fill the tables: people who stand there before, and a tenth of the list's; return the list's rows."""
    from django.core.management import call_command

    from pallaq.registry.actions.law import load_law
    from pallaq.rolls.actions.working import check_roll, import_roll

    call_command("migrate", verbosity=0)
    load_law()
    chance = random.Random(1)
    stand(people, chance)
    listed = lines(rows, 0, chance)
    known = bring(listed[: rows // 10])
    check_roll(known)
    begin(known)
    import_roll(known)
    return listed


def measure(rows: int, people: int) -> None:
    """Check and import a list, with a kill in the middle; print what it took."""
    from pallaq.registry.models import Person

    roll = bring(prepare(rows, people))
    before = Person.objects.count()
    check = done("check_roll", roll)
    begin(roll)
    first = Worker("import_roll", roll)
    seconds = first.until(rows // 2)
    first.process.kill()
    first.process.wait()
    killed = roll.done
    rest = done("import_roll", roll)
    roll.refresh_from_db()
    did = roll.counts["imported"]
    assert roll.state == "imported"
    assert Person.objects.count() == before + did["created"]
    assert sum(did.values()) == roll.entries.count() + roll.bad_rows.count() == rows
    print(f"{rows:,} rows, {people:,} people before; {did}; killed with SIGKILL at {killed:,} rows.\n")
    memory = f"{first.memory[0][1]:.0f}", f"{first.memory[-1][1]:.0f}, then {rest[2]:.0f}"
    show(rows, check, (seconds + rest[0], first.spent + rest[3], *memory))


def show(rows: int, check: tuple[float, float, float, float], whole: tuple[float, float, str, str]) -> None:
    """Print the table."""

    def speed(seconds: float) -> str:
        return f"{rows / seconds:,.0f}"

    (least, written), (seconds, spent, early, late) = floor(), whole
    table = [
        ("", "seconds", "processor s", "rows a second", "/ floor", "MB after a tenth", "MB at the end"),
        ("---",) * 7,
        (
            f"floor: COPY of {written:,} rows into 7 tables with indexes",
            f"{least:.1f}",
            "",
            speed(least),
            "1.0",
            "",
            "",
        ),
        ("check", f"{check[0]:.1f}", f"{check[3]:.1f}", speed(check[0]), "", f"{check[1]:.0f}", f"{check[2]:.0f}"),
        (
            "import, the starts of both processes in it",
            f"{seconds:.1f}",
            f"{spent:.1f}",
            speed(seconds),
            f"{seconds / least:.1f}",
            early,
            late,
        ),
    ]
    for cells in table:
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=float, default=1e5)
    parser.add_argument("--people", type=float, default=0)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    place = asked.keep or Path(tempfile.mkdtemp(prefix="pallaq-bench-", dir="/tmp"))
    place.mkdir(parents=True, exist_ok=True)
    stop = start_server(place)
    try:
        measure(int(asked.rows), int(asked.people))
    finally:
        stop()
        if not asked.keep:
            shutil.rmtree(place, ignore_errors=True)
