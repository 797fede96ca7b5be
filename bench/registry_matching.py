"""Precision and recall of duplicates found, at entry and in bulk, on made-up people typed again with known slips.

    .venv/bin/python bench/registry_matching.py [PEOPLE]

One of twenty people, 4,000 at most, is typed a second time with one kind of slip; half of them bring their document,
30 % the same phone. Found at entry: she is among those shown to the registrar. Found in bulk: the pair is in the queue.
Peers on the same rows: equal document numbers, and pg_trgm's similarity of names over 0.6.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from plan import start_server
from registry_people import Drawn, Names, Rows, copy, people

EVERY = 20  # one of so many people is typed again
MOST = 4000  # typed again
LOWEST = 46  # score from which pairs are kept, to see what other thresholds would give
STRANGERS = 1000  # people who are not there, asked about at entry
SOUNDS = (
    "qui>ki que>qe hua>wa hua>gua ma>mma ca>ka z>s s>z v>b b>v ll>y y>ll cc>q co>qo e>i o>u i>y nd>nt h> ce>se j>jh"
)
RESPELLED = [tuple(one.split(">")) for one in SOUNDS.split(" ")]


def typing(name: str, chance: random.Random) -> str:
    """Return a name with one slip of the hand."""
    at = chance.randrange(1, max(2, len(name) - 1))
    letter = chance.choice("aeioulnrst")
    return chance.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[: at - 1] + name[at : at + 1] + name[at - 1 : at] + name[at + 1 :],
        ]
    )


def respelled(name: str, chance: random.Random) -> str:
    """Return a name as another clerk hears it: one or two sounds written otherwise."""
    changed = name.lower()
    fit = [pair for pair in RESPELLED if pair[0] in changed]
    for old, new in chance.sample(fit, min(len(fit), 2)):
        changed = changed.replace(old, new, 1)
    return changed.title()


def wrong_digit(digits: str, chance: random.Random) -> str:
    """Return digits with one wrong, or two neighbours exchanged."""
    at = chance.randrange(len(digits) - 1)
    if digits[at] != digits[at + 1] and chance.random() < 0.5:
        return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    return digits[:at] + str((int(digits[at]) + chance.randrange(1, 10)) % 10) + digits[at + 1 :]


def wrong_day(day: date, chance: random.Random) -> date:
    """Return a day of which one digit of the day or the year is wrong."""
    while True:
        text = f"{day:%Y%m%d}"
        at = chance.choice((2, 3, 6, 7))
        try:
            other = date.fromisoformat(text[:at] + str(chance.randrange(10)) + text[at + 1 :])
        except ValueError:
            continue
        if other != day and other.year < 2010:
            return other


def one_name(one: Drawn, change: Callable[[str], str], chance: random.Random) -> Drawn:
    """Return a person with one of her names changed."""
    field = chance.choice(("given", "paternal", "maternal"))
    return replace(one, **{field: change(getattr(one, field))})


SLIPS: dict[str, Callable[[Drawn, random.Random], Drawn]] = {
    "nothing": lambda one, _chance: one,
    "typing": lambda one, chance: one_name(one, lambda name: typing(name, chance), chance),
    "sound": lambda one, chance: replace(
        one, paternal=respelled(one.paternal, chance), maternal=respelled(one.maternal, chance)
    ),
    "surnames exchanged": lambda one, _chance: replace(one, paternal=one.maternal, maternal=one.paternal),
    "second name left out": lambda one, _chance: replace(one, given=one.given.split()[0]),
    "second name alone": lambda one, _chance: replace(one, given=one.given.split()[-1]),
    "maternal surname left out": lambda one, _chance: replace(one, maternal=""),
    "day and month exchanged": lambda one, _chance: replace(one, birth_on=exchanged(one.birth_on)),
    "a digit of the birth date": lambda one, chance: replace(one, birth_on=wrong_day(one.birth_on, chance)),
    "birth date not known": lambda one, _chance: replace(one, birth_on=None),
    "a digit of the document": lambda one, chance: replace(one, dni=wrong_digit(one.dni, chance)),
    "no document": lambda one, _chance: replace(one, dni=""),
    "sound, second name, no document": lambda one, chance: replace(
        SLIPS["sound"](one, chance), given=one.given.split()[0], dni=""
    ),
    "typing, day and month, no document": lambda one, chance: replace(
        SLIPS["typing"](one, chance), birth_on=exchanged(one.birth_on), dni=""
    ),
}


def exchanged(day: date) -> date:
    """Return a date with day and month exchanged; on the 13th and later the month is one later."""
    if day.day <= 12:
        return day.replace(day=day.month, month=day.day)
    return day.replace(day=min(day.day, 28), month=day.month % 12 + 1)


def slipped(one: Drawn, kind: str, chance: random.Random) -> Drawn:
    """Return a person as she is typed a second time with a kind of slip."""
    again = SLIPS[kind](one, chance)
    if "document" not in kind and chance.random() < 0.5:
        again = replace(again, dni="")
    if chance.random() > 0.3:
        again = replace(again, phone=f"9{chance.randrange(10**8):08}" if chance.random() < 0.6 else "")
    if chance.random() < 0.15:
        again = replace(again, place=chance.choice(Names(1).places["04"]))
    return again


def keys_of(many: int) -> dict[str, UUID]:
    """Return people's keys by their document."""
    from pallaq.registry.models import Identifier

    return {i.number: i.person_id for i in Identifier.objects.iterator(chunk_size=5000)}


def candidates_of(one: Drawn, exclude: Any = ()) -> list[Any]:
    """Return who is shown at entry."""
    from pallaq.matching.finding import candidates
    from pallaq.registry.actions.people import Numbered

    names = one.given, one.paternal, one.maternal
    numbers = [Numbered("dni", one.dni)] if one.dni else []
    return candidates(names, one.birth_on, numbers, one.phone, one.place, exclude)


def trigram_pairs(keys: list[UUID]) -> set[frozenset[UUID]]:
    """Return the pairs that pg_trgm finds for some rows."""
    from django.db import connection

    query = """SELECT a.id, b.id FROM registry_person a JOIN registry_person b
        ON a.name_key %% b.name_key AND a.id <> b.id WHERE a.id = ANY(%s)"""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE INDEX bench_trigram ON registry_person USING gin (name_key gin_trgm_ops)")
        cursor.execute("SET pg_trgm.similarity_threshold = 0.6")
        cursor.execute(query, [keys])
        return {frozenset(pair) for pair in cursor.fetchall()}


def measure(many: int) -> None:
    """Type people again, find them, and print the table."""
    from pallaq.matching.actions import scans
    from pallaq.matching.models import Pair

    chance, known, kinds = random.Random(5), keys_of(many), list(SLIPS)
    originals = list(people(0, many))[:: max(EVERY, many // MOST)]
    typed = [(one, kinds[number % len(kinds)]) for number, one in enumerate(originals)]
    typed = [(one, kind, slipped(one, kind, chance)) for one, kind in typed]
    at_entry: dict[str, list[bool]] = defaultdict(list)
    shown = 0
    for one, kind, again in typed:
        found = candidates_of(again)
        at_entry[kind].append(known[one.dni] in {candidate.person.pk for candidate in found})
        shown += len(found)
    strangers = list(people(many + 10_000_000, STRANGERS))
    asked_for_nothing = Counter(len(candidates_of(one)) for one in strangers)
    rows = Rows()
    second = [rows.person(again) for _one, _kind, again in typed]
    copy("registry_person", second)
    with_document = [(row[0], again) for row, (_o, _k, again) in zip(second, typed, strict=True) if again.dni]
    copy("registry_identifier", [rows.identifier(key, again) for key, again in with_document])
    true = {frozenset((known[one.dni], row[0])): kind for row, (one, kind, _a) in zip(second, typed, strict=True)}
    start = time.perf_counter()
    with patch.multiple(scans, QUEUED=LOWEST, HOPEFUL=LOWEST - 12):
        scans.run_scan(scans.start_scan(by=None))
    spent = time.perf_counter() - start
    every = {frozenset(pair): score for *pair, score in Pair.objects.values_list("first", "second", "score")}
    queue = {pair: score for pair, score in every.items() if score >= scans.QUEUED}
    exact = {pair for pair, (o, _k, a) in zip(true, typed, strict=True) if a.dni == o.dni}
    alike = trigram_pairs([row[0] for row in second])
    print_table(true, at_entry, queue, exact, alike)
    wrong = STRANGERS - asked_for_nothing[0]
    print(f"\nBulk: {len(queue):,} pairs in the queue in {spent:.0f} s. At entry {shown / len(typed):.2f} people are")
    print(
        f"shown for one who is there, and {wrong / STRANGERS:.1%} of {STRANGERS:,} who are not there are asked about."
    )
    print("\n| pairs kept from | recall | precision |\n|---|---|---|")
    for limit in range(LOWEST, 91, 4):
        kept = {pair for pair, score in every.items() if score >= limit}
        if kept:
            hits = len(kept & true.keys())
            print(f"| {limit} | {hits / len(true):.1%} | {hits / len(kept):.1%} |")


def print_table(
    true: dict[Any, str], at_entry: dict[str, list[bool]], queue: dict[Any, int], exact: set[Any], alike: set[Any]
) -> None:
    """Print the recall of each way by kind of slip, and their precision."""
    print("| slip | typed again | found at entry | found in bulk | same document | pg_trgm > 0.6 |")
    print("|---|---|---|---|---|---|")
    for kind in [*SLIPS, ""]:
        pairs = [pair for pair, of in true.items() if kind in ("", of)]
        entries = [one for of, ones in at_entry.items() if kind in ("", of) for one in ones]
        shares = [sum(pair in way for pair in pairs) / len(pairs) for way in (queue, exact, alike)]
        cells = " | ".join(f"{share:.1%}" for share in [sum(entries) / len(entries), *shares])
        print(f"| {kind or 'all: recall'} | {len(pairs)} | {cells} |")
    precise = [len(true.keys() & set(way)) / max(1, len(way)) for way in (queue, exact, alike)]
    print("| all: precision | | | " + " | ".join(f"{share:.1%}" for share in precise) + " |")


def main() -> None:
    """Fill a throwaway database, measure, and leave nothing behind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="?", type=float, default=20_000)
    many = int(parser.parse_args().people)
    folder = Path(tempfile.mkdtemp(prefix="pallaq-bench-", dir="/tmp"))
    stop = start_server(folder)
    try:
        from registry import prepare

        prepare(folder, many)
        from django.db import connection

        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, PostgreSQL {connection.pg_version // 10000},")
        print(f"{many:,} people, {many // max(EVERY, many // MOST):,} of them typed again\n")
        measure(many)
    finally:
        stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
