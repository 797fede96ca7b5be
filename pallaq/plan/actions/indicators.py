"""Indicators of a draft: their reference sheets, baselines and targets."""

import re
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
from pallaq.plan.rules.units import RANGES, is_storable, value_fault
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

CODE = re.compile(r"[\w.()-]+")  # it stands in addresses
Targets = Mapping[tuple[str, Period], Decimal | None]  # by cell and period


@transaction.atomic
def add_indicator(*, node: Node, code: str, by: User | None, **fields: Any) -> Indicator:
    """Add an indicator beside an objective, result or action; `fields` are those of the table."""
    version = locked_draft(node.version)
    if node.item.kind not in MEASURED:
        message = _("An indicator stands beside an objective, a result or an action. Choose one of those.")
        raise Refusal(message, code="not-measured-here")
    if code.strip() and not CODE.fullmatch(code.strip()):
        message = _("“%(code)s” cannot be a code. Use letters, digits, points and hyphens, without spaces.")
        raise Refusal(message % {"code": code}, code="code-form")
    item = item_of(version.plan, "indicator", code)
    if version.indicators.filter(item=item).exists():
        message = _("The indicator %(code)s is in this plan already. Choose another code, or edit that one.")
        raise Refusal(message % {"code": code}, code="indicator-known", status=409)
    indicator = Indicator(version=version, item=item, node=node, **fields)
    indicator.position = fields.get("position", version.indicators.filter(node=node).count() + 1)
    refuse_wrong_sheet(indicator)
    indicator.save(force_insert=True)
    record(by=by, action="indicator.add", scope=version.plan.scope, about=f"indicator {code}")
    return indicator


@transaction.atomic
def edit_indicator(*, indicator: Indicator, edition: int, by: User, **fields: Any) -> Indicator:
    """Change the reference sheet of a draft's indicator."""
    indicator = locked_indicator(indicator, edition)
    for name, value in fields.items():
        setattr(indicator, name, value)
    refuse_wrong_sheet(indicator)
    refuse_left_behind(indicator)
    indicator.edition += 1
    indicator.save()
    about = f"indicator {indicator.item.code}"
    record(by=by, action="indicator.edit", scope=indicator.version.plan.scope, about=about, fields=sorted(fields))
    return indicator


@transaction.atomic
def remove_indicator(*, indicator: Indicator, by: User) -> None:
    """Remove an indicator from a draft; its values stay with its item."""
    version = locked_draft(indicator.version)
    about = f"indicator {indicator.item.code}"
    indicator.delete()
    record(by=by, action="indicator.remove", scope=version.plan.scope, about=about)


@transaction.atomic
def set_baseline(
    *, indicator: Indicator, cell: str = "", value: Decimal, year: int, by: User | None, **fields: Any
) -> Baseline:
    """Say from where an indicator starts in a cell; `fields` are those of the table."""
    locked_draft(indicator.version)
    refuse_cell(indicator, cell)
    refuse_value(indicator, value)
    if not 1900 <= year <= 2200:
        message = _("%(code)s: %(year)s is no year that a baseline can have. Write it as 2025.")
        raise Refusal(message % {"code": indicator.item.code, "year": year}, code="year-unknown")
    first = indicator.targets.filter(cell=cell).order_by("year", "quarter").first()
    if first and first.year < year:
        raise target_before(indicator, first.period(), year)
    # Whole anew: a figure never keeps the n or the release of the one before it.
    indicator.baselines.filter(cell=cell).delete()
    baseline = Baseline.objects.create(indicator=indicator, cell=cell, value=value, year=year, **fields)
    about = f"indicator {indicator.item.code}"
    record(by=by, action="baseline.set", scope=indicator.version.plan.scope, about=about, cell=cell, value=str(value))
    return baseline


@transaction.atomic
def set_baselines(
    *, indicator: Indicator, edition: int, baselines: Mapping[str, Mapping[str, Any] | None], by: User
) -> None:
    """Set baselines by cell, all or none; None takes one away. The rest stays as it is."""
    indicator = locked_indicator(indicator, edition)
    for cell, fields in baselines.items():
        if fields is not None:
            set_baseline(indicator=indicator, cell=cell, by=by, **fields)
        elif indicator.baselines.filter(cell=cell).delete()[0]:
            about = f"indicator {indicator.item.code}"
            record(by=by, action="baseline.remove", scope=indicator.version.plan.scope, about=about, cell=cell)
    touch(indicator)


@transaction.atomic
def set_target(*, indicator: Indicator, cell: str = "", period: Period, value: Decimal | None, by: User | None) -> None:
    """Say what an indicator should be in a period; None takes the target away."""
    locked_draft(indicator.version)
    store_targets(indicator, {(cell, period): value}, by)


@transaction.atomic
def set_targets(*, indicator: Indicator, edition: int, targets: Targets, by: User) -> None:
    """Set the targets of many cells and periods, all or none; None takes one away."""
    indicator = locked_indicator(indicator, edition)
    store_targets(indicator, targets, by)
    touch(indicator)


def store_targets(indicator: Indicator, targets: Targets, by: User | None) -> None:
    """Store targets that the indicator allows, and leave in the audit trail what they were set to."""
    started = {baseline.cell: baseline.year for baseline in indicator.baselines.all()}
    for (cell, period), value in targets.items():
        refuse_target(indicator, cell, period, value, started.get(cell))
    for (cell, period), value in targets.items():
        at: dict[str, Any] = {"indicator": indicator, "cell": cell, "year": period.year, "quarter": period.quarter}
        if value is None:
            Target.objects.filter(**at).delete()
        else:
            Target.objects.update_or_create(**at, defaults={"value": value})
    facts = [
        {"cell": cell, "period": str(period), "value": None if value is None else str(value)}
        for (cell, period), value in targets.items()
    ]
    about = f"indicator {indicator.item.code}"
    record(by=by, action="target.set", scope=indicator.version.plan.scope, about=about, targets=facts)


def touch(indicator: Indicator) -> None:
    """Count its edition up, so that whoever read it before sees that it changed."""
    indicator.edition += 1
    indicator.save(update_fields=["edition"])


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
    """Refuse a value that the indicator's unit does not allow, or that cannot be stored as it is."""
    if not is_storable(value):
        message = _("%(code)s: %(value)s cannot be kept. Write a number below 100 trillion with six decimals at most.")
        raise Refusal(message % {"code": indicator.item.code, "value": value}, code="value-unstorable")
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


def refuse_target(indicator: Indicator, cell: str, period: Period, value: Decimal | None, start: int | None) -> None:
    """Refuse a target that its indicator does not allow; `start` is the year of the cell's baseline."""
    refuse_cell(indicator, cell)
    refuse_period(indicator, period)
    if value is None:
        return
    refuse_value(indicator, value)
    if start is not None and period.year < start:
        raise target_before(indicator, period, start)


def refuse_left_behind(indicator: Indicator) -> None:
    """Refuse an edit of the sheet after which its own baselines and targets would not be allowed any more."""
    for target in indicator.targets.all():
        refuse_target(indicator, target.cell, target.period(), target.value, None)
    for baseline in indicator.baselines.all():
        refuse_cell(indicator, baseline.cell)
        refuse_value(indicator, baseline.value)


def target_before(indicator: Indicator, period: Period, year: int) -> Refusal:
    """Return the refusal of a target for a time before the baseline's."""
    message = _("%(code)s: a target for %(period)s lies before its baseline of %(year)s. Correct one of the two.")
    words = {"code": indicator.item.code, "period": period, "year": year}
    return Refusal(message % words, code="target-before-baseline")
