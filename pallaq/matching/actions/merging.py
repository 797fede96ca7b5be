"""Two rows of one person merged, and the merge undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.matching.actions.pairs import LONGEST, locked_pair
from pallaq.matching.models import Merge, Pair, PairState
from pallaq.registry.actions.people import FIELDS, SCOPE, index_phone, locked, touch
from pallaq.registry.actions.registrations import OPEN
from pallaq.registry.models import Activity, Consent, Identifier, Person, PersonState, Photo, Registration
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

# What goes over: the room above that hangs a row on a person leaves it where it is and asks `Person.standing`.
MOVED: dict[str, type[models.Model]] = {
    "identifiers": Identifier,
    "activities": Activity,
    "registrations": Registration,
    "consents": Consent,
}


@dataclass(frozen=True)
class Choice:
    """Which row is kept, which fields take the other row's value, and the editions of both files that were read."""

    kept: UUID
    of_gone: frozenset[str] = frozenset()
    editions: Mapping[UUID, int] | None = None


@transaction.atomic
def merge(*, pair: Pair, choice: Choice, why: str, by: User | None) -> Merge:
    """Merge the rows of a pair: what hangs on one goes over to the other, and the one says into whom it went."""
    if not (reason := " ".join(why.split())):
        raise Refusal(_("Say how you know that they are one person: whoever looks later reads it."), code="why")
    if unknown := choice.of_gone - FIELDS:
        raise ValueError(f"not fields of a person: {sorted(unknown)}")
    pair = locked_pair(pair)
    kept, gone = both_locked(pair, choice)
    for name in choice.of_gone:
        setattr(kept, name, getattr(gone, name))
    index_phone(kept)
    moved = {name: move(rows_to_move(name, kept, gone), kept) for name in MOVED}
    photo = not Photo.objects.filter(person=kept).exists() and bool(
        Photo.objects.filter(person=gone).update(person=kept)
    )
    touch(kept, by)
    gone.state, gone.merged_into = PersonState.MERGED, kept
    touch(gone, by)
    pair.state, pair.why = PairState.SAME, reason[:LONGEST]
    pair.decided_by, pair.decided_at = by, timezone.now()
    pair.save()
    facts = {"fields": sorted(choice.of_gone), **moved, "photo": photo, "before": last_event(kept)}
    made = Merge.objects.create(kept=kept, gone=gone, pair=pair, by=by, why=pair.why, moved=facts)
    counts = {name: len(keys) for name, keys in moved.items()}
    about = f"person {kept.number}"
    record(by=by, action="person.merge", scope=SCOPE, about=about, gone=gone.number, fields=facts["fields"], **counts)
    return made


def both_locked(pair: Pair, choice: Choice) -> tuple[Person, Person]:
    """Return the kept row and the other, locked in the order of their keys."""
    if choice.kept not in (pair.first_id, pair.second_id):
        raise Refusal(_("Choose which of the two files is kept."), code="kept-missing")
    editions = choice.editions or {}
    rows = {person.pk: locked(person, editions.get(person.pk)) for person in (pair.first, pair.second)}
    kept = rows.pop(choice.kept)
    return kept, rows.popitem()[1]


def rows_to_move(name: str, kept: Person, gone: Person) -> list[Any]:
    """Return the rows that go over; those of which the kept file has the like already stay where they are."""
    rows = MOVED[name].objects.filter(person=gone)  # type: ignore[attr-defined] # each has a manager
    if name == "identifiers":
        hers = {(row.kind_id, row.number) for row in kept.identifiers.all()}
        return [row for row in rows if (row.kind_id, row.number) not in hers]
    if name == "registrations":
        taken = set(kept.registrations.filter(state__in=OPEN).values_list("scheme_id", flat=True))
        return [row for row in rows if row.state not in OPEN or row.scheme_id not in taken]
    if name == "consents":
        given = set(kept.consents.filter(withdrawn_at=None).values_list("purpose", flat=True))
        return [row for row in rows if row.withdrawn_at or row.purpose not in given]
    return list(rows)


def move(rows: list[Any], to: Person) -> list[str]:
    """Hang rows on a person, one by one, so that each is in its history; return their keys."""
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(person=to)
    return [str(row.pk) for row in rows]


def last_event(person: Person) -> int:
    """Return the key of the history row that holds what a person said before the change just made."""
    events: Any = person.events  # type: ignore[attr-defined] # pghistory adds it
    key: int = events.order_by("-pgh_id").values_list("pgh_id", flat=True)[0]
    return key


@transaction.atomic
def undo(*, merge: Merge, why: str, by: User | None) -> Merge:
    """Take a merge back: each row that went over returns, and what the kept file took over is as it was before.

    What was done since with a row that went over stays with the row. Refused where that would lose something.
    """
    if not (reason := " ".join(why.split())):
        raise Refusal(_("Say why the merge is undone: whoever looks later reads it."), code="why")
    pair = Pair.objects.select_for_update(of=("self",)).get(pk=merge.pair_id)
    merge = Merge.objects.select_for_update(of=("self",)).select_related("kept", "gone").get(pk=merge.pk)
    if merge.undone_at:
        raise Refusal(_("This merge was undone already. Look at the pair again."), code="undone-already", status=409)
    both = Person.objects.select_for_update(of=("self",)).in_bulk([merge.kept_id, merge.gone_id])
    kept, gone = both[merge.kept_id], both[merge.gone_id]
    check_undo(merge, kept, gone)
    take_back_fields(merge, kept)
    for name, model in MOVED.items():
        move(list(model.objects.filter(pk__in=merge.moved[name])), gone)  # type: ignore[attr-defined] # as above
    if merge.moved["photo"]:
        Photo.objects.filter(person=kept).update(person=gone)
    touch(kept, by)
    gone.state, gone.merged_into = PersonState.CURRENT, None
    touch(gone, by)
    pair.state, pair.decided_by, pair.decided_at, pair.why = PairState.OPEN, None, None, reason[:LONGEST]
    pair.save()
    merge.undone_at, merge.undone_by, merge.undone_why = timezone.now(), by, pair.why
    merge.save()
    record(by=by, action="person.unmerge", scope=SCOPE, about=f"person {kept.number}", gone=gone.number)
    return merge


def check_undo(merge: Merge, kept: Person, gone: Person) -> None:
    """Refuse to undo what can no longer be: a file closed since, a row gone since, a field changed since."""
    if kept.state != PersonState.CURRENT or gone.state != PersonState.MERGED or gone.merged_into_id != kept.pk:
        message = _("One of the two files was merged further, or erased, since. Undo the later merge first.")
        raise Refusal(message, code="undo-closed", status=409)
    for name, model in MOVED.items():
        keys = merge.moved[name]
        there = model.objects.filter(pk__in=keys, person=kept).count()  # type: ignore[attr-defined] # as above
        if there != len(keys):
            message = _("Of what came over with the merge (%(what)s), something was taken out since. It cannot return.")
            raise Refusal(message % {"what": words_of_moved(name)}, code="undo-rows", status=409)
    changed = [name for name in merge.moved["fields"] if getattr(kept, name) != getattr(gone, name)]
    if changed:
        names = ", ".join(str(Person._meta.get_field(name).verbose_name) for name in sorted(changed))  # type: ignore[union-attr]
        message = _("Since the merge this was edited: %(fields)s. Undoing would lose it. Set it back first.")
        raise Refusal(message % {"fields": names}, code="undo-edited", status=409)


def take_back_fields(merge: Merge, kept: Person) -> None:
    """Give the kept file what it said before the merge, from its history."""
    if not merge.moved["fields"]:
        return
    events: Any = kept.events  # type: ignore[attr-defined] # pghistory adds it
    before = events.filter(pgh_id=merge.moved["before"]).first()
    if before is None:
        message = _("What the file said before the merge is no longer kept: its time ran out. It cannot return.")
        raise Refusal(message, code="undo-history", status=409)
    for name in merge.moved["fields"]:
        setattr(kept, name, getattr(before, name))
    index_phone(kept)


def words_of_moved(name: str) -> str:
    """Return what kind of row went over, in words."""
    words = {
        "identifiers": _("identifiers"),
        "activities": _("activities"),
        "registrations": _("registrations"),
        "consents": _("consents"),
    }
    return words[name]
