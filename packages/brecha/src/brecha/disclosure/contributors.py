"""The largest contributors of each cell, found by the engine: rows stay in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import ibis

from brecha.errors import BrechaError
from brecha.gathering import check_columns
from brecha.source import Column, Table, finite, key, label, number, read


@dataclass(frozen=True)
class Contributors:
    """What a cell of a magnitude table is made of: its total and its largest contributions, all of zero or more.

    `largest` is in falling order; zeros fill it where fewer contribute. Two cells add up to their margin's:

    >>> Contributors(9.0, (5.0, 3.0)) + Contributors(4.0, (4.0, 0.0))
    Contributors(total=13.0, largest=(5.0, 4.0))
    """

    total: float
    largest: tuple[float, ...]

    def __add__(self, other: Self, /) -> Self:
        together = sorted(self.largest + other.largest, reverse=True)
        return type(self)(self.total + other.total, tuple(together[: len(self.largest)]))


def contributors(
    source: object, by: Sequence[str], value: str, *, kept: int = 2
) -> dict[tuple[str, ...], Contributors]:
    """Return, for each combination of `by`, the total of `value` and its `kept` largest contributions.

    `source` is an ibis table or what `brecha.read` takes, where one row is one contributor: sum the rows of
    one person or firm first. It is asked in one query, and only cells come back; `margins` adds them up.

    Refuses columns that are not there, and values that are no number or negative, for the rules that use
    this (`dominance`, `p_percent`) say nothing of them: choose or correct the rows first.

    >>> mines = {"region": ["Puno", "Puno", "Puno", "Ica"], "ounces": [7, 1, 4, 2]}
    >>> contributors(mines, ["region"], "ounces")
    {('Ica',): Contributors(total=2.0, largest=(2.0, 0.0)), ('Puno',): Contributors(total=12.0, largest=(7.0, 4.0))}
    """
    table = read(source)
    check_columns(table, [*by, value])
    keys = {f"key_{i}": key(table[column]) for i, column in enumerate(by)}
    rows = table.select(**keys, amount=number(table[value]))
    cells = _query(rows, list(keys), kept).to_pyarrow().to_pylist()
    for code in ("value_not_numeric", "value_negative"):
        if count := sum(cell[code] for cell in cells):
            raise BrechaError(code, column=value, count=count)
    return {
        tuple(label(cell[name]) for name in keys): Contributors(
            cell["total"], tuple(cell[f"largest_{i}"] for i in range(kept))
        )
        for cell in cells
    }


def _query(rows: Table, keys: list[str], kept: int) -> Table:
    """Return the query of one row a cell; CASE inside its sums picks the rows of each rank."""
    first = ibis.window(group_by=keys, order_by=rows.amount.desc())
    ranked = rows.mutate(rank=ibis.row_number().over(first))

    def total(which: Column, amount: Column) -> Column:
        return ibis.ifelse(which.fill_null(False), amount, 0).sum()

    wrong = ~finite(ranked.amount)
    sums = {
        "total": ranked.amount.sum(),
        "value_not_numeric": total(wrong, 1),
        "value_negative": total(ranked.amount < 0, 1),
        **{f"largest_{i}": total(ranked["rank"] == i, ranked.amount) for i in range(kept)},
    }
    return ranked.group_by(keys).aggregate(**sums).order_by(keys)
