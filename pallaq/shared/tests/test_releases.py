"""A frozen folder is whole or not there, and any later change of it is named."""

from pathlib import Path

import pytest

from pallaq.shared import releases


def frozen(shelf: Path) -> tuple[Path, str]:
    draft = releases.start_draft(shelf)
    (draft / "study").mkdir()
    (draft / "rows.csv").write_text("a,b\n1,2\n")
    (draft / "study" / "study.yaml").write_text("code: x\n")
    sha256 = releases.seal(draft)
    releases.put_in_place(draft, shelf / "1")
    return shelf / "1", sha256


def test_it_gives_the_same_sha256_to_the_same_files(tmp_path: Path) -> None:
    assert frozen(tmp_path / "one")[1] == frozen(tmp_path / "two")[1]


def test_it_writes_a_seal_that_sha256sum_reads(tmp_path: Path) -> None:
    folder, sha256 = frozen(tmp_path)
    lines = (folder / releases.SEAL).read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["rows.csv", "study/study.yaml"]
    assert releases.sha256_of(folder / releases.SEAL) == sha256
    assert releases.changed_files(folder, sha256) == []


@pytest.mark.parametrize("change", ["altered", "lost", "added", "resealed"])
def test_it_names_what_changed(tmp_path: Path, change: str) -> None:
    folder, sha256 = frozen(tmp_path)
    if change == "altered":
        (folder / "rows.csv").write_text("a,b\n1,3\n")
    elif change == "lost":
        (folder / "rows.csv").unlink()
    elif change == "added":
        (folder / "more.csv").touch()
    else:
        (folder / "rows.csv").write_text("a,b\n1,3\n")
        releases.seal(folder)
    expected = {"altered": "rows.csv", "lost": "rows.csv", "added": "more.csv", "resealed": releases.SEAL}
    assert releases.changed_files(folder, sha256) == [expected[change]]


def test_it_clears_away_what_a_crash_left(tmp_path: Path) -> None:
    crashed = releases.start_draft(tmp_path)
    (crashed / "half").write_text("x")
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "unknown").write_text("y")
    folder, _sha256 = frozen(tmp_path)
    assert not crashed.exists()
    assert not (folder / "unknown").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
