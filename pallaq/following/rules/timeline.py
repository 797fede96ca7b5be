"""Where days stand on a line of time: bars of what has dates, ticks of quarters or years."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pallaq.plan.rules.periods import Period, between
from pallaq.progress.rules.lateness import deadline

LONGEST_DELAY = 3  # years after a period in which its report may still fall due

State = Literal["over", "running", "to come"]


@dataclass(frozen=True)
class Span:
    """The days that a line shows, both ends with it."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> "Span":
        """Return a year."""
        return cls(Period(year).starts_on, Period(year).ends_on)

    def share(self, day: date) -> float:
        """Return where a day begins, in per cent of the line, kept inside it.

        >>> Span(date(2026, 1, 1), date(2026, 1, 10)).share(date(2026, 1, 6))
        50.0
        """
        days = (self.last - self.first).days + 1
        return round(min(100.0, max(0.0, 100 * (day - self.first).days / days)), 2)

    def holds(self, day: date) -> bool:
        """Say whether a day is on the line."""
        return self.first <= day <= self.last

    def touches(self, starts_on: date | None, ends_on: date | None) -> bool:
        """Say whether something lies on the line; without an end it goes on, without a start it always was."""
        return (starts_on or date.min) <= self.last and (ends_on or date.max) >= self.first

    def ticks(self) -> list[tuple[float, str]]:
        """Return where quarters begin within one year, years within more, with their names."""
        frequency = "quarterly" if self.first.year == self.last.year else "yearly"
        return [
            (self.share(period.starts_on), f"Q{period.quarter}" if period.quarter else str(period.year))
            for period in between(self.first, self.last, frequency)
        ]


@dataclass(frozen=True)
class Bar:
    """A part of the line in per cent, and where it stands on a day."""

    left: float
    width: float
    state: State


def bar(span: Span, starts_on: date | None, ends_on: date | None, today: date) -> Bar:
    """Return the bar of something with at least one date; at least half a per cent, so that it is seen.

    >>> bar(Span.of_year(2026), date(2025, 5, 1), date(2026, 12, 31), date(2026, 5, 1))
    Bar(left=0.0, width=100.0, state='running')
    """
    left = span.share(starts_on or span.first)
    right = span.share((ends_on or span.last) + timedelta(days=1))
    state: State = (
        "over" if ends_on and ends_on < today else "to come" if starts_on and starts_on > today else "running"
    )
    return Bar(min(left, 99.5), max(round(right - left, 2), 0.5), state)


def deadlines(span: Span, kinds: Iterable[tuple[str, int, int]]) -> dict[tuple[date, Period], int]:
    """Return how many values of which period fall due on which days of a span.

    `kinds` are frequencies with days to report and how many indicators have them.
    """
    found: dict[tuple[date, Period], int] = {}
    start = date(span.first.year - LONGEST_DELAY, 1, 1)
    for frequency, days, many in kinds:
        for period in between(start, span.last, frequency):
            due_on = deadline(period, days)
            if span.holds(due_on):
                found[due_on, period] = found.get((due_on, period), 0) + many
    return found
