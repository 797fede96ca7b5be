"""The interval of Francisco and Fuller: a test of each value's share of the rows, inverted.

A value v is rejected if its share of rows F(v) is t standard errors or more from p, by the standard error of F(v)
itself (Francisco and Fuller 1991). A limit is a rejected value whose neighbour towards the quantile is not; where the
test is not monotone there may be several, and it is the nearest to the quantile of those that were tried.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy

from brecha.intervals import quantile
from brecha.quantiles.below import below, name_of
from brecha.quantiles.rows import By
from brecha.quantiles.search import Bins, Goal, Search, bracket
from brecha.quantiles.woodruff import Limit, Limits

# Values tried in one pass, each a sum for every item and cell: it leaves a quarter of the rows.
TRIED = 3


@dataclass(frozen=True)
class Side:
    """The values after one and before another among which a quantile's upper or lower limit is sought."""

    goal: Goal
    upper: bool
    after: float
    before: float

    @property
    def limit(self) -> Limit:
        """The end that is rejected, None if no value is."""
        limit = self.before if self.upper else self.after
        return limit if math.isfinite(limit) else None

    def tried(self, bins: Bins) -> list[float]:
        """Return some values inside, with about the same weight between them."""
        values = numpy.column_stack([bins.low, bins.high]).ravel()
        inside = (self.after < values) & (values < self.before)
        reached = numpy.cumsum(numpy.repeat(bins.weight, 2)[inside])
        if not len(reached):
            return []
        at = numpy.searchsorted(reached, reached[-1] * (numpy.arange(TRIED) + 0.5) / TRIED)
        return [float(one) for one in numpy.unique(values[inside][at])]

    def narrowed(self, tried: Sequence[float], rejected: Sequence[bool]) -> "Side":
        """Return the values between the rejected one that is nearest to the quantile and the one beside it."""
        ends = [self.after, *tried, self.before]
        if self.upper:
            at = next((i for i, one in enumerate(rejected) if one), len(tried))
        else:
            at = next((i + 1 for i, one in reversed(list(enumerate(rejected))) if one), 0)
        return replace(self, after=ends[at], before=ends[at + 1])


def score_limits(search: Search, found: Mapping[Goal, float], by: By, level: float) -> dict[Goal, Limits]:
    """Return the limits of quantiles that were found, None where no value of a side is rejected."""
    sides: list[Side] = []
    for goal, at in found.items():
        # Up to the greatest value are all rows: that is rejected. Down from the least are none.
        sides.append(Side(goal, False, -math.inf, at))
        sides.append(Side(goal, True, math.nextafter(at, -math.inf), search.whole[goal[0]].high))
    limits: dict[tuple[Goal, bool], Limit] = {}
    while sides:
        tried = _tried(search, sides)
        limits |= {(side.goal, side.upper): side.limit for side, values in zip(sides, tried, strict=True) if not values}
        sought = [(side, values) for side, values in zip(sides, tried, strict=True) if values]
        sides = _narrowed(search, sought, by, level) if sought else []
    return {goal: (limits[goal, False], limits[goal, True]) for goal in found}


def _tried(search: Search, sides: Sequence[Side]) -> list[list[float]]:
    """Return which values of each side to try next."""
    brackets = []
    for side in sides:
        whole = search.whole[side.goal[0]]
        brackets.append(bracket(whole.place, max(side.after, whole.low), min(side.before, whole.high), whole.rows))
    return [side.tried(bins) for side, bins in zip(sides, search.bins(brackets), strict=True)]


def _narrowed(search: Search, sought: Sequence[tuple[Side, list[float]]], by: By, level: float) -> list[Side]:
    """Return the sides after a test of the values tried."""
    names = [[f"{side.goal[1]} {side.upper} {j}" for j in range(len(values))] for side, values in sought]
    asked = {
        (name, side.goal[0]): one
        for (side, values), of in zip(sought, names, strict=True)
        for name, one in zip(of, values, strict=True)
    }
    shares = below(search.rows, asked, by, level)
    sides = []
    for (side, values), of in zip(sought, names, strict=True):
        (_, domain), p = side.goal
        rejected = []
        for name in of:
            share = shares.get(name_of(name, domain), dict(domain))
            assert share.se is not None, "a census has no limits"
            assert share.df is not None
            distance = share.estimate - p if side.upper else p - share.estimate
            rejected.append(distance >= quantile(level, share.df) * share.se)
        sides.append(side.narrowed(values, rejected))
    return sides
