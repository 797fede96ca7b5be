"""People registered and edited, their identifiers and what they do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.rules import district
from pallaq.registry.models import Activity, Consent, Identifier, IdentifierKind, Person, PersonState, Purpose
from pallaq.registry.rules.identifiers import cleaned, fits, phone_digits
from pallaq.shared.encryption import ring
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

SCOPE = "registry"
OLDEST = 110  # years
FIELDS = frozenset(
    {
        "given_names",
        "paternal_surname",
        "maternal_surname",
        "sex",
        "birth_on",
        "languages",
        "place",
        "address",
        "phone",
    }
)


@dataclass(frozen=True)
class Numbered:
    """An identifier as it is typed: the code of its kind, the number, from and to when it is valid."""

    kind: str
    number: str
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def register_person(
    *,
    key: UUID | None = None,
    fields: Mapping[str, Any],
    identifiers: Sequence[Numbered] = (),
    activity: Mapping[str, Any] | None = None,
    consents: Sequence[Purpose] = (Purpose.REGISTRY,),
    by: User | None,
) -> Person:
    """Register a person. The same `key` again returns the same person: a phone may send twice what it kept offline.

    Whether she is there already is the caller's question (`matching`): here two desks that register one number at once
    only wait for each other.
    """
    if key:
        wait_for_numbers([str(key)])
    if key and (found := Person.objects.filter(pk=key).first()):
        return found
    if Purpose.REGISTRY not in consents:
        message = _("Without her consent to be on the registry she is not registered. Ask her, and mark it.")
        raise Refusal(message, code="no-consent")
    if activity:
        check_place(activity["place"])
    numbers = [checked_number(numbered) for numbered in identifiers]
    wait_for_numbers([number for _kind, number in numbers])
    person = Person(**({"id": key} if key else {}), **checked_fields(fields), changed_by=by)
    index_phone(person)
    person.save(force_insert=True)
    for numbered, (kind, number) in zip(identifiers, numbers, strict=True):
        save_identifier(person, kind, number, numbered, by)
    if activity:
        Activity.objects.create(person=person, changed_by=by, **activity)
    Consent.objects.bulk_create(Consent(person=person, purpose=purpose, given_to=by) for purpose in consents)
    record(by=by, action="person.register", scope=SCOPE, about=f"person {person.number}", region=person.region)
    return person


@transaction.atomic
def edit_person(*, person: Person, edition: int, fields: Mapping[str, Any], by: User | None) -> Person:
    """Change what is said of a person, if nobody changed her file since `edition` was read."""
    person = locked(person, edition)
    for name, value in checked_fields(fields).items():
        setattr(person, name, value)
    index_phone(person)
    touch(person, by)
    record(by=by, action="person.edit", scope=SCOPE, about=f"person {person.number}", region=person.region)
    return person


@transaction.atomic
def add_identifier(*, person: Person, edition: int, numbered: Numbered, by: User | None) -> Identifier:
    """Add an identifier to a person; a new DNI for an old one ends the old one first (`end_identifier`)."""
    kind, number = checked_number(numbered)
    wait_for_numbers([number])
    person = locked(person, edition)
    identifier = save_identifier(person, kind, number, numbered, by)
    touch(person, by)
    record(by=by, action="identifier.add", scope=SCOPE, about=f"person {person.number}", kind=kind.code)
    return identifier


@transaction.atomic
def end_identifier(*, identifier: Identifier, edition: int, on: date, by: User | None) -> None:
    """Say from which day an identifier is no longer hers."""
    person = locked(identifier.person, edition)
    if identifier.valid_from and on < identifier.valid_from:
        message = _("It holds from %(day)s on: its last day cannot be earlier. Correct the day.")
        raise Refusal(message % {"day": identifier.valid_from.isoformat()}, code="identifier-dates")
    identifier.valid_to, identifier.changed_by, identifier.changed_at = on, by, timezone.now()
    identifier.save()
    touch(person, by)
    record(by=by, action="identifier.end", scope=SCOPE, about=f"person {person.number}", kind=identifier.kind_id)


@transaction.atomic
def save_activity(
    *, person: Person, edition: int, activity: Activity | None, fields: Mapping[str, Any], by: User | None
) -> Activity:
    """Add what she does, or change it."""
    check_place(fields["place"])
    person = locked(person, edition)
    activity = activity or Activity(person=person)
    for name, value in {**fields, "changed_by": by, "changed_at": timezone.now()}.items():
        setattr(activity, name, value)
    if activity.starts_on and activity.ends_on and activity.ends_on < activity.starts_on:
        raise Refusal(_("The activity ends before it starts. Correct one of the dates."), code="activity-dates")
    activity.save()
    touch(person, by)
    record(by=by, action="activity.save", scope=SCOPE, about=f"person {person.number}", kind=activity.kind)
    return activity


def locked(person: Person, edition: int | None) -> Person:
    """Return the person as she is now, locked; refuse if her file changed since `edition` (None: whatever it is)."""
    now = Person.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=person.pk)
    if now.state != PersonState.CURRENT:
        message = _("This file is closed: it was merged into another, or erased. Look her up again.")
        raise Refusal(message, code="person-closed", status=409)
    if edition is not None and now.edition != edition:
        message = _(
            "%(who)s changed this file while you were at it. Nothing of yours is lost: look at what changed, "
            "then save again."
        )
        raise Refusal(message % {"who": now.changed_by or _("Somebody")}, code="person-edited-meanwhile", status=409)
    return now


def touch(person: Person, by: User | None) -> None:
    """Count up the edition of her file."""
    person.edition += 1
    person.changed_at, person.changed_by = timezone.now(), by
    person.save()


def checked_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be said of a person, or refuse it."""
    if unknown := fields.keys() - FIELDS:
        raise ValueError(f"not fields of a person: {sorted(unknown)}")
    values = dict(fields)
    for name in ("given_names", "paternal_surname", "maternal_surname"):
        if name in values:
            values[name] = " ".join(str(values[name]).split())
    if "place" in values:
        check_place(values["place"])
    if birth_on := values.get("birth_on"):
        check_birth(birth_on, timezone.localdate())
    return values


def check_birth(birth_on: date, today: date) -> None:
    """Refuse a birth in the future, or of somebody older than people get."""
    if birth_on > today:
        message = _("The date of birth, %(day)s, is in the future. Look at her document and correct it.")
        raise Refusal(message % {"day": birth_on.isoformat()}, code="birth-in-future")
    if today.year - birth_on.year > OLDEST:
        message = _("The date of birth, %(day)s, is more than %(years)d years ago. Look at the year.")
        raise Refusal(message % {"day": birth_on.isoformat(), "years": OLDEST}, code="birth-too-long-ago")


def check_place(ubigeo: str) -> None:
    """Refuse what is no district of INEI's."""
    if district(ubigeo) is None:
        message = _(
            "There is no district %(ubigeo)s in INEI's list. Choose one from the list; identity documents print "
            "RENIEC's code, which is another."
        )
        raise Refusal(message % {"ubigeo": ubigeo[:12]}, code="unknown-ubigeo")


def checked_number(numbered: Numbered) -> tuple[IdentifierKind, str]:
    """Return the kind and the cleaned number; refuse what cannot be one."""
    kind = IdentifierKind.objects.filter(pk=numbered.kind).first()
    if kind is None:
        message = _("There is no kind of identifier “%(kind)s”. Choose one from the list.")
        raise Refusal(message % {"kind": numbered.kind[:40]}, code="unknown-identifier-kind")
    over = kind.valid_to and kind.valid_to < timezone.localdate()
    if over and (numbered.valid_to is None or numbered.valid_to > kind.valid_to):
        message = _("Nobody has a %(kind)s since %(day)s. Choose what took its place, or write until when she had it.")
        raise Refusal(message % {"kind": kind, "day": kind.valid_to.isoformat()}, code="identifier-kind-over")
    number = cleaned(numbered.number)
    if not fits(number, kind.pattern, kind.check_rule):
        # The number itself stays out of the message: messages reach logs.
        message = _("This is no %(kind)s: it has %(shape)s, and %(count)d characters were typed. Look at it again.")
        shape = kind.words("shape") or _("another form")
        raise Refusal(message % {"kind": kind, "shape": shape, "count": len(number)}, code="identifier-shape")
    return kind, number


def save_identifier(
    person: Person, kind: IdentifierKind, number: str, numbered: Numbered, by: User | None
) -> Identifier:
    """Store an identifier with its blind index."""
    index = ring().index(number, "identifier")
    if person.identifiers.filter(kind=kind, number_index__in=ring().indexes(number, "identifier")).exists():
        message = _("She has this %(kind)s already. Nothing was added.")
        raise Refusal(message % {"kind": kind}, code="identifier-twice", status=409)
    return Identifier.objects.create(
        person=person,
        kind=kind,
        number=number,
        number_index=index,
        valid_from=numbered.valid_from,
        valid_to=numbered.valid_to,
        changed_by=by,
    )


def index_phone(person: Person) -> None:
    """Set the blind index of her phone."""
    digits = phone_digits(person.phone)
    person.phone_index = ring().index(digits, "phone") if digits else None


def wait_for_numbers(numbers: Sequence[str]) -> None:
    """Take the locks of numbers until the transaction ends: who registers the same number at once comes after."""
    locks = sorted(int.from_bytes(ring().index(number, "lock")[:8], "big", signed=True) for number in numbers)
    with connection.cursor() as cursor:  # in one statement, in their order: a list brings a thousand at once
        cursor.execute("SELECT pg_advisory_xact_lock(lock) FROM unnest(%s::bigint[]) lock", [locks])
