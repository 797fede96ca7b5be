"""Periods of a plan: a year, or a quarter of it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

WRITTEN = re.compile(r"(\d{4})(?:[-/ ]?[QqTt]([1-4]))?\Z")


@dataclass(frozen=True, order=True)
class Period:
    """A calendar year (`quarter` 0) or one of its quarters (1 to 4). A year sorts before its quarters."""

    year: int
    quarter: int = 0

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2200 and 0 <= self.quarter <= 4):
            raise ValueError(f"no such period: {self.year}, quarter {self.quarter}")

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def starts_on(self) -> date:
        """The first day."""
        return date(self.year, 3 * max(self.quarter, 1) - 2, 1)

    @property
    def ends_on(self) -> date:
        """The last day."""
        last_month = 3 * (self.quarter or 4)
        after = date(self.year + last_month // 12, last_month % 12 + 1, 1)
        return after - timedelta(days=1)

    @property
    def previous(self) -> "Period":
        """The year or quarter before."""
        if not self.quarter:
            return Period(self.year - 1)
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)

    @property
    def following(self) -> "Period":
        """The year or quarter after."""
        if not self.quarter:
            return Period(self.year + 1)
        return Period(self.year, self.quarter + 1) if self.quarter < 4 else Period(self.year + 1, 1)

    @property
    def frequency(self) -> str:
        """What `Indicator.frequency` this period belongs to."""
        return "quarterly" if self.quarter else "yearly"

    def holds(self, day: date) -> bool:
        """Say whether a day is in it."""
        return self.starts_on <= day <= self.ends_on


def parse(text: str) -> Period:
    """Return the period that "2027", "2027-Q2" or (as Spanish writes it) "2027-T2" names; ValueError for others."""
    found = WRITTEN.match(text.strip())
    if not found:
        raise ValueError(text)
    return Period(int(found[1]), int(found[2] or 0))


def period_of(day: date, frequency: str) -> Period:
    """Return the period of that frequency ("yearly", "quarterly") in which a day lies."""
    return Period(day.year, (day.month + 2) // 3 if frequency == "quarterly" else 0)


def last_ended(day: date, frequency: str) -> Period:
    """Return the last period that had ended before a day."""
    return period_of(day, frequency).previous


def between(first: date, last: date, frequency: str) -> list[Period]:
    """Return the periods that touch the days from first to last, in order."""
    if last < first:
        return []
    found = [period_of(first, frequency)]
    while found[-1].ends_on < last:
        found.append(found[-1].following)
    return found


def years(first: int, last: int, frequency: str) -> list[Period]:
    """Return the periods of all these years, in order.

    >>> [str(period) for period in years(2026, 2027, "yearly")], len(years(2026, 2027, "quarterly"))
    (['2026', '2027'], 8)
    """
    return between(date(first, 1, 1), date(last, 12, 31), frequency)
