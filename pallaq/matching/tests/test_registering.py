"""A person registered at a desk: who may be her is found first, and two desks do not pass each other."""

from datetime import date
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection

from pallaq.accounts.tests.people import refused
from pallaq.matching.actions.registering import Decision, Outcome, Typed, register_or_ask
from pallaq.matching.finding import candidates
from pallaq.matching.models import Pair
from pallaq.registry.actions.people import Numbered
from pallaq.registry.models import Person
from pallaq.registry.tests.samples import JUANA, desks, selector
from pallaq.shared.models import AuditEvent


def typed(dni: str = "40123456", **changes: Any) -> Typed:
    return Typed(uuid4(), {**JUANA, **changes}, [Numbered("dni", dni)] if dni else [])


@pytest.mark.django_db
def test_it_registers_whom_nobody_may_be() -> None:
    made = desks()
    outcome = register_or_ask(typed=typed(), by=made.registrar)
    assert outcome.candidates == []
    assert outcome.person == Person.objects.get()
    assert not Pair.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dni", "changes", "reason"),
    [
        ("4012 3456", {"given_names": "X", "paternal_surname": "Y", "maternal_surname": "Z"}, "document"),
        ("", {"paternal_surname": "Mamany", "maternal_surname": "Kispe", "phone": ""}, "names-sound"),
        ("", {"given_names": "Juana", "birth_on": date(1981, 3, 5), "phone": ""}, "born-swapped"),
        ("40123465", {"paternal_surname": "Quispe", "maternal_surname": "Mamani"}, "surnames-swapped"),
        ("", {"given_names": "Rosa", "birth_on": None}, "phone"),
    ],
)
def test_it_asks_about_whoever_may_be_her(dni: str, changes: dict[str, Any], reason: str) -> None:
    desks()
    juana = selector()
    (found,) = register_or_ask(typed=typed(dni, **changes), by=None).candidates
    assert found.person == juana
    assert reason in found.reasons
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_merged_people_are_no_candidates_and_the_likeliest_stands_first() -> None:
    desks()
    juana, other = selector(), selector("", given_names="Juana", phone="")
    gone = selector("40123456")
    Person.objects.filter(pk=gone.pk).update(state="merged", merged_into=juana)
    names = ("Juana Rosa", "Mamani", "Quispe")
    found = candidates(names, JUANA["birth_on"], [Numbered("dni", "40123456")], JUANA["phone"], JUANA["place"])
    assert [one.person for one in found] == [juana, other]
    assert candidates(names, JUANA["birth_on"], exclude=[juana.pk, other.pk]) == []


@pytest.mark.django_db
def test_another_person_is_registered_with_a_reason_and_the_pair_is_kept() -> None:
    made = desks()
    first = selector("", phone="")
    given = typed("40999999")
    decision = Decision(frozenset({first.pk}), "Her cousin: both were here")
    second = register_or_ask(typed=given, decision=decision, by=made.registrar).person
    pair = Pair.objects.get()
    assert {pair.first, pair.second} == {first, second}
    assert (pair.state, pair.decided_by, pair.why) == ("different", made.registrar, "Her cousin: both were here")
    event = AuditEvent.objects.get(action="pair.keep")
    assert "Mamani" not in str(event.details) + event.about


@pytest.mark.django_db
def test_one_document_at_two_people_stays_open_for_an_officer() -> None:
    desks()
    first = selector(phone="")
    decision = Decision(frozenset({first.pk}), "The other one's document is false, she says")
    register_or_ask(typed=typed(given_names="Pedro", sex="male"), decision=decision, by=None)
    pair = Pair.objects.get()
    assert (pair.state, pair.decided_at) == ("open", None)
    assert "false" in pair.why


@pytest.mark.django_db
def test_it_refuses_another_person_without_a_reason() -> None:
    desks()
    first = selector()
    with refused("why"):
        register_or_ask(typed=typed(), decision=Decision(frozenset({first.pk}), " "), by=None)
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_whoever_came_in_since_is_asked_about_again() -> None:
    desks()
    first = selector("", phone="")
    decision = Decision(frozenset({first.pk}), "Her cousin")
    second = selector("", phone="", given_names="Juana")
    outcome = register_or_ask(typed=typed("40999999"), decision=decision, by=None)
    assert outcome.person is None
    assert {one.person for one in outcome.candidates} == {first, second}


@pytest.mark.django_db
def test_the_same_page_sent_twice_is_one_person() -> None:
    desks()
    given = typed()
    first = register_or_ask(typed=given, by=None)
    assert register_or_ask(typed=given, by=None) == first
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_registered_if_the_audit_fails() -> None:
    desks()
    first = selector("", phone="")
    decision = Decision(frozenset({first.pk}), "Her cousin")
    with patch("pallaq.matching.actions.pairs.record", side_effect=OSError), pytest.raises(OSError):
        register_or_ask(typed=typed("40999999"), decision=decision, by=None)
    assert Person.objects.get() == first
    assert not Pair.objects.exists()


def at_once(*work: Typed) -> list[Outcome]:
    """Register from two connections at the same moment."""
    barrier, outcomes = Barrier(len(work)), []

    def desk(one: Typed) -> None:
        barrier.wait(10)
        outcomes.append(register_or_ask(typed=one, by=None))
        connection.close()

    threads = [Thread(target=desk, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dni", ["40123456", ""])
def test_of_two_desks_at_once_the_second_is_shown_what_the_first_wrote(dni: str) -> None:
    desks()
    outcomes = at_once(typed(dni), typed(dni))
    (written,) = [outcome.person for outcome in outcomes if outcome.person]
    (asked,) = [outcome.candidates for outcome in outcomes if outcome.candidates]
    assert [candidate.person for candidate in asked] == [written]
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_page_sent_twice_at_once_is_one_person() -> None:
    desks()
    given = typed()
    first, second = at_once(given, given)
    assert first.person == second.person == Person.objects.get()
