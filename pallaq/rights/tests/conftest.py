"""The room's tests read its English words."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English during the test."""
    with translation.override("en"):
        yield
