"""What should have been reported or done by now, and for how long it has been missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from pallaq.plan.rules.periods import Period, between


@dataclass(frozen=True)
class Late:
    """One thing that is missing: `due_on` is its oldest deadline, `periods` those of a value without a report."""

    kind: Literal["value", "action", "agreement"]
    item: UUID | None  # the plan's item that it is about: an indicator, an action; None for an agreement about none
    code: str
    title: str
    due_on: date
    days: int
    region: str = ""  # a level of the dimension "region"; "" for all of them
    periods: tuple[Period, ...] = ()
    agreement: UUID | None = None


@dataclass(frozen=True)
class Seated:
    """Somebody who reports for an entity, perhaps in one region only."""

    user: UUID
    name: str
    region: str = ""


@dataclass(frozen=True)
class Asked:
    """An entity, what it is late with (the oldest first), and who sits there; None where nobody is responsible."""

    organisation: UUID | None
    name: str
    late: tuple[Late, ...]
    people: tuple[Seated, ...] = ()

    @property
    def oldest(self) -> date:
        """The oldest deadline that it missed."""
        return self.late[0].due_on


def due_periods(frequency: str, first: date, last: date, deadline_days: int, today: date) -> list[Period]:
    """Return the periods from first to last whose deadline is over.

    >>> [str(period) for period in due_periods("yearly", date(2024, 1, 1), date(2030, 1, 1), 60, date(2026, 3, 1))]
    ['2024']
    """
    found = between(first, min(last, today), frequency)
    return [period for period in found if deadline(period, deadline_days) < today]


def deadline(period: Period, deadline_days: int) -> date:
    """Return the last day on which a period's value is in time."""
    return period.ends_on + timedelta(days=deadline_days)


def is_closed(period: Period, closed: Iterable[tuple[int, int]]) -> bool:
    """Say whether a period is locked, by itself or with its year: nobody can report it any more."""
    return bool({(period.year, period.quarter), (period.year, 0)} & set(closed))


def sorted_late(late: Iterable[Late]) -> tuple[Late, ...]:
    """Return them with the oldest first."""
    return tuple(sorted(late, key=lambda one: (one.due_on, one.code, one.region)))
