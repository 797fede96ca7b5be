"""What was kept as long as its norm says goes; without a value nothing goes; what went is in the trail."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from pallaq.registry.actions.people import edit_person
from pallaq.registry.actions.reading import read
from pallaq.registry.models import Norm, Person, PersonState, Reading, Registration, State, What
from pallaq.registry.tests.samples import desks, registered, selector
from pallaq.rights.actions.retention import due, retain
from pallaq.rights.tasks import run_retention
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
TODAY = date(2036, 11, 25)
CODES = ["retention-history-years", "retention-readings-years", "retention-ended-years"]


def aged(ended_on: date | None) -> Person:
    """Return a person with history and a reading of now, and a registration that ended on a day, or has not."""
    made = desks()
    juana = registered(selector(by=made.registrar))
    edit_person(person=juana, edition=juana.edition, fields={"phone": "9"}, by=made.registrar)
    read(juana, by=made.officer, what=What.FILE)
    if ended_on:
        Registration.objects.update(state=State.ENDED, since=ended_on)
    return juana


def test_history_readings_and_the_file_go_when_their_years_are_over() -> None:
    juana = aged(date(2026, 11, 24))
    gone = retain(TODAY)
    assert gone[CODES[0]] >= 1
    assert (gone[CODES[1]], gone[CODES[2]]) == (1, 1)
    assert Person.objects.get(pk=juana.pk).state == PersonState.ERASED
    assert AuditEvent.objects.get(action="person.erase").details["why"] == "retention"
    assert AuditEvent.objects.get(action="retention.run").details["gone"] == gone


def test_nothing_goes_before_its_day() -> None:
    juana = aged(date(2026, 11, 25))  # ten years to the day: it goes tomorrow
    assert retain(timezone.localdate()) == dict.fromkeys(CODES, 0)
    assert retain(TODAY)[CODES[2]] == 0
    assert retain(TODAY + timedelta(days=1))[CODES[2]] == 1
    assert Person.objects.get(pk=juana.pk).state == PersonState.ERASED


def test_a_file_with_an_open_registration_or_none_at_all_stays() -> None:
    aged(None)
    selector("40123457")
    assert retain(date(2090, 1, 1))[CODES[2]] == 0


@pytest.mark.parametrize("how", ["empty", "gone"])
def test_nothing_goes_without_a_value_of_the_norm(how: str) -> None:
    aged(date(2000, 1, 1))
    norms = Norm.objects.filter(code__in=CODES)
    norms.update(value=None) if how == "empty" else norms.delete()
    assert retain(date(2090, 1, 1)) == {}
    assert Reading.objects.exists()
    assert not AuditEvent.objects.filter(action="retention.run").exists()
    assert [one.before for one in due(date(2090, 1, 1))] == [None, None, None]


def test_it_says_what_goes_today_and_within_a_year() -> None:
    aged(date(2027, 1, 1))
    found = {one.rule.code: one for one in due(TODAY)}
    assert (found[CODES[2]].now, found[CODES[2]].next_year) == (0, 1)
    assert found[CODES[1]].now == 1
    assert found[CODES[1]].before == date(2031, 11, 25)


def test_a_second_run_does_nothing_and_says_nothing() -> None:
    aged(date(2020, 1, 1))
    retain(TODAY)
    assert set(retain(TODAY).values()) == {0}
    assert AuditEvent.objects.filter(action="retention.run").count() == 1


def test_the_worker_runs_it() -> None:
    desks()
    assert run_retention.call() == dict.fromkeys(CODES, 0)
