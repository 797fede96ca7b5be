"""The exact inverse of weighted distributions, by histograms that the engine refines.

The quantile p of a domain is its smallest value v with W(v) >= p W, where W(v) is the weight of the rows up to v, and W
that of all. Each pass is one GROUP BY over all domains and items: it cuts every bracket, two values between
which a quantile lies, into bins, and the bin where W(v) passes p W is the next bracket. A bin knows its own least and
greatest value; where they are the same, that is the quantile.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy

from brecha.cells import Floats
from brecha.quantiles.rows import Place, Rows, number_of
from brecha.questions import row_weight
from brecha.source import Column, Table

Goal = tuple[Place, float]  # a measure in a domain, and a share of its weight

# A pass brings at most a million sums, whatever the number of domains.
MOST_SUMS = 2**20
MOST_BINS, FEWEST_BINS = 1024, 64
# A share this near below p has reached it: sums of decimals fall short by their rounding, and that depends on the
# order in which an engine adds.
ROUNDING = 1e-9
ROOTS = 10


@dataclass(frozen=True)
class Bracket:
    """The least and greatest of the `rows` values of a measure in a domain, `below` which rows have that weight.

    `bent` bins are equal on a bent scale instead of the values' own: the root of the order 1024, which keeps sign.
    There a double's whole range spans few times what a bin does, so that a few huge values cannot hold the
    rest in one bin forever.
    """

    place: Place
    low: float
    high: float
    rows: int
    below: float
    bent: bool

    @property
    def size(self) -> float:
        """The greatest distance from zero, 1 where that is zero."""
        return max(abs(self.low), abs(self.high)) or 1.0

    @property
    def ends(self) -> tuple[float, float]:
        """The least and greatest value on the bins' scale."""
        return (_bent(self.low / self.size), _bent(self.high / self.size)) if self.bent else (self.low, self.high)

    def narrowed(self, bins: "Bins", goal: float) -> "Bracket":
        """Return the bin in which the weight from the least value up reaches the goal."""
        reached = self.below + numpy.cumsum(bins.weight)
        at = min(int(numpy.searchsorted(reached, goal * (1 - ROUNDING))), len(reached) - 1)
        rows, low, high = int(bins.rows[at]), float(bins.low[at]), float(bins.high[at])
        below = float(reached[at - 1]) if at else self.below
        return bracket(self.place, low, high, rows, below, bend=not self.bent and 2 * rows > self.rows)


def bracket(place: Place, low: float, high: float, rows: int, below: float = 0.0, bend: bool = False) -> Bracket:
    """Return a bracket, bent if asked to, or if its width is no finite number, and if that tells its ends apart."""
    found = Bracket(place, low, high, rows, below, bend or math.isinf(high - low))
    return found if not found.bent or found.ends[0] < found.ends[1] else Bracket(place, low, high, rows, below, False)


@dataclass(frozen=True)
class Bins:
    """B bins of a bracket that hold rows, in order: weight, least and greatest value, number of rows, each (B,)."""

    weight: Floats
    low: Floats
    high: Floats
    rows: Floats


class Search:
    """Finds quantiles of the measures of rows in their domains."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.whole = {
            (m, domain): bracket(
                (m, domain),
                float(numpy.nanmin(rows.low[cells, m])),
                float(numpy.nanmax(rows.high[cells, m])),
                int(rows.counts[cells, m].sum()),
            )
            for domain, cells in rows.members.items()
            for m in range(len(rows.measures))
            if rows.counts[cells, m].sum() > 0
        }
        # Every search begins with the same bins.
        self._first = dict(zip(self.whole.values(), self.bins(list(self.whole.values())), strict=True))
        self._total = {one.place: float(bins.weight.sum()) for one, bins in self._first.items()}

    def invert(self, goals: Sequence[Goal]) -> dict[Goal, float]:
        """Return the smallest value in each place up to which rows have that share of the weight."""
        found: dict[Goal, float] = {}
        sought = {goal: self.whole[goal[0]] for goal in goals}
        while sought:
            known = self._known(list(dict.fromkeys(sought.values())))
            for goal, one in sought.items():
                place, share = goal
                sought[goal] = one.narrowed(known[one], share * self._total[place])
            found |= {goal: one.low for goal, one in sought.items() if one.low == one.high}
            sought = {goal: one for goal, one in sought.items() if goal not in found}
        return found

    def _known(self, brackets: Sequence[Bracket]) -> Mapping[Bracket, Bins]:
        new = [one for one in brackets if one not in self._first]
        return {**self._first, **dict(zip(new, self.bins(new), strict=True))}

    def bins(self, brackets: Sequence[Bracket]) -> list[Bins]:
        """Return the bins of each bracket; those of one with few rows hold one value each."""
        if not brackets:
            return []
        most = max(FEWEST_BINS, min(MOST_BINS, MOST_SUMS // len(brackets)))
        rows = self._beside(brackets, most)
        found = (
            rows.group_by(bracket=rows.bracket, bin=_bin(rows, most))
            .aggregate(
                weight=(rows.weight * rows.ratio).sum(),
                low=rows.value.min(),
                high=rows.value.max(),
                rows=rows.count(),
            )
            .to_pyarrow()
        )
        of, low = (found[name].to_numpy() for name in ("bracket", "low"))
        order = numpy.lexsort((low, of))
        columns = [found[name].cast("float64").to_numpy()[order] for name in ("weight", "low", "high", "rows")]
        edges = numpy.searchsorted(of[order], numpy.arange(len(brackets) + 1))
        return [Bins(*(column[start:end] for column in columns)) for start, end in itertools.pairwise(edges)]

    def _beside(self, brackets: Sequence[Bracket], most: int) -> Table:
        """Return the rows in each bracket, with their number and what `_bin` must know of the bracket."""
        members = [self.rows.members[one.place[1]] for one in brackets]
        of = numpy.repeat(numpy.arange(len(brackets)), [len(cells) for cells in members])
        cells = numpy.concatenate(members)
        ends = numpy.array([one.ends for one in brackets])
        numbers = {
            "measure": numpy.array([one.place[0] for one in brackets]),
            "low": numpy.array([one.low for one in brackets]),
            "high": numpy.array([one.high for one in brackets]),
            "size": numpy.array([one.size for one in brackets]),
            "bent": numpy.array([one.bent for one in brackets]),
            "origin": ends[:, 0],
            "width": numpy.where(ends[:, 1] > ends[:, 0], ends[:, 1] - ends[:, 0], 1.0),
            "few": numpy.array([one.rows <= most for one in brackets]),
        }
        laid = {"bracket": of, "ratio": self.rows.ratio[cells], **{name: one[of] for name, one in numbers.items()}}
        # Named apart from the table's own columns.
        joined = self.rows.beside(cells, {f"brecha_{name}": one for name, one in laid.items()}, self._within)
        weight = row_weight(joined, self.rows.design)
        return joined.select(
            **{name: joined[f"brecha_{name}"] for name in laid},
            value=self._value(joined, joined),
            weight=ibis.literal(1.0) if weight is None else weight,
        )

    def _value(self, table: Table, laid: Table) -> Column:
        """Return the number of the measure that is laid beside the row."""
        value = number_of(table, 0)
        for m in range(1, len(self.rows.measures)):
            value = ibis.ifelse(laid.brecha_measure == m, number_of(table, m), value)
        return value

    def _within(self, table: Table, laid: Table) -> Sequence[Column]:
        """Return that a row is inside the bracket that is laid beside it."""
        value = self._value(table, laid)
        return value >= laid.brecha_low, value <= laid.brecha_high


def _bin(rows: Table, bins: int) -> Column:
    """Return the bin of each row in its bracket; every step of it rises with the value, rounding included."""
    bent = _bent_column(rows.value / rows.size)
    step = ((ibis.ifelse(rows.bent, bent, rows.value) - rows.origin) / rows.width * bins).floor()
    return ibis.ifelse(rows.few, rows.value, step.cast("float64"))


def _bent(share: float) -> float:
    """Return the root of the order 2^ROOTS with the number's sign.

    By square roots, which processors round alike and in order; powers they do not.
    """
    root = abs(share)
    for _ in range(ROOTS):
        root = math.sqrt(root)
    return math.copysign(root, share)


def _bent_column(share: Column) -> Column:
    root = share.abs()
    for _ in range(ROOTS):
        root = root.sqrt()
    return ibis.ifelse(share < 0, -root, root)
