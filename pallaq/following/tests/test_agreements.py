"""What meetings agree is a task: of an entity, with a date, done by somebody, or late."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, refused
from pallaq.following.actions import agreements
from pallaq.following.actions.agreements import agree, mark_done, reopen
from pallaq.following.tests.test_meetings import DAY, address, held, planned
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Agreement
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
DUE = date(2026, 6, 30)


def agreed(made: Small, region: str = "21", due_on: date = DUE, words: str = "Comprar equipos") -> Agreement:
    meeting = held(made, region)
    return agree(meeting=meeting, words=words, responsible=made.health, due_on=due_on, by=made.planner)


def test_an_agreement_is_of_its_meetings_action_and_region() -> None:
    made = small()
    agreement = agreed(made)
    assert (agreement.region, agreement.item.code, agreement.responsible) == ("21", "1.1", made.health)
    assert AuditEvent.objects.get(action="agreement.make").about == f"agreement {agreement.pk}"


def test_it_refuses_agreements_of_nothing_of_the_past_or_of_no_meeting() -> None:
    made = small()
    with refused("meeting-not-held"):
        agree(meeting=planned(made), words="x", responsible=made.health, due_on=DUE, by=made.planner)
    meeting = held(made)
    with refused("agreement-empty"):
        agree(meeting=meeting, words=" ", responsible=made.health, due_on=DUE, by=made.planner)
    with refused("due-before-meeting"):
        agree(meeting=meeting, words="x", responsible=made.health, due_on=date(2026, 3, 9), by=made.planner)


def test_it_is_done_by_somebody_on_a_day_and_can_be_opened_again() -> None:
    made = small()
    agreement = mark_done(agreement=agreed(made), done_on=DUE, words="Acta 4", by=made.planner)
    assert (agreement.done_on, agreement.done_by, agreement.done_note) == (DUE, made.planner, "Acta 4")
    with refused("agreement-done"):
        mark_done(agreement=agreement, done_on=DUE, words="", by=made.planner)
    with refused("reopen-without-reason"):
        reopen(agreement=agreement, reason="", by=made.planner)
    agreement = reopen(agreement=agreement, reason="Faltaban guantes", by=made.planner)
    assert (agreement.done_on, agreement.done_by, agreement.done_note) == (None, None, "")
    assert AuditEvent.objects.get(action="agreement.reopen").details["done_on"] == "2026-06-30"
    with refused("agreement-open"):
        reopen(agreement=agreement, reason="x", by=made.planner)


def test_it_refuses_a_day_to_come_or_before_the_meeting() -> None:
    made = small()
    agreement = agreed(made)
    with refused("done-to-come"):
        tomorrow = timezone.localdate() + timedelta(days=1)
        mark_done(agreement=agreement, done_on=tomorrow, words="", by=made.planner)
    with refused("done-before-meeting"):
        mark_done(agreement=agreement, done_on=DAY - timedelta(days=1), words="", by=made.planner)


@pytest.mark.parametrize("verb", ["agree", "done", "reopen"])
def test_nothing_is_saved_if_the_trail_fails(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = small()
    agreement = agreed(made)
    if verb == "reopen":
        agreement = mark_done(agreement=agreement, done_on=DUE, words="", by=made.planner)

    def fail(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(agreements, "record", fail)
    verbs = {
        "agree": lambda: agreed(made),
        "done": lambda: mark_done(agreement=agreement, done_on=DUE, words="", by=made.planner),
        "reopen": lambda: reopen(agreement=agreement, reason="x", by=made.planner),
    }
    with pytest.raises(RuntimeError):
        verbs[verb]()
    assert (Agreement.objects.get().done_on is None) == (verb != "reopen")


def test_a_planner_adds_one_on_the_meetings_page() -> None:
    made = small()
    meeting = held(made)
    browser = client_of(made.planner)
    values = {"words": "Visitar la mina", "responsible": made.health.pk, "due_on": "2026-06-30"}
    assert browser.post(address(made, meeting, "agreements/new/"), values).status_code == 302
    assert "Visitar la mina" in browser.get(address(made, meeting)).content.decode()
    early = browser.post(address(made, meeting, "agreements/new/"), values | {"due_on": "2026-01-01"})
    assert early.status_code == 422
    assert "Visitar la mina" in early.content.decode()
    assert client_of(made.reader()).get(address(made, meeting, "agreements/new/")).status_code == 403


def tasks(made: Small, user: User, query: str = "") -> list[str]:
    rows = client_of(user).get(f"/plans/{made.plan.code}/agreements/{query}").context["rows"]
    return [row["agreement"].words for row in rows]


def test_the_list_has_her_own_first_and_says_what_is_late() -> None:
    made = small()
    soon = timezone.localdate() + timedelta(days=5)
    meeting = held(made, "")
    agree(meeting=meeting, words="De Minem", responsible=made.ministry, due_on=DUE, by=made.planner)
    agreed(made, "", due_on=soon, words="De Diresa")
    julia = made.reporter()  # she reports for no region, hence holds the national meetings
    assert tasks(made, julia) == ["De Diresa", "De Minem"]
    assert tasks(made, made.planner) == ["De Minem", "De Diresa"]
    assert tasks(made, made.planner, "?state=late") == ["De Minem"]
    assert tasks(made, made.planner, "?state=done") == []
    assert tasks(made, made.planner, f"?entity={made.health.pk}") == ["De Diresa"]
    assert tasks(made, made.planner, "?state=x&entity=y") == ["De Minem", "De Diresa"]
    page = client_of(julia).get(f"/plans/{made.plan.code}/agreements/").content.decode()
    days = (timezone.localdate() - DUE).days
    assert f"{days} días de retraso" in page or f"{days} days late" in page


@pytest.mark.parametrize(
    ("seat", "region", "answer"), [("21", "21", 302), ("21", "", 302), ("04", "21", 404), ("", "21", 302)]
)
def test_a_reporter_marks_what_her_entity_agreed_in_her_region(seat: str, region: str, answer: int) -> None:
    made = small()
    agreement = agreed(made, region)
    browser = client_of(made.reporter(region=seat))
    base = f"/plans/{made.plan.code}/agreements/{agreement.pk}/"
    assert browser.post(base + "done/", {"done_on": "2026-06-01", "words": "Listo"}).status_code == answer
    if answer == 302:
        assert browser.post(base + "reopen/", {"reason": "No"}).status_code == 302


def test_others_cannot_mark_it() -> None:
    made = small()
    agreement = agreed(made)
    base = f"/plans/{made.plan.code}/agreements/{agreement.pk}/done/"
    assert client_of(made.reader()).post(base, {"done_on": "2026-06-01"}).status_code == 403
    assert client_of(made.reporter(organisation=made.ministry)).post(base, {"done_on": "2026-06-01"}).status_code == 404
    assert client_of(made.planner).put(base).status_code == 405
    late = client_of(made.planner).post(base, {"done_on": "2026-01-01"})
    assert late.status_code == 422
