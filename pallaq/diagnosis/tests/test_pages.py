"""Pages of a diagnosis: open to anyone when public, refused in words otherwise, figures as in the document."""

import csv
import io
from pathlib import Path

import pytest
from django.test import Client

from pallaq.diagnosis.models import State
from pallaq.diagnosis.tests.samples import load
from pallaq.report.tests.documents import gold, one_gap

pytestmark = pytest.mark.django_db
STUDY = "/studies/women-and-men-of-gold"
PAGES = ["/", f"{STUDY}/", f"{STUDY}/gaps/", f"{STUDY}/gaps/enough_ppe/", f"{STUDY}/report/", f"{STUDY}/print/"]
ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize("path", PAGES)
def test_it_opens_without_login_and_says_synthetic(client: Client, path: str) -> None:
    load(gold(), featured=True)
    response = client.get(path, headers=ENGLISH)
    assert response.status_code == 200
    assert "SYNTHETIC" in response.content.decode()


@pytest.mark.parametrize("path", PAGES[1:])
def test_it_refuses_a_study_that_is_not_public_in_words(client: Client, path: str) -> None:
    load(gold(), public=False)
    response = client.get(path, headers=ENGLISH)
    assert response.status_code == 404
    assert "There is no diagnosis of" in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_it_refuses_to_be_posted_to(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_it_shows_the_newest_finished_release(client: Client) -> None:
    load(gold())
    load(gold(), number=2)
    running = load(gold(), number=3)
    type(running).objects.filter(pk=running.pk).update(state=State.RUNNING)
    assert "release 2" in client.get(f"{STUDY}/gaps/", headers=ENGLISH).content.decode()


def test_it_never_shows_a_hidden_count(client: Client) -> None:
    load(gold())
    page = client.get(f"{STUDY}/gaps/enough_ppe/", headers=ENGLISH).content.decode()
    assert "fewer than 10" in page
    assert "hidden, it would give away a smaller one" in page


def test_it_gives_htmx_the_row_without_the_shell(client: Client) -> None:
    load(gold())
    response = client.get(f"{STUDY}/gaps/enough_ppe/", headers={**ENGLISH, "HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_it_refuses_an_unknown_indicator_and_an_unknown_outcome(client: Client) -> None:
    load(gold())
    response = client.get(f"{STUDY}/gaps/nothing/", headers=ENGLISH)
    assert response.status_code == 404
    assert "no indicator “nothing”" in response.content.decode()
    assert client.get(f"{STUDY}/print/?outcome=nothing").status_code == 404


def test_it_gives_a_row_as_csv_with_the_documents_own_figures(client: Client) -> None:
    load(gold())
    text = client.get(f"{STUDY}/gaps/enough_ppe.csv").content.decode("utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert {row["indicator"] for row in rows.values()} == {"enough_ppe"}
    assert {row["stamp"] for row in rows.values()} == {"SYNTHETIC"}
    assert float(rows["enough_ppe.yes.profile-men"]["estimate"]) == 0.94
    assert rows["enough_ppe.yes.profile-women.region-02"]["estimate"] == ""
    assert float(rows["enough_ppe.yes.profile-pallaqueras-vs-men"]["difference"]) == pytest.approx(-0.61)


def test_it_gives_a_file_of_the_report_and_no_other(client: Client, settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined] # pytest-django's settings take any name
    folder = load(gold()).folder("es")
    folder.mkdir(parents=True)
    (folder / "report.pdf").write_bytes(b"%PDF-1.7")
    (folder / "charts").mkdir()
    (folder / "charts" / "enough_ppe-720.svg").write_text("<svg/>")
    response = client.get(f"{STUDY}/report/es/report.pdf")
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert response["Content-Disposition"] == 'attachment; filename="women-and-men-of-gold-1-es-report.pdf"'
    assert f"{STUDY}/report/es/charts/enough_ppe-720.svg" in client.get(f"{STUDY}/gaps/enough_ppe/").content.decode()
    assert b"".join(client.get(f"{STUDY}/report/es/charts/enough_ppe-720.svg").streaming_content) == b"<svg/>"
    assert client.get(f"{STUDY}/report/es/estimates.json").status_code == 404
    assert client.get(f"{STUDY}/report/es/../../secret").status_code == 404
    assert client.get(f"{STUDY}/report/es/charts/../report.pdf").status_code == 404


def test_it_filters_the_print_by_outcome(client: Client) -> None:
    load(gold())
    different = client.get(f"{STUDY}/print/?outcome=different").content.decode()
    assert 'id="print-2"' in different
    assert 'id="print-1"' not in different


@pytest.mark.parametrize("page", ["", "gaps/", "gaps/high_chol/", "report/", "print/"])
def test_it_shows_a_study_without_regions_print_or_anything_synthetic(client: Client, page: str) -> None:
    load(one_gap())
    response = client.get(f"/studies/nhanes/{page}", headers=ENGLISH)
    assert response.status_code == 200
    assert "SYNTHETIC" not in response.content.decode()
