"""Money is recorded for actions and activities by period, corrected by a new row, and compared with the budget."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from pallaq.accounts.tests.people import client_of, refused
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.actions import spending as verbs
from pallaq.progress.actions.spending import correct_spending, record_spending, spent_of
from pallaq.progress.models import Spending
from pallaq.progress.tests.samples import closed, spent
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
THIS = Period(2026)


@pytest.fixture
def plan() -> Small:
    return small()


def recorded(plan: Small, amount: str = "100", code: str = "1.1", period: Period = THIS) -> Spending:
    return record_spending(node=plan.nodes[code], period=period, amount=Decimal(amount), by=plan.planner)


def test_it_keeps_an_amount_with_its_trail(plan: Small) -> None:
    assert recorded(plan, "0").amount == 0
    event = AuditEvent.objects.get(action="spending.record")
    assert (event.about, event.details["period"]) == ("action 1.1", "2026")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"code": "R1"}, "not-spent-here"),
        ({"amount": "-1"}, "amount-wrong"),
        ({"amount": "NaN"}, "amount-wrong"),
        ({"amount": "1e12"}, "amount-wrong"),
        ({"period": Period(2200)}, "period-not-begun"),
    ],
)
def test_it_refuses_what_cannot_be(plan: Small, fields: Any, code: str) -> None:
    with refused(code):
        recorded(plan, **fields)


def test_it_refuses_a_second_amount_and_periods_that_overlap(plan: Small) -> None:
    recorded(plan, period=Period(2025, 2))
    with refused("spending-known"):
        recorded(plan, period=Period(2025, 2))
    with refused("period-overlaps"):
        recorded(plan, period=Period(2025))
    recorded(plan, period=Period(2024))
    with refused("period-overlaps"):
        recorded(plan, period=Period(2024, 1))


def test_a_plan_in_draft_has_no_spending() -> None:
    with refused("not-in-force"):
        recorded(small(approved=False))


def test_a_closed_period_is_locked(plan: Small) -> None:
    row = recorded(plan, period=Period(2025))
    closed(plan, 2025)
    with refused("period-closed"):
        recorded(plan, code="1.2", period=Period(2025, 3))
    with refused("period-closed"):
        corrected(plan, row)


def corrected(plan: Small, row: Spending, amount: str = "90", note: str = "Factura anulada") -> Spending:
    node = plan.nodes["1.1"]
    return correct_spending(spending=row, node=node, amount=Decimal(amount), note=note, by=plan.planner)


def test_a_correction_is_a_new_row_and_only_the_first_of_two_counts(plan: Small) -> None:
    old = recorded(plan)
    new = corrected(plan, old)
    old.refresh_from_db()
    assert (old.current, new.current, new.replaces, spent_of(plan.nodes["1.1"])) == (False, True, old, 90)
    with refused("spending-corrected-meanwhile"):
        corrected(plan, old, "80")
    with refused("reason-missing"):
        corrected(plan, new, note=" ")


def test_what_was_spent_on_activities_counts_for_their_action(plan: Small) -> None:
    spent(plan, "1.2", 2025, 10)
    spent(plan, "1.2.1", 2025, "5.50")
    assert spent_of(plan.nodes["1.2"]) == Decimal("15.50")


def test_nothing_is_kept_if_the_audit_fails(plan: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    old = recorded(plan)

    def broken(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(verbs, "record", broken)
    for verb in (lambda: recorded(plan, code="1.2"), lambda: corrected(plan, old)):
        with pytest.raises(RuntimeError):
            verb()
    assert [row.pk for row in Spending.objects.filter(current=True)] == [old.pk]


def test_more_than_the_budget_is_saved_and_said(plan: Small) -> None:
    browser, address = client_of(plan.planner), reverse("progress:spending", args=["small", "1.1"])
    answer = browser.post(address, {"year": "2026", "quarter": "0", "amount": "1200.50"}, follow=True)
    assert answer.context["over"] == Decimal("200.50")
    assert "200.50" in answer.content.decode()
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]
    again = browser.post(address, {"year": "2026", "quarter": "2", "amount": "1", "note": "Taller"})
    assert again.status_code == 422
    assert "Taller" in again.content.decode()


def test_she_corrects_by_the_page(plan: Small) -> None:
    row = recorded(plan, period=Period(2026, 1))
    browser, address = client_of(plan.planner), reverse("progress:spending_correct", args=["small", row.pk])
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"amount": "50", "note": ""}).status_code == 422
    assert browser.post(address, {"amount": "50", "note": "Error"}).status_code == 302
    assert "Error" in browser.get(reverse("progress:spending", args=["small", "1.1"])).content.decode()
    assert browser.get(reverse("progress:spending_correct", args=["small", 0])).status_code == 404
    assert browser.get(reverse("progress:spending", args=["small", "R1"])).status_code == 404
