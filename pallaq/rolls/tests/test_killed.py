"""An import killed in the middle goes on where it was: nothing is lost and nothing is there twice."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from pallaq.registry.models import Activity, Identifier, Person, Registration, Transition
from pallaq.registry.tests.samples import desks
from pallaq.rolls.actions.bringing import begin_import, stop_roll
from pallaq.rolls.actions.working import import_roll
from pallaq.rolls.models import Roll, RollEntry, RollState
from pallaq.rolls.tasks import resume
from pallaq.rolls.tests.lists import brought, csv_list, line
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 3000
WORKER = """
import django, sys
django.setup()
from pallaq.rolls.actions.working import import_roll
from pallaq.rolls.models import Roll
import_roll(Roll.objects.select_related("scheme").get(pk=sys.argv[1]))
"""


def worker(roll: Roll, data: Path) -> "subprocess.Popen[bytes]":
    """Start a process of its own that imports the list into this test's database."""
    known = connection.settings_dict
    address = {"dbname": known["NAME"], "user": known["USER"], "host": known["HOST"], "port": known["PORT"]}
    place = " ".join(f"{name}={value}" for name, value in address.items())
    environment = {**os.environ, "DATABASE_URL": place, "PALLAQ_DATA": str(data)}
    return subprocess.Popen([sys.executable, "-c", WORKER, str(roll.pk)], env=environment)


def wait_for(roll: Roll, rows: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until so many rows are in."""
    deadline = time.monotonic() + 120
    while Roll.objects.get(pk=roll.pk).done < rows:
        assert process.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def begun(rows: int) -> Roll:
    """Return a list whose import has begun."""
    made = desks()
    roll = brought(csv_list(*[line(number) for number in range(1, rows + 1)]), made.officer)
    assert (roll.state, roll.rows) == (RollState.CHECKED, rows)
    return begin_import(roll=roll, by=made.officer)


def counts() -> set[int]:
    """Return how many rows each table has."""
    return {model.objects.count() for model in (Person, Identifier, Registration, Transition, Activity, RollEntry)}


def test_an_import_that_was_killed_goes_on_and_nothing_is_twice_or_lost(data: Path) -> None:
    roll = begun(ROWS)
    process = worker(roll, data)
    wait_for(roll, 1000, process)
    process.kill()
    process.wait()
    killed_at = Roll.objects.get(pk=roll.pk).done
    assert killed_at in (1000, 2000)
    assert counts() == {killed_at}
    assert worker(roll, data).wait(120) == 0
    roll.refresh_from_db()
    assert (roll.state, roll.done, roll.counts["imported"]["created"]) == (RollState.IMPORTED, ROWS, ROWS)
    assert counts() == {ROWS}
    assert set(RollEntry.objects.values_list("row", flat=True)) == set(range(2, ROWS + 2))
    done = AuditEvent.objects.filter(action="roll.batch").values_list("details__done", flat=True)
    assert sorted(done) == [1000, 2000, 3000]
    assert not list((data / "rolls").glob("*"))


def test_a_stopped_import_ends_between_two_batches_and_goes_on() -> None:
    roll = begun(2500)

    def stop_once(done: int) -> None:
        if done == 1000:
            stop_roll(roll=roll, by=roll.started_by)

    import_roll(roll, stop_once)
    roll.refresh_from_db()
    assert (roll.state, roll.done) == (RollState.STOPPED, 1000)
    import_roll(begin_import(roll=roll, by=roll.started_by))
    assert counts() == {2500}


def test_what_a_crash_left_is_handed_to_the_worker_again() -> None:
    from django_tasks_db.models import DBTaskResult

    roll = begun(1)
    resume()
    waiting = DBTaskResult.objects.get()
    assert waiting.args_kwargs["args"] == [str(roll.pk)]


def test_two_officers_bring_the_same_people_at_once(data: Path) -> None:
    made = desks()
    lines = csv_list(*[line(number) for number in range(1, 1501)])
    backwards = csv_list(*[line(number) for number in range(1500, 0, -1)])
    rolls = [begin_import(roll=brought(one, made.officer), by=made.officer) for one in (lines, backwards)]
    processes = [worker(roll, data) for roll in rolls]
    assert [process.wait(120) for process in processes] == [0, 0]
    states = [Roll.objects.get(pk=roll.pk) for roll in rolls]
    assert [roll.state for roll in states] == [RollState.IMPORTED] * 2, [roll.failure for roll in states]
    assert Person.objects.count() == Identifier.objects.count() == Registration.objects.count() == 1500
    did = [roll.counts["imported"] for roll in states]
    assert sum(one["created"] for one in did) == sum(one["same"] for one in did) == 1500
