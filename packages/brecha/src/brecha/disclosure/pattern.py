"""The least pattern of hidden cells that keeps the primary ones uncertain: an integer program with cuts.

Fischetti and Salazar, Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47 (2001): a program over hidden or not alone is solved; a reader of its pattern is
simulated; where one can come too close to a primary cell, the prices of that linear program say which other
cells could keep the reader away, and a cut demands enough of them. So the answer is the least there is,
not a rule of thumb's.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from brecha.cells import Floats
from brecha.disclosure.bounds import Flags, Reader
from brecha.disclosure.rules import Levels, few
from brecha.disclosure.tables import Cell, Equations, Relation
from brecha.errors import BrechaError

Reason = Literal["primary", "secondary"]

# Of a level: more than the solver's own tolerance (1e-6), so that a cut for what is short of it is seen.
TOLERANCE = 1e-5
DRAFT_GAP = 0.05  # how far from the least the draft may be


def protect(
    values: Mapping[Cell, float],
    relations: Sequence[Relation[Cell]],
    primary: Mapping[Cell, Levels] | None = None,
    *,
    minimum: int = 10,
    known: Collection[Cell] = (),
    floor: float = 1.0,
) -> dict[Cell, Reason]:
    """Return the cells to hide: the primary ones, and the fewest that protect them.

    - `values`: unweighted rows or magnitudes by cell, totals included; `relations`: a total and its parts.
    - `primary`: the cells that a rule found, and how uncertain a reader must stay; by default those that
      `few` finds in `values` with `minimum`.
    - `known`: cells that are public already, so that hiding them protects nothing.
    - `floor`: what a reader knows every hidden cell to hold at least: 1 for counts whose zeros are shown,
      0 for magnitudes or where zeros are hidden too.
    - Among the least numbers of secondary cells, those of the least sum are hidden. An empty cell is shown
      unless it is primary: it protects nothing, for it is often known to be empty.
    - A primary cell is protected if the bounds that `audit` returns are as far from its value as its levels ask.

    Refuses what `audit` refuses, and a table that cannot be protected (`cannot_protect`).

    >>> from brecha.disclosure import margins, relations
    >>> counts = margins({("Puno", "women"): 3, ("Puno", "men"): 40, ("Ica", "women"): 30, ("Ica", "men"): 20})
    >>> hidden = protect(counts, relations(counts))
    >>> hidden[("Puno", "women")], sorted(set(hidden.values())), len(hidden)
    ('primary', ['primary', 'secondary'], 4)
    """
    equations = Equations.of(values, relations)
    found = few(values, minimum) if primary is None else primary
    levels = {cell: asked for cell, asked in found.items() if cell not in known}
    if not levels:
        return {}
    places = dict(zip(equations.places(levels, floor), levels.values(), strict=True))
    free = numpy.array([cell not in known for cell in equations.cells])
    hidden = _Program(equations, places, free, floor).run()
    if hidden is None:
        raise BrechaError("cannot_protect", cells=list(levels))
    return {equations.cells[i]: "primary" if i in places else "secondary" for i in numpy.flatnonzero(hidden).tolist()}


class _Program:
    """Which of the C cells to hide, as 0 or 1 each, with a cut for every demand that a pattern failed."""

    def __init__(self, equations: Equations[Any], levels: Mapping[int, Levels], free: Flags, floor: float) -> None:
        values = equations.values
        self.equations = equations
        self.levels = levels
        self.floor = floor
        self.primary = numpy.zeros(len(values), dtype=bool)
        self.primary[list(levels)] = True
        self.hideable = self.primary | (free & (values > 0) & (values >= floor))
        self.falls = numpy.maximum(values - floor, 0)
        self.cuts = [self._never_alone()]

    def run(self) -> Flags | None:
        """Return the fewest cells that protect the table, and of those the least sum; None if nothing protects it.

        In three steps, for the solver proves the two aims at once only slowly: a draft that is good in both;
        the fewest, known as soon as no fewer than the draft's are in question; the least sum of so many.
        """
        values = self.equations.values
        every = numpy.ones(len(values))
        draft = self._least(every + values / (values[self.hideable].sum() + 1), gap=DRAFT_GAP)
        if draft is None:
            return None
        fewest = self._least(every, enough=draft.sum())
        assert fewest is not None, "the draft protects the table"
        self.cuts.append(LinearConstraint(every[None, :], 0, fewest.sum()))
        return self._least(values / (values[self.hideable].max() or 1.0))

    def _least(self, cost: Floats, gap: float = 0.0, enough: float = numpy.inf) -> Flags | None:
        """Solve and send a reader, until none comes too close or the pattern costs `enough`."""
        while (hidden := self._solve(cost, gap)) is not None and cost @ hidden < enough:
            reader = Reader(self.equations, numpy.flatnonzero(hidden), self.floor)
            found = [cut for place in self.levels for cut in self._cuts(reader, place)]
            if not found:
                break
            cuts = numpy.array(found)
            assert (cuts @ hidden < 1).all(), "a cut allows the pattern that failed it"
            self.cuts.append(LinearConstraint(sparse.csr_array(cuts), 1, numpy.inf))
        return hidden

    def _solve(self, cost: Floats, gap: float) -> Flags | None:
        """Return a pattern that keeps all cuts and costs at most a share `gap` more than the least, or None."""
        found = milp(
            cost,
            integrality=numpy.ones(len(cost), dtype=int),
            bounds=Bounds(self.primary.astype(float), self.hideable.astype(float)),
            constraints=self.cuts,
            options={"mip_rel_gap": gap},
        )
        assert found.status in (0, 2), found.message  # solved, or impossible
        return None if found.x is None else numpy.asarray(found.x > 0.5)

    def _never_alone(self) -> LinearConstraint:
        """In a relation, a hidden cell needs a second hidden one: the first cuts, for all cells at once."""
        inside = abs(self.equations.sums)
        row, cell = inside.nonzero()
        others = inside[row, :] - 2 * sparse.eye_array(len(self.primary), format="csr")[cell, :]
        return LinearConstraint(others, 0, numpy.inf)

    def _cuts(self, reader: Reader, place: int) -> Iterator[Floats]:
        """Yield, for each level that a primary cell lacks, how much of it each cell would give: 1 or more is enough."""
        levels = self.levels[place]
        (over, above), (under, below) = reader.reach(place, 1), reader.reach(place, -1)
        enough = 1 - TOLERANCE
        if over < levels.upper * enough:
            yield self._give(above, levels.upper)
        if under < levels.lower * enough:
            yield self._give(below, levels.lower)
        if max(over, under) < levels.either * enough:
            # On whichever side, the hidden cells give too little: one more must help.
            helping = self._give(above, levels.either) + self._give(below, levels.either) > 0
            helping[reader.hidden] = False
            yield helping.astype(float)

    def _give(self, prices: Floats, level: float) -> Floats:
        """Return what part of a level each cell gives if it is hidden: a rise is unlimited, a fall stops at the floor.

        No more than 1, the whole level: the paper's strengthening, valid for cells are hidden or not.
        """
        return numpy.where(prices > 0, 1.0, numpy.minimum(-prices * self.falls / level, 1.0))
