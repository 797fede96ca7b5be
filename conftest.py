"""One throwaway PostgreSQL for the whole test session; it starts when the first test asks for a database."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.utils import translation

from pallaq.cli import postgres
from pallaq.shared.encryption import make_ring
from pallaq.shared.environment import embedded_address

CHROMIUM = Path("/usr/bin/chromium")
SKIPS_FAIL = os.environ.get("CI") == "true" or os.environ.get("PALLAQ_NO_SKIP") == "1"
# Not under tmp_path: pytest closes that to the system user that runs PostgreSQL for root.
DATA = Path(tempfile.mkdtemp(prefix="pallaq-tests-", dir="/tmp"))
ADDRESS = " ".join(f"{key}={value}" for key, value in embedded_address(DATA).items())

(DATA / "static").mkdir()
os.environ.update(
    DJANGO_SETTINGS_MODULE="pallaq.settings",
    DATABASE_URL=ADDRESS,
    PALLAQ_DATA=str(DATA),
    PALLAQ_ENV="test",
    PALLAQ_FIELD_KEYS=str(DATA / "keys" / "fields.json"),  # also for tests that move the data folder
)
django.setup()
make_ring(DATA)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Start PostgreSQL before pytest-django makes its test database; stop it at the end, also on Ctrl-C."""
    server = postgres.start(DATA, throwaway=True)
    yield
    server.stop()


@pytest.fixture(autouse=True)
def first_language() -> None:
    """Begin each test in the site's own language: a page that another test read leaves its reader's behind."""
    translation.deactivate()


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """Give a data folder of its own, within reach of the system user that runs PostgreSQL for root."""
    folder = Path(tempfile.mkdtemp(prefix="pallaq-data-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(DATA, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none, and say so."""
    if CHROMIUM.exists():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=f"needs {CHROMIUM}: apt-get install chromium"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip into a failure where everything must run: CI=true or PALLAQ_NO_SKIP=1."""
    report = yield
    if SKIPS_FAIL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} was skipped, and here a skip is a failure"
    return report
