"""A person erased: nothing of her is left in any table, history and trail among them; what is counted stays."""

from datetime import date
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from pallaq.accounts.tests.people import refused
from pallaq.registry.actions.people import Numbered, add_identifier, edit_person
from pallaq.registry.actions.reading import read
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.models import (
    Activity,
    Consent,
    Identifier,
    Person,
    PersonState,
    Photo,
    Reading,
    Registration,
    State,
    Transition,
    What,
)
from pallaq.registry.tests.samples import Desks, desks, registered, selector
from pallaq.rights.actions.erasing import HANDLERS, erase_person
from pallaq.rights.actions.requests import Asked, answer_request, take_request
from pallaq.rights.actions.slips import make_slip
from pallaq.rights.models import Kind, Outcome, Request, Slip
from pallaq.shared.encryption import ring
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def whole_database() -> str:
    """Return the text of every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'places_district'")
        tables = [name for (name,) in cursor.fetchall()]
        text = []
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM \"{table}\" t")
            text.append(cursor.fetchone()[0])
    return "\n".join(text)


def told_apart(made: Desks) -> Person:
    """Return a person whose every word can be told from all else, with history, readings, a slip and a request."""
    juana = selector("40999123", by=made.registrar, given_names="Zenobia", paternal_surname="Huarachi")
    registered(juana, by=made.registrar)
    juana.refresh_from_db()
    fields = {"paternal_surname": "Warachi", "phone": "955 444 333", "address": "Av. Cóndor 9"}
    edit_person(person=juana, edition=juana.edition, fields=fields, by=made.registrar)
    juana.refresh_from_db()
    add_identifier(person=juana, edition=juana.edition, numbered=Numbered("ruc", "20131312955"), by=made.registrar)
    Identifier.objects.filter(kind="ruc").get().delete()
    activity = juana.activities.get()
    activity.centre = "Socavón Nueve"
    activity.save()
    Photo.objects.create(person=juana, image=b"\xff\xd8photo", sha256="abc123" * 10)
    read(juana, by=made.officer, what=What.FILE, why="la pidió Zenobia")
    make_slip(person=juana, by=made.registrar)
    take_request(person=juana, asked=Asked(Kind.CORRECT, "Me llamo Zenobia"), by=None)
    juana.refresh_from_db()
    return juana


def ended(juana: Person, made: Desks) -> Person:
    """End her registration, as its authority said."""
    juana.refresh_from_db()
    change_state(
        registration=juana.registrations.get(),
        state=State.ENDED,
        reason="Zenobia lo pidió a la DGFM",
        edition=juana.edition,
        on=date(2025, 6, 1),
        by=made.officer,
    )
    juana.refresh_from_db()
    return juana


SECRETS = ("Zenobia", "Huarachi", "Warachi", "warachi", "huarachi", "Socavón", "1981-05-03", "abc123")


def test_nothing_of_her_is_left_in_any_table_or_the_trail() -> None:
    made = desks()
    juana = ended(told_apart(made), made)
    before = whole_database()
    for secret in SECRETS:
        assert secret in before, f"{secret} is nowhere: this test looks for the wrong thing"
    indexes = [ring().index("40999123", "identifier").hex(), ring().index("955444333", "phone").hex()]
    assert all(index in before for index in indexes)
    erase_person(person=juana, why="request", by=made.officer)
    after = whole_database()
    for secret in (*SECRETS, *indexes):
        assert secret not in after
    # Her old number stands in the trail alone, and leads to nobody.
    assert not Person.objects.filter(number=juana.number).exists()
    tables = [Identifier, Activity, Photo, Consent, Reading, Slip]
    tables += [Identifier.pgh_event_model, Activity.pgh_event_model, Person.pgh_event_model]
    assert not [table for table in tables if table.objects.exists()]


def test_what_is_counted_stays_without_her() -> None:
    made = desks()
    juana = ended(told_apart(made), made)
    erase_person(person=juana, why="request", by=made.officer)
    row = Person.objects.get()
    assert (row.state, row.region, row.sex, row.birth_on, row.name_words) == (
        PersonState.ERASED,
        "21",
        "female",
        None,
        [],
    )
    assert (row.phone, row.address, row.phone_index, row.block_keys) == ("", "", None, [])
    registration = Registration.objects.get()
    found = (registration.scheme_id, registration.region, registration.state, registration.number)
    assert found == ("selectors-puno", "21", State.ENDED, "")
    assert registration.number_index is None
    assert registration.place == "210000"
    assert list(Transition.objects.values_list("after", "reason")) == [("registered", ""), ("ended", "")]
    request = Request.objects.get()
    assert (request.kind, request.words, request.answer) == (Kind.CORRECT, "", "")


def test_the_trail_keeps_how_much_went_and_why() -> None:
    made = desks()
    juana = ended(told_apart(made), made)
    erase_person(person=juana, why="request", by=made.officer)
    event = AuditEvent.objects.get(action="person.erase")
    assert (event.by, event.about, event.details["why"]) == (made.officer, f"person {juana.number}", "request")
    rows = event.details["rows"]
    assert (rows["registry.Identifier"], rows["registry.Reading"], rows["rights.Slip"]) == (1, 1, 1)
    assert rows["registry.PersonEvent"] >= 3


def test_it_refuses_while_she_is_on_a_scheme_and_leaves_all() -> None:
    made = desks()
    juana = told_apart(made)
    with refused("registration-still-open"):
        erase_person(person=juana, why="request", by=made.officer)
    assert Person.objects.get().given_names == "Zenobia"
    assert Identifier.objects.exists()


def test_it_refuses_to_erase_twice() -> None:
    made = desks()
    juana = ended(told_apart(made), made)
    erase_person(person=juana, why="request", by=made.officer)
    with refused("person-closed"):
        erase_person(person=juana, why="request", by=made.officer)


def test_a_row_that_was_merged_into_hers_goes_too() -> None:
    made = desks()
    juana = selector("40999123", by=made.registrar)
    twin = selector("40999124", by=made.registrar, given_names="Zenobia", paternal_surname="Huarachi")
    Person.objects.filter(pk=twin.pk).update(state=PersonState.MERGED, merged_into=juana)
    erase_person(person=juana, why="request", by=made.officer)
    assert "Zenobia" not in whole_database()
    twin.refresh_from_db()
    assert (twin.state, twin.merged_into_id) == (PersonState.MERGED, juana.pk)


def test_another_person_keeps_everything() -> None:
    made = desks()
    other = selector("40888777", by=made.registrar, given_names="Tomasa", phone="911 222 333")
    edit_person(person=other, edition=1, fields={"phone": "911 222 444"}, by=made.registrar)
    read(other, by=made.officer, what=What.FILE)
    juana = ended(told_apart(made), made)
    erase_person(person=juana, why="request", by=made.officer)
    other.refresh_from_db()
    assert (other.given_names, other.phone, other.events.count()) == ("Tomasa", "911 222 444", 1)
    assert (other.identifiers.count(), other.readings.count(), other.activities.count()) == (1, 1, 1)


def test_nothing_is_erased_if_the_audit_fails() -> None:
    made = desks()
    juana = ended(told_apart(made), made)
    with patch("pallaq.rights.actions.erasing.record", side_effect=OSError), pytest.raises(OSError):
        erase_person(person=juana, why="request", by=made.officer)
    juana.refresh_from_db()
    assert (juana.state, juana.given_names) == (PersonState.CURRENT, "Zenobia")
    assert juana.events.exists()


def test_a_request_done_as_asked_erases_her() -> None:
    made = desks()
    juana = ended(told_apart(made), made)
    request = take_request(person=juana, asked=Asked(Kind.CANCEL), by=None)
    answer_request(request=request, outcome=Outcome.GRANTED, answer="Hecho, Zenobia", by=made.officer)
    assert Person.objects.get().state == PersonState.ERASED
    assert "Zenobia" not in whole_database()
    request.refresh_from_db()
    assert (request.outcome, request.answer, timezone.localdate(request.answered_at)) == (
        Outcome.GRANTED,
        "",
        timezone.localdate(),
    )


def test_a_request_to_leave_stays_open_while_she_is_registered() -> None:
    made = desks()
    juana = told_apart(made)
    request = take_request(person=juana, asked=Asked(Kind.WITHDRAW), by=None)
    with refused("registration-still-open"):
        answer_request(request=request, outcome=Outcome.GRANTED, answer="", by=made.officer)
    request.refresh_from_db()
    assert request.outcome == Outcome.OPEN


def test_every_table_that_points_to_a_person_says_what_becomes_of_it() -> None:
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person and model is not Person and not hasattr(model, "pgh_tracked_model")
    }
    assert pointing == set(HANDLERS)
