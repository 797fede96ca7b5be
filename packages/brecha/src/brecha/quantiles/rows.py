"""The rows as quantiles need them: each with its weight, its numbers and its cell, and numbers laid beside the cells.

A domain's quantile is a number of its own, and so are the values that a search compares rows with. They come to the
rows by a join on the cell, which is one combination of the domains' columns and the calibration's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy
import pyarrow

from brecha.cells import Floats, Indexes
from brecha.design import Design
from brecha.items import Mean
from brecha.questions import question
from brecha.results import DomainKey, domain_key
from brecha.source import Column, Table, key, label, number

By = Sequence[tuple[str, ...]]
Within = Callable[[Table, Table], Sequence[Column]]
Place = tuple[int, DomainKey]  # a measure in a domain


@dataclass(frozen=True)
class Rows:
    """Rows of a table in C cells, and the domains that the cells make up.

    - `table`: all its columns, and the measures' numbers, see `number_of`.
    - `keys`: the cells' values of `columns`, each in its own type; `ratio` (C,) their weights after calibration
      over those before; `members`: the cells of each domain.
    - `low`, `high`, `counts`: (C, M), least, greatest and number of the values of M measures in each cell.
    """

    table: Table
    design: Design
    measures: tuple[Mean, ...]
    columns: tuple[str, ...]
    keys: pyarrow.Table
    ratio: Floats
    members: Mapping[DomainKey, Indexes]
    low: Floats
    high: Floats
    counts: Floats

    def beside(self, cells: Indexes, numbers: Mapping[str, Any], within: Within | None = None) -> Table:
        """Return the rows with each set of `numbers` that is laid beside their cell: once for each set.

        `cells` has shape (s,), and so has each column of numbers, in which nan becomes null. `within` says which
        of the pairs to keep.
        """
        places = pyarrow.array(cells)
        keys = {name: self.keys[name].take(places) for name in self.keys.column_names}
        columns = {name: pyarrow.array(values, from_pandas=True) for name, values in numbers.items()}
        laid = ibis.memtable(pyarrow.table({"brecha_cell": places, **keys, **columns}))
        # Not ==, because a missing level is a cell too.
        pairs = [key(self.table[column]).identical_to(laid[_key(i)]) for i, column in enumerate(self.columns)]
        # Among the join's conditions it is twice as fast in DuckDB as a filter after it.
        return self.table.inner_join(laid, [*pairs, *(within(self.table, laid) if within else ())])


def number_of(table: Table, m: int) -> Column:
    """Return a measure's number in each row, null outside its base."""
    return table[f"brecha_number_{m}"]


def lay(table: Table, design: Design, measures: Sequence[Mean], by: By) -> Rows:
    """Ask the rows, once, which cells there are and between which values their numbers lie."""
    calibrated = () if design.calibration is None else design.calibration.columns
    columns = tuple(dict.fromkeys((*(column for group in by for column in group), *calibrated)))
    table = table.mutate(**{f"brecha_number_{m}": _number(table, measure) for m, measure in enumerate(measures)})
    wanted = {"rows": table.count()}
    for m in range(len(measures)):
        one = number_of(table, m)
        wanted |= {f"low_{m}": one.min(), f"high_{m}": one.max(), f"count_{m}": one.count()}
    cells = {_key(i): key(table[column]) for i, column in enumerate(columns)}
    found = (table.group_by(**cells) if cells else table).aggregate(**wanted).to_pyarrow()
    labels = {column: [label(one) for one in found[_key(i)].to_pylist()] for i, column in enumerate(columns)}
    low, high, counts = (
        numpy.array([found[f"{name}_{m}"].cast("float64").to_numpy() for m in range(len(measures))]).T
        for name in ("low", "high", "count")
    )
    return Rows(
        table=table,
        design=design,
        measures=tuple(measures),
        columns=columns,
        keys=found.select(list(cells)),
        ratio=_ratio(design, labels, len(found)),
        members=_members(labels, by, len(found)),
        low=low,
        high=high,
        counts=counts,
    )


def _number(table: Table, measure: Mean) -> Column:
    return ibis.ifelse(question(table, measure).base.rows, number(table[measure.variable]), ibis.null("float64"))


def _key(i: int) -> str:
    return f"brecha_key_{i}"


def _ratio(design: Design, labels: Mapping[str, Sequence[str]], cells: int) -> Floats:
    """Return the weight after calibration over the one before, (C,)."""
    calibration = design.calibration
    if calibration is None:
        return numpy.ones(cells)
    known = dict(zip(calibration.patterns, calibration.ratio.tolist(), strict=True))
    patterns = list(zip(*(labels[column] for column in calibration.columns), strict=True)) or [()] * cells
    return numpy.array([known[pattern] for pattern in patterns])


def _members(labels: Mapping[str, Sequence[str]], by: By, cells: int) -> dict[DomainKey, Indexes]:
    """Return the cells of each domain, as `brecha.estimate` orders them: none has those with a missing level."""
    members: dict[DomainKey, Indexes] = {}
    for columns in by:
        places: dict[tuple[str, ...], list[int]] = {}
        for cell in range(cells):
            levels = tuple(labels[column][cell] for column in columns)
            if "" not in levels:
                places.setdefault(levels, []).append(cell)
        for levels in sorted(places):
            members[domain_key(dict(zip(columns, levels, strict=True)))] = numpy.array(places[levels], dtype=numpy.intp)
    return members
