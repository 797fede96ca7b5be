"""The keys of encrypted fields at start, in a backup and after it: never a new ring over old values."""

import stat
import tarfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from pallaq.accounts.tests.people import refused
from pallaq.cli import field_keys, postgres
from pallaq.cli.backup import save
from pallaq.cli.production import ring_problems
from pallaq.cli.restore import bring_back
from pallaq.registry.models import Person
from pallaq.registry.tests.samples import desks, selector
from pallaq.shared.encryption import make_ring, ring_path
from pallaq.shared.environment import embedded_address
from pallaq.shared.errors import Problems


@pytest.fixture
def ring_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys of the test's own."""
    path = tmp_path / "own" / "fields.json"
    monkeypatch.setenv("PALLAQ_FIELD_KEYS", str(path))
    return path


@pytest.mark.django_db
def test_the_first_start_makes_the_ring_for_its_owner_alone(ring_file: Path, tmp_path: Path) -> None:
    field_keys.prepare(tmp_path, strict=True)
    assert stat.S_IMODE(ring_file.stat().st_mode) == 0o600
    before = ring_file.read_text()
    field_keys.prepare(tmp_path, strict=True)
    assert ring_file.read_text() == before


@pytest.mark.django_db
def test_it_makes_no_ring_over_values_that_another_one_closed(ring_file: Path, tmp_path: Path) -> None:
    make_ring(tmp_path)
    desks()
    selector()
    kept = ring_file.read_bytes()
    ring_file.unlink()
    with refused("field-ring-missing"):
        field_keys.prepare(tmp_path, strict=False)
    assert not ring_file.exists()
    make_ring(tmp_path)  # another ring whose key has the same name
    with refused("field-ring-wrong"):
        field_keys.prepare(tmp_path, strict=False)
    make_other(tmp_path, ring_file)
    with refused("field-ring-wrong"):
        field_keys.prepare(tmp_path, strict=False)
    ring_file.write_bytes(kept)
    field_keys.prepare(tmp_path, strict=False)
    assert Person.objects.get().phone == "951 234 567"


def make_other(data: Path, ring_file: Path) -> None:
    """Replace the ring by one that lacks the key's name."""
    ring_file.unlink()
    make_ring(data, "9")


@pytest.mark.django_db
def test_production_wants_the_ring_closed_to_others(ring_file: Path, tmp_path: Path) -> None:
    make_ring(tmp_path)
    assert not list(ring_problems(ring_file))
    ring_file.chmod(0o640)
    with pytest.raises(Problems, match="does not start") as caught:
        field_keys.prepare(tmp_path, strict=True)
    assert [problem.code for problem in caught.value.problems] == ["field-keys-open"]
    field_keys.prepare(tmp_path, strict=False)


@pytest.fixture
def with_people(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with an encrypted value under key 1, its ring, and a list that waits."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("PALLAQ_FIELD_KEYS")
    data_folder.chmod(0o755)
    data = data_folder / "data"
    server = postgres.start(data, throwaway=True)
    with psycopg.connect(**embedded_address(data)) as connection:
        connection.execute("CREATE TABLE registry_person (address bytea)")
        connection.execute(r"INSERT INTO registry_person VALUES ('\x010131ffffff')")
    server.stop()
    make_ring(data)
    (data / "rolls").mkdir()
    (data / "rolls" / "list").write_bytes(b"sealed")
    return data


def saved(data: Path, file: Path, **options: Any) -> tuple[dict[str, Any], set[str]]:
    facts = save(data, file, **options)
    with tarfile.open(file) as archive:
        return facts, set(archive.getnames())


def test_a_backup_without_keys_says_what_it_cannot_do(with_people: Path, data_folder: Path, tmp_path: Path) -> None:
    facts, names = saved(with_people, tmp_path / "without.tar", with_keys=False)
    assert facts["field_key_names"] == ["1"]
    assert "keys/fields.json" not in names
    assert "rolls/list" in names
    assert "can never be read again" in field_keys.warning_of_backup(facts)
    back = bring_back(data_folder / "again", tmp_path / "without.tar")
    assert "Keys of encrypted values are missing (1)" in field_keys.warning_of_restore(back, data_folder / "again")
    assert (data_folder / "again" / "rolls" / "list").read_bytes() == b"sealed"


def test_a_backup_with_keys_comes_back_with_them(
    with_people: Path, data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, names = saved(with_people, tmp_path / "with.tar", with_keys=True)
    assert "keys/fields.json" in names
    assert field_keys.warning_of_backup(facts) == ""
    back = bring_back(data_folder / "again", tmp_path / "with.tar")
    assert field_keys.warning_of_restore(back, data_folder / "again") == ""
    restored = ring_path(data_folder / "again")
    assert stat.S_IMODE(restored.stat().st_mode) == 0o600
    assert restored.read_bytes() == ring_path(with_people).read_bytes()


def test_a_ring_outside_of_the_data_folder_is_saved_too(
    with_people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "elsewhere.json"
    ring_path(with_people).rename(outside)
    monkeypatch.setenv("PALLAQ_FIELD_KEYS", str(outside))
    _facts, names = saved(with_people, tmp_path / "with.tar", with_keys=True)
    assert "keys/fields.json" in names


@pytest.mark.django_db
def test_one_altered_value_does_not_keep_the_rest_from_starting(ring_file: Path, tmp_path: Path) -> None:
    make_ring(tmp_path)
    desks()
    first, last = selector(), selector("40123457")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_person SET phone = %s WHERE id = %s", [b"\x01\x011" + bytes(40), last.pk])
    with refused("field-unreadable"):
        last.refresh_from_db()
    field_keys.prepare(tmp_path, strict=False)
    first.refresh_from_db()
