"""What a measure or a study proposes as an indicator's values, beside what is recorded; and what is accepted of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.baselines.statistics import Proposal, study_value
from pallaq.plan.actions.indicators import refuse_period
from pallaq.plan.models import Indicator
from pallaq.plan.models.indicators import Origin
from pallaq.plan.rules.cells import TOTAL
from pallaq.plan.rules.periods import Period, last_ended, parse
from pallaq.progress.actions.values import accept_measure, accept_study_value, correct_value
from pallaq.progress.grid import cells_to_report, in_order, label, open_periods
from pallaq.progress.models import Value
from pallaq.progress.perms import Reach
from pallaq.shared.errors import Refusal
from pallaq.shared.measures import Measure
from pallaq.web.measures import BY_NAME

STUDY = "study"  # the source that is no measure: the estimates of the plan's study


@dataclass(frozen=True)
class Asked:
    """What somebody asks for: an indicator's figures of a period from a source, "study" or a measure's name."""

    indicator: Indicator
    period: Period
    source: str
    reader: User
    reach: Reach

    @property
    def measure(self) -> Measure | None:
        """The measure, if the source is one."""
        return BY_NAME.get(self.source)


@dataclass(frozen=True)
class Row:
    """A cell: what is proposed (None: hidden), and what is recorded. `token` says in a form what was seen."""

    cell: str
    label: str
    value: Decimal | None
    recorded: Value | None
    writes: bool  # she may record this cell
    study: Proposal | None = None

    @property
    def token(self) -> str:
        """The cell and the value that was seen."""
        return f"{self.cell}|{self.value}"

    @property
    def same(self) -> bool:
        """Whether just this is recorded already."""
        return self.recorded is not None and self.value is not None and abs(self.recorded.value - self.value) < ALIKE

    @property
    def can_accept(self) -> bool:
        """Whether accepting it would change something, and can: a study's estimate does not correct."""
        return self.writes and self.value is not None and not self.same and not (self.study and self.recorded)


ALIKE = Decimal("0.000001")  # the column's own precision


def sources_of(indicator: Indicator) -> list[str]:
    """Return where an indicator's figures may come from; the one that its sheet names is first."""
    named = [indicator.measure] if indicator.measure in BY_NAME else []
    study = [STUDY] if indicator.study_indicator else []
    return [*named, *study, *(name for name in BY_NAME if name not in named)]


def period_of(indicator: Indicator, text: str, today: date) -> Period:
    """Return the period that an address names, or the last that ended and is open; refuse one of another length."""
    if not text:
        ended, open_ones = last_ended(today, indicator.frequency), open_periods(indicator, today)
        return ended if ended in open_ones or not open_ones else open_ones[0]
    try:
        period = parse(text)
    except ValueError as error:
        message = _("“%(period)s” is no period. Write a year, as 2026, or a quarter, as 2026-Q1.")
        raise Refusal(message % {"period": text[:20]}, code="no-period") from error
    refuse_period(indicator, period)
    return period


def rows_of(asked: Asked) -> list[Row]:
    """Return the cells that the source proposes and that she may see, the total first."""
    studies = studied(asked) if asked.source == STUDY else {}
    found = measured(asked) if asked.measure else {cell: one.value for cell, one in studies.items()}
    at = {"item": asked.indicator.item_id, "year": asked.period.year, "quarter": asked.period.quarter}
    recorded = {value.cell: value for value in Value.objects.current().filter(**at).select_related("by")}
    return [
        Row(
            cell,
            label(asked.indicator, cell),
            found[cell],
            recorded.get(cell),
            asked.reach.can_write(cell),
            studies.get(cell),
        )
        for cell in in_order(asked.indicator, found)
        if asked.reach.can_see(cell)
    ]


def measured(asked: Asked) -> Mapping[str, Decimal | None]:
    """Return the cells of a measure, by what both it and the indicator are broken down by."""
    assert asked.measure
    plan = asked.indicator.version.plan
    by = [name for name in asked.indicator.disaggregation if name in asked.measure.dimensions]
    return asked.measure.compute(plan, asked.period, [name for name in by if name in plan.dimensions])


def studied(asked: Asked) -> dict[str, Proposal]:
    """Return the newest estimates of the plan's study that she may read, of the cells that the indicator has."""
    cells = {TOTAL, *(cell for _names, group in cells_to_report(asked.indicator, asked.reach) for cell in group)}
    found = {cell: study_value(asked.indicator, cell, asked.reader) for cell in cells}
    return {cell: proposal for cell, proposal in found.items() if proposal}


@transaction.atomic
def accept(*, asked: Asked, tokens: Collection[str], note: str) -> int:
    """Record the cells that were chosen, all or none, if they still are what was seen; return how many."""
    rows = {row.token: row for row in rows_of(asked)}
    if not tokens:
        raise Refusal(_("Nothing was chosen. Choose at least one figure."), code="nothing-chosen")
    if gone := [token for token in tokens if token not in rows]:
        message = _("The figures changed while you were looking (%(count)d of them). Look again, then accept.")
        raise Refusal(message % {"count": len(gone)}, code="measure-changed", status=409)
    chosen = [rows[token] for token in tokens]
    if not all(row.can_accept for row in chosen):
        message = _("Some of these are recorded already, or not yours to record. Reload the page and choose again.")
        raise Refusal(message, code="not-acceptable", status=409)
    for row in chosen:
        record_row(asked, row, note)
    return len(chosen)


def record_row(asked: Asked, row: Row, note: str) -> None:
    """Record one cell: for the first time, or as a correction of what was recorded."""
    assert row.value is not None
    at: dict[str, Any] = {"indicator": asked.indicator, "period": asked.period, "cell": row.cell, "by": asked.reader}
    if row.study:
        accept_study_value(**at, proposal=row.study, note=note)
        return
    assert asked.measure
    kept: dict[str, Any] = {"measure": asked.measure.name, "definition": str(asked.measure.definition)}
    if not row.recorded:
        accept_measure(**at, value=row.value, note=note, **kept)
        return
    day = min(asked.period.ends_on, timezone.localdate())
    fields = {"origin": Origin.MEASURE, "measured_on": day, **kept}
    correct_value(value_row=row.recorded, value=row.value, note=note, by=asked.reader, **fields)
