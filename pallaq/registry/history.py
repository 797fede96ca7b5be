"""What changed in a person's file, when and by whom: told from the rows that history keeps, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.rules import label
from pallaq.registry.models import Activity, Identifier, Person, Photo, State, Transition
from pallaq.registry.rules.identifiers import masked

ONE_ACT = timedelta(seconds=2)  # what one person wrote within it is told as one
FIELDS = ("given_names", "paternal_surname", "maternal_surname", "sex", "birth_on", "languages", "place", "state")
UNSAID = ("phone", "address")  # that they changed is said, not what they say
ACTIVITY = ("kind", "place", "centre", "organisation", "permission", "starts_on", "ends_on")


@dataclass
class Change:
    """What somebody did at a moment; `by` None is the person herself, or the machine."""

    at: datetime
    by: User | None
    lines: list[str] = field(default_factory=list)


def history(person: Person, since: datetime | None = None) -> list[Change]:
    """Return the changes of a file, the last first; from a moment on if one is given."""
    told = [*of_person(person), *of_identifiers(person), *of_activities(person), *of_states(person)]
    told += of_consents(person)
    found: list[Change] = []
    for change in sorted(told, key=lambda change: change.at):
        if since and change.at < since:
            continue
        if found and found[-1].by == change.by and change.at - found[-1].at <= ONE_ACT:
            found[-1].lines += change.lines
        else:
            found.append(change)
    taken_at = Photo.objects.filter(person=person).values_list("made_at", flat=True).first()
    for change in found:
        if not change.lines:
            is_photo = taken_at is not None and abs(change.at - taken_at) <= ONE_ACT
            change.lines = [_("a photo was kept") if is_photo else _("something else in her file was saved")]
    return found[::-1]


def as_read(person: Person, edition: int) -> Any:
    """Return the row that her file had in an edition, from history; None if it is not kept there."""
    return person.events.filter(edition=edition).order_by("pgh_id").first()  # type: ignore[attr-defined] # pghistory's


def row_at(row: Model, moment: datetime) -> Any:
    """Return a row as it was at a moment."""
    before = row.events.filter(pgh_created_at__gte=moment).order_by("pgh_id").first()  # type: ignore[attr-defined]
    return before or row


def of_person(person: Person) -> Iterator[Change]:
    """Tell what was said of her before; a row of the file without a difference counts for what else was saved."""
    rows = [*person.events.select_related("changed_by").order_by("pgh_id"), person]  # type: ignore[attr-defined]
    yield Change(person.made_at, rows[0].changed_by, [_("registered")])
    for before, after in pairwise(rows):
        lines = [*differences(before, after, FIELDS), *unsaid(before, after)]
        yield Change(after.changed_at, after.changed_by, lines)


def of_identifiers(person: Person) -> Iterator[Change]:
    """Tell which documents came, changed and went."""
    for rows in lives(Identifier, person):
        first, last = rows[0], rows[-1]
        name = f"{first.kind} {masked(first.number)}"
        yield Change(first.changed_at, first.changed_by, [_("%(name)s: added") % {"name": name}])
        for before, after in pairwise(rows):
            lines = differences(before, after, ("valid_from", "valid_to"))
            yield Change(after.changed_at, after.changed_by, [f"{name}: {line}" for line in lines])
        if getattr(last, "pgh_label", "") == "deleted":
            yield Change(last.pgh_created_at, None, [_("%(name)s: removed") % {"name": name}])


def of_activities(person: Person) -> Iterator[Change]:
    """Tell what she began, changed and ended to do."""
    for rows in lives(Activity, person):
        first, last = rows[0], rows[-1]
        name = " · ".join(part for part in (first.kind, first.centre or label(first.place)) if part)
        yield Change(first.changed_at, first.changed_by, [_("%(name)s: added") % {"name": name}])
        for before, after in pairwise(rows):
            lines = differences(before, after, ACTIVITY)
            yield Change(after.changed_at, after.changed_by, [f"{name}: {line}" for line in lines])
        if getattr(last, "pgh_label", "") == "deleted":
            yield Change(last.pgh_created_at, None, [_("%(name)s: removed") % {"name": name}])


def of_states(person: Person) -> Iterator[Change]:
    """Tell the states of her registrations."""
    states = dict(State.choices)
    found = Transition.objects.filter(registration__person=person).select_related("registration__scheme", "by")
    for one in found:
        words = {"scheme": one.registration.scheme, "after": states[State(one.after)], "day": said(one, "on")}
        if one.before:
            words["before"] = states[State(one.before)]
            line = _("%(scheme)s: from “%(before)s” to “%(after)s”, from %(day)s on") % words
        else:
            line = _("%(scheme)s: “%(after)s”, from %(day)s on") % words
        yield Change(one.at, one.by, [f"{line}. {one.reason}" if one.reason else line])


def of_consents(person: Person) -> Iterator[Change]:
    """Tell what she agreed to, and withdrew."""
    for one in person.consents.select_related("given_to"):
        words = {"purpose": one.get_purpose_display()}
        yield Change(one.given_at, one.given_to, [_("agreed: %(purpose)s") % words])
        if one.withdrawn_at:
            yield Change(one.withdrawn_at, None, [_("withdrew: %(purpose)s") % words])


def lives(model: Any, person: Person) -> list[list[Any]]:
    """Return the rows of a kind that are or were hers, each with what it said before, in their order."""
    found: dict[Any, list[Any]] = {}
    events = model.pgh_event_model.objects.filter(person_id=person.pk).select_related("changed_by")
    for event in events.order_by("pgh_id"):
        found.setdefault(event.pgh_obj_id, []).append(event)
    for row in model.objects.filter(person=person).select_related("changed_by"):
        found.setdefault(row.pk, []).append(row)
    return list(found.values())


def differences(before: Any, after: Any, names: Sequence[str]) -> list[str]:
    """Say which fields changed, from what to what."""
    found = []
    for name in names:
        was, became = said(before, name), said(after, name)
        if was != became:
            words = {"field": label_of(before, name), "was": was or "-", "became": became or "-"}
            found.append(_("%(field)s: “%(was)s” became “%(became)s”") % words)
    return found


def unsaid(before: Any, after: Any) -> list[str]:
    """Say which fields changed whose values stay hidden."""
    changed = [name for name in UNSAID if getattr(before, name) != getattr(after, name)]
    return [_("%(field)s: changed") % {"field": label_of(before, name)} for name in changed]


def label_of(row: Any, name: str) -> str:
    """Return a field's label."""
    return str(row._meta.get_field(name).verbose_name)


def said(row: Any, name: str) -> str:
    """Return a field's value in words."""
    value = getattr(row, name)
    if name == "place":
        return label(value) or value
    if hasattr(row, f"get_{name}_display"):
        return str(getattr(row, f"get_{name}_display")())
    if hasattr(value, "isoformat"):
        return str(value.strftime("%d/%m/%Y"))
    return ", ".join(value) if isinstance(value, list) else str(value if value is not None else "")
