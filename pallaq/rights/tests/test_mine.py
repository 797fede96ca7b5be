"""Her own page: entered by her slip alone, closed in time, hers alone, and everything that is held on it."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from pallaq.accounts.tests.people import client_of, refused
from pallaq.registry.actions.reading import read
from pallaq.registry.models import Consent, Person, PersonState, Purpose, Reading, What
from pallaq.registry.tests.samples import desks, registered, selector
from pallaq.rights.actions.slips import make_slip, take_back_slip
from pallaq.rights.models import Kind, Request, Slip
from pallaq.rights.views import entering
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
PAGES = [
    "/mine/readings/",
    "/mine/consents/",
    "/mine/requests/",
    "/mine/withdraw/",
    "/mine/copy.json",
    "/mine/copy.pdf",
]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def her(**changes: Any) -> tuple[Person, str]:
    """Return a registered selector and the code of her slip."""
    made = desks()
    juana = registered(selector(by=made.registrar, **changes))
    _slip, code = make_slip(person=juana, by=made.registrar)
    juana.refresh_from_db()
    return juana, code


def typed(client: Client, number: str, code: str) -> Any:
    return client.post("/mine/", {"number": number, "code": code})


def inside() -> tuple[Person, Client]:
    """Return her and a browser in which her page is open."""
    juana, code = her()
    client = Client(headers={"accept-language": "en"})
    assert typed(client, juana.number, code).status_code == 302
    return juana, client


def test_she_enters_with_number_and_code_however_she_types_them() -> None:
    juana, code = her()
    number = f"{juana.number[:4]}-{juana.number[4:]}".lower()
    spaced = "-".join(code[start : start + 4] for start in range(0, 16, 4)).lower().replace("0", "o")
    client = Client()
    assert typed(client, number, spaced).headers["Location"] == "/mine/"
    answer = client.get("/mine/")
    assert "Mamani" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert AuditEvent.objects.filter(action="mine.enter", about=f"person {juana.number}", by=None).count() == 1


def test_the_code_is_nowhere_in_the_database() -> None:
    _juana, code = her()
    slip = Slip.objects.get()
    assert code not in slip.code
    assert slip.code.split("$")[0] != ""  # as Django stores passwords
    assert code not in str(list(AuditEvent.objects.values_list("details", "about")))


def test_a_wrong_number_and_a_wrong_code_get_the_same_words() -> None:
    juana, code = her()
    client = Client(headers={"accept-language": "en"})
    answers = [typed(client, juana.number, "A" * 16), typed(client, "0000000000", code)]
    bodies = [answer.content.decode() for answer in answers]
    words = "The number or the code is not right, or the paper is too old"
    assert [answer.status_code for answer in answers] == [403, 403]
    assert all(words in body and "Mamani" not in body for body in bodies)
    failed = AuditEvent.objects.filter(action="mine.fail").order_by("id").values_list("about", flat=True)
    assert list(failed) == [f"person {juana.number}", "unknown number"]


def test_after_five_wrong_codes_even_the_right_one_waits() -> None:
    juana, code = her()
    client = Client()
    for _try in range(5):
        assert typed(client, juana.number, "A" * 16).status_code == 403
    assert typed(client, juana.number, code).status_code == 429
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert typed(other, juana.number, code).status_code == 429, "the number is locked from every address"


def test_an_address_that_tries_many_numbers_is_locked_too() -> None:
    her()
    client = Client()
    answers = [typed(client, f"000000000{n}", "A" * 16).status_code for n in range(10)]
    assert answers == [403] * 10
    assert typed(client, "1111111111", "A" * 16).status_code == 429


@pytest.mark.parametrize("how", ["expired", "void", "newer"])
def test_an_old_slip_opens_nothing(how: str) -> None:
    juana, code = her()
    if how == "expired":
        Slip.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "void":
        take_back_slip(person=juana, by=None)
    else:
        make_slip(person=juana, by=Slip.objects.get().made_by)
    assert typed(Client(), juana.number, code).status_code == 403


@pytest.mark.parametrize("page", ["/mine/", *PAGES])
def test_nobody_without_a_slip_sees_a_page(page: str) -> None:
    her()
    answer = Client().get(page, follow=True)
    assert answer.request["PATH_INFO"] == "/mine/"
    assert "Mamani" not in answer.content.decode()
    assert not Reading.objects.filter(what=What.OWN).exists()


def test_twenty_minutes_without_a_page_close_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _juana, client = inside()
    now = entering.time.time()
    monkeypatch.setattr("pallaq.rights.views.entering.time.time", lambda: now + 19 * 60)
    assert client.get("/mine/readings/").status_code == 200
    monkeypatch.setattr("pallaq.rights.views.entering.time.time", lambda: now + 38 * 60)
    assert client.get("/mine/readings/").status_code == 200, "each page begins the twenty minutes again"
    monkeypatch.setattr("pallaq.rights.views.entering.time.time", lambda: now + 59 * 60)
    answer = client.get("/mine/readings/", follow=True)
    assert "Your page was closed" in answer.content.decode()
    assert "Mamani" not in client.get("/mine/").content.decode()


@pytest.mark.parametrize("how", ["leave", "void", "erased"])
def test_the_session_ends(how: str) -> None:
    juana, client = inside()
    if how == "leave":
        client.post("/mine/leave/")
    elif how == "void":
        take_back_slip(person=juana, by=None)
    else:
        Person.objects.filter(pk=juana.pk).update(state=PersonState.ERASED)
    assert client.get("/mine/readings/").status_code == 302
    assert "Mamani" not in client.get("/mine/").content.decode()


def test_the_session_has_a_new_key_once_she_is_in() -> None:
    juana, code = her()
    client = Client()
    client.session.save()
    before = client.session.session_key
    typed(client, juana.number, code)
    assert client.session.session_key != before


def test_a_login_of_the_registry_opens_no_page_of_hers() -> None:
    juana, code = her()
    staff = client_of(Slip.objects.get().made_by)
    assert typed(staff, juana.number, code).status_code == 409
    assert staff.get("/mine/consents/").status_code == 302


def test_she_sees_all_that_is_held_in_full() -> None:
    juana, client = inside()
    body = client.get("/mine/").content.decode()
    for held in ("Juana Rosa", "Mamani Quispe", "40123456", "951 234 567", "Jr. Lunar 12", "La Rinconada", "P1"):
        assert held in body, held
    assert "DGFM" in body
    own = Reading.objects.filter(person=juana, what=What.OWN)
    assert own.exists()
    assert set(own.values_list("by", flat=True)) == {None}


def test_she_sees_who_read_the_office_but_not_the_clerk() -> None:
    juana, client = inside()
    officer = next(seat.user for seat in [*Slip.objects.get().made_by.desks.all()])
    read(juana, by=officer, what=What.NUMBERS, why="cotejo con su DNI")
    body = client.get("/mine/readings/").content.decode()
    assert "registrar, registry, Puno" in body
    assert "cotejo con su DNI" in body
    assert "Rita" not in body
    assert "You yourself opened a page of yours" in body


def test_another_persons_data_is_never_there() -> None:
    _juana, client = inside()
    other = selector("40999888", given_names="Tomasa", phone="911 000 111")
    read(other, by=None, what=What.FILE, why="otra")
    for page in ("/mine/", "/mine/readings/", "/mine/copy.json"):
        body = client.get(page).content.decode()
        assert "Tomasa" not in body
        assert "40999888" not in body
        assert "911 000 111" not in body


def test_she_takes_it_away_and_that_is_noted() -> None:
    juana, client = inside()
    answer = client.get("/mine/copy.json")
    data = json.loads(answer.content)
    assert data["format"] == "pallaq-person/1"
    assert data["person"]["given_names"] == "Juana Rosa"
    assert data["identifiers"] == [{"kind": "dni", "number": "40123456", "valid_from": None, "valid_to": None}]
    assert data["registrations"][0]["changes"][0]["after"] == "registered"
    assert data["readings"][-1]["who"]
    assert "attachment" in answer.headers["Content-Disposition"]
    paper = client.get("/mine/copy.pdf")
    assert paper.content.startswith(b"%PDF")
    events = AuditEvent.objects.filter(action="person.copy", about=f"person {juana.number}").order_by("id")
    assert [event.details for event in events] == [{"form": "json"}, {"form": "pdf"}]


def test_she_gives_and_takes_back_each_purpose_by_itself() -> None:
    juana, client = inside()
    client.post("/mine/consents/", {"purpose": "statistics", "agree": "yes"})
    client.post("/mine/consents/", {"purpose": "card", "agree": "yes"})
    client.post("/mine/consents/", {"purpose": "card", "agree": "no"})
    given = Consent.objects.filter(person=juana, withdrawn_at=None).values_list("purpose", "given_to")
    assert (Purpose.STATISTICS, None) in list(given)
    assert not Consent.objects.filter(purpose=Purpose.CARD, withdrawn_at=None).exists()
    assert client.post("/mine/consents/", {"purpose": "card", "agree": "no"}).status_code == 409
    assert client.post("/mine/consents/", {"purpose": "nothing"}).status_code == 404


def test_to_leave_is_a_request_and_ends_nothing_by_itself() -> None:
    juana, client = inside()
    assert client.post("/mine/consents/", {"purpose": "registry", "agree": "no"}).status_code == 422
    page = client.get("/mine/withdraw/").content.decode()
    assert "DGFM" in page
    assert client.post("/mine/withdraw/").headers["Location"] == "/mine/requests/"
    assert Request.objects.get().kind == Kind.WITHDRAW
    assert Consent.objects.filter(person=juana, purpose=Purpose.REGISTRY, withdrawn_at=None).exists()
    assert client.post("/mine/withdraw/").status_code == 409


def test_she_asks_for_a_correction_in_her_words() -> None:
    juana, client = inside()
    empty = client.post("/mine/requests/", {"kind": "correct", "words": " "})
    assert empty.status_code == 422
    client.post("/mine/requests/", {"kind": "correct", "subject": "names", "words": "Soy Mamani Condori"})
    request = Request.objects.get()
    assert (request.person, request.words, request.subject) == (juana, "Soy Mamani Condori", "names")
    assert request.taken_by is None
    assert "Soy Mamani Condori" in client.get("/mine/requests/").content.decode()


@pytest.mark.parametrize("page", ["/mine/leave/", *PAGES])
def test_wrong_methods_are_refused(page: str) -> None:
    _juana, client = inside()
    answer = client.get(page) if page == "/mine/leave/" else client.delete(page)
    assert answer.status_code == 405


def test_a_page_is_light() -> None:
    _juana, client = inside()
    body = client.get("/mine/").content
    assert len(body) < 30_000
    assert b"<script" not in body


def test_no_slip_is_made_if_the_audit_fails() -> None:
    juana, _code = her()
    old = Slip.objects.get()
    with patch("pallaq.rights.actions.slips.record", side_effect=OSError), pytest.raises(OSError):
        make_slip(person=juana, by=old.made_by)
    assert Slip.objects.get().ended_at is None


def test_there_is_no_slip_to_void_twice() -> None:
    juana, _code = her()
    take_back_slip(person=juana, by=None)
    with refused("no-slip"):
        take_back_slip(person=juana, by=None)
