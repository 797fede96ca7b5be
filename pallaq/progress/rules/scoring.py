"""How an indicator stands at a period, where it goes, and how many stand how: grey is counted, never averaged away.

The due target is the latest whose period ends on or before the chosen one's end; the value is that of the indicator's
own period at that moment: 2026 for a yearly one, 2026-Q4 for a quarterly one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from pallaq.plan.rules.compliance import Light, Thresholds, standing
from pallaq.plan.rules.periods import Period
from pallaq.plan.rules.units import Sense

Why = Literal["", "no data", "no target", "no sense"]  # why a light is grey
Trend = Literal["better", "worse", "same", ""]
LIGHTS: tuple[Light, ...] = ("green", "amber", "red", "grey")


class Course(NamedTuple):
    """Where a cell of an indicator starts and should go.

    Its declared sense; `start` (the baseline, or else the first of several targets) and `last` target of the total; the
    cell's own baseline and due target.
    """

    declared: str
    start: Decimal | None
    last: Decimal | None
    baseline: Decimal | None
    due: Decimal | None


class Score(NamedTuple):
    """Where a cell stands at a period: its light, why it is grey if it is, and its compliance in per cent."""

    light: Light
    why: Why
    compliance: Decimal | None
    sense: Sense | None


def own_period(period: Period, frequency: str) -> Period:
    """Return the last period of an indicator's own frequency that ends on or before the end of the chosen one.

    >>> str(own_period(Period(2026), "quarterly")), str(own_period(Period(2026, 2), "yearly"))
    ('2026-Q4', '2025')
    """
    if frequency == "quarterly":
        return Period(period.year, period.quarter or 4)
    return Period(period.year if period.quarter in {0, 4} else period.year - 1)


def sense_of(course: Course) -> Sense | None:
    """Return an indicator's sense: the declared one, or the way of its total, or that of the cell where it has none.

    Where targets never turn this is what `plan.rules.units.derived_sense` says. Where they turn nobody declared a
    sense although they should have: the way from start to end stands for it, None if that leads nowhere. One target
    alone shows no way: more than it may be better or worse.
    """
    if course.declared:
        return course.declared  # type: ignore[return-value] # the column holds known senses
    start, end = (course.start, course.last) if course.last is not None else (course.baseline, course.due)
    if start is None or end is None:
        return None
    if start != end:
        return "rising" if end > start else "falling"
    return "neutral" if course.due in {start, None} or course.last is None else None


def score(course: Course, value: Decimal | None, thresholds: Thresholds) -> Score:
    """Return where a value stands.

    >>> score(Course("", Decimal(33), Decimal(60), Decimal(33), Decimal(40)), None, Thresholds())[:2]
    ('grey', 'no data')
    """
    sense = sense_of(course)
    if course.due is None:
        return Score("grey", "no target", None, sense)
    if value is None:
        return Score("grey", "no data", None, sense)
    if sense is None:
        return Score("grey", "no sense", None, sense)
    found = standing(sense, course.baseline, course.due, value, thresholds)
    return Score(found.light, "", found.compliance, sense)


def trend(sense: Sense | None, value: Decimal | None, before: Decimal | None, target: Decimal | None) -> Trend:
    """Return whether a value is better than the one before it; "" where that cannot be said.

    A neutral one is better the nearer it is to its target.

    >>> trend("falling", Decimal(4), Decimal(7), None)
    'better'
    """
    if value is None or before is None or sense is None:
        return ""
    step = value - before
    if sense == "neutral":
        if target is None:
            return ""
        step = abs(before - target) - abs(value - target)
    elif sense == "falling":
        step = -step
    return "same" if not step else "better" if step > 0 else "worse"


@dataclass(frozen=True)
class Counts:
    """How many stand how; `grey` is all without a light, of which `no_data` have a target and no value."""

    green: int = 0
    amber: int = 0
    red: int = 0
    grey: int = 0
    no_data: int = 0
    no_target: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def total(self) -> int:
        """All of them."""
        return self.green + self.amber + self.red + self.grey

    @property
    def due(self) -> int:
        """Those with a target, hence with something to report."""
        return self.total - self.no_target

    @property
    def reported(self) -> int:
        """Those of the due ones that have a value for the period."""
        return self.due - self.no_data

    @property
    def share_reported(self) -> float | None:
        """The share of the due ones that was reported; None where nothing is due."""
        return self.reported / self.due if self.due else None


def counted(scores: Iterable[Score], without_target: int = 0) -> Counts:
    """Count scores by light, and so many more that have no target."""
    known = list(scores)
    lights = Counter([one.light for one in known])
    whys = Counter([one.why for one in known])
    lights["grey"] += without_target
    whys["no target"] += without_target
    return Counts(**{light: lights[light] for light in LIGHTS}, no_data=whys["no data"], no_target=whys["no target"])


def months_old(measured_on: date, today: date) -> int:
    """Return the whole months from the day that a figure is of until today, 0 for a day to come.

    >>> months_old(date(2025, 11, 30), date(2026, 2, 28))
    2
    """
    months = 12 * (today.year - measured_on.year) + today.month - measured_on.month
    return max(0, months - (today.day < measured_on.day))
