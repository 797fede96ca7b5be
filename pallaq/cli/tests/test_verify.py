"""`pallaq verify` on a real survey: a true report passes, a changed digit is named, a stranger's folder is refused."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings

from pallaq.cli import main

STUDY = settings.STUDIES / "nhanes"
DATA = STUDY / "data" / "nhanes.csv"


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], env={"COLUMNS": "200", "LANG": "C"})
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify") / "report"
    code, output = run("diagnose", STUDY, DATA, "--out", folder, "--lang", "en")
    assert code == 0, output
    return folder


def test_a_true_report_passes(made):
    code, output = run("verify", made, "--data", DATA)
    assert code == 0, output
    assert "is what the data give" in output


def test_a_changed_digit_is_named_by_its_figure_and_file(made, tmp_path):
    folder = Path(shutil.copytree(made, tmp_path / "copy"))
    page = (folder / "report.html").read_text(encoding="utf-8")
    span = re.search(r'(<span data-estimate="([^"]+vs-[^"]+)" data-field="difference">\+)(\d)', page)
    assert span
    changed = page.replace(span.group(0), span.group(1) + str((int(span.group(3)) + 1) % 10), 1)
    (folder / "report.html").write_text(changed, encoding="utf-8")
    code, output = run("verify", folder, "--data", DATA)
    assert code == 1
    assert span.group(2) in output
    assert "report.html" in output


def test_a_report_by_a_further_variable_is_verified_by_it_too(tmp_path):
    code, output = run("diagnose", STUDY, DATA, "--out", tmp_path / "by", "--lang", "en", "--by", "high_cholesterol")
    assert code == 0, output
    code, output = run("verify", tmp_path / "by", "--data", DATA)
    assert code == 0, output


def test_a_folder_that_is_no_report_is_refused(tmp_path):
    code, output = run("verify", tmp_path, "--data", DATA)
    assert code == 1
    assert "provenance.json" in output
