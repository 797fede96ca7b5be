"""Values of indicators: recorded, corrected by a new row, and accepted from a study or a measure.

Whoever writes locks the plan's row first, so that a period cannot be closed, nor a value recorded, in between.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.accounts.models import User
from pallaq.plan.actions.indicators import refuse_cell, refuse_period, refuse_value
from pallaq.plan.models import Indicator, Plan, VersionState
from pallaq.plan.models.indicators import Origin
from pallaq.plan.rules.periods import Period
from pallaq.progress.actions.evidence import file_problem, kept_files, store_file
from pallaq.progress.errors import not_in_force, period_closed, period_not_begun, without_reason
from pallaq.progress.models import ClosedPeriod, Value
from pallaq.shared.errors import Problem, Problems, Refusal
from pallaq.shared.models import record

if TYPE_CHECKING:  # what a proposal is, without the second that its statistics take to import
    from pallaq.baselines.statistics import Proposal

PLACES, OF_ERRORS = Decimal("0.000001"), Decimal("0.0000000001")  # as exactly as the columns keep figures


@dataclass(frozen=True)
class Report:
    """What is reported of an indicator at once: values by cell, with `fields` and files that all of them share."""

    period: Period
    values: Mapping[str, Decimal]
    fields: Mapping[str, Any]
    files: Iterable[File[bytes]] = ()
    region: str = ""  # of the files, see `Evidence.region`


@transaction.atomic
def record_value(
    *, indicator: Indicator, period: Period, cell: str = "", value: Decimal, by: User | None, **fields: Any
) -> Value:
    """Record what an indicator was in a period and cell; `fields` are those of the table, `measured_on` among them."""
    plan = locked_plan(indicator.version.plan)
    indicator = in_force(indicator)
    value = refuse_wrong(indicator, period, cell, value)
    refuse_times(indicator.item.code, plan, period, fields["measured_on"])
    at = {"item": indicator.item, "cell": cell, "year": period.year, "quarter": period.quarter}
    if known := Value.objects.current().filter(**at).first():
        raise value_known(indicator, known)
    made = Value(**at, value=value, by=by, **fields)
    made.save(force_insert=True)
    facts = {"cell": cell, "period": str(period), "value": str(value), "origin": made.origin}
    record(by=by, action="value.record", scope=plan.scope, about=f"indicator {indicator.item.code}", **facts)
    return made


def report_values(*, indicator: Indicator, report: Report, by: User) -> list[Value]:
    """Record several cells with their evidence at once: all, or nothing and everything that is wrong."""
    with kept_files() as placed:
        made, problems = [], [problem for file in report.files if (problem := file_problem(file))]
        for cell, value in report.values.items():
            try:
                at: dict[str, Any] = {"indicator": indicator, "period": report.period, "cell": cell, "by": by}
                made.append(record_value(**at, value=value, **report.fields))
            except Refusal as refusal:
                problems.append(Problem(refusal.code, refusal.message, column=cell, value=str(value)))
        refuse_problems(problems)
        stored = [
            store_file(placed, item=indicator.item, file=file, region=report.region, by=by) for file in report.files
        ]
        for value_row in made:
            value_row.evidence.set(stored)
    return made


@transaction.atomic
def correct_value(*, value_row: Value, value: Decimal, note: str, by: User | None, **fields: Any) -> Value:
    """Put a corrected row in the place of one, which stays; `note` says why, `fields` are those of the table.

    What is not given (the day, the source, the evidence) is the old row's; where it came from is not.
    """
    plan = locked_plan(value_row.item.plan)
    old = Value.objects.select_related("item", "by").get(pk=value_row.pk)
    indicator = in_force(Indicator(item=old.item), plan)
    if not old.current:
        raise corrected_meanwhile(indicator, old, value)
    if not note.strip():
        raise without_reason()
    value = refuse_wrong(indicator, old.period(), old.cell, value)
    fields = {"measured_on": old.measured_on, "source": old.source, **fields}
    refuse_times(old.item.code, plan, old.period(), fields["measured_on"])
    Value.objects.filter(pk=old.pk).update(current=False)
    at = {"item": old.item, "cell": old.cell, "year": old.year, "quarter": old.quarter}
    made = Value(**at, value=value, note=note.strip(), by=by, replaces=old, **fields)
    made.save(force_insert=True)
    made.evidence.set(old.evidence.filter(removed_at=None))
    facts = {"cell": old.cell, "period": str(old.period()), "value": str(value), "before": str(old.value)}
    record(by=by, action="value.correct", scope=plan.scope, about=f"indicator {old.item.code}", **facts)
    return made


def correct_with_files(
    *, value_row: Value, files: Iterable[File[bytes]], region: str, by: User, **fields: Any
) -> Value:
    """Correct a value and add evidence to it: both, or nothing and everything that is wrong."""
    with kept_files() as placed:
        problems = [problem for file in files if (problem := file_problem(file))]
        made = value_row
        try:
            made = correct_value(value_row=value_row, by=by, **fields)
        except Refusal as refusal:
            problems.insert(0, Problem(refusal.code, refusal.message, value=str(fields["value"])))
        refuse_problems(problems)
        made.evidence.add(*(store_file(placed, item=made.item, file=file, region=region, by=by) for file in files))
    return made


def accept_study_value(
    *, indicator: Indicator, period: Period, cell: str = "", proposal: "Proposal", by: User, **fields: Any
) -> Value:
    """Record an estimate of a frozen release, with all that says how sure it is."""
    kept = {name: getattr(proposal, name) for name in ("n", "df", "release", "sha256", "estimate")}
    for name in ("low", "high", "se"):
        figure = getattr(proposal, name)
        kept[name] = None if figure is None else exact(figure, OF_ERRORS if name == "se" else PLACES)
    kept["definition"] = proposal.words
    days = {"measured_on": timezone.localdate(proposal.release.frozen_at)}
    at: dict[str, Any] = {"indicator": indicator, "period": period, "cell": cell, "by": by}
    return record_value(**at, value=exact(proposal.value), origin=Origin.STUDY, **{**days, **kept, **fields})


def accept_measure(
    *, indicator: Indicator, period: Period, cell: str = "", value: Decimal, by: User, **fields: Any
) -> Value:
    """Record what a named measure of this system computed; `fields` hold its `measure` and `definition` of that day."""
    if not fields.get("measure") or not fields.get("definition"):
        message = _("A measure's value is kept with its name and its definition. Take it from the list of measures.")
        raise Refusal(message, code="measure-unnamed")
    days = {"measured_on": min(period.ends_on, timezone.localdate())}
    at: dict[str, Any] = {"indicator": indicator, "period": period, "cell": cell, "by": by}
    return record_value(**at, value=exact(value), origin=Origin.MEASURE, **{**days, **fields})


def exact(figure: Any, places: Decimal = PLACES) -> Decimal:
    """Return a computed figure as exactly as its column keeps it."""
    return Decimal(str(figure)).quantize(places)


def locked_plan(plan: Plan) -> Plan:
    """Return the plan, locked until the end of the transaction against whoever else writes in its progress."""
    return Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)


def in_force(indicator: Indicator, plan: Plan | None = None) -> Indicator:
    """Return the indicator as the version in force has it: one that was amended or withdrawn is not reported."""
    version = (plan or indicator.version.plan).versions.filter(state=VersionState.APPROVED)
    rows = Indicator.objects.filter(version__in=version, item=indicator.item)
    found = rows.select_related("item", "node__item", "version__plan").first()
    if found is None:
        raise not_in_force(indicator.item.code)
    return found


def refuse_wrong(indicator: Indicator, period: Period, cell: str, value: Decimal) -> Decimal:
    """Refuse what the reference sheet does not allow; return the value as it will be kept."""
    refuse_cell(indicator, cell)
    refuse_value(indicator, value)
    refuse_period(indicator, period)
    return value.quantize(PLACES)


def refuse_times(code: str, plan: Plan, period: Period, measured_on: date | None = None) -> None:
    """Refuse a period that is closed or to come, and a figure of a day to come."""
    today = timezone.localdate()
    if period.starts_on > today:
        raise period_not_begun(code, period)
    if measured_on and measured_on > today:
        message = _("%(code)s: %(day)s is in the future. Write the day on which it was measured.")
        day = date_format(measured_on, "SHORT_DATE_FORMAT")
        raise Refusal(message % {"code": code, "day": day}, code="measured-in-the-future")
    if is_locked(plan, period):
        raise period_closed(period)


def is_locked(plan: Plan, period: Period) -> bool:
    """Say whether a period is closed. A closed year locks its quarters; a closed quarter does not lock the year.

    The yearly value is known only after the fourth quarter: it stays open until the year itself is closed.
    """
    return ClosedPeriod.objects.filter(plan=plan, year=period.year, quarter__in={0, period.quarter}).exists()


def refuse_problems(problems: list[Problem]) -> None:
    """Refuse with everything that is wrong, if something is."""
    if problems:
        count = len(problems)
        text = ngettext("%(count)d problem; nothing was saved.", "%(count)d problems; nothing was saved.", count)
        raise Problems(text % {"count": count}, problems)


def said(value: Value) -> str:
    """Return a value as a refusal names it: what, of when, by whom."""
    words = {
        "value": f"{value.value.normalize():f}",
        "day": date_format(value.measured_on, "SHORT_DATE_FORMAT"),
        "person": value.by or _("an import"),
    }
    return _("%(value)s (measured on %(day)s, recorded by %(person)s)") % words


def value_known(indicator: Indicator, known: Value) -> Refusal:
    """Return the refusal of a second value for the same period and cell."""
    message = _("%(code)s has a value for %(period)s already: %(known)s. Correct that one instead.")
    words = {"code": indicator.item.code, "period": known.period(), "known": said(known)}
    return Refusal(message % words, code="value-known", status=409)


def corrected_meanwhile(indicator: Indicator, old: Value, value: Decimal) -> Refusal:
    """Return the refusal of the second of two corrections, with both."""
    at = {"item": old.item, "cell": old.cell, "year": old.year, "quarter": old.quarter}
    stands = Value.objects.current().select_related("by").get(**at)
    message = _("Somebody else corrected %(code)s meanwhile: it is %(known)s now. Yours, %(value)s, was not saved.")
    words = {"code": indicator.item.code, "known": said(stands), "value": f"{value.normalize():f}"}
    return Refusal(message % words, code="value-corrected-meanwhile", status=409)
