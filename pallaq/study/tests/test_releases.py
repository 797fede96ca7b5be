"""Releases: frozen once, numbered without gaps, published, withdrawn for good."""

import threading
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from pytest_django import Settings

from pallaq.accounts.tests.people import person, refused
from pallaq.shared import releases
from pallaq.shared.models import AuditEvent
from pallaq.study import actions
from pallaq.study.models import Membership, Release, Role, Study
from pallaq.study.tests.samples import GOLD, gold, rows

pytestmark = pytest.mark.django_db
OWN_FILES = settings.STUDIES / GOLD


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def freeze(study: Study, *answers: str) -> Release:
    return actions.freeze_release(study=study, dataset=rows(*answers), file_name="answers.csv", by=None)


def test_it_freezes_rows_with_the_studys_files() -> None:
    release = freeze(gold(), "yes", "no")
    names = releases.sealed_files(release.folder())
    assert {"responses.csv", "responses.parquet"} <= set(names)
    assert {f"study/{path.name}" for pattern in ("*.yaml", "*.csv") for path in OWN_FILES.glob(pattern)} <= set(names)
    assert releases.changed_files(release.folder(), release.sha256) == []
    assert pq.read_table(release.folder() / "responses.parquet")["enough_ppe"].to_pylist() == ["yes", "no"]
    assert (release.number, release.rows, release.synthetic, release.public) == (1, 2, True, False)
    assert AuditEvent.objects.get().scope == GOLD


def test_it_gives_the_same_content_the_same_sha256(settings: Settings, tmp_path: Path) -> None:
    study = gold()
    first = freeze(study, "yes", "no")
    Release.objects.all().delete()
    settings.DATA = tmp_path / "elsewhere"
    assert freeze(study, "yes", "no").sha256 == first.sha256
    assert freeze(study, "no", "yes").sha256 != first.sha256


def test_it_refuses_the_same_dataset_twice_and_leaves_nothing() -> None:
    study = gold()
    freeze(study, "yes")
    with refused("release-known"):
        freeze(study, "yes")
    assert freeze(study, "no").number == 2
    assert sorted(path.name for path in study.releases_folder().iterdir()) == ["1", "2"]


def test_it_overwrites_a_folder_whose_row_never_came() -> None:
    study = gold()
    with (
        mock.patch("pallaq.shared.releases.put_in_place", side_effect=OSError("power cut")),
        pytest.raises(OSError, match="power cut"),
    ):
        freeze(study, "yes")
    assert not Release.objects.exists()
    (study.releases_folder() / "1").mkdir()
    (study.releases_folder() / "1" / "half").touch()
    release = freeze(study, "yes")
    assert releases.changed_files(release.folder(), release.sha256) == []
    assert [path.name for path in study.releases_folder().iterdir()] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_it_keeps_both_when_two_freeze_at_once() -> None:
    study = gold()
    barrier, numbers = threading.Barrier(2), []

    def one(answer: str) -> None:
        barrier.wait()
        numbers.append(freeze(study, answer).number)
        connection.close()

    threads = [threading.Thread(target=one, args=(answer,)) for answer in ("yes", "no")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2]
    for release in Release.objects.all():
        assert releases.changed_files(release.folder(), release.sha256) == []


def test_it_withdraws_only_with_a_reason_and_for_good() -> None:
    release, rosa = freeze(gold(), "yes"), person()
    with refused("withdraw-without-reason"):
        actions.withdraw_release(release=release, reason="  ", by=rosa)
    actions.withdraw_release(release=release, reason="Two people were counted twice.", by=rosa)
    release.refresh_from_db()
    assert release.withdrawn_reason == "Two people were counted twice."
    assert release not in Release.objects.standing()
    for again in (
        lambda: actions.withdraw_release(release=release, reason="again", by=rosa),
        lambda: actions.publish_release(release=release, public=True, by=rosa),
    ):
        with refused("release-withdrawn"):
            again()


def test_it_publishes_and_takes_back() -> None:
    release, rosa = freeze(gold(), "yes"), person()
    assert not Release.objects.readable_by_anyone()
    actions.publish_release(release=release, public=True, by=rosa)
    assert list(Release.objects.readable_by_anyone()) == [release]
    actions.publish_release(release=release, public=False, by=rosa)
    assert not Release.objects.readable_by_anyone()


WRITES: dict[str, Callable[[Release], object]] = {
    "freeze": lambda release: freeze(release.study, "no"),
    "publish": lambda release: actions.publish_release(release=release, public=True, by=person()),
    "withdraw": lambda release: actions.withdraw_release(release=release, reason="x", by=person()),
    "give": lambda release: actions.give_role(user=person(), study=release.study, role=Role.READER, by=None),
}


@pytest.mark.parametrize("name", WRITES)
def test_it_saves_nothing_when_the_audit_fails(name: str) -> None:
    release = freeze(gold(), "yes")
    before = list(Release.objects.values())
    with (
        mock.patch("pallaq.shared.models.AuditEvent.objects.create", side_effect=DatabaseError("disk full")),
        pytest.raises(DatabaseError),
    ):
        WRITES[name](release)
    assert (list(Release.objects.values()), Membership.objects.count()) == (before, 0)
    assert not (release.study.releases_folder() / "2").exists()


def test_it_registers_every_study_that_loads() -> None:
    first = actions.register_studies(folder=Path(settings.STUDIES), featured=GOLD)
    again = actions.register_studies(folder=Path(settings.STUDIES), featured=GOLD)
    assert first == again
    assert Study.objects.get(featured=True).code == GOLD
    assert Study.objects.get(code=GOLD).public
    assert AuditEvent.objects.filter(action="study.register").count() == len(first)


def test_it_binds_only_coordinators_to_a_region() -> None:
    study, rosa = gold(), person()
    with refused("role-with-region"):
        actions.give_role(user=rosa, study=study, role=Role.READER, region="21", by=None)
    with refused("unknown-region"):
        actions.give_role(user=rosa, study=study, role=Role.COORDINATOR, region="99", by=None)
    actions.give_role(user=rosa, study=study, role=Role.COORDINATOR, region="21", by=None)
    actions.give_role(user=rosa, study=study, role=Role.COORDINATOR, region="20", by=None)
    actions.take_role(membership=rosa.memberships.get(region="20"), by=person("Ana"))
    assert [(held.role, held.region) for held in rosa.memberships.all()] == [("coordinator", "21")]
    assert [event.action for event in AuditEvent.objects.all()] == ["role.take", "role.give", "role.give"]
