"""A list taken back: people whom it alone made go, as long as nobody has touched them since."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.registry.models import Activity, Identifier, Person, PersonState, What
from pallaq.rolls.actions.bringing import SCOPE, held
from pallaq.rolls.actions.working import failing
from pallaq.rolls.models import Outcome, Roll, RollEntry, RollState
from pallaq.shared.errors import Refusal
from pallaq.shared.locks import alone
from pallaq.shared.models import record

BATCH = 500
HISTORIES: tuple[tuple[type[models.Model], str], ...] = (
    (Person, "pgh_obj"),
    (Identifier, "person"),
    (Activity, "person"),
)


def untouched(roll: Roll) -> "models.QuerySet[Person, Any]":
    """Return the people whom a list made and nobody touched since.

    Their file is as it was made, no other list has them, nobody is merged into them, and nobody has opened their file:
    at most their names were seen in a list.
    """
    made = roll.entries.filter(outcome=Outcome.CREATED).values("person")
    others = RollEntry.objects.exclude(roll=roll).filter(person=models.OuterRef("pk"))
    people = Person.objects.filter(pk__in=made, edition=1, state=PersonState.CURRENT, merged=None)
    read = Person.objects.filter(pk=models.OuterRef("pk"), readings__isnull=False).exclude(readings__what=What.FOUND)
    return people.exclude(models.Exists(others)).exclude(models.Exists(read)).order_by("pk")


@transaction.atomic
def begin_taking_back(*, roll: Roll, by: User) -> Roll:
    """Let the worker take a list back."""
    roll = held(roll)
    if roll.state not in (RollState.IMPORTED, RollState.STOPPED) or not untouched(roll).exists():
        message = _("There is nobody to take back: whoever came by this list was touched since, or is gone.")
        raise Refusal(message, code="nobody-to-take-back", status=409)
    roll.state, roll.failure, roll.done, roll.started_by = RollState.TAKING_BACK, "", 0, by
    roll.save()
    record(by=by, action="roll.back", scope=SCOPE, about=f"roll {roll.pk}")
    return roll


def take_back(roll: Roll, after_batch: Callable[[int], None] = lambda _done: None) -> None:
    """Remove untouched people batch by batch; whoever was touched meanwhile stays."""
    with alone(f"roll {roll.pk}"), failing(roll, RollState.IMPORTED):
        spared: set[UUID] = set()
        while taken := take_back_batch(roll, spared):
            after_batch(taken)


@transaction.atomic
def take_back_batch(roll: Roll, spared: set[UUID]) -> int:
    """Remove one batch; return how many were looked at, 0 at the end. `spared` collects whom something holds."""
    roll = held(roll)
    if roll.state != RollState.TAKING_BACK:
        return 0
    found = untouched(roll).exclude(pk__in=spared).select_for_update(of=("self",)).defer("address", "phone")
    people = list(found[:BATCH])
    if not people:
        roll.state, roll.ended_at = RollState.TAKEN_BACK, timezone.now()
        roll.save(update_fields=["state", "ended_at"])
        gone = roll.counts.get("taken_back", 0)
        record(by=roll.started_by, action="roll.back.done", scope=SCOPE, about=f"roll {roll.pk}", people=gone)
        transaction.on_commit(roll.remove_files)
        return 0
    keys = remove({person.pk for person in people})
    spared |= {person.pk for person in people} - keys
    roll.counts = {**roll.counts, "taken_back": roll.counts.get("taken_back", 0) + len(keys)}
    roll.done += len(people)
    roll.save(update_fields=["counts", "done"])
    record(by=roll.started_by, action="roll.back.batch", scope=SCOPE, about=f"roll {roll.pk}", people=len(keys))
    return len(people)


def remove(keys: set[UUID]) -> set[UUID]:
    """Delete people with all that a list wrote of them, their history too; return whom nothing held back."""
    try:
        with transaction.atomic():
            Person.objects.filter(pk__in=keys).delete()
            # The triggers keep what a deleted row said: of somebody who came by mistake nothing is to stay.
            for model, key in HISTORIES:
                history: Any = getattr(model, "pgh_event_model")  # noqa: B009 - pghistory adds it, mypy knows it not
                history.objects.filter(**{f"{key}__in": keys}).delete()
    except models.ProtectedError:
        # A room above holds one of them: each by herself, so that the others go.
        return {key for key in keys if remove({key})} if len(keys) > 1 else set()
    return keys
