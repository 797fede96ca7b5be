"""`pallaq diagnose` says in one line where it cannot write, and leaves nothing there."""

import errno
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pallaq.cli import main
from pallaq.cli.terminal import plainly
from pallaq.report.placing import whole_folder
from pallaq.shared.errors import Refusal

STUDY = Path(__file__).parents[3] / "studies" / "nhanes"


def diagnose(out: Path) -> Result:
    return CliRunner().invoke(main, ["diagnose", str(STUDY), str(STUDY / "data" / "nhanes.csv"), "--out", str(out)])


@pytest.mark.parametrize("name", ["file/report", "n" * 300, "file"])
def test_it_says_in_one_line_that_a_folder_cannot_be_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="ascii")
    result = diagnose(tmp_path / name)
    assert (result.exit_code, isinstance(result.exception, SystemExit)) == (1, True)
    assert result.output.strip().startswith("pallaq: ")
    assert len(result.output.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text(encoding="ascii") == "mine"


def interrupted(folder: Path) -> None:
    with whole_folder(folder) as draft:
        (draft / "report.pdf").write_bytes(b"half")
        raise KeyboardInterrupt


def test_it_leaves_nothing_when_it_is_interrupted(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_it_replaces_a_report_and_never_what_lies_beside_one(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.mkdir()
    (report / "provenance.json").write_text("{}", encoding="ascii")
    with whole_folder(report) as draft:
        (draft / "report.pdf").write_bytes(b"whole")
    assert [path.name for path in report.iterdir()] == ["report.pdf"]
    (report / "thesis.docx").write_bytes(b"mine")
    assert "thesis.docx" not in diagnose(report).output
    assert sorted(path.name for path in report.iterdir()) == ["report.pdf", "thesis.docx"]


def test_it_writes_through_a_link_and_into_the_folder_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "link").symlink_to("report")
    monkeypatch.chdir(tmp_path / "report")
    for place in (tmp_path / "link", Path()):
        with whole_folder(place) as draft:
            (draft / "report.pdf").write_bytes(b"whole")
        monkeypatch.chdir(tmp_path / "report")
        assert [path.name for path in (tmp_path / "report").iterdir()] == ["report.pdf"]
    assert (tmp_path / "link").is_symlink()


def test_a_full_disk_is_said_without_naming_a_folder_that_is_not_full() -> None:
    with pytest.raises(Refusal) as caught, plainly():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.message == "No space left on device"
