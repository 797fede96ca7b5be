"""Which cells tell on somebody by themselves, and how uncertain a reader of the rest must stay about them."""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass

from brecha.disclosure.contributors import Contributors
from brecha.disclosure.tables import Cell
from brecha.errors import BrechaError


@dataclass(frozen=True)
class Levels:
    """How far from a hidden cell's value the values that a reader finds possible must reach.

    - `lower` below it, `upper` above it, in the cell's unit (Fischetti and Salazar 2001, section 2).
    - `either`: to this distance on one side at least; 1 means that a second count is possible.

    Refuses a level below zero, and three of zero (`no_level`).
    """

    lower: float = 0.0
    upper: float = 0.0
    either: float = 0.0

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0 or max(astuple(self)) <= 0:
            raise BrechaError("no_level", lower=self.lower, upper=self.upper, either=self.either)


SECOND_COUNT = Levels(either=1.0)
# A share of the total: a cell on a rule's limit is safe, and the sums of its contributions are rounded.
ROUNDING = 1e-9


def few(counts: Mapping[Cell, float], minimum: int = 10, *, hide_zero: bool = False) -> dict[Cell, Levels]:
    """Return the cells of fewer than `minimum` unweighted rows (the minimum frequency rule).

    A zero names nobody and is shown, unless `hide_zero`: hide it where it was not known beforehand and
    tells on those who are not in it, as "no household of this village has water" does.

    >>> sorted(few({"Puno": 3, "Ica": 40, "Lima": 0}))
    ['Puno']
    """
    return {cell: SECOND_COUNT for cell, count in counts.items() if _is_few(count, minimum, hide_zero)}


def few_of_share(
    counted: Mapping[Cell, int], bases: Mapping[Cell, int], minimum: int = 10, *, hide_zero: bool = False
) -> dict[Cell, Levels]:
    """Return the cells whose share tells on few: on those counted in it, or on the others of its base.

    `counted` and `bases` are unweighted rows by cell. A share of 2 of 40 tells on two people, and so does
    one of 38 of 40. A share of 0 or of all is shown, unless `hide_zero`: it singles nobody out, but tells
    the answer of everyone in the cell (Hundepool and others, Handbook on Statistical Disclosure Control,
    2nd ed., section 5.2: group disclosure); hide it where the answer may harm. Without rows nothing is told.

    The share alone is found. Where its base is shown, protect the table of cells by answer, counted or not:
    its margins are the bases.

    >>> sorted(few_of_share({"Puno": 2, "Ica": 38, "Lima": 20, "Piura": 0}, dict.fromkeys(
    ...     ["Puno", "Ica", "Lima", "Piura"], 40)))
    ['Ica', 'Puno']
    """
    return {
        cell: SECOND_COUNT
        for cell, base in bases.items()
        if base and any(_is_few(part, minimum, hide_zero) for part in (counted[cell], base - counted[cell]))
    }


def dominance(cells: Mapping[Cell, Contributors], number: int = 2, percent: float = 85.0) -> dict[Cell, Levels]:
    """Return the cells of which the `number` largest contributors hold more than `percent` of the total.

    The (n, k) rule: x1 + ... + xn > k/100 X. A reader must find a total of 100/k (x1 + ... + xn) possible, and
    one as far below. Source: Handbook on Statistical Disclosure Control, section 4.2, tables 4.1 and 4.2.

    Refuses a percentage outside 0 to 100, or more contributors than the cells hold (`too_few_kept`).

    >>> dominance({"mining": Contributors(340.0, (300.0, 30.0))}, number=1, percent=80)
    {'mining': Levels(lower=35.0, upper=35.0, either=0.0)}
    """

    def missing(cell: Contributors) -> float:
        return 100 / percent * sum(cell.largest[:number]) - cell.total

    return _concentrated(cells, number, percent, missing)


def p_percent(cells: Mapping[Cell, Contributors], percent: float = 10.0) -> dict[Cell, Levels]:
    """Return the cells whose second largest contributor can estimate the largest to within `percent` of it.

    The p% rule: X - x1 - x2 < p/100 x1. A reader must find a total possible that is larger by what the
    small contributors lack, p/100 x1 - (X - x1 - x2), and one as far below. Source: as for `dominance`; the
    Handbook prefers this rule, for (2, k) protects cells that need it not.

    Refuses a percentage outside 0 to 100, or cells that hold only their largest contributor (`too_few_kept`).

    >>> cells = {"safe": Contributors(110.0, (52.0, 50.0)), "unsafe": Contributors(100.0, (50.0, 49.0))}
    >>> p_percent(cells)
    {'unsafe': Levels(lower=4.0, upper=4.0, either=0.0)}
    """

    def missing(cell: Contributors) -> float:
        return percent / 100 * cell.largest[0] - (cell.total - sum(cell.largest[:2]))

    return _concentrated(cells, 2, percent, missing)


def strictest(*found: Mapping[Cell, Levels]) -> dict[Cell, Levels]:
    """Return the cells that any rule found, each with the highest of the levels asked for it.

    >>> strictest({"a": Levels(upper=2.0)}, {"a": Levels(either=1.0)}, {"b": Levels(lower=3.0)})["a"]
    Levels(lower=0.0, upper=2.0, either=1.0)
    """
    joined: dict[Cell, Levels] = {}
    for rule in found:
        for cell, levels in rule.items():
            joined[cell] = Levels(*map(max, astuple(levels), astuple(joined.get(cell, levels))))
    return joined


def _is_few(count: float, minimum: int, hide_zero: bool) -> bool:
    return hide_zero if count == 0 else count < minimum


def _concentrated(
    cells: Mapping[Cell, Contributors], number: int, percent: float, missing: Callable[[Contributors], float]
) -> dict[Cell, Levels]:
    """Return the cells whose total is too small for their largest contributors, by how much it is."""
    if not 0 < percent < 100:
        raise BrechaError("percent_out_of_range", percent=percent)
    found: dict[Cell, Levels] = {}
    for cell, contributors in cells.items():
        if len(contributors.largest) < number:
            raise BrechaError("too_few_kept", number=number, kept=len(contributors.largest))
        if (distance := missing(contributors)) > ROUNDING * contributors.total:
            found[cell] = Levels(lower=min(distance, contributors.total), upper=distance)
    return found
