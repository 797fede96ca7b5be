"""Pages of registrations: who opens them, what they offer, refuse and keep."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.registry.actions.people import edit_person
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.models import Activity, Person, Reading, Registration, Role, Scheme, State
from pallaq.registry.tests.samples import Desks, desks, registered, seated, selector

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 10)


@pytest.fixture
def made() -> Desks:
    return desks()


@pytest.fixture
def juana(made: Desks) -> Person:
    return registered(selector(by=made.registrar), by=made.officer)


def hers(found: Person) -> str:
    return reverse("registry:person_registrations", args=[found.pk])


def opening(found: Person) -> str:
    return reverse("registry:registration_open", args=[found.pk])


def changing(found: Person) -> str:
    return reverse("registry:registration_change", args=[found.registrations.get().pk])


def entry(found: Person, **more: Any) -> dict[str, Any]:
    return {"edition": found.edition, "scheme": "reinfo", "place": found.place, "state": "applied", "on": TODAY, **more}


def move(found: Person, **more: Any) -> dict[str, Any]:
    return {"edition": found.edition, "state": "suspended", "on": TODAY, "reason": "Falta un papel", **more}


def test_her_page_shows_state_masked_number_authority_and_history_and_is_logged(made: Desks, juana: Person) -> None:
    found = juana.registrations.get()
    change_state(registration=found, state=State.SUSPENDED, reason="Falta", edition=2, on=TODAY, by=made.officer)
    page = client_of(made.registrar).get(hers(juana)).content.decode()
    for words in ("DGFM, Ministerio", "Ananea", "Falta", "Ofelia", "01/03/2024", "10/01/2026"):
        assert words in page
    assert "P1<" not in page
    assert list(Reading.objects.values_list("what", "by", "role")) == [("file", made.registrar.pk, "registrar")]
    assert changing(juana) not in page
    assert changing(juana) in client_of(made.officer).get(hers(juana)).content.decode()


def test_a_page_without_registrations_says_so(made: Desks) -> None:
    answer = client_of(made.registrar).get(hers(selector()))
    assert "empty" in answer.content.decode()


def test_a_registrar_enters_an_application_and_an_officer_what_is_registered(made: Desks, juana: Person) -> None:
    browser = client_of(made.registrar)
    refused = browser.post(opening(juana), entry(juana, state="registered"))
    assert refused.status_code == 422
    assert "errorlist" in refused.content.decode()
    assert 'value="registered"' not in browser.get(opening(juana)).content.decode()
    assert browser.post(opening(juana), entry(juana)).status_code == 302
    other = selector("40123457")
    sent = entry(other, state="registered", number="X-9")
    assert client_of(made.officer).post(opening(other), sent).status_code == 302
    assert sorted(Registration.objects.filter(scheme="reinfo").values_list("state", flat=True)) == [
        "applied",
        "registered",
    ]


def test_only_schemes_in_force_that_hold_where_she_lives_or_selects_are_offered(made: Desks) -> None:
    juana = selector(place="211101")  # Juliaca: no padrón of selectors holds there
    Activity.objects.all().delete()
    browser = client_of(made.officer)
    page = browser.get(opening(juana)).content.decode()
    assert 'value="selectors-puno"' not in page
    assert 'value="grem-arequipa"' not in page
    assert 'value="reinfo"' in page
    Activity.objects.create(person=juana, kind="pallaqueo", place="211002", permission="verbal")
    assert 'value="selectors-puno"' in browser.get(opening(juana)).content.decode()
    sent = entry(juana, scheme="selectors-puno")
    assert browser.post(opening(juana), sent).status_code == 422  # it does not hold where she lives
    assert browser.post(opening(juana), {**sent, "place": "211002"}).status_code == 302
    Scheme.objects.update(valid_to=date(2020, 1, 1))
    assert reverse("desks:law") in browser.get(opening(juana)).content.decode()


def test_only_what_may_follow_is_offered_and_the_rest_is_refused_in_words(made: Desks, juana: Person) -> None:
    browser = client_of(made.officer)
    page = browser.get(changing(juana)).content.decode()
    assert 'value="suspended"' in page
    assert 'value="applied"' not in page
    answer = browser.post(changing(juana), move(juana, state="applied"))
    assert answer.status_code == 422
    assert "Falta un papel" in answer.content.decode()
    assert browser.post(changing(juana), move(juana, reason="")).status_code == 422
    assert browser.post(changing(juana), move(juana)).status_code == 302
    assert juana.registrations.get().state == "suspended"


def test_from_an_end_nothing_follows_and_the_page_says_so(made: Desks, juana: Person) -> None:
    change_state(
        registration=juana.registrations.get(), state=State.ENDED, reason="Pidió", edition=2, on=TODAY, by=None
    )
    page = client_of(made.officer).get(changing(juana)).content.decode()
    assert 'name="state"' not in page


def test_a_desk_that_comes_late_loses_nothing_and_saves_knowingly(made: Desks, juana: Person) -> None:
    browser = client_of(made.officer)
    browser.get(changing(juana))
    edit_person(person=juana, edition=2, fields={"given_names": "Juana Inés"}, by=made.registrar)
    answer = browser.post(changing(juana), move(juana))
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Rita", "Juana Inés", "Falta un papel", 'name="edition" value="3"'):
        assert words in page
    assert juana.registrations.get().state == "registered"
    assert browser.post(changing(juana), move(juana, edition=3)).status_code == 302
    assert juana.registrations.get().state == "suspended"


def test_what_another_desk_suspended_is_told_with_its_reason_and_other_states_are_offered(
    made: Desks, juana: Person
) -> None:
    found = juana.registrations.get()
    other = seated("Oscar", Role.OFFICER)
    change_state(registration=found, state=State.SUSPENDED, reason="No vino", edition=2, on=TODAY, by=other)
    answer = client_of(made.officer).post(changing(juana), move(juana))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Oscar" in page
    assert "No vino" in page
    assert 'value="registered"' in page  # from suspended she can go back
    again = client_of(made.officer).post(changing(juana), move(juana, edition=3))
    assert again.status_code == 422  # suspended cannot follow suspended, in words
    assert "Falta un papel" in again.content.decode()


def test_a_file_edited_while_a_registration_is_entered_is_told_too(made: Desks, juana: Person) -> None:
    edit_person(person=juana, edition=2, fields={"phone": "999 111 222"}, by=made.officer)
    answer = client_of(made.registrar).post(opening(juana), entry(juana, number="ABC-1"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ofelia" in page
    assert "999" not in page
    assert 'value="ABC-1"' in page
    assert client_of(made.registrar).post(opening(juana), entry(juana, edition=3)).status_code == 302


def test_the_list_asks_for_a_filter_and_logs_each_name_it_shows(made: Desks, juana: Person) -> None:
    registered(selector("40123457", place="040309"), "grem-arequipa")
    browser, address = client_of(made.registrar), reverse("registry:registrations")
    assert "Mamani" not in browser.get(address).content.decode()
    assert "Mamani" not in browser.get(address, {"region": "21"}).content.decode()
    page = browser.get(address, {"state": "registered"}).content.decode()
    assert page.count("Mamani") == 1  # the other lives in another region
    assert list(Reading.objects.values_list("person", "what")) == [(juana.pk, "found")]
    assert "Mamani" not in browser.get(address, {"state": "suspended"}).content.decode()
    assert "Mamani" in browser.get(address, {"scheme": "selectors-puno", "region": "21"}).content.decode()
    assert "Mamani" not in browser.get(address, {"scheme": "selectors-puno", "region": "04"}).content.decode()


def test_the_list_goes_on_after_its_last_row_without_counting(
    made: Desks, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("pallaq.registry.views.registrations.PAGE", 2)
    for number in range(5):
        registered(selector(f"4012345{number}", given_names=f"Nombre{number}"))
    browser, address = client_of(made.officer), reverse("registry:registrations")
    seen: list[str] = []
    asked = {"state": "registered"}
    for _page in range(3):
        with django_assert_max_num_queries(20):
            answer = browser.get(address, asked)
        seen += [row.person.given_names for row in answer.context["rows"]]
        asked = {"state": "registered", "after": str(answer.context["last"])}
    assert seen == [f"Nombre{number}" for number in reversed(range(5))]
    assert browser.get(address, {"state": "registered", "after": "x"}).status_code == 200


def visitors(made: Desks) -> dict[str, User | None]:
    return {
        "nobody": None,
        "stranger": person("Sara"),
        "administrator": administrator(),
        "registrar": made.registrar,
        "officer": made.officer,
        "elsewhere": seated("Elsa", Role.OFFICER, "04"),
        "auditor": seated("Aurora", Role.AUDITOR),
        "statistician": seated("Estela", Role.STATISTICIAN),
        "holder": seated("Hugo", Role.HOLDER, organisation=made.holder),
    }


MAY: dict[str, dict[str, int]] = {  # what a GET answers; everybody else gets 404, or 403 for the list
    "hers": {"registrar": 200, "officer": 200, "auditor": 200},
    "opening": {"registrar": 200, "officer": 200, "auditor": 403},
    "changing": {"registrar": 403, "officer": 200, "auditor": 403},
    "listed": {"registrar": 200, "officer": 200, "auditor": 200, "elsewhere": 200},
}


@pytest.mark.parametrize("page", MAY)
def test_each_page_opens_for_whom_it_is(made: Desks, juana: Person, page: str) -> None:
    addresses = {
        "hers": hers(juana),
        "opening": opening(juana),
        "changing": changing(juana),
        "listed": reverse("registry:registrations"),
    }
    for name, user in visitors(made).items():
        missing = 302 if user is None else 403 if page == "listed" else 404
        assert client_of(user).get(addresses[page]).status_code == MAY[page].get(name, missing), name


def test_nobody_changes_what_she_may_not(made: Desks, juana: Person) -> None:
    def tries(browser: Client) -> set[int]:
        sent = (browser.post(opening(juana), entry(juana)), browser.post(changing(juana), move(juana)))
        return {answer.status_code for answer in sent}

    for name, user in visitors(made).items():
        if name not in {"registrar", "officer"}:
            assert tries(client_of(user)) <= {302, 403, 404}, name
    assert client_of(made.registrar).post(changing(juana), move(juana)).status_code == 403
    assert client_of(made.officer).post(hers(juana)).status_code == 405
    assert client_of(made.officer).post(reverse("registry:registrations")).status_code == 405
    assert [one.state for one in Registration.objects.all()] == ["registered"]
