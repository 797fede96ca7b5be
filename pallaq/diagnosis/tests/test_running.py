"""A release's diagnosis runs once, says how far it is, and leaves whole files or none."""

import json
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.diagnosis.actions import renew_outdated, request_diagnosis, run_diagnosis
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.diagnosis.tasks import resume, start_diagnosis
from pallaq.diagnosis.tests.samples import load
from pallaq.report.tests.documents import gold as gold_document
from pallaq.shared.models import AuditEvent
from pallaq.shared.releases import sha256_of
from pallaq.study.actions import freeze_release, give_role, withdraw_release
from pallaq.study.models import Release, Role
from pallaq.study.tests.samples import gold, respondents

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def release() -> Release:
    return freeze_release(study=gold(), dataset=respondents(), file_name="responses.csv", by=None, public=True)


def quick(document, folder: Path, language: str, command: str, progress) -> None:
    """Write a little instead of a report."""
    progress("figures", 1, 1)
    (folder / "estimates.json").write_text(json.dumps(document.to_dict()))


def test_it_writes_both_languages_and_says_how_far_it_is(release: Release) -> None:
    request_diagnosis(release=release, by=None)
    heard: list[int] = []
    diagnosis = run_diagnosis(release, lambda _step, percent: heard.append(percent))
    assert heard == sorted(heard)
    assert (heard[0], heard[-1] >= 95) == (0, True)
    diagnosis.refresh_from_db()
    assert (diagnosis.state, diagnosis.progress) == (State.DONE, 100)
    for language in ("es", "en"):
        folder = diagnosis.folder(language)
        provenance = json.loads((folder / "provenance.json").read_text())
        assert provenance["language"] == language
        assert provenance["inputs"]["data"]["sha256"] == sha256_of(release.folder() / "responses.parquet")
        assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
        assert json.loads((folder / "estimates.json").read_text()) == json.loads(json.dumps(diagnosis.document))
    assert diagnosis.content().synthetic


def test_it_does_nothing_the_second_time(release: Release) -> None:
    request_diagnosis(release=release, by=None)
    with mock.patch("pallaq.report.files.write_files", quick):
        first = run_diagnosis(release)
        again = run_diagnosis(release)
    first.refresh_from_db()
    assert again.made_at == first.made_at
    assert AuditEvent.objects.filter(action="diagnosis.done").count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_starts_anew_after_a_crash(release: Release, data: Path) -> None:
    start_diagnosis(release=release, by=None)
    Diagnosis.objects.update(state=State.RUNNING, progress=40)
    half = data / "diagnoses" / release.study_id / ".draft-crashed"
    half.mkdir(parents=True)
    resume()
    with mock.patch("pallaq.report.files.write_files", quick):
        call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    assert Diagnosis.objects.get().state == State.DONE
    assert not half.exists()
    assert sorted(path.name for path in half.parent.iterdir()) == ["1"]


def test_it_computes_again_what_another_version_computed(client: Client) -> None:
    current, outdated = load(gold_document(), number=7), load(gold_document(), number=8)
    Diagnosis.objects.filter(pk=outdated.pk).update(document={"format": "pallaq-diagnosis/0"})
    renew_outdated()
    assert Diagnosis.objects.get(pk=current.pk).state == State.DONE
    assert Diagnosis.objects.get(pk=outdated.pk).state == State.WAITING
    assert client.get("/studies/women-and-men-of-gold/gaps/").status_code == 200


def test_it_says_when_the_frozen_files_were_changed(release: Release) -> None:
    request_diagnosis(release=release, by=None)
    (release.folder() / "responses.parquet").write_bytes(b"other")
    run_diagnosis(release)
    diagnosis = Diagnosis.objects.get()
    assert diagnosis.state == State.FAILED
    assert "responses.parquet" in diagnosis.failure
    assert request_diagnosis(release=release, by=None).state == State.WAITING


def test_it_says_that_it_failed_and_lets_the_fault_through(release: Release) -> None:
    request_diagnosis(release=release, by=None)
    with (
        mock.patch("pallaq.report.files.write_files", side_effect=RuntimeError("broken chart")),
        pytest.raises(RuntimeError, match="broken chart"),
    ):
        run_diagnosis(release)
    diagnosis = Diagnosis.objects.get()
    assert diagnosis.state == State.FAILED
    assert diagnosis.failure
    assert "broken chart" not in diagnosis.failure
    assert not diagnosis.folder("es").exists()


def test_it_is_not_done_when_the_audit_fails(release: Release) -> None:
    request_diagnosis(release=release, by=None)
    with (
        mock.patch("pallaq.report.files.write_files", quick),
        mock.patch("pallaq.diagnosis.actions.record", side_effect=DatabaseError("disk full")),
        pytest.raises(DatabaseError),
    ):
        run_diagnosis(release)
    diagnosis = Diagnosis.objects.get()
    assert (diagnosis.state, diagnosis.document) == (State.FAILED, None)
    assert not diagnosis.folder("es").exists()


def test_it_shows_progress_to_a_page_and_to_htmx(release: Release) -> None:
    address = reverse("diagnosis:progress", args=[release.study_id, 1])
    browser = client_of(None)
    request_diagnosis(release=release, by=None)
    Diagnosis.objects.update(state=State.RUNNING, step="writing_es", progress=33)
    page = browser.get(address).content.decode()
    assert "<html" in page
    assert 'value="33"' in page
    fragment = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'hx-trigger="every 2s"' in fragment


def test_it_runs_again_for_a_researcher_only(release: Release) -> None:
    request_diagnosis(release=release, by=None)
    Diagnosis.objects.update(state=State.FAILED, failure="x")
    address = reverse("diagnosis:again", args=[release.study_id, 1])
    assert client_of(person()).post(address).status_code == 403
    researcher = person("Eva")
    give_role(user=researcher, study=release.study, role=Role.RESEARCHER, by=None)
    client_of(researcher).post(address)
    assert Diagnosis.objects.get().state == State.WAITING


def test_it_leaves_the_board_when_the_release_is_withdrawn(release: Release) -> None:
    request_diagnosis(release=release, by=None)
    with mock.patch("pallaq.report.files.write_files", quick):
        run_diagnosis(release)
    board, page = (
        reverse("diagnosis:board", args=[release.study_id]),
        reverse("study:release", args=[release.study_id, 1]),
    )
    browser = client_of(None)
    assert browser.get(board).status_code == 200
    withdraw_release(release=release, reason="Two people stood twice in it.", by=administrator())
    assert browser.get(board).status_code == 404
    assert "Two people stood twice in it." in browser.get(page).content.decode()
    file = reverse("study:file", args=[release.study_id, 1, "responses.csv"])
    assert browser.get(file).status_code == 403
