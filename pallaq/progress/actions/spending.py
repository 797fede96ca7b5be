"""What was spent on actions and activities, recorded and corrected by a new row."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.plan.models import Node, VersionState
from pallaq.plan.rules.periods import Period
from pallaq.progress.actions.values import locked_plan, refuse_times
from pallaq.progress.errors import not_in_force, without_reason
from pallaq.progress.models import Spending
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

SPENT_ON = ("action", "activity")
LIMIT = Decimal(10) ** 12


@transaction.atomic
def record_spending(*, node: Node, period: Period, amount: Decimal, by: User | None, note: str = "") -> Spending:
    """Record what was spent on an action or activity in a period; more than its budget is shown, not refused."""
    plan = locked_plan(node.version.plan)
    refuse_wrong(node, amount)
    refuse_times(node.item.code, plan, period)
    current = Spending.objects.filter(item=node.item, year=period.year, current=True)
    if known := current.filter(quarter=period.quarter).first():
        message = _("%(code)s has spending for %(period)s already: %(amount)s. Correct that one instead.")
        words = {"code": node.item.code, "period": period, "amount": known.amount}
        raise Refusal(message % words, code="spending-known", status=409)
    other = current.exclude(quarter=0) if period.quarter == 0 else current.filter(quarter=0)
    if other.exists():
        message = _("%(code)s: the spending of %(year)s is there by quarters or as a whole: %(period)s would overlap.")
        words = {"code": node.item.code, "year": period.year, "period": period}
        raise Refusal(message % words, code="period-overlaps", status=409)
    at: dict[str, Any] = {"item": node.item, "year": period.year, "quarter": period.quarter}
    made = Spending.objects.create(**at, amount=amount, note=note.strip(), by=by)
    facts = {"period": str(period), "amount": str(amount)}
    record(by=by, action="spending.record", scope=plan.scope, about=f"{node.item.kind} {node.item.code}", **facts)
    return made


@transaction.atomic
def correct_spending(*, spending: Spending, node: Node, amount: Decimal, note: str, by: User | None) -> Spending:
    """Put a corrected amount in the place of one, which stays; `note` says why."""
    plan = locked_plan(node.version.plan)
    old = Spending.objects.select_related("item").get(pk=spending.pk)
    if not old.current:
        stands = Spending.objects.get(item=old.item, year=old.year, quarter=old.quarter, current=True)
        message = _("Somebody else corrected %(code)s meanwhile: it is %(known)s now. Yours, %(value)s, was not saved.")
        words = {"code": old.item.code, "known": stands.amount, "value": amount}
        raise Refusal(message % words, code="spending-corrected-meanwhile", status=409)
    if not note.strip():
        raise without_reason()
    refuse_wrong(node, amount)
    refuse_times(old.item.code, plan, Period(old.year, old.quarter))
    Spending.objects.filter(pk=old.pk).update(current=False)
    at: dict[str, Any] = {"item": old.item, "year": old.year, "quarter": old.quarter}
    made = Spending.objects.create(**at, amount=amount, note=note.strip(), by=by, replaces=old)
    made.evidence.set(old.evidence.filter(removed_at=None))
    facts = {"period": str(Period(old.year, old.quarter)), "amount": str(amount), "before": str(old.amount)}
    record(by=by, action="spending.correct", scope=plan.scope, about=f"{old.item.kind} {old.item.code}", **facts)
    return made


def refuse_wrong(node: Node, amount: Decimal) -> None:
    """Refuse money of what is no action, below zero, or more than a column holds."""
    words = {"code": node.item.code, "amount": amount}
    if node.version.plan.versions.filter(state=VersionState.APPROVED, nodes__item=node.item).first() is None:
        raise not_in_force(node.item.code)
    if node.item.kind not in SPENT_ON:
        message = _("%(code)s is no action or activity. Record the money where it was spent.")
        raise Refusal(message % words, code="not-spent-here")
    if not amount.is_finite() or not 0 <= amount < LIMIT:
        message = _("%(code)s: %(amount)s is no amount of money. Write 0 or more.")
        raise Refusal(message % words, code="amount-wrong")


def spent_of(node: Node) -> Decimal:
    """Return all that was spent on a node and on its activities."""
    items = [node.item_id, *node.children.values_list("item", flat=True)]
    total: Decimal | None = Spending.objects.filter(item__in=items, current=True).aggregate(all=Sum("amount"))["all"]
    return total or Decimal(0)
