"""Authorisations requested, offered, refused, renewed, withdrawn and ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.permits.errors import changed_meanwhile
from pallaq.permits.models import Authorisation, Side, State, Step
from pallaq.permits.rules.states import NEED_A_REASON, OPEN, allowed
from pallaq.places.models import Organisation
from pallaq.registry.actions.people import check_place
from pallaq.registry.actions.people import locked as locked_person
from pallaq.registry.law import months_later, norm
from pallaq.registry.models import Person
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

SCOPE = "registry"
TERM = "authorisation-term-months"
FIELDS = ("right_name", "right_code", "place", "centre", "terms", "starts_on", "ends_on")


@dataclass(frozen=True)
class Move:
    """A change of state: to which, said on whose behalf, and why."""

    state: State
    side: Side | None = None
    reason: str = ""


@transaction.atomic
def request_authorisation(
    *, person: Person, holder: Organisation, fields: Mapping[str, Any], by: User | None
) -> Authorisation:
    """Ask a holder to authorise a person; what is wished for may be left open. `by` None is the person herself."""
    person = locked_person(person, None)
    if holder.stands_for_many:
        message = _(
            "“%(holder)s” is a kind of organisations, not one. Choose the concession holder or operator itself."
        )
        raise Refusal(message % {"holder": holder}, code="holder-is-many")
    asked = checked(fields)
    same = {"holder": holder, "place": asked["place"], "right_code": asked.get("right_code", "")}
    if Authorisation.objects.of_person(person).filter(state__in=OPEN, renews=None, **same).exists():
        message = _("She has asked this holder already, for the same place. Follow that request instead.")
        raise Refusal(message, code="request-open", status=409)
    made = Authorisation.objects.create(
        person=person, holder=holder, synthetic=person.synthetic, changed_by=by, **asked
    )
    begin(made, "permit.request", by)
    return made


@transaction.atomic
def renew(*, authorisation: Authorisation, edition: int, by: User | None) -> Authorisation:
    """Ask for the same again from the day after its last; the terms are copied, and offered and signed anew."""
    old = locked(authorisation, edition)
    if old.state != State.IN_FORCE or old.ends_on is None or old.starts_on is None:
        message = _("Only an authorisation that is in force, or has run out, is renewed. Request a new one instead.")
        raise Refusal(message, code="renew-what-was-signed")
    if old.renewals.filter(state__in=[*OPEN, State.IN_FORCE]).exists():
        message = _("It is being renewed already, or was. Follow the renewal instead.")
        raise Refusal(message, code="renewed-already", status=409)
    starts_on = max(old.ends_on + timedelta(days=1), timezone.localdate())
    copied = {name: getattr(old, name) for name in FIELDS}
    dates = {"starts_on": starts_on, "ends_on": starts_on + (old.ends_on - old.starts_on)}
    made = Authorisation.objects.create(
        person=old.person, holder=old.holder, renews=old, synthetic=old.synthetic, changed_by=by, **{**copied, **dates}
    )
    begin(made, "permit.renew", by)
    return made


@transaction.atomic
def offer(*, authorisation: Authorisation, edition: int, fields: Mapping[str, Any], by: User | None) -> Authorisation:
    """Say on which terms the holder authorises; other terms than those that somebody signed make the signature fall."""
    found = locked(authorisation, edition)
    before, signed_sum = found.state, found.sha256()
    asked = checked(fields)
    check_offer(asked, timezone.localdate())
    for name, value in asked.items():
        setattr(found, name, value)
    fell = 0
    if found.sha256() != signed_sum:
        fell = found.signatures.filter(fell_at=None).update(fell_at=timezone.now())
    move(found, Move(State.OFFERED, Side.HOLDER), by)
    facts = {"person": found.person.number, "before": before, "signatures_that_fell": fell}
    record(by=by, action="permit.offer", scope=SCOPE, about=f"authorisation {found.pk}", **facts)
    return found


@transaction.atomic
def close(*, authorisation: Authorisation, edition: int, how: Move, by: User | None) -> Authorisation:
    """Refuse, withdraw or end an authorisation from today on, with the reason that both sides read."""
    if how.state not in NEED_A_REASON:
        raise ValueError(f"this does not close an authorisation: {how.state}")
    found = locked(authorisation, edition)
    before = found.state
    found.closed_on = timezone.localdate()
    move(found, how, by)
    facts = {"person": found.person.number, "before": before, "side": how.side or ""}
    actions = {State.REFUSED: "permit.refuse", State.WITHDRAWN: "permit.withdraw", State.ENDED: "permit.end"}
    record(by=by, action=actions[how.state], scope=SCOPE, about=f"authorisation {found.pk}", **facts)
    return found


def begin(made: Authorisation, action: str, by: User | None) -> None:
    """Note the first step of an authorisation."""
    side = Side.SELECTOR if by is None else ""
    Step.objects.create(authorisation=made, after=State.REQUESTED, side=side, on=timezone.localdate(), by=by)
    facts = {"person": made.person.number, "holder": str(made.holder_id)}
    record(by=by, action=action, scope=SCOPE, about=f"authorisation {made.pk}", **facts)


def locked(authorisation: Authorisation, edition: int | None) -> Authorisation:
    """Return the authorisation as it is now, locked; refuse if it changed since `edition` (None: however it is)."""
    related = ("person", "holder", "changed_by")
    now = Authorisation.objects.select_for_update(of=("self",)).select_related(*related).get(pk=authorisation.pk)
    if edition is not None and now.edition != edition:
        raise changed_meanwhile(now.changed_by)
    return now


def move(found: Authorisation, how: Move, by: User | None) -> None:
    """Take a locked authorisation to another state, if that may follow; save it and note the step."""
    before = State(found.state)
    if not allowed(before, how.state):
        message = _("It is “%(before)s”: from there it cannot become “%(after)s”. Look at how it stands now.")
        words = {"before": before.label, "after": how.state.label}
        raise Refusal(message % words, code="permit-transition", status=409)
    if how.state in NEED_A_REASON and not how.reason.strip():
        raise Refusal(_("Say why: she and the holder read it."), code="reason-missing")
    found.state, found.edition = how.state, found.edition + 1
    found.changed_at, found.changed_by = timezone.now(), by
    found.save()
    side, reason = how.side or "", how.reason.strip()
    steps = {"before": before, "after": how.state, "side": side, "reason": reason, "on": timezone.localdate()}
    Step.objects.create(authorisation=found, by=by, **steps)


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be said of an authorisation, or refuse it."""
    if unknown := fields.keys() - set(FIELDS):
        raise ValueError(f"not fields of an authorisation: {sorted(unknown)}")
    values = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    # Lines end in one way, however they were typed: they are part of what is signed.
    values["terms"] = "\n".join(str(values.get("terms", "")).splitlines())
    check_place(values["place"])
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise Refusal(_("It ends before it begins. Correct one of the dates."), code="permit-dates")
    return values


def check_offer(asked: Mapping[str, Any], today: date) -> None:
    """Refuse an offer that leaves open what is to be signed, has run out, or lasts longer than a norm allows."""
    needed = {"right_name": _("mining right"), "terms": _("terms"), "starts_on": _("from"), "ends_on": _("until")}
    if missing := [label for name, label in needed.items() if not asked.get(name)]:
        message = _("Before it can be signed it must say: %(missing)s.")
        raise Refusal(message % {"missing": ", ".join(missing)}, code="offer-unfinished")
    if asked["ends_on"] < today:
        message = _("It would have run out already, on %(day)s. Choose a later last day.")
        raise Refusal(message % {"day": asked["ends_on"].isoformat()}, code="permit-over")
    limit = norm(TERM, asked["starts_on"])
    if limit is None or limit.value is None:
        return  # not known: the holder writes how long
    last = months_later(asked["starts_on"], int(limit.value)) - timedelta(days=1)
    if asked["ends_on"] > last:
        message = _("%(norm)s allows %(months)d months: it may last until %(day)s at most. Choose an earlier last day.")
        words = {"norm": limit.norm or limit, "months": int(limit.value), "day": last.isoformat()}
        raise Refusal(message % words, code="permit-too-long")
