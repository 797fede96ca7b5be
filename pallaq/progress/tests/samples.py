"""What was reported of the small plan of `plan.tests.samples`: rows put in place without the checks of the verbs."""

from decimal import Decimal
from typing import Any

from pallaq.plan.models import Indicator, Item
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small
from pallaq.progress.models import ClosedPeriod, Evidence, Spending, Value


def reported(
    small: Small, year: int, value: float | Decimal, *, quarter: int = 0, cell: str = "", **fields: Any
) -> Value:
    """Return a current value of the small plan's indicator (or `indicator=`), also of a period that has not begun."""
    indicator: Indicator = fields.pop("indicator", small.indicator)
    period = Period(year, quarter)
    at = {"item": indicator.item, "cell": cell, "year": year, "quarter": quarter}
    old = Value.objects.current().filter(**at).first()
    Value.objects.filter(pk=old.pk if old else None).update(current=False)
    facts = {"measured_on": period.ends_on, "source": "Padrón", "by": small.planner, **fields}
    return Value.objects.create(**at, value=Decimal(str(value)), replaces=old, **facts)


def spent(small: Small, code: str, year: int, amount: float | Decimal, quarter: int = 0) -> Spending:
    """Return what was spent on a node in a period."""
    item = small.nodes[code].item
    amount = Decimal(str(amount))
    return Spending.objects.create(item=item, year=year, quarter=quarter, amount=amount, by=small.planner)


def closed(small: Small, year: int, quarter: int = 0) -> ClosedPeriod:
    """Return a period that is closed."""
    return ClosedPeriod.objects.create(plan=small.plan, year=year, quarter=quarter, closed_by=small.planner)


def shown(small: Small, item: Item, content: bytes = b"%PDF-1.7\n%%EOF\n", **fields: Any) -> Evidence:
    """Return evidence of an item, with its file where the settings keep data."""
    facts = {"title": "Acta", "file_name": "acta.pdf", "media_type": "application/pdf", "by": small.planner, **fields}
    evidence = Evidence.objects.create(item=item, size=len(content), sha256="0" * 64, **facts)
    evidence.path().parent.mkdir(parents=True, exist_ok=True)
    evidence.path().write_bytes(content)
    return evidence
