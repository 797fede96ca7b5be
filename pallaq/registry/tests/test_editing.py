"""A file edited at a desk: what it refuses, and two desks at once, of which neither loses anything."""

from collections.abc import Callable
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, refused
from pallaq.registry.actions.people import Numbered, add_identifier, edit_person, end_identifier, save_activity
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.models import Activity, Identifier, Person, Reading, Role, State
from pallaq.registry.tests.samples import ANANEA, MOLLEHUACA, desks, registered, seated, selector
from pallaq.registry.tests.threads import at_once

pytestmark = pytest.mark.django_db
AT_TWO_DESKS = pytest.mark.django_db(transaction=True)  # each act has a moment of its own
ENGLISH = {"Accept-Language": "en"}
JUANA: dict[str, Any] = {
    "edition": "1",
    "given_names": "Juana Rosa",
    "paternal_surname": "Mamani",
    "maternal_surname": "Quispe",
    "sex": "female",
    "birth_on": "1981-05-03",
    "languages": ["qu", "es"],
    "place": "Ananea · San Antonio de Putina · Puno (211002)",
    "address": "Jr. Lunar 12",
    "phone": "951 234 567",
}
WORK = {"edition": "1", "activity_kind": "cachorreo", "permission": "none", "centre": "Cerro Lunar"}


def posted(user: User, person: Person, name: str, values: dict[str, Any], *more: Any) -> Any:
    address = reverse(f"registry:{name}", args=[person.pk, *more])
    return client_of(user).post(address, values, headers=ENGLISH)


def test_a_desk_changes_a_file() -> None:
    made = desks()
    juana = selector()
    answer = posted(made.registrar, juana, "person_edit", {**JUANA, "given_names": " Juana  R. ", "phone": ""})
    assert answer.headers["Location"] == reverse("registry:person", args=[juana.pk])
    now = Person.objects.get()
    assert (now.given_names, now.phone, now.phone_index, now.edition) == ("Juana R.", "", None, 2)
    assert now.changed_by == made.registrar


def test_the_form_shows_what_is_there_and_logs_it_as_her_numbers() -> None:
    made = desks()
    juana = selector()
    page = client_of(made.registrar).get(reverse("registry:person_edit", args=[juana.pk])).content.decode()
    for words in ("951 234 567", "Jr. Lunar 12", "1981-05-03", "Ananea · San Antonio de Putina · Puno (211002)"):
        assert words in page
    assert Reading.objects.get().what == "numbers"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"given_names": ""}, "Given names"),
        ({"birth_on": "2999-01-01"}, "in the future"),
        ({"birth_on": "1890-01-01"}, "Look at the year"),
        ({"birth_on": "31/02/1980"}, "Date of birth"),
        ({"place": "201104"}, "RENIEC&#x27;s code, as a DNI prints it, of Ananea"),
        ({"place": "Atlantis"}, "There is no such district"),
        ({"place": "Santa Rosa"}, "districts fit"),
        ({"place": "", "place_reniec": "999999"}, "RENIEC has no district of this code"),
        ({"place": ""}, "Say in which district"),
        ({"phone": "no tiene"}, "no phone number"),
        ({"phone": "12"}, "no phone number"),
        ({"other_languages": "asháninka"}, "no code of a language"),
        ({"sex": "x"}, "Sex"),
        ({"given_names": "J" * 101}, "Given names"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(changes: dict[str, str], words: str) -> None:
    made = desks()
    juana = selector()
    answer = posted(made.registrar, juana, "person_edit", {**JUANA, "address": "Av. Nueva 1", **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Av. Nueva 1" in answer.content.decode()
    assert Person.objects.get().edition == 1


def test_the_code_on_her_dni_becomes_inei_s() -> None:
    made = desks(region="")
    juana = selector(place=MOLLEHUACA)
    posted(made.registrar, juana, "person_edit", {**JUANA, "place": "", "place_reniec": "201104"})
    assert Person.objects.get().place == ANANEA


def test_languages_of_the_list_and_others_are_kept_together() -> None:
    made = desks()
    juana = selector(languages=["qu", "cni"])
    page = client_of(made.registrar).get(reverse("registry:person_edit", args=[juana.pk])).content.decode()
    assert 'value="cni"' in page
    posted(made.registrar, juana, "person_edit", {**JUANA, "languages": ["ay"], "other_languages": "CNI, jqr"})
    assert Person.objects.get().languages == ["ay", "cni", "jqr"]


@AT_TWO_DESKS
def test_two_desks_at_once_lose_nothing_and_both_are_told() -> None:
    made = desks()
    juana = selector(by=made.registrar)
    fields = {"phone": "999 888 777", "given_names": "Juana"}
    edit_person(person=juana, edition=1, fields=fields, by=made.officer)
    typed = {**JUANA, "given_names": "Juana Rosario", "maternal_surname": "Quispe Apaza"}
    answer = posted(made.registrar, juana, "person_edit", typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    for words in ("Ofelia changed this file", "What changed meanwhile", "phone: changed", "What you both changed"):
        assert words in page
    (both,) = answer.context["outcome"].differences
    assert (both.was, both.typed, both.now) == ("Juana Rosa", "Juana Rosario", "Juana")
    form = answer.context["form"]
    # What the registrar did not touch is the officer's now; what she typed is still hers.
    assert (form["phone"].value(), form["maternal_surname"].value()) == ("999 888 777", "Quispe Apaza")
    again = {field.html_name: field.value() for field in form if field.value() is not None}
    assert posted(made.registrar, juana, "person_edit", again).status_code == 302
    now = Person.objects.get()
    assert (now.given_names, now.maternal_surname, now.phone) == ("Juana Rosario", "Quispe Apaza", "999 888 777")
    assert now.edition == 3
    told = client_of(made.officer).get(reverse("registry:person", args=[juana.pk]), headers=ENGLISH).content.decode()
    assert "“Juana” became “Juana Rosario”" in told


@AT_TWO_DESKS
def test_of_two_desks_that_save_in_the_same_moment_one_is_told() -> None:
    made = desks()
    juana = selector()
    outcomes = at_once(
        lambda: edit_person(person=juana, edition=1, fields={"phone": "999 888 777"}, by=made.registrar),
        lambda: edit_person(person=juana, edition=1, fields={"given_names": "Juana"}, by=made.officer),
    )
    assert outcomes.count("person-edited-meanwhile") == 1
    now = Person.objects.get()
    assert now.edition == 2
    assert (now.phone, now.given_names) in [("999 888 777", "Juana Rosa"), ("951 234 567", "Juana")]


@AT_TWO_DESKS
def test_a_registration_suspended_meanwhile_is_told_before_saving() -> None:
    made = desks()
    juana = registered(selector(), by=made.officer)
    (registration,) = juana.registrations.all()
    change = {"state": State.SUSPENDED, "reason": "Sold more than allowed", "on": date(2025, 6, 1)}
    change_state(registration=registration, edition=juana.edition, by=made.officer, **change)
    answer = posted(made.registrar, juana, "person_edit", {**JUANA, "edition": "2", "phone": "999 000 111"})
    assert answer.status_code == 409
    for words in ("from “registered” to “suspended”", "Sold more than allowed", "Ofelia"):
        assert words in answer.content.decode()
    assert not answer.context["outcome"].differences
    assert answer.context["form"]["phone"].value() == "999 000 111"
    assert answer.context["form"]["edition"].value() == "3"


def test_a_file_merged_meanwhile_is_said_to_be_closed() -> None:
    made = desks()
    juana, other = selector(), selector("40999888")
    Person.objects.filter(pk=juana.pk).update(state="merged", merged_into=other)
    answer = posted(made.registrar, juana, "person_edit", JUANA)
    assert answer.status_code == 409
    assert "This file is closed" in answer.content.decode()


@pytest.mark.parametrize("edition", ["", "0", "x", "99"])
def test_an_edition_that_was_never_read_saves_nothing(edition: str) -> None:
    made = desks()
    juana = selector()
    answer = posted(made.registrar, juana, "person_edit", {**JUANA, "edition": edition, "given_names": "Otra"})
    assert answer.status_code in (409, 422)
    assert Person.objects.get().given_names == "Juana Rosa"


def test_who_moves_to_another_region_takes_her_file_there() -> None:
    made = desks()
    juana = selector()
    answer = posted(made.registrar, juana, "person_edit", {**JUANA, "place": "Huanuhuanu"})
    assert answer.headers["Location"] == reverse("registry:people")
    assert Person.objects.get().region == "04"
    assert client_of(made.registrar).get(reverse("registry:person", args=[juana.pk])).status_code == 404


def test_a_document_is_added_once_and_ended() -> None:
    made = desks()
    juana = selector()
    values = {"edition": "1", "kind": "ruc", "number": "20131312955", "valid_from": "2020-01-01"}
    assert posted(made.registrar, juana, "identifier_add", values).status_code == 302
    twice = posted(made.registrar, juana, "identifier_add", {**values, "edition": "2"})
    assert (twice.status_code, "already" in twice.content.decode()) == (409, True)
    ruc = juana.identifiers.get(kind="ruc")
    ended = posted(made.registrar, juana, "identifier_end", {"edition": "2", "on": "2024-12-31"}, ruc.pk)
    assert ended.status_code == 302
    ruc.refresh_from_db()
    assert (ruc.valid_to, ruc.changed_by) == (date(2024, 12, 31), made.registrar)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "dni", "number": "4012345"}, "eight digits"),
        ({"kind": "ruc", "number": "10401234561"}, "check digit"),
        ({"kind": "passport"}, "required"),
        ({"kind": "x", "number": "1"}, "Document"),
        ({"kind": "reinfo", "number": "A1", "valid_from": "2024-01-02", "valid_to": "2024-01-01"}, "ends before"),
    ],
)
def test_a_number_that_is_none_is_refused_in_words(values: dict[str, str], words: str) -> None:
    made = desks()
    juana = selector()
    answer = posted(made.registrar, juana, "identifier_add", {"edition": "1", **values})
    assert (answer.status_code, Identifier.objects.count()) == (422, 1)
    assert words in answer.content.decode()


def test_a_document_cannot_end_before_it_starts() -> None:
    desks()
    juana = selector("")
    held = Numbered("reinfo", "A-1", valid_from=date(2024, 1, 1))
    identifier = add_identifier(person=juana, edition=1, numbered=held, by=None)
    with refused("identifier-dates"):
        end_identifier(identifier=identifier, edition=2, on=date(2023, 12, 31), by=None)


def test_a_document_of_somebody_else_is_not_ended_here() -> None:
    made = desks()
    juana, other = selector(), selector("40999888")
    address = reverse("registry:identifier_end", args=[juana.pk, other.identifiers.get().pk])
    assert client_of(made.registrar).get(address).status_code == 404
    address = reverse("registry:activity_edit", args=[juana.pk, other.activities.get().pk])
    assert client_of(made.registrar).get(address).status_code == 404


def test_what_she_does_is_added_changed_and_ended() -> None:
    made = desks()
    juana = selector()
    values = {**WORK, "holder": "corporacion minera ananea (FICTICIA)", "since": "2025-01-01"}
    assert posted(made.registrar, juana, "activity_add", values).status_code == 302
    added = Activity.objects.get(kind="cachorreo")
    assert (added.place, added.organisation, added.changed_by) == (ANANEA, made.holder, made.registrar)
    page = client_of(made.registrar).get(reverse("registry:activity_edit", args=[juana.pk, added.pk]))
    assert made.holder.name in page.content.decode()
    values |= {"edition": "2", "until": "2025-06-30"}
    assert posted(made.registrar, juana, "activity_edit", values, added.pk).status_code == 302
    added.refresh_from_db()
    assert added.ends_on == date(2025, 6, 30)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"holder": "Minera Nadie"}, "no organisation of this name"),
        ({"since": "2025-02-01", "until": "2025-01-01"}, "ends before it starts"),
        ({"permission": ""}, "How the mine lets her select"),
        ({"activity_kind": ""}, "What she does"),
        ({"activity_place": "000000"}, "no such district"),
    ],
)
def test_an_activity_that_cannot_be_is_refused_in_words(changes: dict[str, str], words: str) -> None:
    made = desks()
    juana = selector()
    answer = posted(made.registrar, juana, "activity_add", {**WORK, **changes})
    assert (answer.status_code, Activity.objects.count()) == (422, 1)
    assert words in answer.content.decode()


@AT_TWO_DESKS
def test_an_activity_changed_at_two_desks_shows_both() -> None:
    made = desks()
    juana = selector()
    (work,) = juana.activities.all()
    values = {"edition": "1", "activity_kind": "pallaqueo", "permission": "verbal", "centre": "La Rinconada"}
    values["activity_place"] = ANANEA
    assert posted(made.officer, juana, "activity_edit", {**values, "permission": "written"}, work.pk).status_code == 302
    answer = posted(made.registrar, juana, "activity_edit", {**values, "permission": "none"}, work.pk)
    assert answer.status_code == 409
    (both,) = answer.context["outcome"].differences
    assert (both.was, both.typed, both.now) == ("a spoken word", "no permission", "a written permission")


def test_nothing_of_a_file_is_changed_if_the_audit_fails() -> None:
    desks()
    juana = selector()
    (held,), (work,) = juana.identifiers.all(), juana.activities.all()
    told = {"kind": "cachorreo", "place": ANANEA, "permission": "none"}
    acts: list[Callable[[], object]] = [
        lambda: edit_person(person=juana, edition=1, fields={"given_names": "Otra"}, by=None),
        lambda: add_identifier(person=juana, edition=1, numbered=Numbered("reinfo", "A-1"), by=None),
        lambda: end_identifier(identifier=held, edition=1, on=date(2025, 1, 1), by=None),
        lambda: save_activity(person=juana, edition=1, activity=work, fields=told, by=None),
    ]
    for act in acts:
        with patch("pallaq.registry.actions.people.record", side_effect=OSError), pytest.raises(OSError):
            act()
    now = Person.objects.get()
    assert (now.given_names, now.edition) == ("Juana Rosa", 1)
    assert (Identifier.objects.get().valid_to, Activity.objects.get().kind) == (None, "pallaqueo")


def test_pages_that_save_take_no_other_method() -> None:
    made = desks()
    juana = selector()
    for name in ("person_edit", "identifier_add", "activity_add", "photo_edit", "photo_remove"):
        assert client_of(made.registrar).delete(reverse(f"registry:{name}", args=[juana.pk])).status_code == 405


def test_a_desk_of_another_region_edits_nothing() -> None:
    desks()
    juana = selector()
    assert posted(seated("Sara", Role.OFFICER, "04"), juana, "person_edit", JUANA).status_code == 404
    assert Person.objects.get().edition == 1
