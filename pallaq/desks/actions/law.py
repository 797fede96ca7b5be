"""The law as data: what administrators add to what comes with Pallaq. Nothing that held is rewritten."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.desks.rules.law import cut, overlap, wrong_changes
from pallaq.places.rules import department, district
from pallaq.registry.models import IdentifierKind, Norm, Scheme
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

SCOPE = "registry"
SCHEME_FIELDS = (
    "title",
    "authority",
    "places",
    "transitions",
    "norm",
    "source",
    "certainty",
    "valid_from",
    "valid_to",
    "note",
)


@transaction.atomic
def add_norm(*, fields: Mapping[str, Any], by: User | None) -> Norm:
    """Add what a norm says from a day on; the record that was open before ends on the day before."""
    new = Norm(**fields)
    check_dates(new.valid_from, new.valid_to)
    one_at_a_time(f"norm {new.code}")
    span, ended = (new.valid_from, new.valid_to), []
    for old in Norm.objects.filter(code=new.code, scheme=new.scheme):
        if last := cut((old.valid_from, old.valid_to), span):
            old.valid_to = last
            old.save(update_fields=["valid_to"])
            ended.append(str(old.pk))
        if overlap((old.valid_from, old.valid_to), span):
            raise Refusal(overlapping(old), code="norm-overlap", status=409)
    new.save(force_insert=True)
    facts = {"scheme": new.scheme_id or "", "value": str(new.value), "unit": new.unit, "ended": ended}
    facts |= {"valid_from": day(new.valid_from), "valid_to": day(new.valid_to), "norm": new.norm}
    record(by=by, action="law.norm", scope=SCOPE, about=f"norm {new.code}", key=str(new.pk), **facts)
    return new


def overlapping(old: Norm) -> str:
    """Return what is wrong with a norm whose days another record has."""
    message = _(
        "There is a record of this for days of the new one: from %(from)s to %(to)s. What was written stays: choose "
        "a later first day, or end that record first."
    )
    words = {
        "from": day(old.valid_from) or _("a day that is not known"),
        "to": day(old.valid_to) or _("a day that is not known"),
    }
    return message % words


@transaction.atomic
def end_record(*, row: Norm | IdentifierKind, on: date, by: User | None) -> None:
    """Say which day is the last of a norm or of a kind of identifier; a last day that is past stays what it was."""
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if row.valid_to is not None and row.valid_to < timezone.localdate():
        message = _("It ended on %(day)s already: what is past is not rewritten. Add a new record instead.")
        raise Refusal(message % {"day": day(row.valid_to)}, code="record-over", status=409)
    check_dates(row.valid_from, on)
    was, row.valid_to = row.valid_to, on
    row.save(update_fields=["valid_to"])
    about = f"norm {row.code}" if isinstance(row, Norm) else f"identifier kind {row.code}"
    record(by=by, action="law.end", scope=SCOPE, about=about, key=str(row.pk), before=day(was), after=day(on))


def reading(scheme: Scheme) -> str:
    """Return a mark of what a scheme says, so that nobody overwrites what she has not read."""
    return sha256(repr([getattr(scheme, name) for name in SCHEME_FIELDS]).encode()).hexdigest()[:16]


@transaction.atomic
def save_scheme(*, scheme: Scheme | None, fields: Mapping[str, Any], read: str = "", by: User | None) -> Scheme:
    """Add a scheme, or change one whose `reading` was `read`; the trail keeps what it said before."""
    row = Scheme.objects.select_for_update().get(pk=scheme.pk) if scheme else Scheme(code=fields["code"])
    if scheme is None:
        check_new_code(Scheme.objects.filter(pk=row.pk).exists(), row.pk)
        row.position = Scheme.objects.count()
    elif reading(row) != read:
        message = _("Somebody changed “%(scheme)s” while you were at it. Look at what it says now, then save again.")
        raise Refusal(message % {"scheme": row}, code="scheme-edited-meanwhile", status=409)
    was = {name: getattr(row, name) for name in SCHEME_FIELDS} if scheme else {}
    for name in SCHEME_FIELDS:
        setattr(row, name, fields.get(name, getattr(row, name)))
    check_dates(row.valid_from, row.valid_to)
    check_scheme_fields(row)
    row.save(force_insert=scheme is None)
    changes = {name: [said(was.get(name)), said(getattr(row, name))] for name in SCHEME_FIELDS}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    record(by=by, action="law.scheme", scope=SCOPE, about=f"scheme {row.pk}", added=scheme is None, changes=changes)
    return row


@transaction.atomic
def add_kind(*, fields: Mapping[str, Any], by: User | None) -> IdentifierKind:
    """Add a kind of identifier."""
    check_dates(fields.get("valid_from"), fields.get("valid_to"))
    check_new_code(IdentifierKind.objects.filter(pk=fields["code"]).exists(), fields["code"])
    row = IdentifierKind.objects.create(**fields, position=IdentifierKind.objects.count())
    record(by=by, action="law.identifier", scope=SCOPE, about=f"identifier kind {row.pk}", pattern=row.pattern)
    return row


def check_dates(valid_from: date | None, valid_to: date | None) -> None:
    """Refuse a record that ends before it begins."""
    if valid_from and valid_to and valid_to < valid_from:
        message = _("The last day, %(to)s, is before the first, %(from)s. Correct one of them.")
        raise Refusal(message % {"to": day(valid_to), "from": day(valid_from)}, code="record-dates")


def check_new_code(taken: bool, code: str) -> None:
    """Refuse a code that is taken."""
    if taken:
        message = _("There is a “%(code)s” already. Choose another code, or open that one.")
        raise Refusal(message % {"code": code}, code="code-taken", status=409)


def check_scheme_fields(scheme: Scheme) -> None:
    """Refuse places that are none, and changes of state that lead nowhere."""
    for code in scheme.places:
        if not (department(code) or district(code) or (len(code) == 4 and district(f"{code}01"))):
            message = _(
                "There is no place %(code)s: write 2 digits of a department, 4 of a province or 6 of a district."
            )
            raise Refusal(message % {"code": code[:12]}, code="place-unknown")
    if wrong := wrong_changes(scheme.transitions) if scheme.transitions else "":
        messages = {
            "no-start": _("Nobody could enter this scheme. Mark how a registration may begin."),
            "to-itself": _("A state cannot follow itself. Take that mark away."),
            "unknown": _("A state is not known here. Choose from the list."),
        }
        raise Refusal(messages[wrong], code="scheme-transitions")


def one_at_a_time(what: str) -> None:
    """Wait until nobody else changes the same, up to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def day(value: date | None) -> str:
    """Return a day as the trail and refusals write it; "" for none."""
    return value.isoformat() if value else ""


def said(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    return value.isoformat() if isinstance(value, date) else value
