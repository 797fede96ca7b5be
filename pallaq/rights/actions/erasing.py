"""Erasing a person: what the law does not hold back goes, in history tables too; what is counted stays without her.

What is erased, what stays and why is a table in docs/how-to/personal-data.md; keep the two alike.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.models import BoardPost, Membership, rows_of
from pallaq.credentials.actions.cards import forget_cards
from pallaq.matching.models import Merge, Pair
from pallaq.permits.models import Authorisation, Certificate, Signature, Step
from pallaq.permits.models import State as PermitState
from pallaq.registry.actions.people import SCOPE, locked
from pallaq.registry.models import (
    Activity,
    Consent,
    Identifier,
    Person,
    PersonState,
    Photo,
    Reading,
    Registration,
    Transition,
)
from pallaq.registry.models import State as RegistrationState
from pallaq.registry.rules.numbers import new_number
from pallaq.rights.models import Request, Slip
from pallaq.rolls.models import RollEntry
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

GONE = "—"
OPEN = (RegistrationState.APPLIED, RegistrationState.REGISTERED, RegistrationState.SUSPENDED)
Rows = list[UUID]


@transaction.atomic
def erase_person(*, person: Person, why: str, by: User | None) -> dict[str, int]:
    """Erase a person and the rows that were merged into hers; return how many rows went of each table.

    `why` is "request" or "retention". Her number is replaced too: the trail's old one leads to nobody any more.
    """
    person = locked(person, None)
    refuse_while_registered(person)
    rows = rows_of(person)
    number = person.number
    with pgtrigger.ignore():  # what goes now must not be written down as history
        counts = {label: many for label, handler in HANDLERS.items() if (many := handler(rows))}
        counts |= erase_history(rows)
        for key in rows:
            scrub(key)
        Person.objects.filter(pk=person.pk).update(state=PersonState.ERASED)
    record(by=by, action="person.erase", scope=SCOPE, about=f"person {number}", why=why, rows=counts)
    return counts


def refuse_while_registered(person: Person) -> None:
    """Refuse to erase whoever is still on a scheme: that ends by its authority's decision."""
    registration = person.registrations.filter(state__in=OPEN).select_related("scheme").first()
    if registration is not None:
        message = _(
            "She is on “%(scheme)s” (%(state)s), which only its authority ends. Record that it ended, then erase her."
        )
        words = {"scheme": registration.scheme, "state": registration.get_state_display()}
        raise Refusal(message % words, code="registration-still-open", status=409)


def scrub(key: UUID) -> None:
    """Leave of a person's row what counts: sex, region, the days; `save` would derive keys, so it is not called."""
    Person.objects.filter(pk=key).update(
        number=new_number(),
        given_names=GONE,
        paternal_surname=GONE,
        maternal_surname="",
        name_key=GONE,
        name_words=[],
        block_keys=[],
        birth_on=None,
        languages=[],
        place=Concat("region", Value("0000")),
        address="",
        phone="",
        phone_index=None,
        edition=F("edition") + 1,
        changed_at=timezone.now(),
        changed_by=None,
    )


def deleted(model: type[models.Model]) -> Callable[[Rows], int]:
    """Return what deletes the rows that a table holds of people."""

    def handler(rows: Rows) -> int:
        return model._base_manager.filter(person__in=rows).delete()[0]

    return handler


def bare_registrations(rows: Rows) -> int:
    """Leave of registrations scheme, region, states and days: the schemes count those."""
    found = Registration.objects.filter(person__in=rows)
    Transition.objects.filter(registration__in=found).update(reason="")
    return found.update(number="", number_index=None, place=Concat("region", Value("0000")))


def bare_requests(rows: Rows) -> int:
    """Leave of what she asked the kind and the days: the authority may ask whether we answered in time."""
    return Request.objects.filter(person__in=rows).update(words="", answer="", subject="")


def without_name_on_boards(rows: Rows) -> int:
    """Leave of posts in boards what shares count: the post, the sex, the days."""
    return BoardPost.objects.filter(person__in=rows).update(person=None)


def bare_cards(rows: Rows) -> int:
    """Revoke cards, and leave of them a place on the status list, so that none comes back to life."""
    return sum(forget_cards(person=person, by=None) for person in Person.objects.filter(pk__in=rows))


def without_pairs(rows: Rows) -> int:
    """Delete what was compared and merged: with whom, and why."""
    return Pair.objects.filter(Q(first__in=rows) | Q(second__in=rows)).delete()[0]


def without_merges(rows: Rows) -> int:
    """Delete the ways back: there is nothing left to bring back."""
    return Merge.objects.filter(Q(kept__in=rows) | Q(gone__in=rows)).delete()[0]


def bare_permits(rows: Rows) -> int:
    """End authorisations, and leave of them and their certificates what the holder's numbering needs."""
    found = Authorisation.objects.filter(person__in=rows)
    today = timezone.localdate()
    found.filter(state=PermitState.IN_FORCE).update(state=PermitState.ENDED, closed_on=today)
    found.filter(state__in=[PermitState.REQUESTED, PermitState.OFFERED]).update(state=PermitState.WITHDRAWN)
    Step.objects.filter(authorisation__in=found).update(reason="")
    Signature.objects.filter(authorisation__in=found).update(name="")
    issued = Certificate.objects.filter(authorisation__in=found)
    issued.exclude(why_cancelled="").update(why_cancelled=GONE)
    for certificate in issued:
        words = json.dumps(without_seller(certificate), ensure_ascii=False)
        Certificate.objects.filter(pk=certificate.pk).update(document_number="", printed=words)
    return found.update(terms="", changed_at=timezone.now(), changed_by=None)


def without_seller(certificate: Certificate) -> dict[str, Any]:
    """Return the words of a certificate without whose gold it was: its number, day and grams are the holder's."""
    words = certificate.words()
    hers = [part for part in (*words["seller"].values(), certificate.document_number) if part]
    rows = [[head, GONE if any(part in cell for part in hers) else cell, bold] for head, cell, bold in words["rows"]]
    return {**words, "rows": rows, "seller": dict.fromkeys(words["seller"], GONE)}


# Every table that points to a person stands here, of whatever room below: a test fails on one that does not.
HANDLERS: dict[str, Callable[[Rows], int]] = {
    "registry.Identifier": deleted(Identifier),
    "registry.Activity": deleted(Activity),
    "registry.Photo": deleted(Photo),
    "registry.Consent": deleted(Consent),
    "registry.Reading": deleted(Reading),
    "registry.Registration": bare_registrations,
    "matching.Merge": without_merges,
    "matching.Pair": without_pairs,
    "rolls.RollEntry": deleted(RollEntry),
    "associations.Membership": deleted(Membership),
    "associations.BoardPost": without_name_on_boards,
    "permits.Authorisation": bare_permits,
    "credentials.Card": bare_cards,
    "rights.Slip": deleted(Slip),
    "rights.Request": bare_requests,
}


def erase_history(rows: Rows) -> dict[str, int]:
    """Delete what history tables say of people; return how many rows of each."""
    counts = {}
    for model in history_tables():
        where = "pgh_obj" if model.pgh_tracked_model is Person else "person"
        many, _each = model._base_manager.filter(**{f"{where}__in": rows}).delete()
        if many:
            counts[model._meta.label] = many
    return counts


def history_tables() -> Iterator[Any]:
    """Yield the history tables that hold rows of a person: hers, and of what points to her."""
    for model in apps.get_models():
        tracked = getattr(model, "pgh_tracked_model", None)
        if tracked is Person or (tracked is not None and points_to_person(tracked)):
            yield model


def points_to_person(model: type[models.Model]) -> bool:
    """Say whether a table has a key `person` of people."""
    return any(field.name == "person" and field.related_model is Person for field in model._meta.get_fields())
