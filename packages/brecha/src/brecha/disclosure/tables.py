"""What is published: a table of any number of ways with its margins, and how its cells add up."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import isclose
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy
from scipy import sparse

from brecha.cells import Floats
from brecha.errors import BrechaError

Cell = TypeVar("Cell", bound=Hashable)
Relation = tuple[Cell, Sequence[Cell]]
Codes = tuple[str | None, ...]
Parents = Mapping[int, Mapping[str, str]]
Matrix = Any  # a sparse matrix; scipy's own types distinguish what is the same here

FLAT: Parents = {}


class Addable(Protocol):
    """A count, an amount, or anything else of which a margin is the sum."""

    def __add__(self, other: Self, /) -> Self: ...


Amount = TypeVar("Amount", bound=Addable)


def margins(cells: Mapping[tuple[str, ...], Amount], parents: Parents = FLAT) -> dict[Codes, Amount]:
    """Return a table's cells with all their margins; None in a way stands for all of its codes.

    - `cells`: by one code a way, each of the finest level: counts, amounts, or `Contributors`.
    - `parents`: for a way (0 is the first) with levels, the code above each code, such as a province's region.

    Refuses a code that is its own ancestor (`hierarchy_loops`).

    >>> margins({("Puno", "women"): 3, ("Puno", "men"): 4})[("Puno", None)]
    7
    >>> levels = {0: {"Melgar": "Puno", "Sandia": "Puno"}}
    >>> margins({("Melgar", "women"): 3, ("Sandia", "women"): 4, ("Ica", "women"): 9}, levels)
    ... # doctest: +NORMALIZE_WHITESPACE
    {('Melgar', 'women'): 3, ('Melgar', None): 3, ('Puno', 'women'): 7, ('Puno', None): 7,
     (None, 'women'): 16, (None, None): 16,
     ('Sandia', 'women'): 4, ('Sandia', None): 4, ('Ica', 'women'): 9, ('Ica', None): 9}
    """
    table: dict[Codes, Amount] = {}
    for cell, amount in cells.items():
        for total in product(*(_ancestry(code, parents.get(way, {})) for way, code in enumerate(cell))):
            table[total] = table[total] + amount if total in table else amount
    return table


def relations(cells: Iterable[Codes], parents: Parents = FLAT) -> list[Relation[Codes]]:
    """Return how a table's cells sum: each way of each margin to the level above, and at last to all.

    `cells` and `parents` are those of `margins`; margins among the cells are made anew.

    >>> relations([("Puno", "women"), ("Puno", "men")])[1]
    (('Puno', None), [('Puno', 'women'), ('Puno', 'men')])
    """
    parts: dict[tuple[int, Codes], list[Codes]] = {}
    for cell in margins(_finest(cells, parents), parents):
        for way, code in enumerate(cell):
            if code is not None:
                total = (*cell[:way], parents.get(way, {}).get(code), *cell[way + 1 :])
                parts.setdefault((way, total), []).append(cell)
    return [(total, members) for (_, total), members in parts.items()]


def _finest(cells: Iterable[Codes], parents: Parents) -> dict[tuple[str, ...], int]:
    """Return the cells that are no margin, as a table of zeros."""
    above = {way: set(codes.values()) for way, codes in parents.items()}
    found: dict[tuple[str, ...], int] = {}
    for cell in cells:
        codes = [code for way, code in enumerate(cell) if code is not None and code not in above.get(way, ())]
        if len(codes) == len(cell):
            found[tuple(codes)] = 0
    return found


def _ancestry(code: str, parents: Mapping[str, str]) -> list[str | None]:
    """Return a code, the codes above it, and None for all."""
    found = [code]
    while (above := parents.get(found[-1])) is not None:
        if above in found:
            raise BrechaError("hierarchy_loops", level=above)
        found.append(above)
    return [*found, None]


@dataclass(frozen=True)
class Equations(Generic[Cell]):
    """A table of C cells as R linear equations.

    `values` are C amounts; `sums` is an R x C sparse matrix, 1 for a relation's total and -1 for each part,
    so that `sums @ values` is zero.
    """

    cells: list[Cell]
    values: Floats
    sums: Matrix

    @classmethod
    def of(cls, values: Mapping[Cell, float], relations: Sequence[Relation[Cell]]) -> "Equations[Cell]":
        """Return the equations, refusing relations that do not hold (`not_additive`) or of an `unknown_cell`."""
        position = {cell: i for i, cell in enumerate(values)}
        entries: list[tuple[int, int, float]] = []
        for row, (total, parts) in enumerate(relations):
            for cell in (total, *parts):
                if cell not in position:
                    raise BrechaError("unknown_cell", total=total, cell=cell)
            if not isclose(found := sum(values[part] for part in parts), values[total], rel_tol=1e-9, abs_tol=1e-9):
                raise BrechaError("not_additive", total=total, parts=found, count=values[total])
            entries += [(row, position[total], 1.0), *((row, position[part], -1.0) for part in parts)]
        rows, columns, signs = zip(*entries, strict=True) if entries else ((), (), ())
        sums = sparse.csr_array((signs, (rows, columns)), shape=(len(relations), len(values)))
        return cls(list(values), numpy.array(list(values.values()), dtype=float), sums)

    def places(self, cells: Iterable[Cell], floor: float) -> list[int]:
        """Return where cells to hide stand, refusing one that is not there or holds less than `floor`."""
        position = {cell: i for i, cell in enumerate(self.cells)}
        places = []
        for cell in cells:
            if cell not in position:
                raise BrechaError("no_such_cell", cell=cell)
            if self.values[position[cell]] < floor:
                raise BrechaError("below_floor", cell=cell, value=self.values[position[cell]], floor=floor)
            places.append(position[cell])
        return places
