"""Searches of the whole registry for pairs: slice by slice of the block keys, resumable, told as they go."""

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.matching.finding import traits_of, traits_of_row
from pallaq.matching.models import Pair, Scan
from pallaq.matching.rules.scoring import QUEUED, Score, compare
from pallaq.registry.actions.people import SCOPE
from pallaq.registry.models import Person
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

PEOPLE_A_SLICE = 20_000  # about eight keys each: a slice holds some 160,000 rows in memory
BIGGEST = 600  # rows that share a key: more of them say that the key says nothing
STORED = 1_000  # pairs compared in full at once
HOPEFUL = QUEUED - 12  # without documents: the points that one slip in a number may add
# Rows of one slice of keys that at least two people share; the number of a key is the same in every session.
SLICE = """
SELECT key, id, given_names, paternal_surname, maternal_surname, birth_on, place, phone_index, sex, block_keys
FROM (SELECT p.*, key, count(*) OVER (PARTITION BY key) AS many
      FROM registry_person p, unnest(block_keys) key
      WHERE state = 'current' AND (hashtext(key) & 2147483647) %% %(slices)s = %(slice)s) k
WHERE many BETWEEN 2 AND %(most)s ORDER BY key, id
"""
# Pairs that share a number of one kind, or a phone that few have: the phone of an office says nothing.
SHARED = """
SELECT DISTINCT least(a.person_id, b.person_id), greatest(a.person_id, b.person_id)
FROM registry_identifier a JOIN registry_identifier b
    ON a.number_index = b.number_index AND a.kind_id = b.kind_id AND a.person_id < b.person_id
UNION
SELECT a.id, b.id FROM registry_person a JOIN registry_person b ON a.phone_index = b.phone_index AND a.id < b.id
WHERE a.phone_index IN (SELECT phone_index FROM registry_person WHERE phone_index IS NOT NULL
                        GROUP BY phone_index HAVING count(*) BETWEEN 2 AND 10)
"""


@transaction.atomic
def start_scan(*, by: User | None) -> Scan:
    """Begin a search, or take up one that failed where it stood; one runs at a time."""
    if (failed := Scan.objects.select_for_update().filter(ended_at=None).exclude(failure="").first()) is not None:
        failed.failure = ""
        failed.save(update_fields=["failure"])
        record(by=by, action="scan.resume", scope=SCOPE, about=f"search {failed.pk}", done=failed.done)
        return failed
    slices = 1 + Person.objects.current().count() // PEOPLE_A_SLICE
    try:
        with transaction.atomic():
            scan = Scan.objects.create(by=by, slices=slices + 1)
    except IntegrityError as error:
        if "matching_scan_one_at_a_time" not in str(error):
            raise
        message = _("A search runs already. Its progress is on this page.")
        raise Refusal(message, code="scan-running", status=409) from error
    record(by=by, action="scan.start", scope=SCOPE, about=f"search {scan.pk}")
    return scan


def run_scan(scan: Scan) -> None:
    """Do what is left of a search, a slice in each transaction; the first slice is that of numbers and phones."""
    for number in range(scan.done, scan.slices):
        pairs = shared_pairs() if number == 0 else hopeful_pairs(number - 1, scan.slices - 1)
        with transaction.atomic():
            scan.found += store_pairs(pairs)
            scan.done = number + 1
            scan.save(update_fields=["found", "done"])
    scan.ended_at = timezone.now()
    scan.save(update_fields=["ended_at"])
    record(by=scan.by, action="scan.end", scope=SCOPE, about=f"search {scan.pk}", found=scan.found)


def shared_pairs() -> set[tuple[UUID, UUID]]:
    """Return the pairs that share a number or a phone."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED)
        return set(cursor.fetchall())


def hopeful_pairs(number: int, slices: int) -> set[tuple[UUID, UUID]]:
    """Return the pairs of one slice of keys that are alike enough in names, birth, phone and place."""
    with connection.cursor() as cursor:
        cursor.execute(SLICE, {"slice": number, "slices": slices, "most": BIGGEST})
        rows = cursor.fetchall()
    return {pair for _key, block in groupby(rows, key=lambda row: row[0]) for pair in hopeful_of(list(block))}


def hopeful_of(block: Sequence[Sequence[Any]]) -> Iterator[tuple[UUID, UUID]]:
    """Yield the pairs of the rows of one key; one that shares several keys is compared at the first of them."""
    key = block[0][0]
    rows = [(row[1], traits_of_row(row[1:9]), frozenset(row[9])) for row in block]
    for (first, mine, keys), (second, other, others) in combinations(rows, 2):
        if min(keys & others) == key and compare(mine, other).points >= HOPEFUL:
            yield (first, second) if first < second else (second, first)


def store_pairs(pairs: set[tuple[UUID, UUID]]) -> int:
    """Compare pairs in full, documents too, and keep those for the queue; return how many were not known before."""
    found, left = 0, sorted(pairs)
    for start in range(0, len(left), STORED):
        batch = left[start : start + STORED]
        people = Person.objects.current().prefetch_related("identifiers")
        by_key = people.in_bulk({key for pair in batch for key in pair})
        scores = [(one, other, compared(by_key, one, other)) for one, other in batch]
        rows = [
            Pair(first_id=one, second_id=other, score=score.points, reasons=score.reasons)
            for one, other, score in scores
            if score and score.points >= QUEUED
        ]
        before = Pair.objects.count()
        Pair.objects.bulk_create(rows, ignore_conflicts=True)
        found += Pair.objects.count() - before
    return found


def compared(people: dict[UUID, Person], one: UUID, other: UUID) -> Score | None:
    """Return how alike two people are, if both are still there."""
    if one not in people or other not in people:
        return None
    return compare(traits_of(people[one]), traits_of(people[other]))
