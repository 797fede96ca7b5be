"""Measures: named, defined numbers that a room computes for a period, by dimensions; a plan may take them as values.

A cell's key is written as in a plan: "" for everybody, "region=21;sex=women" for a part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.utils.functional import Promise

Cells = Mapping[str, Decimal | None]  # None: hidden, for it would tell on few people


class Span(Protocol):
    """A time that has a first and a last day, such as a plan's period."""

    @property
    def starts_on(self) -> date:
        """The first day."""

    @property
    def ends_on(self) -> date:
        """The last day."""


@dataclass(frozen=True)
class Measure:
    """A number with a name that never changes, and what it means.

    - `name`: "room.what_it_counts"; kept beside every value that was taken from it.
    - `dimensions`: what it can be broken down by.
    - `compute(plan, period, by)`: its cells for a plan and a span of days, broken down by some of its dimensions, with
      all totals; a cell of which nothing is known is left out, and one that would tell on few people is None.
    """

    name: str
    title: str | Promise
    definition: str | Promise
    unit: str | Promise
    dimensions: tuple[str, ...]
    compute: Callable[[Any, Any, Sequence[str]], Cells]
