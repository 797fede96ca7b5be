"""People taken out of the registry: a permission of its own, a reason, and a log before the first row leaves."""

import csv
import io
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person, refused
from pallaq.desks.actions.export import COLUMNS, Wanted, export_people, rows
from pallaq.registry.actions.registrations import change_state
from pallaq.registry.actions.seats import allow_export
from pallaq.registry.models import Reading, Role, Scheme, Seat, State
from pallaq.registry.tests.samples import Desks, desks, registered, seated, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
WHY = "Informe anual al ministerio"
ADDRESS = "desks:export"


@pytest.fixture
def made() -> Desks:
    return desks()


@pytest.fixture
def officer(made: Desks) -> User:
    allow_export(seat=Seat.objects.get(user=made.officer), allowed=True, by=made.officer)
    return made.officer


def sent(**more: Any) -> dict[str, Any]:
    return {"columns": list(COLUMNS), "why": WHY, "kind": "csv", **more}


def taken(user: User, **more: Any) -> list[dict[str, str]]:
    answer = client_of(user).post(reverse(ADDRESS), sent(**more))
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_it_takes_the_people_of_her_regions_and_logs_each_and_the_counts(made: Desks, officer: User) -> None:
    juana = registered(selector())
    selector("40123457", place="040309")
    (row,) = taken(officer)
    assert row == {
        "number": juana.number,
        "given_names": "Juana Rosa",
        "paternal_surname": "Mamani",
        "maternal_surname": "Quispe",
        "sex": "female",
        "birth_on": "1981-05-03",
        "languages": "qu es",
        "place": "211002",
        "registrations": "selectors-puno registered 2024-03-01",
    }
    reading = Reading.objects.get()
    assert (reading.person, reading.by, reading.what, reading.why, reading.role) == (
        juana,
        officer,
        "export",
        WHY,
        "officer",
    )
    event = AuditEvent.objects.get(action="export.people")
    assert event.details["people"] == 1
    assert "Mamani" not in str(event.details)


def test_numbers_phone_and_address_only_where_they_were_asked_for(made: Desks, officer: User) -> None:
    selector()
    assert not {"dni", "phone", "address"} & set(taken(officer)[0])
    (row,) = taken(officer, secret=["identifiers", "phone", "address"])
    assert (row["dni"], row["ruc"], row["phone"], row["address"]) == ("40123456", "", "951 234 567", "Jr. Lunar 12")


def test_only_the_columns_that_were_ticked(made: Desks, officer: User) -> None:
    selector()
    assert list(taken(officer, columns=["sex"])[0]) == ["sex"]


def test_no_cell_is_a_formula(made: Desks, officer: User) -> None:
    selector(given_names="=cmd()", phone="+51 951")
    (row,) = taken(officer, secret=["phone"])
    assert (row["given_names"], row["phone"]) == ("'=cmd()", "'+51 951")
    answer = client_of(officer).post(reverse(ADDRESS), sent(kind="xlsx", secret=["identifiers"]))
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert page is not None
    names, cells = list(page.iter_rows())
    found = dict(zip([cell.value for cell in names], cells, strict=True))
    assert (found["given_names"].value, found["given_names"].data_type) == ("=cmd()", "s")
    assert found["dni"].value == "40123456"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"Ana", "Berta", "Celia"}),
        ({"scheme": "selectors-puno"}, {"Ana", "Berta"}),
        ({"state": "suspended"}, {"Berta"}),
        ({"scheme": "reinfo", "state": "suspended"}, set()),
        ({"region": "21"}, {"Ana", "Berta", "Celia"}),
    ],
)
def test_whom_it_takes(made: Desks, officer: User, asked: dict[str, str], found: set[str]) -> None:
    registered(registered(selector("40000001", given_names="Ana")), "reinfo")
    berta = registered(registered(selector("40000002", given_names="Berta")), "reinfo")
    first = berta.registrations.get(scheme="selectors-puno")
    change_state(registration=first, state=State.SUSPENDED, reason="Falta", edition=3, on=first.since, by=None)
    selector("40000003", given_names="Celia")
    if not found:
        assert client_of(officer).post(reverse(ADDRESS), sent(**asked)).status_code == 422
        assert not Reading.objects.exists()
        return
    assert [row["given_names"] for row in taken(officer, **asked)] == sorted(found)
    assert Reading.objects.count() == len(found)


def test_it_asks_for_a_reason_and_keeps_what_was_typed(made: Desks, officer: User) -> None:
    selector()
    answer = client_of(officer).post(reverse(ADDRESS), sent(why="x", secret=["phone"]))
    assert answer.status_code == 422
    assert 'value="phone" id="id_secret_1" checked' in " ".join(answer.content.decode().split())
    assert client_of(officer).post(reverse(ADDRESS), sent(region="04")).status_code == 422  # not hers
    assert client_of(officer).post(reverse(ADDRESS), sent(columns=[])).status_code == 422
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "regions", "why", "code"),
    [
        (Wanted(region="04"), frozenset({"21"}), WHY, "not-allowed"),
        (Wanted(), frozenset({"21"}), " corto ", "reason-missing"),
        (Wanted(), frozenset(), WHY, "export-empty"),
        (Wanted(region="04"), None, WHY, "export-empty"),
    ],
)
def test_the_action_refuses(
    made: Desks, officer: User, wanted: Wanted, regions: frozenset[str] | None, why: str, code: str
) -> None:
    selector()
    with refused(code):
        export_people(wanted=wanted, regions=regions, why=why, most=None, by=officer)
    assert not Reading.objects.exists()


def test_a_workbook_that_is_too_large_is_refused_and_nobody_is_logged(made: Desks, officer: User) -> None:
    selector()
    selector("40123457")
    with refused("export-too-large"):
        export_people(wanted=Wanted(), regions=None, why=WHY, most=1, by=officer)
    assert not Reading.objects.exists()


def test_nothing_leaves_if_the_audit_fails(made: Desks, officer: User) -> None:
    selector()
    with patch("pallaq.desks.actions.export.record", side_effect=OSError), pytest.raises(OSError):
        export_people(wanted=Wanted(), regions=None, why=WHY, most=None, by=officer)
    assert not Reading.objects.exists()


def test_rows_are_those_that_were_logged_also_if_somebody_comes_in_between(made: Desks, officer: User) -> None:
    registered(selector())
    puno = Scheme.objects.get(pk="selectors-puno")
    export = export_people(wanted=Wanted(scheme=puno), regions=None, why=WHY, most=None, by=officer)
    registered(selector("40123457"))
    assert export.count == len(list(rows(export))) == 1


def test_many_rows_come_by_pieces(
    made: Desks, officer: User, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("pallaq.desks.views.export.LINES", 2)
    for number in range(5):
        selector(f"4000000{number}")
    answer = client_of(officer).post(reverse(ADDRESS), sent(secret=["identifiers"]))
    with django_assert_max_num_queries(6):
        pieces = list(answer.streaming_content)
    assert [piece.decode().count("\r\n") for piece in pieces] == [2, 2, 2, 0]


def test_only_officers_with_the_permission_open_and_send(made: Desks, officer: User) -> None:
    aurora = seated("Aurora", Role.AUDITOR, "21")
    allow_export(seat=Seat.objects.get(user=aurora), allowed=True, by=officer)
    selector()
    for user in (made.registrar, aurora, seated("Elsa", Role.OFFICER, "21"), administrator(), person("Sara")):
        assert client_of(user).get(reverse(ADDRESS)).status_code == 403, user
        assert client_of(user).post(reverse(ADDRESS), sent()).status_code == 403, user
    assert client_of(None).post(reverse(ADDRESS), sent()).status_code == 302
    assert client_of(officer).get(reverse(ADDRESS)).status_code == 200
    assert client_of(officer).put(reverse(ADDRESS)).status_code == 405
    assert not Reading.objects.exists()


def test_the_log_of_the_day_shows_it_with_its_count(made: Desks, officer: User) -> None:
    selector()
    taken(officer)
    answer = client_of(seated("Aurora", Role.AUDITOR)).get(reverse("desks:readings"))
    (event,) = answer.context["exports"]
    assert (event.by, event.details["people"]) == (officer, 1)
    assert "Ofelia" in answer.content.decode()
    assert answer.context["readers"] == []
