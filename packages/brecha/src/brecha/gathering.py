"""The two passes over the rows: counts by domain, then weighted sums by sampling unit and domain.

The first counts who was asked, answered and counted, finds what cannot be read, and gives each number a rough mean,
so that the second can sum around it without losing digits. Where rows have no weights and all items are codes,
the counts are the sums, and one pass is enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy

from brecha.calibration import Fit
from brecha.cells import Cells, Floats, gather
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.items import Item
from brecha.questions import EVERY_ROW, Question, Value, question, row_weight
from brecha.source import Column, Table, blank, finite, number
from brecha.strata import Strata, lay
from brecha.variance import Products, Sums


@dataclass(frozen=True)
class Gathered:
    """All that K items need of the rows.

    - `counts`: cells of the domains' columns, with rows asked, in the base, counted and missing, each (D, K).
    - `cells`: cells of the design's keys and the domains' columns; `strata` the design laid over them.
    - `sums` of the weights used, `regressed` of those in the calibration's regression; `rows` and `w2`
      (C, K), rows and squared weights of each base; `yy` (C, K) weighted squares of the numerators, which are
      `rough` (K,) denominators below the answers.
    """

    questions: tuple[Question, ...]
    counts: Cells
    asked: Floats
    n: Floats
    counted: Floats
    missing: Floats
    cells: Cells
    strata: Strata
    sums: Sums
    regressed: Sums
    rows: Floats
    w2: Floats
    yy: Floats
    rough: Floats
    fit: Fit | None


def collect(table: Table, design: Design, items: Sequence[Item], columns: Sequence[str]) -> Gathered:
    """Ask the rows for everything that the items need, refusing what cannot be read."""
    check_columns(table, [*design.columns, *columns, *(column for item in items for column in item.columns)])
    questions = [question(table, item) for item in items]
    asking = Asking(table, design)
    one_pass = design.weight is None and all(q.numerator.number is None for q in questions)
    counts = gather(table, (*design.keys, *columns) if one_pass else columns, _first(asking, questions, one_pass))
    _refuse(asking, questions, counts)
    rough = numpy.array([_rough(counts, q) for q in questions])
    questions = [q.centred(middle) for q, middle in zip(questions, rough.tolist(), strict=True)]
    cells = counts if one_pass else gather(table, (*design.keys, *columns), _second(asking, questions))
    _refuse_blank_keys(design, cells)
    strata = lay(design, cells)
    fit, sums = None, asking.sums(cells, questions)
    regressed = sums
    if design.calibration is not None:
        regressed = asking.sums(cells, questions, design.calibration.power)
        fit = design.calibration.lay(cells, regressed.w)
    bases = [q.base for q in questions]
    return Gathered(
        questions=tuple(questions),
        counts=counts,
        asked=asking.stack(counts, "n", [q.asked for q in questions]),
        n=asking.stack(counts, "n", bases),
        counted=asking.stack(counts, "n", [q.counted for q in questions]),
        missing=asking.stack(counts, "n", [q.missing for q in questions]),
        cells=cells,
        strata=strata,
        sums=sums if fit is None else scaled(sums, fit.ratio),
        regressed=regressed,
        rows=asking.stack(cells, "n", bases),
        w2=asking.stack(cells, "w2", bases) * (1.0 if fit is None else fit.ratio[:, None] ** 2),
        yy=asking.stack(cells, "w", _squares(questions)) * (1.0 if fit is None else fit.ratio[:, None]),
        rough=rough,
        fit=fit,
    )


def check_columns(table: Table, columns: Iterable[str]) -> None:
    """Refuse columns that the table does not have."""
    unknown = tuple(column for column in dict.fromkeys(columns) if column not in table.columns)
    if unknown:
        raise BrechaError("unknown_columns", columns=unknown)


@dataclass(frozen=True)
class Asking:
    """Names and expressions of sums: of rows (n), weights (w) and squared weights (w2) times a value."""

    table: Table
    design: Design

    def name(self, power: str, value: Value) -> str:
        """Return the name of a sum; without weights, every power of them is one."""
        return f"{'n' if self.design.weight is None else power} {value.words}"

    def expression(self, power: str, value: Value) -> Column:
        """Return the aggregate of that name."""
        weight = row_weight(self.table, self.design)
        if power == "n" or weight is None:
            return value.total(self.table)
        return value.total(self.table, weight if power == "w" else weight * weight)

    def want(self, wanted: dict[str, Column], power: str, values: Iterable[Value | None]) -> None:
        """Add the sums that are not wanted yet."""
        for value in values:
            if value is not None and (name := self.name(power, value)) not in wanted:
                wanted[name] = self.expression(power, value)

    def stack(self, cells: Cells, power: str, values: Sequence[Value | None]) -> Floats:
        """Return the sums of K values side by side, (C, K); zeros for None."""
        nothing = numpy.zeros(len(cells))
        columns = [nothing if value is None else cells.sums[self.name(power, value)] for value in values]
        return numpy.array(columns).reshape(len(values), len(cells)).T

    def sums(self, cells: Cells, questions: Sequence[Question], power: str = "w") -> Sums:
        """Return the sums of K questions, over rows or of weights."""
        products: Products | None = None
        if self.design.rows_are_units:
            values = [q.products() for q in questions]
            products = {name: self.stack(cells, "w2", [of[name] for of in values]) for name in PRODUCTS}
            products = {**products, "11": self.stack(cells, "w2", [EVERY_ROW])}
        return Sums(
            wy=self.stack(cells, power, [q.numerator for q in questions]),
            wx=self.stack(cells, power, [q.denominator for q in questions]),
            w=self.stack(cells, power, [EVERY_ROW]),
            products=products,
        )


PRODUCTS = ("yy", "yx", "y1", "xx", "x1")


def scaled(sums: Sums, ratio: Floats) -> Sums:
    """Return the sums with each cell's weights multiplied by its ratio, (C,)."""
    g = ratio[:, None]
    products = sums.products and {name: values * g * g for name, values in sums.products.items()}
    return Sums(sums.wy * g, sums.wx * g, sums.w * g, products)


def _first(asking: Asking, questions: Sequence[Question], one_pass: bool) -> dict[str, Column]:
    """Return the sums of the first pass: counts, faults, and what rough means need."""
    table, design = asking.table, asking.design
    wanted = {f"n {EVERY_ROW.words}": table.count()}
    for q in questions:
        values = [q.asked, q.base, q.counted, q.missing]
        wanted |= {f"n {v.words}": v.total(table) for v in values if v is not None and f"n {v.words}" not in wanted}
        if q.numerator.number is not None and q.denominator is not None:
            wanted |= {f"n {v.words}": v.total(table) for v in (q.numerator, q.denominator)}
    faults: dict[str, Column] = {value.words: value.rows for q in questions for _, _, value in q.faults}
    if faults:
        wanted["faults"] = reduce(lambda a, b: a | b, faults.values()).sum()
    if design.weight is not None:
        wanted["bad weights"] = _bad_weights(number(table[design.weight]))
    return {**wanted, **_populations(asking)} if one_pass else wanted


def _second(asking: Asking, questions: Sequence[Question]) -> dict[str, Column]:
    """Return the sums of the second pass."""
    wanted: dict[str, Column] = {}
    calibration = asking.design.calibration
    for power in ["w"] if calibration is None else ["w", calibration.power]:
        asking.want(wanted, power, [EVERY_ROW, *(value for q in questions for value in (q.numerator, q.denominator))])
    for q in questions:
        asking.want(wanted, "n", [q.base])
        asking.want(wanted, "w2", [q.base])
        if asking.design.rows_are_units:
            asking.want(wanted, "w2", q.products().values())
    asking.want(wanted, "w", _squares(questions))
    return {**wanted, **_populations(asking)}


def _squares(questions: Sequence[Question]) -> list[Value | None]:
    """Return the squares of numerators that are numbers and have a mean."""
    return [
        q.numerator * q.numerator if q.numerator.number is not None and q.denominator is not None and q.within else None
        for q in questions
    ]


def _populations(asking: Asking) -> dict[str, Column]:
    wanted = {}
    for column in asking.design.populations:
        size = number(asking.table[column])
        wanted[f"missing {column}"] = (~((size > 0).fill_null(False) & finite(size))).sum()
        wanted[f"low {column}"], wanted[f"high {column}"] = size.min(), size.max()
    return wanted


def _rough(counts: Cells, q: Question) -> float:
    """Return the unweighted ratio of all rows, near which the answers are summed."""
    if q.numerator.number is None or q.denominator is None:
        return 0.0
    below = counts.sums[f"n {q.denominator.words}"].sum()
    return float(counts.sums[f"n {q.numerator.words}"].sum() / below) if below else 0.0


def _refuse(asking: Asking, questions: Sequence[Question], counts: Cells) -> None:
    """Refuse rows that cannot be read; only then is it asked which."""
    if counts.sums["rows"].sum() == 0:
        raise BrechaError("no_rows")
    if "bad weights" in counts.sums and counts.sums["bad weights"].any():
        _refuse_weights(asking.table, asking.design)
    if "faults" in counts.sums and counts.sums["faults"].any():
        _refuse_answers(asking, questions)


def _refuse_answers(asking: Asking, questions: Sequence[Question]) -> None:
    faults = [(q.item.name, *fault) for q in questions for fault in q.faults]
    wanted = {str(i): value.total(asking.table) for i, (*_, value) in enumerate(faults)}
    found = gather(asking.table, (), wanted).sums
    counts = [int(found[str(i)][0]) for i in range(len(faults))]
    count, (name, code, variable, _) = next(pair for pair in zip(counts, faults, strict=True) if pair[0])
    raise BrechaError(code, name=name, variable=variable, count=count)


def _bad_weights(weight: Column) -> Column:
    """Return how many rows have a weight that is not a finite number above zero."""
    return (~((weight > 0).fill_null(False) & finite(weight))).sum()


def refuse_bad_weights(table: Table, design: Design) -> None:
    """Refuse weights that are missing, no number, negative or zero, saying which and how many."""
    if design.weight is None:
        return
    if gather(table, (), {"bad": _bad_weights(number(table[design.weight]))}).sums["bad"].any():
        _refuse_weights(table, design)


def _refuse_weights(table: Table, design: Design) -> None:
    column = design.weight
    assert column is not None, "there are weights"
    empty, value = blank(table[column]), number(table[column])
    odd = ~finite(value)
    wanted = {
        "weight_missing": empty.sum(),
        "weight_not_numeric": (~empty & odd).sum(),
        "weight_negative": (~odd & (value < 0)).sum(),
        "weight_zero": (value == 0).sum(),
    }
    found = gather(table, (), wanted).sums
    code = next(code for code in wanted if found[code][0])
    raise BrechaError(code, column=column, count=int(found[code][0]))


def _refuse_blank_keys(design: Design, cells: Cells) -> None:
    units = [("unit_missing" if i else "psu_missing", unit) for i, unit in enumerate(design.units)]
    for code, column in (*(("stratum_missing", column) for column in design.strata), *units):
        empty = cells.codes[column] == (cells.labels[column].index("") if "" in cells.labels[column] else -1)
        if empty.any():
            raise BrechaError(code, column=column, count=int(cells.sums["rows"][empty].sum()))
    for column in design.populations:
        if count := int(cells.sums[f"missing {column}"].sum()):
            raise BrechaError("population_missing", column=column, count=count)


def pair_products(table: Table, design: Design, columns: Sequence[str], pair: tuple[Question, Question]) -> Products:
    """Return the sums of squared weights of two different questions' values by cell, one more pass."""
    asking = Asking(table, design)
    sides = [{"y": q.numerator, "x": q.denominator, "1": EVERY_ROW} for q in pair]
    values = {
        f"{i}{j}": None if one is None or other is None else one * other
        for i, one in sides[0].items()
        for j, other in sides[1].items()
    }
    wanted: dict[str, Column] = {}
    asking.want(wanted, "w2", values.values())
    cells = gather(table, (*design.keys, *columns), wanted)
    return {name: asking.stack(cells, "w2", [value]) for name, value in values.items()}
