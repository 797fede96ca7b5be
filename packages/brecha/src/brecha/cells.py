"""The one pass over the rows: sums by stratum, PSU and domain, in one GROUP BY."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import numpy
from numpy.typing import NDArray

from brecha.design import Design
from brecha.errors import BrechaError
from brecha.source import Column, Table, number, text

Floats = NDArray[numpy.float64]
Labels = list[str]


@dataclass(frozen=True)
class Cells:
    """Sums over the rows of C cells, a cell being one combination of all the keys.

    `keys` holds C labels a column, the empty text for a missing one; `sums` holds C numbers a name.
    """

    keys: Mapping[str, Labels]
    sums: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.sums["rows"])

    def tuples(self, columns: Iterable[str]) -> list[tuple[str, ...]]:
        """Return each cell's labels in `columns`."""
        lists = [self.keys[column] for column in columns]
        return list(zip(*lists, strict=True)) if lists else [()] * len(self)


def gather(table: Table, design: Design, columns: Iterable[str], sums: Mapping[str, Column]) -> Cells:
    """Sum the expressions of `sums` by the design's strata and PSU and by `columns`, refusing a bad design.

    All is asked in one query, with CASE inside the sums: the engine reads each row once.
    """
    psu = () if design.psu is None else (design.psu,)
    keys = list(dict.fromkeys((*design.strata, *psu, *columns)))
    names = {f"key_{i}": text(table[key]).fill_null("") for i, key in enumerate(keys)}
    asked = {"rows": table.count(), **_checks(table, design), **sums}
    outputs = {f"sum_{i}": expression for i, expression in enumerate(asked.values())}
    query = (table.group_by(**names) if names else table).aggregate(**outputs)
    result = (query.order_by(list(names)) if names else query).to_pyarrow()
    cells = Cells(
        keys={key: result[f"key_{i}"].to_pylist() for i, key in enumerate(keys)},
        sums={name: result[f"sum_{i}"].to_numpy().astype(float) for i, name in enumerate(asked)},
    )
    _refuse(cells, design)
    return cells


def weight(table: Table, design: Design) -> Column | None:
    """Return the expression of a row's weight, None where every row weighs 1."""
    return None if design.weight is None else number(table[design.weight])


def total(table: Table, rows: Column | None, value: Column | None = None) -> Column:
    """Return the sum of `value`, by default 1, over `rows`, by default every row."""
    if rows is None:
        return table.count() if value is None else value.sum()
    return (ibis.ifelse(rows, 1, 0) if value is None else ibis.ifelse(rows, value, 0.0)).sum()


def _checks(table: Table, design: Design) -> dict[str, Column]:
    checks: dict[str, Column] = {}
    if design.weight is not None:
        blank, value = _blank(table[design.weight]), number(table[design.weight])
        odd = (value.isnull() | value.isnan() | value.isinf()).fill_null(True)
        checks["weight_missing"] = total(table, blank)
        checks["weight_not_numeric"] = total(table, ~blank & odd)
        checks["weight_negative"] = total(table, ~odd & (value < 0))
        checks["weight_zero"] = total(table, value == 0)
    if design.population is not None:
        value = number(table[design.population])
        checks["population_missing"] = total(table, ~((value > 0) & ~value.isnan()).fill_null(False))
        checks["population_low"], checks["population_high"] = value.min(), value.max()
    return checks


def _blank(column: Column) -> Column:
    return text(column).fill_null("") == ""


def _refuse(cells: Cells, design: Design) -> None:
    rows = cells.sums["rows"]
    if rows.sum() == 0:
        raise BrechaError("no_rows")
    for code in ("weight_missing", "weight_not_numeric", "weight_negative", "weight_zero"):
        count = int(cells.sums[code].sum()) if code in cells.sums else 0
        if count:
            raise BrechaError(code, column=design.weight, count=count)
    if "population_missing" in cells.sums and (count := int(cells.sums["population_missing"].sum())):
        raise BrechaError("population_missing", column=design.population, count=count)
    psu = () if design.psu is None else (("psu_missing", design.psu),)
    for code, column in (*(("stratum_missing", column) for column in design.strata), *psu):
        blank = numpy.array([label == "" for label in cells.keys[column]])
        if blank.any():
            raise BrechaError(code, column=column, count=int(rows[blank].sum()))
