"""The command `brecha` as an installed program: its words, its help, its ends."""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from brecha.command import main

DATA = Path(__file__).parent / "data"
QUOTA = str(DATA / "quota854.csv")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["gaps", QUOTA, "--by", "profile"],
        ["estimate", QUOTA, "--kind", "snowball"],
        ["sizes", "--expect", "a"],
        ["wei"],
    ],
)
def test_words_that_the_command_does_not_have_end_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: brecha" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["gaps"], ["estimate"], ["r"], ["sizes"]])
def test_help_has_examples_or_the_words_for_items(capsys, command):
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert "brecha sizes --expect" in out or "ppe=yes|partly" in out


def test_a_reader_that_has_enough_is_no_error(monkeypatch, tmp_path):
    def enough(_):
        raise BrokenPipeError

    monkeypatch.setattr("brecha.command.answering.deliver", lambda *_: enough(_))
    with (tmp_path / "out.txt").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["estimate", QUOTA, "--items", "rare"]) == 0


def test_the_installed_module_refuses_without_a_trace():
    command = [sys.executable, "-m", "brecha", "estimate", "absent.csv"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "brecha: There is no file absent.csv. Check the name.\n"


def test_the_module_ends_with_the_command_s_code(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["brecha", "sizes", "--expect", "0.3"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("brecha", run_name="__main__")
    assert caught.value.code == 2
    assert "brecha: One number is no gap." in capsys.readouterr().err


def test_the_module_can_be_imported_without_running_anything(capsys):
    runpy.run_module("brecha.__main__", run_name="imported")
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(shutil.which("head") is None, reason="needs head")
def test_the_installed_module_ends_quietly_where_head_closes_the_pipe():
    command = f"'{sys.executable}' -m brecha estimate '{QUOTA}' --by site --by site,educ --kind census | head -n 1"
    found = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert found.stderr == ""
    assert found.stdout.startswith("name")
