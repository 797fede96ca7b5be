"""Registrations: entered and moved as their scheme allows; two desks at once lose nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from pallaq.accounts.tests.people import refused
from pallaq.registry.actions import people
from pallaq.registry.actions.people import Numbered, edit_person, register_person
from pallaq.registry.actions.registrations import Entry, Move, change_state, move_registration, open_registration
from pallaq.registry.models import Identifier, Norm, Person, Registration, Scheme, State, Transition
from pallaq.registry.tests.samples import JUANA, desks, registered, selector
from pallaq.registry.tests.threads import at_once
from pallaq.shared.encryption import ring
from pallaq.shared.models import AuditEvent

DAY = date(2024, 3, 1)
TODAY = date(2026, 1, 10)


def puno() -> Scheme:
    return Scheme.objects.get(pk="selectors-puno")


@pytest.mark.django_db
def test_it_opens_with_a_history_an_audit_and_a_new_edition() -> None:
    made = desks()
    juana = selector()
    entry = Entry(State.REGISTERED, "p 12-3", on=DAY)
    found = open_registration(person=juana, scheme=puno(), entry=entry, edition=1, by=made.officer)
    assert (found.number, found.masked(), found.state, found.since, found.region) == (
        "P123",
        "••23",
        "registered",
        DAY,
        "21",
    )
    step = found.transitions.get()
    assert (step.before, step.after, step.on, step.by) == ("", "registered", DAY, made.officer)
    juana.refresh_from_db()
    assert juana.edition == 2
    event = AuditEvent.objects.get(action="registration.open")
    assert (event.about, event.details) == (
        f"person {juana.number}",
        {"scheme": "selectors-puno", "state": "registered"},
    )


@pytest.mark.django_db
def test_its_number_is_not_in_the_database_in_clear() -> None:
    desks()
    registered(selector())
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM registry_registration r")
        (row,) = cursor.fetchone()
    assert b"P1".hex() not in row
    assert Registration.objects.get().number == "P1"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scheme", "entry", "code"),
    [
        ("selectors-puno", Entry(place="040309"), "scheme-elsewhere"),
        ("selectors-puno", Entry(place="201104"), "unknown-ubigeo"),
        ("selectors-puno", Entry(on=date(2018, 6, 30)), "scheme-not-in-force"),
        ("selectors-puno", Entry(State.SUSPENDED), "transition-forbidden"),
        ("selectors-puno", Entry(on=DAY, valid_to=date(2024, 2, 1)), "registration-dates"),
        ("reinfo", Entry(on=date(2027, 1, 1)), "scheme-not-in-force"),
    ],
)
def test_it_refuses_what_cannot_be_entered(scheme: str, entry: Entry, code: str) -> None:
    desks()
    juana = selector()
    with refused(code):
        open_registration(person=juana, scheme=Scheme.objects.get(pk=scheme), entry=entry, by=None)
    assert not Registration.objects.exists()


@pytest.mark.django_db
def test_it_refuses_a_day_of_tomorrow_and_a_second_registration_while_one_is_open() -> None:
    desks()
    juana = selector()
    tomorrow = timezone.localdate() + timedelta(days=1)
    with refused("day-in-future"):
        open_registration(person=juana, scheme=puno(), entry=Entry(on=tomorrow), by=None)
    registered(juana)
    with refused("registration-open"):
        open_registration(person=juana, scheme=puno(), entry=Entry(), by=None)
    assert Registration.objects.count() == 1


@pytest.mark.django_db
def test_whoever_left_a_scheme_comes_back_by_a_new_registration() -> None:
    desks()
    juana = registered(selector())
    change_state(
        registration=juana.registrations.get(), state=State.ENDED, reason="Pidió", edition=2, on=TODAY, by=None
    )
    open_registration(person=juana, scheme=puno(), entry=Entry(), by=None)
    assert sorted(juana.registrations.values_list("state", flat=True)) == ["applied", "ended"]


@pytest.mark.django_db
def test_she_may_be_on_several_schemes_at_once() -> None:
    desks()
    juana = registered(registered(selector()), "reinfo")
    assert juana.registrations.count() == 2


@pytest.mark.django_db
def test_a_move_keeps_who_when_why_and_the_authority_s_number() -> None:
    made = desks()
    juana = selector()
    found = open_registration(person=juana, scheme=puno(), entry=Entry(on=DAY), by=made.registrar)
    move = Move(State.REGISTERED, TODAY, number="R 77", valid_to=date(2027, 1, 10))
    now = move_registration(registration=found, move=move, edition=2, by=made.officer)
    assert (now.state, now.since, now.number, now.valid_to) == ("registered", TODAY, "R77", date(2027, 1, 10))
    move = Move(State.SUSPENDED, TODAY, " Falta un documento ")
    now = move_registration(registration=now, move=move, edition=3, by=made.officer)
    assert (now.number, now.valid_to) == ("R77", date(2027, 1, 10))
    assert list(now.transitions.values_list("before", "after", "reason", "by")) == [
        ("", "applied", "", made.registrar.pk),
        ("applied", "registered", "", made.officer.pk),
        ("registered", "suspended", "Falta un documento", made.officer.pk),
    ]
    assert AuditEvent.objects.filter(action="registration.change").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("move", "code"),
    [
        (Move(State.APPLIED, TODAY), "transition-forbidden"),
        (Move(State.REGISTERED, TODAY), "transition-forbidden"),
        (Move(State.SUSPENDED, TODAY), "reason-missing"),
        (Move(State.EXCLUDED, TODAY, "  "), "reason-missing"),
        (Move(State.ENDED, TODAY, ""), "reason-missing"),
        (Move(State.ENDED, date(2024, 2, 29), "Pidió"), "transition-before"),
        (Move(State.ENDED, date(2199, 1, 1), "Pidió"), "day-in-future"),
        (Move(State.SUSPENDED, TODAY, "Falta", valid_to=date(2025, 1, 1)), "registration-dates"),
    ],
)
def test_it_refuses_a_move_that_cannot_be(move: Move, code: str) -> None:
    desks()
    juana = registered(selector())
    with refused(code):
        move_registration(registration=juana.registrations.get(), move=move, edition=2, by=None)
    assert juana.registrations.get().state == "registered"
    assert Transition.objects.count() == 1


@pytest.mark.django_db
def test_a_scheme_s_own_rules_stand_before_the_usual_ones() -> None:
    desks()
    Scheme.objects.filter(pk="selectors-puno").update(transitions={"": ["registered"], "registered": ["excluded"]})
    juana = registered(selector())
    found = juana.registrations.get()
    with refused("transition-forbidden"):
        change_state(registration=found, state=State.ENDED, reason="Pidió", edition=2, on=TODAY, by=None)
    change_state(registration=found, state=State.EXCLUDED, reason="Murió", edition=2, on=TODAY, by=None)


@pytest.mark.django_db
def test_the_term_comes_from_its_norm_on_the_day_and_is_none_where_none_is_known() -> None:
    desks()
    assert registered(selector()).registrations.get().valid_to is None
    norm = {"code": "registration-term-months", "title": {"es": "Plazo"}, "scheme": puno()}
    Norm.objects.filter(code=norm["code"]).delete()
    Norm.objects.create(**norm, value=Decimal(12), valid_from=date(2020, 1, 1))
    assert registered(selector("40123457")).registrations.get().valid_to == date(2025, 3, 1)
    applied = open_registration(person=selector("40123458"), scheme=puno(), entry=Entry(on=DAY), by=None)
    assert applied.valid_to is None


@pytest.mark.django_db
def test_nothing_is_saved_if_the_audit_fails() -> None:
    desks()
    juana = registered(selector())
    broken = patch("pallaq.registry.actions.registrations.record", side_effect=OSError)
    with broken, pytest.raises(OSError):
        open_registration(person=juana, scheme=Scheme.objects.get(pk="reinfo"), entry=Entry(), by=None)
    with broken, pytest.raises(OSError):
        change_state(
            registration=juana.registrations.get(), state=State.ENDED, reason="Pidió", edition=2, on=TODAY, by=None
        )
    assert list(Registration.objects.values_list("state", flat=True)) == ["registered"]
    assert (Transition.objects.count(), Person.objects.get().edition) == (1, 2)


@pytest.mark.django_db
def test_a_closed_file_takes_no_registration() -> None:
    desks()
    juana = registered(selector())
    Person.objects.filter(pk=juana.pk).update(state="erased")
    with refused("person-closed"):
        open_registration(person=juana, scheme=Scheme.objects.get(pk="reinfo"), entry=Entry(), by=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_desks_that_change_one_registration_at_once_one_wins_and_the_other_is_told() -> None:
    made = desks()
    juana = registered(selector())

    def to(state: State) -> Callable[[], Registration]:
        found = Registration.objects.select_related("person").get()
        return lambda: change_state(
            registration=found, state=state, reason="Visto", edition=juana.edition, on=TODAY, by=made.officer
        )

    done = at_once(to(State.SUSPENDED), to(State.ENDED))
    assert sum(one == "person-edited-meanwhile" for one in done) == 1
    (won,) = [one for one in done if isinstance(one, Registration)]
    now = Registration.objects.get()
    assert now.state == won.state
    assert Transition.objects.count() == 2
    assert AuditEvent.objects.filter(action="registration.change").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_desks_one_edits_her_while_the_other_suspends_and_nothing_is_lost() -> None:
    made = desks()
    juana = registered(selector())
    found = Registration.objects.select_related("person").get()

    def edit(edition: int) -> str:
        return str(edit_person(person=juana, edition=edition, fields={"given_names": "Juana Inés"}, by=made.registrar))

    def suspend(edition: int) -> str:
        move = Move(State.SUSPENDED, TODAY, "Falta")
        return str(move_registration(registration=found, move=move, edition=edition, by=made.officer))

    done = at_once(lambda: edit(2), lambda: suspend(2))
    assert done.count("person-edited-meanwhile") == 1
    late = edit if done[0] == "person-edited-meanwhile" else suspend
    late(Person.objects.get().edition)  # told, she looks and saves again
    now = Person.objects.get()
    assert (now.given_names, now.edition, now.registrations.get().state) == ("Juana Inés", 4, "suspended")


@pytest.mark.django_db(transaction=True)
def test_of_two_desks_that_open_the_same_registration_one_is_told_that_it_is_there() -> None:
    desks()
    juana = selector()
    done = at_once(
        *[lambda: open_registration(person=juana, scheme=puno(), entry=Entry(on=DAY), by=None) for _desk in range(2)]
    )
    assert sum(one == "registration-open" for one in done) == 1
    assert Registration.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_desks_that_register_one_document_at_once_the_second_waits_and_then_sees_the_first() -> None:
    """What the second sees is who has the number at the moment when it got the lock: `matching` looks there."""
    desks()
    seen: list[int] = []

    def looking(person: Person, *_rest: object) -> object:
        indexes = ring().indexes("40123456", "identifier")
        seen.append(Identifier.objects.filter(number_index__in=indexes).exclude(person=person).count())
        return save(person, *_rest)

    save = people.save_identifier
    with patch.object(people, "save_identifier", looking):
        done = at_once(
            *[
                lambda: register_person(fields=JUANA, identifiers=[Numbered("dni", "40123456")], by=None)
                for _desk in range(4)
            ]
        )
    assert all(isinstance(one, Person) for one in done)
    assert sorted(seen) == [0, 1, 2, 3]
