"""What a reader can still work out: the lowest and highest value of each hidden cell, by linear programs."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from scipy.optimize import linprog

from brecha.cells import Floats
from brecha.disclosure.tables import Cell, Equations, Relation

Flags = NDArray[numpy.bool_]
# Prices are simple fractions, for all coefficients are 0, 1 and -1: what is smaller is the solver's rounding.
ROUNDING = 1e-6


class Interval(NamedTuple):
    """The values of a hidden cell that agree with all that is shown; `high` is infinite if nothing bounds it."""

    low: float
    high: float


def audit(
    values: Mapping[Cell, float],
    relations: Sequence[Relation[Cell]],
    hidden: Collection[Cell],
    *,
    floor: float = 1.0,
) -> dict[Cell, Interval]:
    """Return the interval of each hidden cell that a reader can derive from the shown ones and the relations.

    - `values`: counts or magnitudes by cell, hidden ones and totals included; `relations`: a total and its parts.
    - `floor`: what a reader knows every hidden cell to hold at least: 1 for counts whose zeros are shown,
      0 for magnitudes or where zeros are hidden too.

    The bounds are a pair of linear programs for each cell, the "attacker's problems" of Fischetti and Salazar,
    Solving the cell suppression problem on tabular data with linear constraints, Management Science 47 (2001),
    section 2. In a table of three ways or more the whole numbers between them need not all be possible.

    Refuses relations that do not hold (`not_additive`), cells that are not there (`unknown_cell`,
    `no_such_cell`), and a hidden cell below `floor` (`below_floor`).

    >>> counts = {"all": 16, "a": 5, "b": 4, "c": 7}
    >>> audit(counts, [("all", ["a", "b", "c"])], ["a", "b"])["b"]
    Interval(low=1.0, high=8.0)
    """
    equations = Equations.of(values, relations)
    places = equations.places(hidden, floor)
    reader = Reader(equations, places, floor)
    found = {}
    for place in places:
        value = float(equations.values[place])
        ends = Interval(value - reader.reach(place, -1)[0], value + reader.reach(place, 1)[0])
        found[equations.cells[place]] = ends
    return found


class Reader:
    """Somebody who knows the shown cells, how all cells add up, and that no hidden one is below `floor`."""

    def __init__(self, equations: Equations[Cell], hidden: Collection[int], floor: float) -> None:
        self.sums = equations.sums
        self.hidden = numpy.array(sorted(hidden), dtype=int)
        self.unknown = equations.sums[:, self.hidden]
        self.known = numpy.zeros(equations.sums.shape[0])
        self.changes = [(floor - value, None) for value in equations.values[self.hidden].tolist()]

    def reach(self, place: int, sign: int) -> tuple[float, Floats]:
        """Return how far a hidden cell can lie above (`sign` 1) or below (-1) its value, and why no farther.

        The second is a price for each of the C cells. Changes z of the cells that keep all relations have
        sign * z[place] = prices @ z, whatever is hidden, so only cells with a price can let it go farther.
        """
        goal = numpy.where(self.hidden == place, -float(sign), 0.0)
        # Without presolve an unbounded program is told from an impossible one.
        found = linprog(goal, A_eq=self.unknown, b_eq=self.known, bounds=self.changes, options={"presolve": False})
        if found.status == 3:  # unbounded
            return numpy.inf, numpy.zeros(self.sums.shape[1])
        assert found.status == 0, found.message
        prices: Floats = self.sums.T @ found.eqlin.marginals
        prices[place] += sign
        return max(0.0, -float(goal @ found.x)), numpy.where(numpy.abs(prices) > ROUNDING, prices, 0.0)
