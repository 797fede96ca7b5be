"""The weekly e-mail: to each seat that wants it, once a week, about what is hers; and never about a person."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from pallaq.accounts.tests.people import client_of, person
from pallaq.following.actions.agreements import agree
from pallaq.following.actions.comments import add_comment
from pallaq.following.digests import send_digests
from pallaq.following.tasks import send_digests as task
from pallaq.following.tests.test_meetings import held
from pallaq.plan.models import Seat
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import DigestSent
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 7, 6)


def busy() -> Small:
    """A plan with an agreement of Diresa that is late, and one that is due soon."""
    made = small()
    for words, due_on in (("Comprar guantes", date(2026, 7, 1)), ("Visitar Ananea", date(2026, 7, 20))):
        agree(meeting=held(made), words=words, responsible=made.health, due_on=due_on, by=made.planner)
    return made


def sent_to(email: str) -> list[str]:
    return [str(message.body) for message in mail.outbox if message.to == [email]]


def test_it_tells_a_reporter_what_is_late_and_due_of_her_entity() -> None:
    made = busy()
    julia = made.reporter()
    assert send_digests(MONDAY) == (2, 0)
    (text,) = sent_to(julia.email)
    spanish, _, english = text.partition("-- en --")
    assert spanish.index("Comprar guantes") < spanish.index("Visitar Ananea")
    assert "01/07/2026" in spanish
    assert "Diresa Puno" in spanish
    assert "Late: 1. Due in the next 14 days: 1." in english
    message = mail.outbox[0]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_it_leaves_out_what_is_due_later_and_what_is_another_entitys() -> None:
    made = busy()
    minem = made.reporter("Marta", made.ministry)
    send_digests(date(2026, 6, 1))
    assert sent_to(minem.email) == []
    assert "Comprar" not in "".join(sent_to(made.planner.email))
    send_digests(date(2026, 6, 22))
    assert "Comprar guantes" in sent_to(made.planner.email)[-1]
    assert "Visitar Ananea" not in sent_to(made.planner.email)[-1]


def test_it_goes_once_a_week_however_often_it_is_asked_for() -> None:
    made = busy()
    assert send_digests(MONDAY) == (1, 0)
    assert send_digests(MONDAY + timedelta(days=6)) == (0, 0)
    assert send_digests(MONDAY + timedelta(days=7)) == (1, 0)
    assert [row.week for row in DigestSent.objects.order_by("week")] == [MONDAY, MONDAY + timedelta(days=7)]
    assert len(sent_to(made.planner.email)) == 2


def test_who_does_not_want_it_or_has_nothing_to_read_gets_none() -> None:
    made = busy()
    made.reporter("Marta", made.ministry)
    Seat.objects.filter(user=made.planner).update(digest=False)
    assert send_digests(MONDAY) == (0, 0)
    assert not DigestSent.objects.exists()


def test_new_comments_are_counted_without_words_or_names() -> None:
    made = small()
    lidia = made.reader()
    for _number in range(2):
        add_comment(item=made.indicator.item, words="Un secreto", by=made.planner)
    add_comment(item=made.nodes["1.1"].item, words="Mío", by=lidia)
    send_digests(timezone.localdate())
    (text,) = sent_to(lidia.email)
    assert "- I1: 2" in text
    assert "1.1" not in text
    for word in ("secreto", "Paula", "Lidia", lidia.email):
        assert word not in text


def test_a_refusal_of_the_mail_server_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    busy()

    def fail(*_values: object, **_facts: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", fail)
        assert send_digests(MONDAY) == (0, 1)
    assert not DigestSent.objects.exists()
    assert send_digests(MONDAY) == (1, 0)


def test_its_links_are_whole_where_the_site_knows_its_address(settings: Settings) -> None:
    made = busy()
    send_digests(MONDAY)
    assert "http" not in mail.outbox[0].body
    settings.PRODUCTION, settings.ALLOWED_HOSTS = True, ["pallaq.example.pe"]
    send_digests(MONDAY + timedelta(days=7))
    assert f"https://pallaq.example.pe/plans/{made.plan.code}/agreements/" in mail.outbox[1].body


def test_a_plan_without_spanish_is_written_in_english() -> None:
    made = busy()
    made.plan.title = {"en": "Small plan"}
    made.plan.save()
    send_digests(MONDAY)
    assert mail.outbox[0].subject == "Pallaq: this week in “Small plan”"
    assert "-- es --" in mail.outbox[0].body


def test_without_a_mail_server_nothing_is_sent_and_nothing_breaks(settings: Settings) -> None:
    busy()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert task.call() == [0, 0]
    assert not DigestSent.objects.exists()


def test_one_page_stops_it_for_a_seat_of_ones_own() -> None:
    made = busy()
    lidia = made.reader()
    hers, others = lidia.seats.get(), made.planner.seats.get()
    browser = client_of(lidia)
    assert "Plan pequeño" in browser.get("/digest/", headers={"accept-language": "es"}).content.decode()
    assert browser.post("/digest/", {"seat": [others.pk]}).status_code == 302
    hers.refresh_from_db()
    others.refresh_from_db()
    assert (hers.digest, others.digest) == (False, True)
    assert AuditEvent.objects.get(action="digest.want").details == {"digest": False}
    browser.post("/digest/", {"seat": [hers.pk]})
    hers.refresh_from_db()
    assert hers.digest
    assert client_of(person("Nadie")).get("/digest/").status_code == 200
    assert client_of(None).get("/digest/").status_code == 302
    assert browser.put("/digest/").status_code == 405


def test_the_switch_is_not_kept_if_the_trail_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    lidia = small().reader()

    def fail(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("pallaq.following.actions.digests.record", fail)
    with pytest.raises(RuntimeError):
        client_of(lidia).post("/digest/", {})
    assert lidia.seats.get().digest


class Sink(socketserver.StreamRequestHandler):
    """Speaks just enough SMTP to be sent a message; refuses whom it is told to."""

    def handle(self) -> None:
        self.say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "DATA":
                self.say("354 go on")
                self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            refused = word == "RCPT" and "julia" in line
            self.say("221 bye" if word == "QUIT" else "550 no" if refused else "250 ok")
            if word == "QUIT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def sink(settings: Settings) -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        server.received = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
        yield server
        server.shutdown()


def test_a_real_server_gets_it_and_one_refused_address_stops_nobody_else(sink: Any) -> None:
    made = busy()
    made.reporter()
    assert send_digests(MONDAY) == (1, 1)
    (message,) = sink.received
    assert b"To: paula@example.org" in message
    assert b"Subject: =?utf-8?" in message
