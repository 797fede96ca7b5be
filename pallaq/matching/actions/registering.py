"""A person registered at a desk, once it is sure that she is not there already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.matching.actions.pairs import keep_pair
from pallaq.matching.finding import Candidate, candidates
from pallaq.registry.actions.people import Numbered, checked_number, register_person, wait_for_numbers
from pallaq.registry.models import Person, Purpose
from pallaq.shared.errors import Refusal
from pallaq.shared.fields import plain


@dataclass(frozen=True)
class Typed:
    """What the desk typed of her."""

    key: UUID
    fields: Mapping[str, Any]
    numbers: Sequence[Numbered] = ()
    activity: Mapping[str, Any] | None = None
    consents: Sequence[Purpose] = (Purpose.REGISTRY,)

    def names(self) -> tuple[str, str, str]:
        """Return given names, paternal and maternal surname."""
        of = self.fields
        return of["given_names"], of["paternal_surname"], of.get("maternal_surname", "")


@dataclass(frozen=True)
class Decision:
    """What the registrar says of the candidates she was shown: each is another person, and why."""

    seen: frozenset[UUID] = frozenset()
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """The person registered, or who may be her and was not decided of yet."""

    person: Person | None = None
    candidates: list[Candidate] = field(default_factory=list)


@transaction.atomic
def register_or_ask(*, typed: Typed, decision: Decision | None = None, by: User | None) -> Outcome:
    """Register her, or return who may be her.

    The locks of her numbers and of her name are taken before the search: of two desks that register one woman at once
    the second finds what the first wrote. A candidate who was not among those decided of is asked about again.
    """
    if (known := Person.objects.filter(pk=typed.key).first()) is not None:
        return Outcome(known)
    numbers = [checked_number(numbered)[1] for numbered in typed.numbers]
    name = "name " + plain(" ".join(sorted(typed.names())))
    wait_for_numbers([str(typed.key), *numbers, name])
    # The same page sent twice waits here for itself, and is answered by what it wrote.
    if (known := Person.objects.filter(pk=typed.key).first()) is not None:
        return Outcome(known)
    of = typed.fields
    found = candidates(typed.names(), of.get("birth_on"), typed.numbers, of.get("phone", ""), of.get("place", ""))
    if {candidate.person.pk for candidate in found} - (decision.seen if decision else frozenset()):
        return Outcome(candidates=found)
    if found and not (decision and decision.why.strip()):
        raise Refusal(_("Say how you know that she is another person: whoever decides later reads it."), code="why")
    person = register_person(
        key=typed.key,
        fields=of,
        identifiers=typed.numbers,
        activity=typed.activity,
        consents=typed.consents,
        by=by,
    )
    for candidate in found:
        keep_pair(person, candidate, why=decision.why if decision else "", by=by)
    return Outcome(person)
