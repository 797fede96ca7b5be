"""Who read of whom: on a person's page, in a region, by day; taken out with a permission and a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pallaq.accounts.tests.people import client_of, person
from pallaq.registry.actions.reading import read
from pallaq.registry.actions.seats import allow_export
from pallaq.registry.models import Person, Reading, Role, Seat, What
from pallaq.registry.tests.samples import Desks, desks, seated, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
READINGS = "desks:readings"


@pytest.fixture
def made() -> Desks:
    return desks()


@pytest.fixture
def juana(made: Desks) -> Person:
    return selector(by=made.registrar)


def log_of(found: Person, name: str = "person_log") -> str:
    return reverse(f"desks:{name}", args=[found.pk])


def test_her_log_says_who_by_which_role_what_and_why(made: Desks, juana: Person) -> None:
    read(juana, by=made.registrar, what=What.NUMBERS, why="llamarla por su carné")
    read(juana, by=None, what=What.OWN)
    page = client_of(made.officer).get(log_of(juana)).content.decode()
    for words in ("Rita", "llamarla por su carné"):
        assert words in page
    assert Reading.objects.filter(by=made.officer, what="found").count() == 1  # looking at it is in it


def test_her_log_has_pages(made: Desks, juana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pallaq.desks.views.log.PAGE", 2)
    for number in range(3):
        read(juana, by=made.registrar, what=What.FILE, why=f"motivo {number}")
    browser = client_of(made.officer)
    assert "motivo 2" in browser.get(log_of(juana)).content.decode()
    assert "motivo 0" in browser.get(log_of(juana), {"page": 2}).content.decode()


def test_her_log_is_taken_out_with_a_permission_and_a_reason(made: Desks, juana: Person) -> None:
    read(juana, by=made.registrar, what=What.FILE, why='=HYPERLINK("x")')
    browser, address = client_of(made.officer), log_of(juana, "person_log_csv")
    assert browser.post(address, {"why": "queja de la señora"}).status_code == 403
    allow_export(seat=Seat.objects.get(user=made.officer), allowed=True, by=made.officer)
    assert address in browser.get(log_of(juana)).content.decode()
    short = browser.post(address, {"why": "x"})
    assert short.status_code == 422
    assert not AuditEvent.objects.filter(action="export.log").exists()
    answer = browser.post(address, {"why": "queja de la señora"})
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK" in text
    assert "queja de la señora" in text  # taking it out is in it
    assert "Mamani" not in text + answer["Content-Disposition"]
    assert AuditEvent.objects.get(action="export.log").about == f"person {juana.number}"
    assert browser.get(address).status_code == 405


def test_the_list_shows_numbers_of_her_regions_only_and_no_name(made: Desks, juana: Person) -> None:
    other = selector("40123457", place="040309")
    for found in (juana, other):
        read(found, by=made.registrar, what=What.FILE)
    page = client_of(made.officer).get(reverse(READINGS)).content.decode()
    assert log_of(juana) in page
    assert log_of(other) not in page
    assert "Mamani" not in page
    assert not Reading.objects.exclude(by=made.registrar).exists()  # a number says nothing of her
    assert log_of(other) in client_of(seated("Aurora", Role.AUDITOR)).get(reverse(READINGS)).content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"reader": "rita"}, {"archivo", "lista"}),
        ({"reader": "ofelia@"}, {"otra"}),
        ({"what": "found"}, {"lista"}),
        ({"number": "its"}, {"archivo", "lista", "otra"}),
        ({"number": "0000000000"}, set()),
        ({"day": "yesterday"}, {"otra"}),
        ({"day": "tonto"}, {"archivo", "lista", "otra"}),
    ],
)
def test_the_list_is_filtered(made: Desks, juana: Person, asked: dict[str, str], found: set[str]) -> None:
    read(juana, by=made.registrar, what=What.FILE, why="archivo")
    read(juana, by=made.registrar, what=What.FOUND, why="lista")
    read(juana, by=made.officer, what=What.FILE, why="otra")
    yesterday = timezone.now() - timedelta(days=1)
    Reading.objects.filter(why="otra").update(at=yesterday)
    typed = {"its": juana.number.lower(), "yesterday": timezone.localdate(yesterday).isoformat()}
    sent = {name: typed.get(value, value) for name, value in asked.items()}
    answer = client_of(made.officer).post(reverse(READINGS), sent)
    assert {one.why for one, _role in answer.context["rows"]} == found


def test_the_list_goes_on_without_counting(made: Desks, juana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pallaq.desks.views.log.PAGE", 2)
    for number in range(3):
        read(juana, by=made.registrar, what=What.FILE, why=str(number))
    browser = client_of(made.officer)
    first = browser.post(reverse(READINGS), {"reader": "rita"})
    assert [one.why for one, _role in first.context["rows"]] == ["2", "1"]
    second = browser.post(reverse(READINGS), {"reader": "rita", "after": first.context["last"]})
    assert [one.why for one, _role in second.context["rows"]] == ["0"]
    assert browser.post(reverse(READINGS), {"after": "x"}).status_code == 200


def test_whoever_opened_most_files_on_a_day_stands_first_counted_by_people(made: Desks, juana: Person) -> None:
    second = selector("40123457")
    for _again in range(5):
        read(juana, by=made.registrar, what=What.FILE)
    for found in (juana, second):
        read(found, by=made.officer, what=What.NUMBERS)
        read(found, by=made.officer, what=What.FOUND)
    read(selector("40123458", place="040309"), by=made.registrar, what=What.FILE)  # not of her region
    rows = client_of(made.officer).get(reverse(READINGS)).context["readers"]
    assert [(one["by__name"], one["files"], one["listed"]) for one in rows] == [("Ofelia", 2, 2), ("Rita", 1, 0)]


def test_each_page_opens_for_whom_it_is(made: Desks, juana: Person) -> None:
    aurora, elsa = seated("Aurora", Role.AUDITOR, "21"), seated("Elsa", Role.OFFICER, "04")
    expected = {
        made.officer: (200, 200),
        aurora: (200, 200),
        made.registrar: (403, 403),
        elsa: (404, 200),
        person("Sara"): (404, 403),
        seated("Estela", Role.STATISTICIAN): (404, 403),
        person("Ana", is_administrator=True): (404, 403),
    }
    for user, (hers, all_of_them) in expected.items():
        assert client_of(user).get(log_of(juana)).status_code == hers, user
        assert client_of(user).get(reverse(READINGS)).status_code == all_of_them, user
    assert client_of(None).get(log_of(juana)).status_code == 302
    assert client_of(None).get(reverse(READINGS)).status_code == 302
