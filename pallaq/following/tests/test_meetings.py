"""Meetings of technical groups: planned, changed, held and cancelled, with nobody named."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from pallaq.accounts.tests.people import client_of, person, refused
from pallaq.following.actions import meetings
from pallaq.following.actions.meetings import cancel_meeting, edit_meeting, hold_meeting, plan_meeting
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Meeting
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


def planned(made: Small, region: str = "21", **fields: Any) -> Meeting:
    item = made.nodes["1.1"].item
    values: dict[str, Any] = {"held_on": DAY, "agenda": "Equipos\nMercurio", "place": "Juliaca", **fields}
    return plan_meeting(plan=made.plan, item=item, region=region, by=made.planner, **values)


def held(made: Small, region: str = "21", women: int = 12, men: int = 11, **fields: Any) -> Meeting:
    meeting = planned(made, region, **fields)
    came = {made.health: (women, men, 0)}
    return hold_meeting(meeting=meeting, edition=meeting.edition, minutes="Se trató todo.", came=came, by=made.planner)


def test_a_meeting_is_planned_and_the_trail_says_so() -> None:
    made = small()
    meeting = planned(made, convened_by=made.ministry)
    assert (meeting.state, meeting.region, meeting.edition) == ("planned", "21", 1)
    event = AuditEvent.objects.get(action="meeting.plan")
    assert (event.scope, event.about, event.by) == ("plan/small", f"meeting {meeting.pk}", made.planner)


@pytest.mark.parametrize(
    ("code", "fields"), [("region-unknown", {"region": "99"}), ("meeting-of-no-action", {"item": "R1"})]
)
def test_it_refuses_a_region_or_an_item_that_cannot_be(code: str, fields: dict[str, str]) -> None:
    made = small()
    item = made.nodes[fields.pop("item", "1.1")].item
    with refused(code):
        plan_meeting(plan=made.plan, item=item, held_on=DAY, by=made.planner, **fields)
    assert not Meeting.objects.exists()


def test_holding_it_keeps_minutes_and_counts_by_entity_and_sex() -> None:
    made = small()
    meeting = planned(made)
    came = {made.health: (3, 2, 0), None: (8, 0, 1), made.ministry: (0, 0, 0)}
    meeting = hold_meeting(meeting=meeting, edition=1, minutes=" Todo dicho. ", came=came, by=made.planner)
    assert (meeting.state, meeting.minutes, meeting.edition) == ("held", "Todo dicho.", 2)
    rows = {row.organisation: (row.women, row.men, row.other) for row in meeting.attendance.all()}
    assert rows == {made.health: (3, 2, 0), None: (8, 0, 1)}


def test_holding_it_again_corrects_who_came() -> None:
    made = small()
    meeting = held(made)
    hold_meeting(meeting=meeting, edition=2, minutes="Otra", came={None: (1, 0, 0)}, by=made.planner)
    assert [(row.women, row.organisation) for row in meeting.attendance.all()] == [(1, None)]


def test_it_refuses_to_hold_what_is_to_come_or_had_nobody() -> None:
    made = small()
    meeting = planned(made, held_on=timezone.localdate() + timedelta(days=1))
    with refused("meeting-to-come"):
        hold_meeting(meeting=meeting, edition=1, minutes="", came={None: (1, 0, 0)}, by=made.planner)
    meeting = planned(made)
    with refused("meeting-empty"):
        hold_meeting(meeting=meeting, edition=1, minutes="", came={None: (0, 0, 0)}, by=made.planner)
    meeting = held(made)
    with refused("meeting-to-come"):
        edit_meeting(meeting=meeting, edition=2, by=made.planner, held_on=timezone.localdate() + timedelta(days=1))


def test_two_people_changing_one_meeting_see_each_other() -> None:
    made = small()
    meeting = planned(made)
    edit_meeting(meeting=meeting, edition=1, by=made.planner, place="Puno")
    with refused("plan-edited-meanwhile"):
        edit_meeting(meeting=meeting, edition=1, by=made.planner, place="Ananea")
    meeting.refresh_from_db()
    assert (meeting.place, meeting.edition) == ("Puno", 2)


def test_a_cancelled_meeting_says_why_and_stays_as_it_is() -> None:
    made = small()
    meeting = planned(made)
    with refused("cancel-without-reason"):
        cancel_meeting(meeting=meeting, edition=1, reason=" ", by=made.planner)
    meeting = cancel_meeting(meeting=meeting, edition=1, reason="Huelga", by=made.planner)
    assert (meeting.state, meeting.minutes) == ("cancelled", "Huelga")
    with refused("meeting-cancelled"):
        edit_meeting(meeting=meeting, edition=2, by=made.planner, place="Puno")


def test_it_refuses_to_cancel_what_was_held() -> None:
    made = small()
    meeting = held(made)
    with refused("meeting-held"):
        cancel_meeting(meeting=meeting, edition=2, reason="No", by=made.planner)


@pytest.mark.parametrize("verb", ["plan", "edit", "hold", "cancel"])
def test_nothing_is_saved_if_the_trail_fails(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = small()
    meeting = planned(made)

    def fail(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(meetings, "record", fail)
    verbs = {
        "plan": lambda: planned(made),
        "edit": lambda: edit_meeting(meeting=meeting, edition=1, by=made.planner, place="Puno"),
        "hold": lambda: hold_meeting(meeting=meeting, edition=1, minutes="x", came={None: (1, 1, 1)}, by=made.planner),
        "cancel": lambda: cancel_meeting(meeting=meeting, edition=1, reason="x", by=made.planner),
    }
    with pytest.raises(RuntimeError):
        verbs[verb]()
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.place, meeting.edition, meeting.attendance.count()) == ("planned", "Juliaca", 1, 0)


def form_of(made: Small, **fields: Any) -> dict[str, Any]:
    values = {"item": made.nodes["1.1"].pk, "region": "21", "held_on": "2026-03-10", "place": "Puno", "edition": 1}
    return {**values, "agenda": "Uno\n\nDos", **fields}


def came_of(**fields: Any) -> dict[str, Any]:
    """Return what the form of minutes sends for one row."""
    return {"minutes": "Dicho", "came-TOTAL_FORMS": 1, "came-INITIAL_FORMS": 0} | {
        f"came-0-{name}": value for name, value in fields.items()
    }


def address(made: Small, meeting: Meeting | None = None, last: str = "") -> str:
    return f"/plans/{made.plan.code}/meetings/" + (f"{meeting.pk}/" if meeting else "") + last


def test_a_planner_plans_holds_and_reads_a_meeting() -> None:
    made = small()
    browser = client_of(made.planner)
    answer = browser.post(address(made, last="new/"), form_of(made, convened_by=made.ministry.pk))
    meeting = Meeting.objects.get()
    assert answer["Location"] == address(made, meeting)
    sent = came_of(entity=made.health.pk, women=5, men=7) | {"edition": 1}
    assert browser.post(address(made, meeting, "minutes/"), sent).status_code == 302
    page = browser.get(address(made, meeting)).content.decode()
    for words in ("<li>Uno</li>", "<li>Dos</li>", "Dicho", "Diresa Puno", "Puno"):
        assert words in page
    page = browser.get(address(made)).content.decode()
    assert "5 mujeres" in page or "5 women" in page


def test_the_list_is_narrowed_by_region_and_year() -> None:
    made = small()
    held(made, "21", women=3, men=4)
    held(made, "04", women=20, men=30, held_on=date(2025, 5, 5), place="Caravelí")
    held(made, "", women=100, men=1, place="Lima")
    browser = client_of(made.planner)

    def totals(query: str) -> dict[str, int]:
        return browser.get(address(made) + query).context["totals"]

    assert totals("") == {"women": 123, "men": 35, "other": 0}
    assert totals("?region=21") == {"women": 3, "men": 4, "other": 0}
    assert totals("?region=national")["women"] == 100
    assert totals("?year=2025")["women"] == 20
    assert totals("?year=abc&region=21")["women"] == 3
    assert browser.get(address(made) + "?region=21&year=2025").context["rows"] == []


def test_an_edit_that_lost_the_race_shows_both() -> None:
    made = small()
    meeting = planned(made)
    edit_meeting(meeting=meeting, edition=1, by=made.planner, place="Ananea")
    browser = client_of(made.planner)
    answer = browser.post(address(made, meeting, "edit/"), form_of(made, place="Cabanillas"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ananea" in page
    assert "Cabanillas" in page
    meeting.refresh_from_db()
    assert meeting.place == "Ananea"
    edition = answer.context["form"]["edition"].value()
    assert browser.post(address(made, meeting, "edit/"), form_of(made, edition=edition)).status_code == 302


def test_a_refusal_keeps_what_was_typed() -> None:
    made = small()
    meeting = planned(made)
    browser = client_of(made.planner)
    answer = browser.post(address(made, meeting, "minutes/"), came_of() | {"edition": 1})
    assert answer.status_code == 422
    assert "Dicho" in answer.content.decode()
    twice = came_of(women=1) | {"came-TOTAL_FORMS": 2, "came-1-women": 2, "edition": 1}
    assert browser.post(address(made, meeting, "minutes/"), twice).status_code == 422
    assert browser.post(address(made, meeting, "cancel/"), {"reason": "", "edition": 1}).status_code == 422
    assert browser.post(address(made, last="new/"), form_of(made, region="99")).status_code == 422
    assert Meeting.objects.get().state == "planned"


@pytest.mark.parametrize(
    ("seat", "region", "reads", "holds"),
    [
        ("", "", 200, 200),
        ("", "21", 200, 403),
        ("21", "21", 200, 200),
        ("21", "", 200, 403),
        ("21", "04", 404, 404),
        ("reader", "21", 200, 403),
    ],
)
def test_a_reporter_holds_the_meetings_of_her_region(seat: str, region: str, reads: int, holds: int) -> None:
    made = small()
    meeting = planned(made, region)
    user = made.reader() if seat == "reader" else made.reporter(region=seat)
    browser = client_of(user)
    assert browser.get(address(made, meeting)).status_code == reads
    for last in ("edit/", "minutes/", "cancel/"):
        assert browser.get(address(made, meeting, last)).status_code == holds
    assert browser.get(address(made, last="new/")).status_code == (403 if seat == "reader" else 200)


def test_a_reporter_cannot_plan_for_another_region() -> None:
    made = small()
    browser = client_of(made.reporter(region="21"))
    assert browser.post(address(made, last="new/"), form_of(made, region="04")).status_code == 422
    meeting = planned(made)
    assert browser.post(address(made, meeting, "edit/"), form_of(made, region="04")).status_code == 422
    assert Meeting.objects.get().region == "21"


def test_strangers_and_wrong_methods_are_turned_away() -> None:
    made = small()
    meeting = planned(made)
    assert client_of(person("Extraña")).get(address(made)).status_code == 404
    assert client_of(None).get(address(made))["Location"].startswith("/account/login/")
    for last in ("", "edit/"):
        assert client_of(made.planner).put(address(made, meeting, last)).status_code == 405
