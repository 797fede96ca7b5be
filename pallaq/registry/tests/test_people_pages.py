"""People looked up and shown: to whom, what is masked, and what is logged of it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of
from pallaq.accounts.tests.people import person as user_named
from pallaq.registry.actions.people import edit_person
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.models import Norm, Person, Reading, Role, State
from pallaq.registry.tests.samples import JUANA, MOLLEHUACA, desks, registered, seated, selector

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
LOOK_UP = reverse("registry:people")


def asked(user: User | None, words: str = "", **more: Any) -> Any:
    return client_of(user).post(LOOK_UP, {"words": words, **more}, headers=ENGLISH)


def shown(user: User, person: Person) -> str:
    answer = client_of(user).get(reverse("registry:person", args=[person.pk]), headers=ENGLISH)
    assert answer.status_code == 200
    return str(answer.content.decode())


def logged(what: str) -> int:
    return Reading.objects.filter(what=what).count()


@pytest.mark.parametrize(
    "words", ["mamani", "Juana MAMANI", "40123456", "40.123.456", "951234567", "+51 951 234 567", "juana quispe"]
)
def test_she_is_found_by_name_document_or_phone(words: str) -> None:
    made = desks()
    selector()
    selector("40999888", given_names="Elena", paternal_surname="Ccori", maternal_surname="Apaza", phone="")
    answer = asked(made.registrar, words)
    assert [person.name() for person in answer.context["found"]] == ["Juana Rosa Mamani Quispe"]
    assert logged("found") == 1
    assert "•••••456" in answer.content.decode()
    assert "40123456" not in answer.content.decode().replace(f'value="{words}"', "")


def test_she_is_found_by_the_number_on_her_card() -> None:
    made = desks()
    juana = selector()
    spoken = f"{juana.number[:4]}-{juana.number[4:9]}-{juana.number[9:]}".lower()
    assert asked(made.registrar, spoken).context["found"] == [juana]


def test_nobody_is_shown_before_something_is_asked() -> None:
    made = desks()
    selector()
    answer = client_of(made.registrar).get(LOOK_UP)
    assert (answer.status_code, Reading.objects.count()) == (200, 0)
    empty = asked(made.registrar)
    assert (empty.status_code, Reading.objects.count()) == (422, 0)
    assert "Write a name or a number" in empty.content.decode()


def test_an_address_is_no_way_to_ask_for_a_name() -> None:
    made = desks()
    selector()
    answer = client_of(made.registrar).get(LOOK_UP, {"words": "mamani"})
    assert "found" not in answer.context
    assert not Reading.objects.exists()


def test_nobody_found_is_said_with_what_to_try() -> None:
    made = desks()
    assert "Nobody is found" in asked(made.registrar, "nadie").content.decode()


def test_who_was_merged_is_found_by_her_number_alone_and_leads_to_whom() -> None:
    made = desks()
    juana, other = selector(), selector("40999888", given_names="Juana R.", phone="")
    Person.objects.filter(pk=juana.pk).update(state="merged", merged_into=other)
    assert asked(made.registrar, "mamani").context["found"] == [other]
    by_number = asked(made.registrar, "40123456")
    assert by_number.context["found"] == [juana]
    assert reverse("registry:person", args=[other.pk]) in by_number.content.decode()
    page = shown(made.registrar, juana)
    assert "merged into another person" in page
    assert reverse("registry:person_edit", args=[juana.pk]) not in page


def test_filters_narrow_what_is_found() -> None:
    made = desks(region="")
    juana = registered(selector())
    elena = selector("40999888", given_names="Elena", place=MOLLEHUACA)
    for filters, expected in (
        ({"region": "21"}, [juana]),
        ({"district": "Huanuhuanu"}, [elena]),
        ({"scheme": "selectors-puno"}, [juana]),
        ({"state": "registered", "region": "04"}, []),
        ({"scheme": "selectors-puno", "state": "suspended"}, []),
    ):
        assert asked(made.registrar, "mamani", **filters).context["found"] == expected, filters


def test_a_page_holds_twenty_and_says_that_there_are_more() -> None:
    made = desks()
    for number in range(23):
        selector(f"401234{number:02}", given_names=f"Juana {number:02}")
    first = asked(made.registrar, "mamani")
    assert (len(first.context["found"]), first.context["next"]) == (20, 2)
    second = asked(made.registrar, "mamani", page="2")
    assert (len(second.context["found"]), second.context["next"]) == (3, None)
    assert logged("found") == 23
    assert asked(made.registrar, "mamani", page="9" * 30).status_code == 422


def test_htmx_takes_the_list_alone() -> None:
    made = desks()
    selector()
    answer = client_of(made.registrar).post(LOOK_UP, {"words": "mamani"}, headers={**ENGLISH, "HX-Request": "true"})
    assert answer.content.decode().strip().startswith("<section")


def test_a_desk_of_another_region_finds_and_opens_nobody() -> None:
    desks()
    juana = selector()
    stranger = seated("Sara", Role.REGISTRAR, "04")
    assert asked(stranger, "mamani").context["found"] == []
    for name in ("person", "photo", "person_edit", "identifier_add", "activity_add", "photo_edit"):
        assert client_of(stranger).get(reverse(f"registry:{name}", args=[juana.pk])).status_code == 404
    assert not Reading.objects.exists()


def test_who_has_no_seat_that_reads_is_refused() -> None:
    made = desks()
    juana = selector()
    holder = seated("Hugo", Role.HOLDER, organisation=made.holder)
    for user in (user_named("Nadie"), administrator(), holder, seated("Eva", Role.STATISTICIAN)):
        assert client_of(user).get(LOOK_UP).status_code == asked(user, "mamani").status_code == 403
        assert client_of(user).get(reverse("registry:person", args=[juana.pk])).status_code == 404
    assert client_of(None).get(LOOK_UP).status_code == 302
    assert not Reading.objects.exists()


def test_an_auditor_reads_and_changes_nothing() -> None:
    desks()
    juana = selector()
    auditor = seated("Aida", Role.AUDITOR, "21")
    page = shown(auditor, juana)
    assert reverse("registry:person_edit", args=[juana.pk]) not in page
    for name in ("person_edit", "identifier_add", "activity_add", "photo_edit", "photo_remove"):
        address = reverse(f"registry:{name}", args=[juana.pk])
        assert client_of(auditor).get(address).status_code == 403, name
        assert client_of(auditor).post(address).status_code == 403, name


def test_her_file_says_who_she_is_and_hides_her_numbers() -> None:
    made = desks()
    juana = registered(selector(by=made.registrar), by=made.officer)
    page = shown(made.registrar, juana)
    for words in ("Juana Rosa Mamani Quispe", "•••••456", "Quechua", "La Rinconada", "San Antonio de Putina"):
        assert words in page
    for secret in ("40123456", "951 234 567", "Jr. Lunar"):
        assert secret not in page
    assert logged("file") == 1


def test_numbers_are_shown_once_to_whoever_says_why() -> None:
    made = desks()
    juana = selector()
    address = reverse("registry:numbers", args=[juana.pk])
    desk = client_of(made.registrar)
    assert desk.get(address).status_code == 405
    without = desk.post(address, {"why": ""}, headers=ENGLISH)
    assert without.status_code == 422
    assert "40123456" not in without.content.decode()
    given = desk.post(address, {"why": "She asks for a copy"}, headers=ENGLISH).content.decode()
    for secret in ("40123456", "951 234 567", "Jr. Lunar 12"):
        assert secret in given
    reading = Reading.objects.get(what="numbers")
    assert (reading.by, reading.role, reading.why) == (made.registrar, "registrar", "She asks for a copy")


def test_her_file_tells_what_changed_when_and_by_whom() -> None:
    made = desks()
    juana = registered(selector(by=made.registrar), by=made.officer)
    fields = {"given_names": "Juana", "phone": "999 888 777"}
    edit_person(person=juana, edition=juana.edition, fields=fields, by=made.registrar)
    juana.refresh_from_db()
    (registration,) = juana.registrations.all()
    change = {"state": State.SUSPENDED, "reason": "Sold 90 g in May", "on": date(2025, 6, 1)}
    change_state(registration=registration, edition=juana.edition, by=made.officer, **change)
    page = shown(made.registrar, juana)
    for words in ("“Juana Rosa” became “Juana”", "phone: changed", "Sold 90 g in May", "Ofelia", "Rita"):
        assert words in page
    assert "999 888 777" not in page


def test_who_is_younger_than_the_norm_is_seen_at_once() -> None:
    made = desks()
    page = shown(made.registrar, selector(birth_on=date(2012, 1, 1)))
    assert "below the least age of 18" in page
    assert "Convenio 182" in page
    Norm.objects.filter(code="minimum-age-years").update(value=None)
    assert "least age" not in shown(made.registrar, Person.objects.get())


def test_a_date_of_birth_that_is_not_known_is_said() -> None:
    made = desks()
    page = shown(made.registrar, selector(birth_on=None))
    assert "whether she has the least age cannot be said" in page


@pytest.mark.parametrize("address", ["/registry/people/1/", "/registry/people/x/photo/"])
def test_an_address_that_is_no_key_leads_nowhere(address: str) -> None:
    made = desks()
    assert client_of(made.registrar).get(address).status_code == 404


def test_a_search_without_its_token_is_refused() -> None:
    made = desks()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(made.registrar)
    assert browser.post(LOOK_UP, {"words": JUANA["paternal_surname"]}).status_code == 403
