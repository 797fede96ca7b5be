"""Indicators of a draft: their reference sheets, baselines and targets."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.plan.actions.nodes import item_of
from pallaq.plan.actions.versions import locked_draft
from pallaq.plan.errors import edited_meanwhile
from pallaq.plan.models import Baseline, Indicator, Node, Target
from pallaq.plan.rules.cells import cell_fault
from pallaq.plan.rules.chain import MEASURED
from pallaq.plan.rules.periods import Period
from pallaq.plan.rules.units import RANGES, value_fault
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record


@transaction.atomic
def add_indicator(*, node: Node, code: str, by: User | None, **fields: Any) -> Indicator:
    """Add an indicator beside an objective, result or action; `fields` are those of the table."""
    version = locked_draft(node.version)
    if node.item.kind not in MEASURED:
        message = _("An indicator stands beside an objective, a result or an action. Choose one of those.")
        raise Refusal(message, code="not-measured-here")
    item = item_of(version.plan, "indicator", code)
    if version.indicators.filter(item=item).exists():
        message = _("The indicator %(code)s is in this plan already. Choose another code, or edit that one.")
        raise Refusal(message % {"code": code}, code="indicator-known", status=409)
    indicator = Indicator(version=version, item=item, node=node, **fields)
    indicator.position = fields.get("position", version.indicators.filter(node=node).count() + 1)
    refuse_wrong_sheet(indicator)
    indicator.save(force_insert=True)
    record(by=by, action="indicator.add", scope=version.plan.code, about=f"indicator {code}")
    return indicator


@transaction.atomic
def edit_indicator(*, indicator: Indicator, edition: int, by: User, **fields: Any) -> Indicator:
    """Change the reference sheet of a draft's indicator."""
    indicator = locked_indicator(indicator, edition)
    for name, value in fields.items():
        setattr(indicator, name, value)
    refuse_wrong_sheet(indicator)
    for target in indicator.targets.all():
        refuse_period(indicator, target.period())
    indicator.edition += 1
    indicator.save()
    about = f"indicator {indicator.item.code}"
    record(by=by, action="indicator.edit", scope=indicator.version.plan.code, about=about, fields=sorted(fields))
    return indicator


@transaction.atomic
def remove_indicator(*, indicator: Indicator, by: User) -> None:
    """Remove an indicator from a draft; its values stay with its item."""
    version = locked_draft(indicator.version)
    about = f"indicator {indicator.item.code}"
    indicator.delete()
    record(by=by, action="indicator.remove", scope=version.plan.code, about=about)


@transaction.atomic
def set_baseline(
    *, indicator: Indicator, cell: str = "", value: Decimal, year: int, by: User | None, **fields: Any
) -> Baseline:
    """Say from where an indicator starts in a cell; `fields` are those of the table."""
    locked_draft(indicator.version)
    refuse_cell(indicator, cell)
    refuse_value(indicator, value)
    first = indicator.targets.filter(cell=cell).order_by("year", "quarter").first()
    if first and first.year < year:
        refuse_target_before(indicator, first.period(), year)
    values = {"value": value, "year": year, **fields}
    baseline, _made = Baseline.objects.update_or_create(indicator=indicator, cell=cell, defaults=values)
    about = f"indicator {indicator.item.code}"
    record(by=by, action="baseline.set", scope=indicator.version.plan.code, about=about, cell=cell, value=str(value))
    return baseline


@transaction.atomic
def set_target(*, indicator: Indicator, cell: str = "", period: Period, value: Decimal | None, by: User | None) -> None:
    """Say what an indicator should be in a period; None takes the target away."""
    locked_draft(indicator.version)
    refuse_cell(indicator, cell)
    refuse_period(indicator, period)
    at: dict[str, Any] = {"indicator": indicator, "cell": cell, "year": period.year, "quarter": period.quarter}
    if value is None:
        Target.objects.filter(**at).delete()
    else:
        refuse_value(indicator, value)
        baseline = indicator.baselines.filter(cell=cell).first()
        if baseline and period.year < baseline.year:
            refuse_target_before(indicator, period, baseline.year)
        Target.objects.update_or_create(**at, defaults={"value": value})
    facts = {"cell": cell, "period": str(period), "value": None if value is None else str(value)}
    about = f"indicator {indicator.item.code}"
    record(by=by, action="target.set", scope=indicator.version.plan.code, about=about, **facts)


def locked_indicator(indicator: Indicator, edition: int) -> Indicator:
    """Return an indicator of a draft, locked, if it is still as it was read."""
    locked_draft(indicator.version)
    rows = Indicator.objects.select_for_update(of=("self",)).select_related("item", "version__plan")
    indicator = rows.get(pk=indicator.pk)
    if indicator.edition != edition:
        raise edited_meanwhile(indicator.item.code)
    return indicator


def refuse_wrong_sheet(indicator: Indicator) -> None:
    """Refuse a sheet without a title, of an unknown unit, or disaggregated by what the plan does not know."""
    code = indicator.item.code
    if not any(str(word).strip() for word in indicator.title.values()):
        raise Refusal(_("%(code)s has no title. Write one.") % {"code": code}, code="title-missing")
    if indicator.unit not in RANGES:
        message = _("%(code)s: there is no unit “%(unit)s”. The units are %(units)s.")
        words = {"code": code, "unit": indicator.unit, "units": ", ".join(RANGES)}
        raise Refusal(message % words, code="unit-unknown")
    dimensions: Mapping[str, Any] = indicator.version.plan.dimensions
    if unknown := [name for name in indicator.disaggregation if name not in dimensions]:
        message = _("%(code)s: the plan does not disaggregate by “%(name)s”. It knows %(names)s.")
        words = {"code": code, "name": unknown[0], "names": ", ".join(dimensions)}
        raise Refusal(message % words, code="dimension-unknown")


def refuse_cell(indicator: Indicator, cell: str) -> None:
    """Refuse a cell that the indicator does not have."""
    if fault := cell_fault(cell, indicator.version.plan.dimensions, indicator.disaggregation):
        message = _("%(code)s has no cell “%(cell)s” (%(fault)s). Write it as dimension=level, of its own dimensions.")
        words = {"code": indicator.item.code, "cell": cell, "fault": fault.partition(":")[2]}
        raise Refusal(message % words, code="cell-unknown")


def refuse_value(indicator: Indicator, value: Decimal) -> None:
    """Refuse a value that the indicator's unit does not allow."""
    if not (fault := value_fault(indicator.unit, value)):  # type: ignore[arg-type] # the column holds known units
        return
    messages = {
        "below": _("%(code)s: %(value)s is below the least that its unit allows. Correct the number."),
        "above": _("%(code)s: %(value)s is more than 100 %%. Correct the number, or choose another unit."),
        "whole": _("%(code)s: %(value)s is not a whole number, and its unit counts things or people."),
    }
    words = {"code": indicator.item.code, "value": value}
    raise Refusal(messages[fault] % words, code=f"value-{fault}")


def refuse_period(indicator: Indicator, period: Period) -> None:
    """Refuse a year where quarters are counted, and the reverse: they would overlap."""
    if period.frequency != indicator.frequency:
        message = _("%(code)s is measured %(frequency)s, so %(period)s would overlap. Write %(example)s.")
        words = {
            "code": indicator.item.code,
            "frequency": indicator.get_frequency_display(),
            "period": period,
            "example": period.year if indicator.frequency == "yearly" else f"{period.year}-Q1",
        }
        raise Refusal(message % words, code="period-overlaps")


def refuse_target_before(indicator: Indicator, period: Period, year: int) -> None:
    """Refuse a target for a time before the baseline's."""
    message = _("%(code)s: a target for %(period)s lies before its baseline of %(year)s. Correct one of the two.")
    words = {"code": indicator.item.code, "period": period, "year": year}
    raise Refusal(message % words, code="target-before-baseline")
