"""An indicator's values beside its targets: cells by periods, each with its light."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Min
from django.utils.translation import get_language

from pallaq.plan.models import Indicator, Target
from pallaq.plan.rules.cells import TOTAL, breakdowns, cell_words, cells_by, levels_of
from pallaq.plan.rules.periods import Period, between, period_of, years
from pallaq.progress.models import Value
from pallaq.progress.perms import Reach
from pallaq.progress.rules.scoring import Course, Score, score

YEARS = {"yearly": 5, "quarterly": 1}  # that a page shows at once


@dataclass(frozen=True)
class Square:
    """One cell in one period; `target` is the due one, of `due_in`."""

    period: Period
    value: Value | None
    target: Decimal | None
    due_in: Period | None
    score: Score


@dataclass(frozen=True)
class Row:
    """One cell in the periods of a page."""

    cell: str
    label: str
    baseline: Decimal | None
    squares: Sequence[Square]


def grid_of(indicator: Indicator, periods: Sequence[Period], reach: Reach) -> list[Row]:
    """Return the cells that have a value, a target or a baseline and that she may see, with the total first."""
    first, last = periods[0].year, periods[-1].year
    rows = Value.objects.current().filter(item=indicator.item_id, year__gte=first, year__lte=last)
    values = {(value.cell, value.period()): value for value in rows}
    targets: dict[str, list[Target]] = {}
    for target in sorted(indicator.targets.all(), key=lambda one: one.period().ends_on):
        targets.setdefault(target.cell, []).append(target)
    baselines = {baseline.cell: baseline.value for baseline in indicator.baselines.all()}
    known = {TOTAL, *targets, *baselines, *(cell for cell, _period in values)}

    whole = [target.value for target in targets.get(TOTAL, [])]
    start, end = baselines.get(TOTAL, whole[0] if whole else None), whole[-1] if whole else None

    def square(cell: str, period: Period) -> Square:
        ordered = targets.get(cell, [])
        due = next((one for one in reversed(ordered) if one.period().ends_on <= period.ends_on), None)
        course = Course(indicator.sense, start, end, baselines.get(cell), due.value if due else None)
        value = values.get((cell, period))
        scored = score(course, value.value if value else None, indicator.version.plan.thresholds())
        return Square(period, value, due.value if due else None, due.period() if due else None, scored)

    seen = [cell for cell in in_order(indicator, known) if reach.can_see(cell)]
    return [
        Row(cell, label(indicator, cell), baselines.get(cell), [square(cell, period) for period in periods])
        for cell in seen
    ]


def label(indicator: Indicator, cell: str) -> str:
    """Return a cell in the reader's words; "" for everybody."""
    return cell_words(cell, indicator.version.plan.dimensions, get_language() or "es")


def in_order(indicator: Indicator, cells: Iterable[str]) -> list[str]:
    """Return cells as the plan orders its dimensions and levels, those of fewer dimensions first."""
    dimensions = indicator.version.plan.dimensions
    codes = {name: list(dimensions.get(name, {}).get("levels", {})) for name in indicator.disaggregation}

    def place(cell: str) -> tuple[object, ...]:
        levels = levels_of(cell)
        names = sorted(levels, key=lambda name: list(codes).index(name) if name in codes else len(codes))
        where = [codes[name].index(levels[name]) if levels[name] in codes.get(name, []) else -1 for name in names]
        return len(levels), [list(codes).index(name) if name in codes else len(codes) for name in names], where, cell

    return sorted(cells, key=place)


def cells_to_report(indicator: Indicator, reach: Reach) -> list[tuple[tuple[str, ...], list[str]]]:
    """Return the cells that she may record, by the dimensions that break them down.

    The total, every level of each dimension, and of two dimensions at once the cells that somebody set a target for.
    """
    set_for = {target.cell for target in indicator.targets.all()} | {one.cell for one in indicator.baselines.all()}
    found = []
    for names in breakdowns(indicator.disaggregation):
        cells = cells_by(indicator.version.plan.dimensions, names)
        cells = [cell for cell in cells if reach.can_write(cell) and (len(names) < 2 or cell in set_for)]
        if cells:
            found.append((names, cells))
    return found


def windows(indicator: Indicator, today: date) -> list[list[Period]]:
    """Return the periods of an indicator, page by page: from the plan's start or its first figure until now."""
    plan = indicator.version.plan
    ends = indicator.targets.aggregate(first=Min("year"), last=Max("year"))
    kept = Value.objects.current().filter(item=indicator.item_id).aggregate(first=Min("year"), last=Max("year"))
    begins = [plan.starts_on.year if plan.starts_on else None, ends["first"], kept["first"]]
    first = min([year for year in begins if year] or [today.year])
    last = max([year for year in (ends["last"], kept["last"]) if year] + [today.year])
    count = YEARS[indicator.frequency]
    starts = range(first, last + 1, count)
    return [years(year, min(year + count - 1, last), indicator.frequency) for year in starts]


def open_periods(indicator: Indicator, today: date) -> list[Period]:
    """Return the periods that can be reported, the latest first: begun, and not closed."""
    plan = indicator.version.plan
    closed = set(plan.closed_periods.values_list("year", "quarter"))
    first = windows(indicator, today)[0][0].starts_on
    begun = between(first, period_of(today, indicator.frequency).ends_on, indicator.frequency)
    return [one for one in reversed(begun) if not {(one.year, one.quarter), (one.year, 0)} & closed]
