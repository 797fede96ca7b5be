"""A list taken back: only whom it alone brought, and nothing of them stays."""

from unittest.mock import patch

import pytest

from pallaq.accounts.tests.people import refused
from pallaq.registry.actions.people import edit_person
from pallaq.registry.actions.reading import read
from pallaq.registry.models import Identifier, Person, Registration, What
from pallaq.registry.tests.samples import desks, selector
from pallaq.rolls.actions.bringing import discard_roll
from pallaq.rolls.actions.undoing import begin_taking_back, take_back, untouched
from pallaq.rolls.models import Roll, RollState
from pallaq.rolls.tests.lists import brought, csv_list, imported, line

pytestmark = pytest.mark.django_db


def made_by(document: str) -> Person:
    """Return the person with a document."""
    return next(one.person for one in Identifier.objects.all() if one.number == document)


def test_it_takes_back_whom_nobody_touched_and_says_who_stays() -> None:
    made = desks()
    known = selector("40000001")
    roll = imported(csv_list(*[line(number) for number in range(1, 7)]), made.officer)
    edited, opened, seen, listed = (made_by(f"4000000{number}") for number in (2, 3, 4, 5))
    edit_person(person=edited, edition=1, fields={"phone": "9"}, by=made.registrar)
    read(opened, by=made.registrar, what=What.FILE)
    read(seen, by=made.registrar, what=What.FOUND)
    imported(csv_list(line(5)), made.officer)
    assert untouched(roll).count() == 2
    take_back(begin_taking_back(roll=roll, by=made.officer))
    roll.refresh_from_db()
    assert (roll.state, roll.counts["taken_back"]) == (RollState.TAKEN_BACK, 2)
    assert set(Person.objects.all()) == {known, edited, opened, listed}
    assert Identifier.objects.count() == Registration.objects.count() == 4


def test_the_history_of_whoever_is_taken_back_goes_too() -> None:
    made = desks()
    roll = imported(csv_list(line(1)), made.officer)
    take_back(begin_taking_back(roll=roll, by=made.officer))
    for model in (Person, Identifier):
        assert not model.objects.exists()
        assert not model.pgh_event_model.objects.exists()


def test_a_list_of_which_nobody_is_left_is_not_taken_back() -> None:
    made = desks()
    roll = imported(csv_list(line(1)), made.officer)
    read(Person.objects.get(), by=made.officer, what=What.FILE)
    with refused("nobody-to-take-back"):
        begin_taking_back(roll=roll, by=made.officer)


def test_nobody_goes_if_the_audit_fails() -> None:
    made = desks()
    roll = begin_taking_back(roll=imported(csv_list(line(1)), made.officer), by=made.officer)
    with patch("pallaq.rolls.actions.undoing.record", side_effect=OSError):
        take_back(roll)
    roll.refresh_from_db()
    assert (roll.state, bool(roll.failure), Person.objects.count()) == (RollState.IMPORTED, True, 1)


def test_throwing_away_removes_what_waits_and_leaves_what_is_in() -> None:
    made = desks()
    roll = imported(csv_list(line(1), line(2, document="1")), made.officer)
    discard_roll(roll=roll, by=made.officer)
    assert (roll.bad_rows.count(), Person.objects.count()) == (0, 1)
    waiting = brought(csv_list(line(3)), made.officer)
    discard_roll(roll=waiting, by=made.officer)
    assert Roll.objects.get(pk=waiting.pk).state == RollState.DISCARDED
