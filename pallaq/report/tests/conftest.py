"""The files of the small gold study, written once for all tests that only read them."""

from pathlib import Path

import pytest

from pallaq.report.files import write_files
from pallaq.report.tests.documents import gold


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diagnosis")
    write_files(gold(), folder, "en", "pallaq diagnose gold responses.csv --out folder")
    return folder
