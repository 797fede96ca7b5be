"""A backup is whole or refused, and restoring leaves nothing behind when it refuses."""

import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from pallaq.cli import postgres
from pallaq.cli.archive import pack, unpack
from pallaq.cli.backup import save
from pallaq.cli.restore import bring_back
from pallaq.shared.environment import embedded_address
from pallaq.shared.errors import Refusal


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch, data_folder: Path) -> None:
    monkeypatch.delenv("DATABASE_URL")
    data_folder.chmod(0o755)


@pytest.fixture
def data(data_folder: Path) -> Path:
    """A data folder with one table, one release, one file of evidence and one key."""
    data = data_folder / "data"
    server = postgres.start(data, throwaway=True)
    with psycopg.connect(**embedded_address(data)) as connection:
        connection.execute("CREATE TABLE people AS SELECT 854 AS number")
    server.stop()
    files = {"releases/answers.parquet": b"PAR1", "keys/secret": b"secret", "evidence/0192": b"%PDF-1.7"}
    for name, content in files.items():
        (data / name).parent.mkdir()
        (data / name).write_bytes(content)
    return data


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An archive without a database in it."""
    release, file = tmp_path / "answers", tmp_path / "small.tar"
    release.write_bytes(b"PAR1" * 1000)
    with file.open("wb") as target:
        pack(target, {"releases/answers": release}, {"pallaq": "0.1.0", "postgresql": 18})
    return file


def names(file: Path) -> set[str]:
    with tarfile.open(file) as archive:
        return set(archive.getnames())


def rewritten(file: Path, change: Callable[[dict[str, object]], None]) -> Path:
    """Change the manifest of an archive."""
    with tarfile.open(file) as archive:
        contents = {name: archive.extractfile(name).read() for name in archive.getnames()}
    manifest = json.loads(contents["manifest.json"])
    change(manifest)
    contents["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(file, "w") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file


def test_it_saves_the_keys_only_when_asked(data: Path, tmp_path: Path) -> None:
    save(data, tmp_path / "without.tar", with_keys=False)
    save(data, tmp_path / "with.tar", with_keys=True)
    kept = {"manifest.json", "database.dump", "releases/answers.parquet", "evidence/0192"}
    assert names(tmp_path / "without.tar") == kept
    assert names(tmp_path / "with.tar") - names(tmp_path / "without.tar") == {"keys/secret", "keys/fields.json"}
    assert stat.S_IMODE((tmp_path / "without.tar").stat().st_mode) == 0o600


def test_it_restores_rows_files_and_keys_for_their_owner_alone(data: Path, data_folder: Path, tmp_path: Path) -> None:
    save(data, tmp_path / "all.tar", with_keys=True)
    bring_back(data_folder / "again", tmp_path / "all.tar")
    key = data_folder / "again" / "keys" / "secret"
    assert (data_folder / "again" / "evidence" / "0192").read_bytes() == b"%PDF-1.7"
    assert (key.read_bytes(), stat.S_IMODE(key.stat().st_mode)) == (b"secret", 0o600)
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    server = postgres.start(data_folder / "again")
    with psycopg.connect(**embedded_address(data_folder / "again")) as connection:
        assert connection.execute("SELECT number FROM people").fetchone() == (854,)
    server.stop()


def test_it_refuses_to_save_an_empty_folder(data_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="nothing to save"):
        save(data_folder, tmp_path / "file.tar", with_keys=False)
    assert not list(tmp_path.iterdir())


def test_it_refuses_to_restore_over_something(data_folder: Path, small: Path) -> None:
    (data_folder / "mine").write_text("kept")
    with pytest.raises(Refusal, match="is not empty"):
        bring_back(data_folder, small)
    assert (data_folder / "mine").read_text() == "kept"


@pytest.mark.parametrize("position", [0.5, 0.9])
def test_it_refuses_a_changed_byte_and_leaves_nothing(data_folder: Path, small: Path, position: float) -> None:
    content = bytearray(small.read_bytes())
    where = content.index(b"PAR1PAR1") + int(4000 * position)
    content[where] ^= 1
    small.write_bytes(content)
    with pytest.raises(Refusal, match=r"damaged.*releases/answers"):
        bring_back(data_folder, small)
    assert not list(data_folder.iterdir())


@pytest.mark.parametrize("length", [0, 100, 600, 1500, 2500])
def test_it_refuses_a_file_cut_short(data_folder: Path, small: Path, length: int) -> None:
    small.write_bytes(small.read_bytes()[:length])
    with pytest.raises(Refusal, match="damaged"):
        bring_back(data_folder, small)
    assert not list(data_folder.iterdir())


def test_it_refuses_a_backup_without_a_database_and_leaves_nothing(data_folder: Path, small: Path) -> None:
    with pytest.raises(Refusal, match="pg_restore"):
        bring_back(data_folder, small)
    assert not list(data_folder.iterdir())


@pytest.mark.parametrize("name", ["/etc/passwd", "releases/../../outside", "elsewhere/file"])
def test_it_refuses_a_member_that_would_lie_elsewhere(tmp_path: Path, small: Path, name: str) -> None:
    file = rewritten(small, lambda manifest: manifest.update(members={name: "0"}))
    with pytest.raises(Refusal, match="damaged"):
        unpack(file, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_it_refuses_a_later_format(tmp_path: Path, small: Path) -> None:
    file = rewritten(small, lambda manifest: manifest.update(format=2, pallaq="9.0"))
    with pytest.raises(Refusal, match=r"later Pallaq \(9.0\)"):
        unpack(file, tmp_path / "target")


def test_it_refuses_a_dump_of_a_later_postgresql(data_folder: Path, small: Path) -> None:
    file = rewritten(small, lambda manifest: manifest.update(postgresql=99))
    with pytest.raises(Refusal, match="needs PostgreSQL 99"):
        bring_back(data_folder, file)
    assert not list(data_folder.iterdir())


def test_it_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="There is no file"):
        unpack(tmp_path / "none.tar", tmp_path / "target")
