"""Registrations: applied for, and moved from state to state as their scheme allows."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.registry.actions.people import SCOPE, check_place, locked, touch
from pallaq.registry.law import months_later, norm
from pallaq.registry.models import Person, Registration, Scheme, State, Transition
from pallaq.registry.rules.identifiers import cleaned
from pallaq.registry.rules.states import NEED_A_REASON, allowed
from pallaq.shared.encryption import ring
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

OPEN = (State.APPLIED, State.REGISTERED, State.SUSPENDED)


@dataclass(frozen=True)
class Entry:
    """How she enters a scheme: her first state, the authority's number, the district (hers), the day (today)."""

    state: State = State.APPLIED
    number: str = ""
    place: str = ""
    on: date | None = None
    valid_to: date | None = None  # None: what the norm of the term gives, if one is known


@dataclass(frozen=True)
class Move:
    """How a registration goes to another state; `number` and `valid_to` are what the authority wrote, if anything."""

    state: State
    on: date
    reason: str = ""
    number: str = ""
    valid_to: date | None = None


@transaction.atomic
def open_registration(
    *, person: Person, scheme: Scheme, entry: Entry, edition: int | None = None, by: User | None
) -> Registration:
    """Put a person on a scheme; `edition` is her file's as it was read, None where nobody read it (an import)."""
    on, place = entry.on or timezone.localdate(), entry.place or person.place
    person = locked(person, edition)
    check_scheme(scheme, place, on)
    if person.registrations.filter(scheme=scheme, state__in=OPEN).exists():
        message = _("She is on “%(scheme)s” already. Change that registration instead.")
        raise Refusal(message % {"scheme": scheme}, code="registration-open", status=409)
    check_change(scheme, "", entry.state, reason="", on=on)
    number = cleaned(entry.number)
    registration = Registration.objects.create(
        person=person,
        scheme=scheme,
        number=number,
        number_index=ring().index(number, f"registration.{scheme.pk}") if number else None,
        place=place,
        state=entry.state,
        since=on,
        valid_to=term_end(scheme, entry.state, on, entry.valid_to),
    )
    Transition.objects.create(registration=registration, after=entry.state, on=on, by=by)
    touch(person, by)
    facts = {"scheme": scheme.pk, "state": entry.state}
    record(by=by, action="registration.open", scope=SCOPE, about=f"person {person.number}", **facts)
    return registration


def change_state(
    *, registration: Registration, state: State, reason: str, edition: int | None, on: date, by: User | None
) -> Registration:
    """Move a registration to another state from a day on; `edition` is her file's as it was read."""
    return move_registration(registration=registration, move=Move(state, on, reason), edition=edition, by=by)


@transaction.atomic
def move_registration(*, registration: Registration, move: Move, edition: int | None, by: User | None) -> Registration:
    """Move a registration to another state, with the authority's number and its last day where they are given."""
    person = locked(registration.person, edition)
    registration = Registration.objects.select_related("scheme").get(pk=registration.pk)
    scheme, before, on = registration.scheme, registration.state, move.on
    check_change(scheme, before, move.state, reason=move.reason, on=on)
    if on < registration.since:
        message = _("It is %(state)s since %(day)s: the change cannot hold from an earlier day.")
        words = {"state": registration.get_state_display(), "day": registration.since.isoformat()}
        raise Refusal(message % words, code="transition-before")
    registration.state, registration.since = move.state, on
    if number := cleaned(move.number):
        registration.number, registration.number_index = number, ring().index(number, f"registration.{scheme.pk}")
    if ends_on := term_end(scheme, move.state, on, move.valid_to):
        registration.valid_to = ends_on
    registration.save()
    reason = move.reason.strip()
    Transition.objects.create(registration=registration, before=before, after=move.state, on=on, reason=reason, by=by)
    touch(person, by)
    facts = {"scheme": scheme.pk, "before": before, "after": move.state}
    record(by=by, action="registration.change", scope=SCOPE, about=f"person {person.number}", **facts)
    return registration


def term_end(scheme: Scheme, state: State, on: date, given: date | None) -> date | None:
    """Return the last day of a registration: the given one, else what the norm of its term says; None: not known."""
    if given and given < on:
        message = _("The last day, %(to)s, is before the first, %(on)s. Correct one of them.")
        raise Refusal(message % {"to": given.isoformat(), "on": on.isoformat()}, code="registration-dates")
    if given or state != State.REGISTERED:
        return given
    term = norm("registration-term-months", on, scheme)
    return months_later(on, int(term.value)) if term and term.value else None


def check_scheme(scheme: Scheme, place: str, on: date) -> None:
    """Refuse a scheme that does not hold at a place or on a day."""
    check_place(place)
    if scheme.places and not any(place.startswith(prefix) for prefix in scheme.places):
        message = _("“%(scheme)s” does not hold in district %(place)s. Choose another scheme, or correct the district.")
        raise Refusal(message % {"scheme": scheme, "place": place}, code="scheme-elsewhere")
    if not Scheme.objects.on(on).filter(pk=scheme.pk).exists():
        message = _("“%(scheme)s” does not hold on %(day)s. Look at its dates among the schemes.")
        raise Refusal(message % {"scheme": scheme, "day": on.isoformat()}, code="scheme-not-in-force")


def check_change(scheme: Scheme, before: str, after: State, *, reason: str, on: date) -> None:
    """Refuse a change that the scheme does not allow, one without its reason, and one of tomorrow."""
    if after not in allowed(before, scheme.transitions):
        names = dict(State.choices)
        may = ", ".join(str(names[State(state)]) for state in allowed(before, scheme.transitions)) or _("nothing")
        message = _("“%(scheme)s” does not allow to go from “%(before)s” to “%(after)s”. What may follow: %(may)s.")
        words = {
            "scheme": scheme,
            "before": names[State(before)] if before else _("nothing"),
            "after": names[after],
            "may": may,
        }
        raise Refusal(message % words, code="transition-forbidden")
    if after in NEED_A_REASON and not reason.strip():
        raise Refusal(_("Say why: she and whoever decides later read it."), code="reason-missing")
    if on > timezone.localdate():
        raise Refusal(_("The day is in the future. A change holds from today or an earlier day."), code="day-in-future")
