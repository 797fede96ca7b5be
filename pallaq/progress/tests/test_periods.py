"""A planner closes a period once she has seen what is missing, and reopens it with a reason."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from pallaq.accounts.tests.people import client_of, refused
from pallaq.plan.actions.indicators import add_indicator
from pallaq.plan.actions.versions import approve
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.actions import periods as verbs
from pallaq.progress.actions.periods import close_period, missing_in, reopen_period
from pallaq.progress.models import ClosedPeriod
from pallaq.progress.tests.samples import closed, reported
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Small:
    """The small plan with a target for 2025, and for two regions in 2026."""
    made = small(approved=False)
    made.indicator.targets.create(year=2025, value=35)
    for region in ("21", "04"):
        made.indicator.targets.create(cell=f"region={region}", year=2026, value=50)
    made.version = approve(version=made.version, by=made.planner)
    return made


def address(name: str, *more: object) -> str:
    return reverse(f"progress:{name}", args=["small", *more])


def test_it_closes_and_reopens_with_a_trail(plan: Small) -> None:
    close_period(plan=plan.plan, period=Period(2025), by=plan.planner)
    reopen_period(plan=plan.plan, period=Period(2025), reason=" Faltaba Puno ", by=plan.planner)
    assert not ClosedPeriod.objects.exists()
    events = AuditEvent.objects.filter(action__startswith="period").order_by("pk")
    assert [event.action for event in events] == ["period.close", "period.reopen"]
    assert events[1].details["reason"] == "Faltaba Puno"


def test_it_refuses_to_close_what_is_not_over_or_closed_already(plan: Small) -> None:
    with refused("period-not-over"):
        close_period(plan=plan.plan, period=Period(timezone.localdate().year), by=plan.planner)
    closed(plan, 2025)
    for period in (Period(2025), Period(2025, 3)):
        with refused("period-closed"):
            close_period(plan=plan.plan, period=period, by=plan.planner)


def test_it_refuses_to_reopen_what_is_open_or_without_a_reason(plan: Small) -> None:
    closed(plan, 2025)
    with refused("period-open"):
        reopen_period(plan=plan.plan, period=Period(2025, 1), reason="Error", by=plan.planner)
    with refused("reason-missing"):
        reopen_period(plan=plan.plan, period=Period(2025), reason=" ", by=plan.planner)


def test_nothing_changes_if_the_audit_fails(plan: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(plan, 2024)

    def broken(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(verbs, "record", broken)
    with pytest.raises(RuntimeError):
        close_period(plan=plan.plan, period=Period(2025), by=plan.planner)
    with pytest.raises(RuntimeError):
        reopen_period(plan=plan.plan, period=Period(2024), reason="Error", by=plan.planner)
    assert ClosedPeriod.objects.get().year == 2024


def test_it_counts_what_has_a_target_and_no_value(plan: Small) -> None:
    assert [(str(one.indicator.item), one.cells) for one in missing_in(plan.version, Period(2026))] == [("I1", 3)]
    reported(plan, 2026, 40)
    reported(plan, 2026, 45, cell="region=21")
    assert [one.cells for one in missing_in(plan.version, Period(2026))] == [1]
    assert missing_in(plan.version, Period(2026, 1)) == []


def test_without_targets_the_total_is_missed() -> None:
    plan = small(approved=False)
    fields: dict[str, Any] = {"title": {"en": "Talks"}, "unit": "number", "frequency": "quarterly", "by": None}
    quarterly = add_indicator(node=plan.nodes["1.1"], code="I2", **fields)
    assert [one.indicator for one in missing_in(plan.version, Period(2025, 2))] == [quarterly]
    reported(plan, 2025, 3, quarter=2, indicator=quarterly)
    assert missing_in(plan.version, Period(2025, 2)) == []


def test_a_planner_sees_what_is_missing_before_she_closes(plan: Small) -> None:
    browser = client_of(plan.planner)
    page = browser.get(address("period", "2025"))
    assert [str(one.indicator.item) for one in page.context["page"]] == ["I1"]
    assert browser.post(address("period", "2025")).status_code == 422
    assert browser.post(address("period", "2025"), {"sure": "on"}).status_code == 302
    assert ClosedPeriod.objects.get().closed_by == plan.planner
    rows = browser.get(address("periods")).context["rows"]
    assert [bool(found) for period, found, _year, _over in rows if str(period) == "2025"] == [True]
    assert browser.post(address("period", "2025"), {"reason": ""}).status_code == 422
    assert browser.post(address("period", "2025"), {"reason": "Falta Puno"}).status_code == 302
    assert not ClosedPeriod.objects.exists()


def test_nothing_missing_needs_no_second_word(plan: Small) -> None:
    reported(plan, 2025, 34)
    assert client_of(plan.planner).post(address("period", "2025")).status_code == 302


def test_a_running_period_cannot_be_closed_by_the_page(plan: Small) -> None:
    year = timezone.localdate().year
    assert not client_of(plan.planner).get(address("period", year)).context["over"]
    assert client_of(plan.planner).post(address("period", year), {"sure": "on"}).status_code == 422
    assert client_of(plan.planner).get(address("period", "soon")).status_code == 404


def test_only_planners_close_and_everybody_of_the_plan_sees_the_state(plan: Small) -> None:
    closed(plan, 2025)
    for user in (plan.reporter(), plan.reader()):
        browser = client_of(user)
        assert browser.get(address("periods")).status_code == 200
        assert browser.get(address("period", "2025")).status_code == 403
        assert browser.post(address("period", "2025"), {"reason": "x"}).status_code == 403
    assert ClosedPeriod.objects.exists()
    assert client_of(plan.planner).delete(address("period", "2025")).status_code == 405
