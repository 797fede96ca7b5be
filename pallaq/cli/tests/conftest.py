"""The command line's tests read its English words."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from pallaq.cli import postgres


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English during the test."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def first_start() -> Iterator[Path]:
    """Make a cluster once; later tests start in a copy, which is quicker."""
    folder = Path(tempfile.mkdtemp(prefix="pallaq-first-", dir="/tmp"))
    postgres.start(folder, throwaway=True).stop()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def served_before(data_folder: Path, first_start: Path) -> Path:
    """Give a data folder in which PostgreSQL ran before and was stopped."""
    data_folder.chmod(0o755)
    subprocess.run(["cp", "-a", first_start, data_folder / "data"], check=True)
    return data_folder / "data"
