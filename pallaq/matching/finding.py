"""Who on the registry may be the person somebody describes: by blind indexes and shared keys, ranked in Python."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pallaq.matching.rules.scoring import SHOWN, WORTH_A_LOOK, Traits, compare, words_of
from pallaq.registry.actions.people import Numbered
from pallaq.registry.models import Identifier, Person
from pallaq.registry.rules.identifiers import cleaned, phone_digits
from pallaq.registry.rules.names import block_keys
from pallaq.shared.encryption import ring

MOST = 10  # candidates that are shown
OPENED = 40  # whose documents are opened to be compared
COLUMNS = ("pk", "given_names", "paternal_surname", "maternal_surname", "birth_on", "place", "phone_index", "sex")


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the person described: points from 0 to 100, and codes of reasons."""

    person: Person
    score: int
    reasons: list[str]

    def reason_words(self) -> list[str]:
        """Return the reasons as people read them."""
        return words_of(self.reasons)


def candidates(
    names: tuple[str, str, str],
    birth_on: date | None = None,
    numbers: Sequence[Numbered] = (),
    phone: str = "",
    place: str = "",
    exclude: Iterable[UUID] = (),
) -> list[Candidate]:
    """Return who may be her, the likeliest first; `names` are given names, paternal and maternal surname.

    Nothing here is a reading: whoever shows a candidate logs it.
    """
    index = phone_index(phone)
    mine = Traits(names, birth_on, place, index, numbers=documents((n.kind, cleaned(n.number)) for n in numbers))
    sure = with_number(numbers)
    rows = Person.objects.current().exclude(pk__in=list(exclude)).order_by().values_list(*COLUMNS)
    found = {row[0]: row for row in rows.filter(block_keys__overlap=block_keys(*names, birth_on))}
    if index:
        found |= {row[0]: row for row in rows.filter(phone_index__in=ring().indexes(phone_digits(phone), "phone"))}
    found |= {row[0]: row for row in rows.filter(pk__in=sure)} if sure else {}
    ranked = sorted(((compare(mine, traits_of_row(row)).points, row[0]) for row in found.values()), reverse=True)
    likely = [pk for points, pk in ranked[:OPENED] if points >= WORTH_A_LOOK or pk in sure]
    return scored(mine, {*likely, *(sure & found.keys())})


def scored(mine: Traits, keys: Iterable[UUID]) -> list[Candidate]:
    """Return the people with these keys who are likely enough to be shown, with their documents compared too."""
    people = Person.objects.filter(pk__in=list(keys)).prefetch_related("identifiers")
    compared = [(person, compare(mine, traits_of(person))) for person in people]
    found = [Candidate(person, score.points, score.reasons) for person, score in compared if score.points >= SHOWN]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.person.pk))[:MOST]


def with_number(numbers: Sequence[Numbered]) -> set[UUID]:
    """Return who has one of the numbers, as an identifier of the same kind."""
    found: set[UUID] = set()
    for numbered in numbers:
        indexes = ring().indexes(cleaned(numbered.number), "identifier")
        same = Identifier.objects.filter(number_index__in=indexes, kind_id=numbered.kind)
        found.update(same.values_list("person_id", flat=True))
    return found


def traits_of(person: Person) -> Traits:
    """Return what is compared of a person; her identifiers should be there already (`prefetch_related`)."""
    mine = ((identifier.kind_id, identifier.number) for identifier in person.identifiers.all())
    names = (person.given_names, person.paternal_surname, person.maternal_surname)
    index = bytes(person.phone_index) if person.phone_index else None
    return Traits(names, person.birth_on, person.place, index, person.sex, documents(mine))


def traits_of_row(row: Sequence[Any]) -> Traits:
    """Return what is compared of a row of `COLUMNS`, documents left out."""
    _pk, given, paternal, maternal, birth_on, place, phone, sex = row
    return Traits((given, paternal, maternal), birth_on, place, bytes(phone) if phone else None, sex)


def documents(numbers: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return numbers by their kind."""
    found: dict[str, frozenset[str]] = {}
    for kind, number in numbers:
        found[kind] = found.get(kind, frozenset()) | {number}
    return found


def phone_index(phone: str) -> bytes | None:
    """Return the blind index of a phone as people are stored with it now."""
    digits = phone_digits(phone)
    return ring().index(digits, "phone") if digits else None
