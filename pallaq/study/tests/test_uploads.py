"""A dataset is checked whole before anything is kept, then waits a day to be frozen."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, person, refused
from pallaq.shared import releases
from pallaq.shared.models import AuditEvent
from pallaq.shared.tabular import csv_text
from pallaq.study.actions import discard_upload, freeze_upload, give_role, keep_upload
from pallaq.study.models import Release, Role, Study, Upload
from pallaq.study.tests.samples import GOLD, gold, respondents

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def study() -> Study:
    return gold()


@pytest.fixture
def good() -> bytes:
    """The 854 respondents of the study as a CSV."""
    table = respondents().table
    return csv_text(table.column_names, zip(*(column.to_pylist() for column in table.columns), strict=True)).encode()


def member(study: Study, role: Role, region: str = "", name: str = "Rosa") -> User:
    user = person(name)
    give_role(user=user, study=study, role=role, region=region, by=None)
    return user


def bring(browser: Client, content: bytes, name: str = "answers.csv", **more: str):
    file = SimpleUploadedFile(name, content)
    return browser.post(reverse("study:upload", args=[GOLD]), {"file": file, **more})


def nothing_kept(data: Path) -> bool:
    kept = list((data / "uploads").glob("*")) if (data / "uploads").exists() else []
    return not (Upload.objects.exists() or Release.objects.exists() or kept or (data / "releases").exists())


def test_it_shows_all_that_is_wrong_and_keeps_nothing(study: Study, data: Path, good: bytes) -> None:
    browser = client_of(member(study, Role.RESEARCHER))
    bad = good.replace(b",women,", b",wimen,", 3).replace(b",21,", b",99,", 2)
    answer = bring(browser, bad)
    values = [problem.value for problem in answer.context["refusal"].problems]
    assert answer.status_code == 422
    assert (values.count("wimen"), values.count("99")) == (3, 2)
    page = answer.content.decode()
    assert page.count(">wimen</td>") == 3
    assert 'role="alert"' in page
    assert nothing_kept(data)
    assert not AuditEvent.objects.filter(action__startswith="upload").exists()


def test_it_gives_the_problems_as_a_csv_no_spreadsheet_runs(study: Study, data: Path, good: bytes) -> None:
    browser = client_of(member(study, Role.RESEARCHER))
    answer = bring(browser, good.replace(b",women,", b",@wimen,", 1), answer="csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert ",'@wimen," in answer.content.decode()
    assert nothing_kept(data)


def test_it_refuses_a_file_beyond_the_limit(study: Study, data: Path, good: bytes, settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 1000
    assert bring(client_of(member(study, Role.RESEARCHER)), good).status_code == 422
    assert nothing_kept(data)


@pytest.mark.parametrize("content", [b"", b"region,profile\n", b"PK\x03\x04broken", b"\xff\xfe\x00"])
def test_it_answers_any_broken_file_with_words(study: Study, data: Path, content: bytes) -> None:
    answer = bring(client_of(member(study, Role.RESEARCHER)), content)
    assert answer.status_code == 422
    assert nothing_kept(data)


def test_it_keeps_a_good_file_for_the_server_alone_and_shows_counts(study: Study, data: Path, good: bytes) -> None:
    browser = client_of(member(study, Role.RESEARCHER))
    answer = bring(browser, good)
    upload = Upload.objects.get()
    assert answer["Location"] == reverse("study:upload_preview", args=[GOLD, upload.pk])
    assert stat.S_IMODE(upload.path().stat().st_mode) == 0o600
    assert stat.S_IMODE(upload.path().parent.stat().st_mode) == 0o700
    page = browser.get(answer["Location"])
    assert [cell.rows for cell in page.context["sample"][-1].cells] == [281, 178, 395]
    assert page.context["sample"][-1].total.rows == 854
    assert not any(cell.differs for row in page.context["sample"] for cell in row.cells)
    assert "R0001" not in page.content.decode()


def test_it_throws_an_upload_away_whole(
    study: Study, data: Path, good: bytes, django_capture_on_commit_callbacks
) -> None:
    browser = client_of(member(study, Role.RESEARCHER))
    bring(browser, good)
    upload = Upload.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("study:discard", args=[GOLD, upload.pk]))
    assert nothing_kept(data)
    assert browser.get(reverse("study:upload_preview", args=[GOLD, upload.pk])).status_code == 404


def test_it_forgets_an_upload_after_a_day(study: Study, data: Path, good: bytes) -> None:
    browser = client_of(member(study, Role.RESEARCHER))
    bring(browser, good)
    old = Upload.objects.get()
    Upload.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert browser.get(reverse("study:upload_preview", args=[GOLD, old.pk])).status_code == 404
    bring(browser, good)
    assert not old.path().exists()
    assert Upload.objects.count() == 1


def test_it_refuses_a_coordinator_rows_of_other_regions(study: Study, data: Path, good: bytes) -> None:
    answer = bring(client_of(member(study, Role.COORDINATOR, "21")), good)
    assert answer.status_code == 422
    codes = {problem.code for problem in answer.context["refusal"].problems}
    assert codes == {"other-region"}
    assert nothing_kept(data)


def test_it_takes_a_coordinators_own_region_which_a_researcher_freezes(
    study: Study, good: bytes, django_capture_on_commit_callbacks
) -> None:
    lines = good.decode().splitlines(keepends=True)
    mine = "".join([lines[0], *(line for line in lines[1:] if ",21," in line)]).encode()
    ines = client_of(member(study, Role.COORDINATOR, "21", "Ines"))
    bring(ines, mine)
    upload = Upload.objects.get()
    freeze = reverse("diagnosis:freeze", args=[GOLD, upload.pk])
    assert ines.post(freeze).status_code == 403
    rosa = client_of(member(study, Role.RESEARCHER))
    assert "Ines" in rosa.get(reverse("study:upload", args=[GOLD])).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = rosa.post(freeze, {"note": "Puno alone"})
    release = Release.objects.get()
    assert answer["Location"] == reverse("study:release", args=[GOLD, 1])
    assert (release.rows, release.note, release.public) == (upload.rows, "Puno alone", False)
    assert releases.changed_files(release.folder(), release.sha256) == []
    assert not upload.path().exists()
    assert not Upload.objects.exists()


def test_it_hides_an_upload_from_other_coordinators(study: Study, good: bytes) -> None:
    bring(client_of(member(study, Role.RESEARCHER)), good)
    ines = client_of(member(study, Role.COORDINATOR, "21", "Ines"))
    assert ines.get(reverse("study:upload_preview", args=[GOLD, Upload.objects.get().pk])).status_code == 404


def test_it_tells_the_second_of_two_who_freeze_that_it_is_gone(study: Study) -> None:
    rosa = member(study, Role.RESEARCHER)
    upload = keep_upload(study=study, dataset=respondents(), file_name="answers.csv", by=rosa)
    same = Upload.objects.get(pk=upload.pk)
    freeze_upload(upload=upload, by=rosa, public=False, note="")
    with refused("no-upload"):
        freeze_upload(upload=same, by=rosa, public=False, note="")
    assert Release.objects.count() == 1


def test_an_upload_that_was_just_frozen_cannot_be_thrown_away(study: Study, data: Path) -> None:
    rosa = member(study, Role.RESEARCHER)
    upload = keep_upload(study=study, dataset=respondents(), file_name="answers.csv", by=rosa)
    freeze_upload(upload=Upload.objects.get(pk=upload.pk), by=rosa, public=False, note="")
    with refused("no-upload"):
        discard_upload(upload=upload, by=rosa)
    assert not AuditEvent.objects.filter(action="upload.discard").exists()


def test_it_refuses_a_file_that_is_too_large_before_reading_it(study: Study, settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 1000
    browser = client_of(member(study, Role.RESEARCHER))
    answer = bring(browser, b"x" * (2**20 + 2000))
    assert answer.status_code == 413
    assert answer.wsgi_request._read_started is False
