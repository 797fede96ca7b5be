"""A data folder of its own for each test."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    """Let lists lie where nothing else does."""
    settings.DATA = tmp_path
    return tmp_path
