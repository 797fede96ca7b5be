"""Lists imported: who is new, who is known, what changes, and what is never done twice."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from pallaq.accounts.tests.people import refused
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.models import (
    Activity,
    Consent,
    Identifier,
    IdentifierKind,
    Person,
    Registration,
    Scheme,
    State,
    Transition,
)
from pallaq.registry.tests.samples import MOLLEHUACA, desks, registered, selector
from pallaq.rolls import tasks
from pallaq.rolls.actions.bringing import Brought, begin_import
from pallaq.rolls.actions.working import import_roll
from pallaq.rolls.models import Roll, RollEntry, RollState
from pallaq.rolls.tests.lists import ISSUED, brought, codes, csv_list, files, imported, line, xlsx_list
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_it_registers_people_with_all_that_the_list_says() -> None:
    made = desks()
    roll = imported(csv_list(line(1)), made.officer)
    assert (roll.state, roll.counts["imported"]["created"]) == (RollState.IMPORTED, 1)
    juana = Person.objects.get()
    assert juana.name() == "Juana Rosa Mamani Quispe"
    assert (juana.sex, juana.birth_on, juana.place, juana.region) == ("female", date(1981, 5, 3), "211002", "21")
    assert juana.name_words
    assert juana.block_keys
    assert [(one.kind_id, one.number) for one in juana.identifiers.all()] == [("dni", "40000001")]
    registration = juana.registrations.get()
    assert (registration.number, registration.state, registration.since) == ("P1", "registered", date(2024, 3, 1))
    activity = juana.activities.get()
    assert (activity.kind, activity.centre, activity.organisation) == ("pallaqueo", "La Rinconada", made.holder)
    assert list(Person.objects.search("40000001")) == list(Person.objects.search("P-1")) == [juana]


def test_an_official_list_carries_no_consent_and_says_where_she_comes_from() -> None:
    made = desks()
    roll = imported(csv_list(line(1)), made.officer)
    assert not Consent.objects.exists()
    entry = RollEntry.objects.get()
    assert (entry.roll, entry.row, entry.outcome, entry.otherwise) == (roll, 2, "created", None)


def test_the_same_list_twice_does_nothing_twice() -> None:
    made = desks()
    data = csv_list(*[line(number) for number in range(1, 21)])
    imported(data, made.officer)
    again = imported(data, made.officer)
    assert again.counts["imported"] == {"created": 0, "joined": 0, "changed": 0, "same": 20, "bad": 0}
    assert [model.objects.count() for model in (Person, Identifier, Registration, Transition)] == [20] * 4
    assert set(Person.objects.values_list("edition", flat=True)) == {1}


def test_rows_without_a_document_are_known_by_their_number() -> None:
    made = desks()
    data = csv_list(line(1, document=""))
    imported(data, made.officer)
    assert imported(data, made.officer).counts["imported"]["same"] == 1
    assert not Identifier.objects.exists()


def test_who_is_known_is_put_on_the_scheme_and_her_names_stay() -> None:
    made = desks()
    juana = selector("40000001", paternal_surname="Mamani", given_names="Juana")
    roll = imported(csv_list(line(1, born="04/05/1981")), made.officer)
    juana.refresh_from_db()
    assert (juana.given_names, juana.birth_on, juana.edition) == ("Juana", date(1981, 5, 3), 2)
    assert juana.registrations.get().state == "registered"
    entry = roll.entries.get()
    assert entry.outcome == "joined"
    assert json.loads(entry.otherwise) == {"given_names": "Juana Rosa", "birth_on": "1981-05-04"}
    assert Activity.objects.count() == 1


def test_a_state_moves_as_the_scheme_allows_with_the_list_as_its_reason() -> None:
    made = desks()
    juana = registered(selector("40000001"))
    imported(csv_list(line(1, state="SUSPENDIDO", number="")), made.officer)
    registration = juana.registrations.get()
    assert (registration.state, registration.since) == ("suspended", ISSUED)
    last = registration.transitions.last()
    assert (last.before, last.after, last.on, last.by) == ("registered", "suspended", ISSUED, made.officer)
    assert "2025-06-30" in last.reason


def test_a_transition_that_the_scheme_forbids_is_an_error_of_the_row() -> None:
    made = desks()
    juana = registered(selector("40000001"))
    change_state(
        registration=juana.registrations.get(),
        state=State.EXCLUDED,
        reason="x",
        edition=None,
        on=date(2024, 6, 1),
        by=made.officer,
    )
    roll = imported(csv_list(line(1, number=""), line(2)), made.officer)
    assert codes(roll) == {2: ["transition-forbidden"]}
    assert juana.registrations.get().state == "excluded"
    assert Person.objects.count() == 2


def test_a_list_older_than_her_file_changes_nothing() -> None:
    made = desks()
    registered(selector("40000001"))
    roll = imported(csv_list(line(1, state="Suspendida", number="")), made.officer, issued_on=date(2023, 1, 1))
    assert codes(roll) == {2: ["list-older"]}


def test_who_was_never_here_and_is_excluded_was_registered_first() -> None:
    made = desks()
    imported(csv_list(line(1, state="Excluida")), made.officer)
    steps = list(Transition.objects.values_list("before", "after", "on"))
    assert steps == [("", "registered", date(2024, 3, 1)), ("registered", "excluded", ISSUED)]


def test_the_second_row_of_one_woman_is_an_error() -> None:
    made = desks()
    roll = imported(csv_list(line(1), line(2), line(1, number="P-9")), made.officer)
    assert codes(roll) == {4: ["twice-in-list"]}
    assert Person.objects.count() == 2


def test_a_number_of_registration_that_is_somebody_elses_is_an_error() -> None:
    made = desks()
    registered(selector("40000009"))
    roll = imported(csv_list(line(1, number="P-1")), made.officer)
    assert codes(roll) == {2: ["number-of-another"]}


def test_a_document_that_several_people_have_is_for_a_person_to_decide() -> None:
    made = desks()
    selector("40000001")
    selector("40000001", given_names="Juana")
    assert codes(imported(csv_list(line(1), line(2)), made.officer)) == {2: ["document-of-several"]}


def test_who_lives_in_a_region_that_is_not_hers_is_left_alone() -> None:
    made = desks()
    selector("40000001", place=MOLLEHUACA)
    roll = imported(csv_list(line(1), line(2)), made.officer)
    assert codes(roll) == {2: ["person-of-other-region"]}
    assert imported(csv_list(line(1)), made.officer, regions=None).counts["imported"]["joined"] == 1


def test_whoever_was_merged_stands_as_the_person_she_is_now() -> None:
    made = desks()
    kept, merged = selector("40000002"), selector("40000001")
    Person.objects.filter(pk=merged.pk).update(state="merged", merged_into=kept)
    roll = imported(csv_list(line(1)), made.officer)
    assert roll.entries.get().person == kept
    assert kept.registrations.get().state == "registered"


def test_the_file_lies_encrypted_while_it_waits_and_is_gone_when_it_is_in(
    data: Path, django_capture_on_commit_callbacks: Any
) -> None:
    made = desks()
    roll = brought(csv_list(line(1)), made.officer)
    (stored,) = files(data)
    assert b"MAMANI" not in stored
    assert b"40000001" not in stored
    with django_capture_on_commit_callbacks(execute=True):
        import_roll(begin_import(roll=roll, by=made.officer))
    assert files(data) == []


def test_the_audit_trail_counts_and_names_nobody() -> None:
    made = desks()
    imported(csv_list(line(1), line(2, document="1")), made.officer)
    events = list(AuditEvent.objects.filter(action__startswith="roll.").order_by("id"))
    assert [event.action for event in events] == ["roll.bring", "roll.check", "roll.import", "roll.batch", "roll.done"]
    assert events[3].details == {"rows": 2, "done": 2, "created": 1, "bad": 1}
    said = " ".join(f"{event.about} {event.details}" for event in events).casefold()
    assert "mamani" not in said
    assert "40000001" not in said


def test_nothing_of_a_batch_is_in_if_the_audit_fails() -> None:
    made = desks()
    roll = begin_import(roll=brought(csv_list(line(1)), made.officer), by=made.officer)
    with patch("pallaq.rolls.actions.working.record", side_effect=OSError):
        import_roll(roll)
    roll.refresh_from_db()
    assert (roll.state, roll.done) == (RollState.FAILED, 0)
    assert not Person.objects.exists()
    import_roll(begin_import(roll=roll, by=made.officer))
    assert Person.objects.count() == 1


def test_the_second_of_two_officers_is_told_that_the_first_began() -> None:
    made = desks()
    roll = brought(csv_list(line(1)), made.officer)
    begin_import(roll=roll, by=made.officer)
    with refused("roll-started"):
        begin_import(roll=roll, by=made.registrar)


def test_a_workbook_reads_as_a_csv_does() -> None:
    made = desks()
    cells = line(1)
    cells[5], cells[9] = date(1981, 5, 3), 45352  # a day, and the number by which Excel keeps one  # type: ignore
    imported(xlsx_list(cells), made.officer, name="padron.xlsx")
    assert Person.objects.get().birth_on == date(1981, 5, 3)
    assert Registration.objects.get().since == date(2024, 3, 1)


def test_a_batch_that_waits_for_a_merge_which_waits_for_it_is_tried_again() -> None:
    made = desks()
    roll = begin_import(roll=brought(csv_list(line(1)), made.officer), by=made.officer)
    ended = OperationalError()
    ended.__cause__ = DeadlockDetected()
    with patch("pallaq.rolls.actions.working.import_batch", side_effect=[ended, True]) as batch:
        import_roll(roll)
    assert batch.call_count == 2
    roll.refresh_from_db()
    assert roll.state == RollState.IMPORTED


def test_a_list_for_practice_never_touches_somebody_real() -> None:
    made = desks()
    juana = selector("40000001")
    roll = brought(csv_list(line(1), line(2)), made.officer)
    Roll.objects.update(synthetic=True)
    roll.refresh_from_db()
    import_roll(begin_import(roll=roll, by=made.officer))
    assert codes(roll) == {2: ["practice-meets-real"]}
    assert not juana.registrations.exists()
    assert Person.objects.exclude(pk=juana.pk).get().synthetic


def test_the_worker_checks_imports_and_takes_back_by_one_task() -> None:
    made = desks()
    wanted = Brought(Scheme.objects.get(pk="selectors-puno"), ISSUED, IdentifierKind.objects.get(pk="dni"))
    data = xlsx_list(line(1), line(2))
    roll = tasks.bring(brought=wanted, data=data, name="padron.xlsx", regions=None, by=made.officer)
    states = []
    for begin in (None, tasks.start_import, tasks.start_taking_back):
        if begin:
            begin(roll=roll, by=made.officer)
        tasks.work_on_roll.call(str(roll.pk))
        roll.refresh_from_db()
        states.append(roll.state)
    assert states == [RollState.CHECKED, RollState.IMPORTED, RollState.TAKEN_BACK]
    assert not Person.objects.exists()
    tasks.work_on_roll.call(str(roll.pk))  # a second time does nothing
