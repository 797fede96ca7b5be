"""Pages of lists: the way from a file to the registry, and who may walk it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.registry.actions.seats import allow_export
from pallaq.registry.models import Person, Reading, Role
from pallaq.registry.tests.samples import Desks, desks, seated, selector
from pallaq.rolls.actions.working import check_roll
from pallaq.rolls.models import Roll
from pallaq.rolls.tests.lists import brought, codes, csv_list, files, imported, line
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
NAMES = ("roll", "progress", "columns", "back", "people", "rows")
POSTS = ("import", "stop", "discard")


@pytest.fixture
def made() -> Desks:
    """Give the small registry."""
    return desks()


def get(client: Client, name: str, roll: Roll | None = None, **asked: str) -> Any:
    """Ask for a page in English."""
    address = reverse(f"rolls:{name}", args=[roll.pk] if roll else [])
    return client.get(address, asked, headers={"Accept-Language": "en"})


def send(client: Client, data: bytes, name: str = "padron.csv", **fields: str) -> Any:
    """Send a list."""
    form = {"scheme": "selectors-puno", "issued_on": "2025-06-30", "document_kind": "dni", **fields}
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("rolls:list"), {**form, "file": file}, headers={"Accept-Language": "en"})


def test_a_list_goes_from_the_page_into_the_registry(made: Desks, data: Path) -> None:
    client = client_of(made.officer)
    assert "No list was brought yet" in get(client, "list").content.decode()
    answer = send(client, csv_list(line(1), line(2, document="4000002")))
    roll = Roll.objects.get()
    assert answer.url == reverse("rolls:roll", args=[roll.pk])
    assert "Reading the file" in get(client, "roll", roll).content.decode()
    check_roll(roll)
    page = get(client, "roll", roll).content.decode()
    assert "Import 1 row" in page
    assert "1 row that cannot go in" in page
    assert client.post(reverse("rolls:import", args=[roll.pk])).status_code == 302
    assert Roll.objects.get().state == "importing"


def test_a_large_list_never_lies_on_a_disk_in_clear(
    made: Desks, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse_to_write)
    rows = csv_list(*[line(number) for number in range(1, 30_000)])
    assert len(rows) > 2**21
    assert send(client_of(made.officer), rows).status_code == 302
    assert all(b"MAMANI" not in stored for stored in files(data))


def refuse_to_write(*_args: Any, **_fields: Any) -> None:
    """Stand for a temporary file that must not be made."""
    raise AssertionError("a file was written in clear")


def test_a_form_without_its_token_is_refused(made: Desks) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(made.officer)
    assert send(client, csv_list(line(1))).status_code == 403
    assert not Roll.objects.exists()


def test_a_wrong_encoding_is_told_in_words(made: Desks) -> None:
    answer = send(client_of(made.officer), csv_list(line(1, names="ÑATA")).decode().encode("cp1252"))
    assert answer.status_code == 422
    assert "CSV UTF-8" in answer.content.decode()


def test_only_officers_of_its_regions_see_a_list(made: Desks) -> None:
    roll = brought(csv_list(line(1)), made.officer)
    both, country = seated("Berta", Role.OFFICER, "21"), seated("Clara", Role.OFFICER)
    other = seated("Olga", Role.OFFICER, "04")
    nobody = [person("Eva"), made.registrar, seated("Ada", Role.AUDITOR), administrator()]
    for name in NAMES:
        for user in (made.officer, both, country):
            assert get(client_of(user), name, roll).status_code in (200, 302), name
        assert get(client_of(other), name, roll).status_code == 404, name
        for user in nobody:
            assert get(client_of(user), name, roll).status_code == 403, name
        assert get(client_of(None), name, roll).url.startswith("/account/login")
    for name in POSTS:
        for user, status in ((other, 404), (nobody[0], 403)):
            assert client_of(user).post(reverse(f"rolls:{name}", args=[roll.pk])).status_code == status
        assert client_of(made.officer).get(reverse(f"rolls:{name}", args=[roll.pk])).status_code == 405
    assert [get(client_of(user), "list").status_code for user in (both, other, *nobody)] == [
        200,
        200,
        403,
        403,
        403,
        403,
    ]


def test_another_regions_officer_brings_no_rows_of_this_one(made: Desks) -> None:
    send(client_of(seated("Olga", Role.OFFICER, "04")), csv_list(line(1)))
    roll = Roll.objects.get()
    check_roll(roll)
    assert codes(roll) == {2: ["other-region"]}


def test_columns_can_be_named_and_the_list_is_checked_again(made: Desks) -> None:
    roll, client = brought(csv_list(line(1)), made.officer), client_of(made.officer)
    page = get(client, "columns", roll).content.decode()
    assert "Apellido paterno" in page
    fields = {f"column-{number}": name for name, number in roll.fields.items()}
    twice = {**fields, "column-1": "document", "codes": "inei"}
    assert client.post(reverse("rolls:columns", args=[roll.pk]), twice).status_code == 422
    done = client.post(reverse("rolls:columns", args=[roll.pk]), {**fields, "codes": "reniec", "word-0": "registered"})
    assert done.status_code == 302
    roll.refresh_from_db()
    assert (roll.state, roll.codes, roll.states) == ("checking", "reniec", {"vigente": "registered"})


def test_bad_rows_are_listed_by_kind_and_corrected(made: Desks) -> None:
    roll = imported(csv_list(line(1, document="4000001"), line(2, sex="Z"), line(3)), made.officer)
    client = client_of(made.officer)
    page = get(client, "rows", roll).content.decode()
    assert "it has eight digits, and here are 7 characters" in page
    assert "4000001" not in page
    assert "Correct row 3" not in get(client, "rows", roll, code="document-shape").content.decode()
    row = roll.bad_rows.get(row=2)
    address = reverse("rolls:row", args=[roll.pk, row.pk])
    shown = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert 'value="4000001"' in shown
    typed = {"document": "400001"}
    assert client.post(address, typed).status_code == 422
    assert client.post(address, {"document": "40000001"}).status_code == 302
    assert Person.objects.count() == 2
    assert client.post(address, {"document": "40000001"}).status_code == 409


def test_bad_rows_leave_only_with_the_right_to_export_and_a_reason(made: Desks) -> None:
    roll = imported(csv_list(line(1, document="=1+1")), made.officer)
    address, client = reverse("rolls:rows", args=[roll.pk]), client_of(made.officer)
    assert client.post(address, {"why": "to correct"}).status_code == 403
    allow_export(seat=made.officer.desks.get(), allowed=True, by=administrator())
    client = client_of(User.objects.get(pk=made.officer.pk))
    assert client.post(address, {"why": ""}).status_code == 422
    answer = client.post(address, {"why": "to correct"})
    text = answer.content.decode()
    assert "MAMANI" in text
    assert "'=1+1" in text
    event = AuditEvent.objects.get(action="roll.rows.export")
    assert event.details == {"rows": 1, "why": "to correct"}


def test_where_a_list_says_otherwise_both_are_shown_and_the_reading_is_logged(made: Desks) -> None:
    juana = selector("40000001", paternal_surname="Mamany")
    roll = imported(csv_list(line(1)), made.officer)
    page = get(client_of(made.officer), "people", roll).content.decode()
    assert "Mamany" in page
    assert "Mamani" in page
    assert Reading.objects.get().person == juana


def test_a_list_is_taken_back_only_when_it_is_meant(made: Desks) -> None:
    roll, client = imported(csv_list(line(1)), made.officer), client_of(made.officer)
    page = get(client, "back", roll).content.decode()
    assert "1 person goes" in page
    assert "What stays" in page
    assert client.post(reverse("rolls:back", args=[roll.pk])).status_code == 422
    assert client.post(reverse("rolls:back", args=[roll.pk]), {"sure": "on"}).status_code == 302
    assert Roll.objects.get().state == "taking_back"


def test_the_bar_moves_and_ends_by_showing_the_page_anew(made: Desks) -> None:
    roll, client = brought(csv_list(line(1)), made.officer), client_of(made.officer)
    Roll.objects.update(state="importing", done=0)
    address = reverse("rolls:progress", args=[roll.pk])
    moving = client.get(address, headers={"HX-Request": "true"})
    assert ("<progress" in moving.content.decode(), "HX-Refresh" in moving) == (True, False)
    assert client.post(reverse("rolls:stop", args=[roll.pk])).status_code == 302
    assert client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert client.post(reverse("rolls:stop", args=[roll.pk])).status_code == 409
