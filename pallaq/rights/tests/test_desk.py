"""Her rights at a desk: slips, consents on paper, requests taken and answered in time."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, refused
from pallaq.accounts.tests.people import person as user_named
from pallaq.registry.models import Consent, Norm, Person, Purpose, Reading, Role, What
from pallaq.registry.tests.samples import Desks, desks, registered, seated, selector
from pallaq.rights.actions.consents import give_consent, withdraw_consent
from pallaq.rights.actions.requests import Asked, answer_request, take_request
from pallaq.rights.models import Kind, Outcome, Request, Slip, Way
from pallaq.rights.rules.wording import current, wordings
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def english(user: User | None) -> Client:
    client = client_of(user)
    client.cookies["django_language"] = "en"
    return client


def at(juana: Person, page: str = "") -> str:
    return f"/registry/people/{juana.pk}/rights/{page}"


def both() -> tuple[Desks, Person]:
    made = desks()
    return made, registered(selector(by=made.registrar))


def test_a_registrar_gets_a_slip_once_as_a_paper() -> None:
    made, juana = both()
    answer = english(made.registrar).post(at(juana, "slip/"))
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    assert juana.number not in answer.headers["Content-Disposition"]
    event = AuditEvent.objects.get(action="slip.make")
    assert (event.by, event.about) == (made.registrar, f"person {juana.number}")
    page = english(made.registrar).get(at(juana)).content.decode()
    assert "A slip of" in page
    english(made.registrar).post(at(juana, "slip/void/"))
    assert Slip.objects.get().ended_at is not None


def test_a_consent_on_paper_is_recorded_with_its_day() -> None:
    made, juana = both()
    client = english(made.registrar)
    form = {"purpose": "card", "on": "2026-01-10", "on_paper": "on", "agree": "yes"}
    assert client.post(at(juana, "consent/"), form).status_code == 302
    consent = Consent.objects.get(purpose=Purpose.CARD)
    assert timezone.localdate(consent.given_at) == date(2026, 1, 10)
    assert (consent.given_to, consent.wording) == (made.registrar, current("card").version)
    assert client.post(at(juana, "consent/"), {**form, "agree": "no", "on": "2026-01-09"}).status_code == 422
    assert client.post(at(juana, "consent/"), {**form, "agree": "no", "on": "2026-02-09"}).status_code == 302
    consent.refresh_from_db()
    assert timezone.localdate(consent.withdrawn_at) == date(2026, 2, 9)
    assert client.post(at(juana, "consent/"), {**form, "on_paper": ""}).status_code == 422


def test_consents_are_refused_with_words() -> None:
    made, juana = both()
    with refused("consent-given"):
        give_consent(person=juana, purpose=Purpose.REGISTRY, by=made.registrar)
    with refused("consent-none"):
        withdraw_consent(person=juana, purpose=Purpose.CARD, by=made.registrar)
    with refused("leave-by-request"):
        withdraw_consent(person=juana, purpose=Purpose.REGISTRY, by=made.registrar)
    with refused("day-in-future"):
        give_consent(person=juana, purpose=Purpose.CARD, on=TODAY() + timedelta(days=1), by=made.registrar)


@pytest.mark.parametrize("verb", [give_consent, withdraw_consent])
def test_no_consent_changes_if_the_audit_fails(verb: object) -> None:
    made, juana = both()
    give_consent(person=juana, purpose=Purpose.CARD, by=made.registrar)
    purpose = Purpose.MARKET if verb is give_consent else Purpose.CARD
    before = list(Consent.objects.values("purpose", "withdrawn_at"))
    with patch("pallaq.rights.actions.consents.record", side_effect=OSError), pytest.raises(OSError):
        verb(person=juana, purpose=purpose, by=made.registrar)  # type: ignore[operator]
    assert list(Consent.objects.values("purpose", "withdrawn_at")) == before


def test_every_purpose_has_its_words_and_drafts_say_so() -> None:
    assert set(wordings()) == set(Purpose.values)
    for purpose in Purpose:
        wording = current(purpose)
        assert {"es", "en", "qu", "ay"} <= set(wording.texts)
        assert wording.drafts == {"qu", "ay"}
    made, juana = both()
    assert "draft, to be reviewed" in english(made.registrar).get(at(juana)).content.decode()


def test_the_day_an_answer_is_due_comes_from_the_norm_of_its_kind() -> None:
    made, juana = both()
    on = date(2026, 3, 2)
    correct = take_request(person=juana, asked=Asked(Kind.CORRECT, "mal", on=on), by=made.registrar)
    access = take_request(person=juana, asked=Asked(Kind.ACCESS, on=on), by=made.registrar)
    assert (correct.due_on, access.due_on) == (date(2026, 3, 12), date(2026, 3, 22))
    assert correct.norm is not None
    assert correct.norm.code == "correction-answer-days"


def test_without_a_value_of_the_norm_no_day_is_invented_and_the_pages_say_so() -> None:
    made, juana = both()
    Norm.objects.filter(code="access-answer-days").update(value=None)
    request = take_request(person=juana, asked=Asked(Kind.ACCESS), by=None)
    assert (request.due_on, request.norm, request.is_late()) == (None, None, False)
    page = english(made.officer).get("/registry/requests/").content.decode()
    assert "no norm with a value says until when" in page


def test_requests_are_refused_with_words() -> None:
    made, juana = both()
    with refused("words-missing"):
        take_request(person=juana, asked=Asked(Kind.OPPOSE, " "), by=None)
    with refused("day-in-future"):
        take_request(person=juana, asked=Asked(Kind.ACCESS, on=TODAY() + timedelta(days=1)), by=made.registrar)
    request = take_request(person=juana, asked=Asked(Kind.CANCEL), by=None)
    with refused("request-open"):
        take_request(person=juana, asked=Asked(Kind.CANCEL), by=None)
    with refused("answer-missing"):
        answer_request(request=request, outcome=Outcome.REFUSED, answer=" ", by=made.officer)
    with refused("outcome-missing"):
        answer_request(request=request, outcome=Outcome.OPEN, answer="x", by=made.officer)
    answer_request(request=request, outcome=Outcome.REFUSED, answer="Sigue inscrita", by=made.officer)
    with refused("request-answered"):
        answer_request(request=request, outcome=Outcome.PARTLY, answer="x", by=made.officer)


def test_nothing_is_taken_or_answered_if_the_audit_fails() -> None:
    made, juana = both()
    with patch("pallaq.rights.actions.requests.record", side_effect=OSError), pytest.raises(OSError):
        take_request(person=juana, asked=Asked(Kind.ACCESS), by=None)
    assert not Request.objects.exists()
    request = take_request(person=juana, asked=Asked(Kind.ACCESS), by=None)
    with patch("pallaq.rights.actions.requests.record", side_effect=OSError), pytest.raises(OSError):
        answer_request(request=request, outcome=Outcome.GRANTED, answer="", by=made.officer)
    request.refresh_from_db()
    assert request.outcome == Outcome.OPEN


def test_the_queue_stands_by_due_day_and_says_what_is_late_without_a_name() -> None:
    made, juana = both()
    for days in (1, 40):
        asked = Asked(Kind.CORRECT, "mal", on=TODAY() - timedelta(days=days), way=Way.PAPER)
        take_request(person=juana, asked=asked, by=made.registrar)
    page = english(made.officer).get("/registry/requests/").content.decode()
    assert page.count(">overdue<") == 1
    assert "Mamani" not in page
    due = [one.due_on for one in Request.objects.unanswered()]
    assert due == sorted(due)


def test_an_officer_answers_and_a_correction_leads_to_the_file() -> None:
    made, juana = both()
    request = take_request(person=juana, asked=Asked(Kind.CORRECT, "Soy Condori", "names"), by=None)
    client = english(made.officer)
    page = client.get(f"/registry/requests/{request.pk}/").content.decode()
    assert f"/registry/people/{juana.pk}/edit/" in page
    assert "Soy Condori" in page
    assert Reading.objects.filter(person=juana, by=made.officer, what=What.FILE).exists()
    assert client.post(f"/registry/requests/{request.pk}/", {"outcome": "refused"}).status_code == 422
    form = {"outcome": "granted", "answer": "Corregido"}
    assert client.post(f"/registry/requests/{request.pk}/", form).status_code == 302
    request.refresh_from_db()
    assert (request.outcome, request.answer, request.answered_by) == ("granted", "Corregido", made.officer)
    assert "Corregido" in client.get(f"/registry/requests/{request.pk}/").content.decode()
    assert "?answered" in client.get("/registry/requests/?answered").content.decode()


def test_to_erase_is_asked_twice() -> None:
    made = desks()
    juana = selector(by=made.registrar)
    request = take_request(person=juana, asked=Asked(Kind.CANCEL), by=None)
    client, address = english(made.officer), f"/registry/requests/{request.pk}/"
    assert client.post(address, {"outcome": "granted"}).status_code == 422
    assert client.post(address, {"outcome": "granted", "sure": "on"}).status_code == 302
    assert Person.objects.get().state == "erased"
    assert client.get(address).status_code == 200
    assert client.get(at(juana)).status_code == 200


def test_an_officer_prints_all_for_her_and_she_reads_it() -> None:
    made, juana = both()
    assert english(made.officer).post(at(juana, "copy/")).content.startswith(b"%PDF")
    assert Reading.objects.get(what=What.EXPORT).by == made.officer
    assert AuditEvent.objects.filter(action="person.copy", by=made.officer).exists()


def test_retention_shows_what_goes_when() -> None:
    made, _juana = both()
    page = english(made.officer).get("/registry/retention/").content.decode()
    assert "Files whose last registration ended" in page
    assert "10 years" in page
    Norm.objects.filter(code="retention-ended-years").update(value=None)
    assert "not known: nothing goes" in english(made.officer).get("/registry/retention/").content.decode()


def statuses(user: User | None, juana: Person, request: Request) -> dict[str, int]:
    """Return what a visitor gets from each address, GET or POST as it takes."""
    client = english(user)
    gets = [at(juana), at(juana, "ask/"), "/registry/requests/", f"/registry/requests/{request.pk}/"]
    found = {page: client.get(page).status_code for page in [*gets, "/registry/retention/"]}
    posts = [at(juana, "consent/"), at(juana, "copy/"), f"/registry/requests/{request.pk}/"]
    found |= {f"POST {page}": client.post(page, {}).status_code for page in posts}
    found |= {f"POST {page}": client.post(page).status_code for page in [at(juana, "slip/"), at(juana, "slip/void/")]}
    return {page.replace(str(juana.pk), "P").replace(str(request.pk), "R"): status for page, status in found.items()}


def test_each_role_gets_what_it_may() -> None:
    made, juana = both()
    request = take_request(person=juana, asked=Asked(Kind.ACCESS), by=None)
    visitors = {
        "nobody": None,
        "stranger": user_named("Sonia"),
        "registrar": made.registrar,
        "officer": made.officer,
        "elsewhere": seated("Elsa", Role.OFFICER, "04"),
        "auditor": seated("Aida", Role.AUDITOR, "21"),
        "holder": seated("Hugo", Role.HOLDER, organisation=made.holder),
        "statistician": seated("Estela", Role.STATISTICIAN),
        "administrator": administrator(),
    }
    found = {name: list(statuses(user, juana, request).values()) for name, user in visitors.items()}
    #               file ask  list one  kept cons copy answ slip void
    assert found == {
        "nobody": [302, 302, 302, 302, 302, 302, 302, 302, 302, 302],
        "stranger": [404, 404, 403, 404, 403, 404, 404, 404, 404, 404],
        "registrar": [200, 200, 403, 404, 403, 422, 403, 404, 200, 302],
        "officer": [200, 200, 200, 200, 200, 422, 200, 422, 200, 302],
        "elsewhere": [404, 404, 200, 404, 200, 404, 404, 404, 404, 404],
        "auditor": [200, 403, 200, 200, 200, 403, 403, 403, 403, 403],
        "holder": [404, 404, 403, 404, 403, 404, 404, 404, 404, 404],
        "statistician": [404, 404, 403, 404, 403, 404, 404, 404, 404, 404],
        "administrator": [404, 404, 403, 404, 200, 404, 404, 404, 404, 404],
    }


def test_wrong_methods_are_refused() -> None:
    made, juana = both()
    client = english(made.officer)
    for page in ("consent/", "slip/", "slip/void/", "copy/"):
        assert client.get(at(juana, page)).status_code == 405
    for page in (at(juana), "/registry/requests/", "/registry/retention/"):
        assert client.post(page).status_code == 405
