"""Lists on the worker: checked, imported, taken back; each goes on where a crash left it."""

from uuid import UUID

from django.db import transaction
from django_tasks import task

from pallaq.accounts.models import User
from pallaq.rolls.actions import bringing, undoing, working
from pallaq.rolls.actions.bringing import Brought
from pallaq.rolls.models import RUNNING, Roll, RollState


@task()
def work_on_roll(roll_id: str) -> None:
    """Do what the list's state asks for; harmless when it was done already."""
    roll = Roll.objects.select_related("scheme").get(pk=UUID(roll_id))
    if roll.state == RollState.CHECKING:
        working.check_roll(roll)
    elif roll.state == RollState.IMPORTING:
        working.import_roll(roll)
    elif roll.state == RollState.TAKING_BACK:
        undoing.take_back(roll)


@transaction.atomic
def bring(*, brought: Brought, data: bytes, name: str, regions: frozenset[str] | None, by: User) -> Roll:
    """Keep a list, and have it checked if its columns are understood."""
    roll = bringing.bring_roll(brought=brought, data=data, name=name, regions=regions, by=by)
    if roll.state == RollState.CHECKING:
        work_on_roll.enqueue(str(roll.pk))
    return roll


@transaction.atomic
def check(*, roll: Roll, fields: dict[str, int], codes: str, states: dict[str, str], by: User) -> None:
    """Name a list's columns and have it checked."""
    bringing.name_columns(roll=roll, fields=fields, codes=codes, states=states, by=by)
    work_on_roll.enqueue(str(roll.pk))


@transaction.atomic
def start_import(*, roll: Roll, by: User) -> None:
    """Have a checked list imported, or go on with one that was stopped."""
    bringing.begin_import(roll=roll, by=by)
    work_on_roll.enqueue(str(roll.pk))


@transaction.atomic
def start_taking_back(*, roll: Roll, by: User) -> None:
    """Have a list taken back."""
    undoing.begin_taking_back(roll=roll, by=by)
    work_on_roll.enqueue(str(roll.pk))


def resume() -> None:
    """Hand to the worker what a crash left unfinished; called at start, before the worker runs."""
    bringing.clear_expired()
    for roll in Roll.objects.filter(state__in=RUNNING):
        work_on_roll.enqueue(str(roll.pk))
