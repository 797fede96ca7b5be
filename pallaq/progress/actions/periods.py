"""Periods of a plan: closed once their figures stand, reopened with a reason.

Closing a year locks its quarters too; closing a quarter leaves the year open (see `actions.values.is_locked`).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.plan.models import Indicator, Plan, Target, Version
from pallaq.plan.rules.periods import Period
from pallaq.progress.actions.values import is_locked, locked_plan
from pallaq.progress.errors import without_reason
from pallaq.progress.models import ClosedPeriod, Value
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record


@dataclass(frozen=True)
class Missing:
    """An indicator without a value in some cells of a period."""

    indicator: Indicator
    cells: int


@transaction.atomic
def close_period(*, plan: Plan, period: Period, by: User) -> ClosedPeriod:
    """Lock the values, the spending and the evidence of a period that is over."""
    plan = locked_plan(plan)
    if period.ends_on >= timezone.localdate():
        message = _("%(period)s is not over. Close it after its last day.")
        raise Refusal(message % {"period": period}, code="period-not-over")
    if is_locked(plan, period):
        message = _("%(period)s is closed already, by itself or with its year.")
        raise Refusal(message % {"period": period}, code="period-closed", status=409)
    closed = ClosedPeriod.objects.create(plan=plan, year=period.year, quarter=period.quarter, closed_by=by)
    record(by=by, action="period.close", scope=plan.scope, about=f"period {period}")
    return closed


@transaction.atomic
def reopen_period(*, plan: Plan, period: Period, reason: str, by: User) -> None:
    """Let a closed period be changed again; the reason stays in the trail."""
    plan = locked_plan(plan)
    closed = ClosedPeriod.objects.filter(plan=plan, year=period.year, quarter=period.quarter)
    if not closed.exists():
        message = _("%(period)s is not closed by itself. If its year is, reopen the year.")
        raise Refusal(message % {"period": period}, code="period-open", status=409)
    if not reason.strip():
        raise without_reason()
    closed.delete()
    record(by=by, action="period.reopen", scope=plan.scope, about=f"period {period}", reason=reason.strip())


def missing_in(version: Version, period: Period) -> list[Missing]:
    """Return what has a target in a period and no value; without targets, the total is asked for.

    Each target asks the index for its own value: no value is read.
    """
    at = {"year": period.year, "quarter": period.quarter}
    values = Value.objects.current().filter(**at)
    own = values.filter(item=OuterRef("indicator__item"), cell=OuterRef("cell"))
    targets = Target.objects.filter(indicator__version=version, **at).exclude(Exists(own))
    cells: dict[UUID, int] = {}
    for key in targets.values_list("indicator", flat=True).order_by():
        cells[key] = cells.get(key, 0) + 1
    rows = version.indicators.filter(frequency=period.frequency).select_related("item", "node")
    bare = rows.filter(targets=None).exclude(Exists(values.filter(item=OuterRef("item"), cell="")))
    cells |= dict.fromkeys(bare.values_list("pk", flat=True), 1)
    return [Missing(row, cells[row.pk]) for row in rows.order_by("item__code") if row.pk in cells]
