"""`pallaq digest` sends the week's e-mails, and says when it cannot."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from django.core import mail
from django.utils import translation
from pytest_django import Settings

from pallaq.cli import main
from pallaq.following.actions.comments import add_comment
from pallaq.plan.tests.samples import small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def language(settings: Settings, tmp_path: object) -> Iterator[None]:
    settings.DATA = tmp_path
    with translation.override(None):
        yield


def run() -> Result:
    return CliRunner(env={"LC_ALL": "C.UTF-8"}).invoke(main, ["digest"])


def test_it_sends_once_and_says_how_many() -> None:
    made = small()
    made.reader()
    add_comment(item=made.indicator.item, words="Algo", by=made.planner)
    answer = run()
    assert (answer.exit_code, answer.output) == (0, "Sent: 1. Refused by the mail server: 0.\n")
    assert "Sent: 0" in run().output
    assert len(mail.outbox) == 1


def test_it_ends_with_one_where_no_server_is_set(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    answer = run()
    assert answer.exit_code == 1
    assert "PALLAQ_SMTP" in answer.output


def test_it_ends_with_one_where_the_server_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = small()
    made.reader()
    add_comment(item=made.indicator.item, words="Algo", by=made.planner)

    def fail(*_values: object, **_facts: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    answer = run()
    assert answer.exit_code == 1
    assert "Refused by the mail server: 1." in answer.output
