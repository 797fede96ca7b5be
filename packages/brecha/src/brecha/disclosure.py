"""Hiding small counts, and the fewest others, so that no published margin gives them back.

Primary cells are hidden because few rows stand in them; secondary cells because a total minus
its other parts would give a primary one back. Which ones is an integer program (Fischetti and Salazar
2001, with relations as the first constraints and a proof of uncertainty added for each cell that the audit
still finds exposed), so the answer is the least there is, not a rule of thumb's.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from brecha.cells import Floats
from brecha.errors import BrechaError

Cell = TypeVar("Cell", bound=Hashable)
Relation = tuple[Cell, Sequence[Cell]]
Reason = Literal["primary", "secondary"]
Flags = NDArray[numpy.bool_]
Matrix = Any  # a sparse matrix; scipy's own types distinguish what is the same here

TOLERANCE = 1e-6
# A proof changes its cell by one and others by about as much. The bound keeps the solver's tolerance in
# "hidden or not" (1e-6) from passing for a change.
LARGEST_CHANGE = 100.0


def margins(counts: Mapping[tuple[str, str], int]) -> dict[tuple[str | None, str | None], int]:
    """Return a two-way table's counts with its margins; None stands for all rows or all columns.

    >>> margins({("Puno", "women"): 3, ("Puno", "men"): 4})[("Puno", None)]
    7
    """
    table: dict[tuple[str | None, str | None], int] = {}
    for (row, column), count in counts.items():
        for cell in ((row, column), (row, None), (None, column), (None, None)):
            table[cell] = table.get(cell, 0) + count
    return table


def relations(
    cells: Iterable[tuple[str | None, str | None]],
) -> list[Relation[tuple[str | None, str | None]]]:
    """Return how a two-way table's cells sum: each row, each column, and both margins to all.

    `cells` are (row, column) pairs; pairs with None, the margins, are made anew.

    >>> relations([("Puno", "women"), ("Puno", "men")])[0]
    (('Puno', None), [('Puno', 'women'), ('Puno', 'men')])
    """
    inner = [(row, column) for row, column in cells if row is not None and column is not None]
    rows = list(dict.fromkeys(row for row, _ in inner))
    columns = list(dict.fromkeys(column for _, column in inner))
    return [
        *(((row, None), [cell for cell in inner if cell[0] == row]) for row in rows),
        *(((None, column), [cell for cell in inner if cell[1] == column]) for column in columns),
        ((None, None), [(row, None) for row in rows]),
        ((None, None), [(None, column) for column in columns]),
    ]


def protect(
    counts: Mapping[Cell, int],
    relations: Sequence[Relation[Cell]],
    minimum: int = 10,
    known: Collection[Cell] = (),
) -> dict[Cell, Reason]:
    """Return the cells to hide: those with 1 to `minimum` - 1 rows, and the fewest that protect them.

    - `counts`: unweighted rows by cell, totals included; `relations`: a total and the parts that sum to it.
    - `known`: cells that are public already, so that hiding them protects nothing.
    - Among the least numbers of secondary cells, those of the fewest rows are hidden. An empty cell is
      shown: it names nobody, and protects nothing, for it is often known to be empty.
    - A cell is protected if a reader who knows all that is shown, the relations, and that a hidden
      cell is not empty, still finds at least two counts possible for it.

    >>> counts = margins({("Puno", "women"): 3, ("Puno", "men"): 40, ("Ica", "women"): 30, ("Ica", "men"): 20})
    >>> hidden = protect(counts, relations(counts))
    >>> hidden[("Puno", "women")], sorted(set(hidden.values())), len(hidden)
    ('primary', ['primary', 'secondary'], 4)
    """
    cells = list(counts)
    sums = _sums(counts, relations, cells)
    values = numpy.array([counts[cell] for cell in cells], dtype=float)
    hideable = (values > 0) & numpy.array([cell not in known for cell in cells], dtype=bool)
    primary = hideable & (values < minimum)
    if not primary.any():
        return {}
    hidden = _hide(_Program(values, sums, primary, hideable))
    if hidden is None:
        raise BrechaError("cannot_protect", cells=[cells[i] for i in numpy.flatnonzero(primary)])
    return {cells[i]: "primary" if primary[i] else "secondary" for i in numpy.flatnonzero(hidden)}


def _sums(counts: Mapping[Cell, int], relations: Sequence[Relation[Cell]], cells: list[Cell]) -> Matrix:
    """Return the relations as rows that give zero: 1 for the total, -1 for each part."""
    position = {cell: i for i, cell in enumerate(cells)}
    entries: list[tuple[int, int, float]] = []
    for row, (total, parts) in enumerate(relations):
        for cell in (total, *parts):
            if cell not in position:
                raise BrechaError("unknown_cell", total=total, cell=cell)
        if (found := sum(counts[part] for part in parts)) != counts[total]:
            raise BrechaError("not_additive", total=total, parts=found, count=counts[total])
        entries += [(row, position[total], 1.0), *((row, position[part], -1.0) for part in parts)]
    rows, columns, signs = zip(*entries, strict=True) if entries else ((), (), ())
    return sparse.csr_array((signs, (rows, columns)), shape=(len(relations), len(cells)))


class _Program:
    """The least costly pattern of hidden cells, with a proof of uncertainty for each cell in `proven`."""

    def __init__(self, values: Floats, sums: Matrix, primary: Flags, hideable: Flags) -> None:
        self.values = values
        self.sums = sums
        self.primary = primary
        self.hideable = hideable
        self.proven: list[int] = []

    def solve(self) -> Flags | None:
        """Return which cells to hide, None if no choice protects the table."""
        size, proofs = len(self.values), len(self.proven)
        # Variables: is a cell hidden; then, for each proof, the change of every cell and its direction.
        change = numpy.r_[numpy.full(size, LARGEST_CHANGE), 1]
        cost = numpy.r_[1 + self.values / (self.values.sum() + 1), numpy.zeros(proofs * (size + 1))]
        low = numpy.r_[self.primary, numpy.tile(numpy.r_[-change[:-1], 0], proofs)]
        high = numpy.r_[self.hideable, numpy.tile(change, proofs)]
        whole = numpy.r_[numpy.ones(size), numpy.tile(numpy.r_[numpy.zeros(size), 1], proofs)]
        constraints = [self._never_alone(proofs)]
        for proof, cell in enumerate(self.proven):
            constraints += self._proof(proof, cell)
        found = milp(
            cost,
            integrality=whole,
            bounds=Bounds(low, high),
            constraints=constraints,
            options={"mip_rel_gap": 0},
        )
        if found.x is None:
            return None
        return numpy.asarray(found.x[:size] > 0.5)

    def _never_alone(self, proofs: int) -> LinearConstraint:
        """In a relation, a hidden cell needs a second hidden one."""
        inside = abs(self.sums)
        row, cell = inside.nonzero()
        size = len(self.values)
        others = inside[row, :] - 2 * sparse.eye_array(size, format="csr")[cell, :]
        free = sparse.csr_array((len(row), proofs * (size + 1)))
        return LinearConstraint(sparse.hstack([others, free], format="csr"), 0, numpy.inf)

    def _proof(self, proof: int, cell: int) -> list[LinearConstraint]:
        """If `cell` is hidden, hidden cells can change, the sums kept, so that it changes by one or more."""
        size, proofs = len(self.values), len(self.proven)
        start = size + proof * (size + 1)

        def block(hidden: Matrix, change: Matrix, direction: Matrix) -> Matrix:
            width = hidden.shape[0]
            before = sparse.csr_array((width, start - size))
            after = sparse.csr_array((width, (size + 1) * (proofs - proof - 1)))
            return sparse.hstack([hidden, before, change, direction, after], format="csr")

        one = sparse.eye_array(size, format="csr")
        at = one[[cell], :]
        flat, single = sparse.csr_array((size, 1)), sparse.csr_array([[1.0]])
        kept = block(sparse.csr_array(self.sums.shape), self.sums, sparse.csr_array((self.sums.shape[0], 1)))
        reach = LARGEST_CHANGE
        falls = sparse.diags_array(numpy.minimum(self.values - 1, reach), format="csr")
        return [
            LinearConstraint(kept, 0, 0),
            LinearConstraint(block(-reach * one, one, flat), -numpy.inf, 0),
            LinearConstraint(block(falls, one, flat), 0, numpy.inf),
            LinearConstraint(block(-at, at, 2 * reach * single), 0, numpy.inf),
            LinearConstraint(block(-at, -at, -2 * reach * single), -2 * reach, numpy.inf),
        ]


def _hide(program: _Program) -> Flags | None:
    """Solve, audit, and solve again with a proof for each cell still exposed, until none is."""
    while (hidden := program.solve()) is not None:
        exposed = _exposed(program.values, program.sums, hidden)
        if not exposed:
            return hidden
        assert not set(exposed) & set(program.proven), "a proved cell was found exposed"
        program.proven += exposed
    return None


def _exposed(values: Floats, sums: Matrix, hidden: Flags) -> list[int]:
    """Audit: return the hidden cells of which the shown ones allow no second count."""
    places = numpy.flatnonzero(hidden)
    unknown = sums[:, places]
    shown = -(sums @ numpy.where(hidden, 0, values))
    exposed = []
    for i, place in enumerate(places):
        goal = numpy.zeros(len(places))
        goal[i] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=unknown, b_eq=shown, bounds=(1, None))
            ends.append(sign * found.fun if found.fun is not None else -sign * numpy.inf)
        if ends[0] > values[place] - 1 + TOLERANCE and ends[1] < values[place] + 1 - TOLERANCE:
            exposed.append(int(place))
    return exposed
