"""`pallaq registry` rotates keys and runs retention, and says what it did."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation
from pytest_django import Settings

from pallaq.cli import main
from pallaq.registry.models import Norm, Person
from pallaq.registry.tests.samples import desks, selector
from pallaq.shared.encryption import make_ring, ring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DATA = tmp_path
    monkeypatch.setenv("PALLAQ_FIELD_KEYS", str(tmp_path / "fields.json"))
    make_ring(tmp_path)
    with translation.override(None):
        yield


def run(*arguments: str) -> Result:
    return CliRunner(env={"LC_ALL": "C.UTF-8"}).invoke(main, ["registry", *arguments])


def test_it_rotates_says_how_much_and_drops_the_old_key_when_asked() -> None:
    desks()
    selector()
    answer = run("rotate-keys")
    assert answer.exit_code == 0, answer.output
    assert "Written anew under key 2" in answer.output
    assert set(ring().keys) == {"1", "2"}
    assert "The old keys are dropped. Key in use: 2" in run("rotate-keys", "--finish").output
    assert set(ring().keys) == {"2"}
    assert Person.objects.get().phone == "951 234 567"


def test_it_says_what_went_and_which_norm_has_no_value() -> None:
    desks()
    Norm.objects.filter(code="retention-ended-years").update(value=None)
    answer = run("retention")
    assert answer.exit_code == 0, answer.output
    assert "Who read a file: 0 gone" in answer.output
    assert "the norm retention-ended-years has no value" in answer.output
