"""Calibrating a design's weights: from rows to patterns, through the solver, to a design that carries the result."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import ibis
import numpy

from brecha.calibration import solving
from brecha.calibration.fitting import Calibration, Regression
from brecha.calibration.solving import Bounds, Dispersion, Margin, Solution, Targets
from brecha.cells import Cells, Floats, gather
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.gathering import check_columns, refuse_bad_weights
from brecha.questions import EVERY_ROW, row_weight
from brecha.source import Table, among, read

Columns = str | tuple[str, ...]
Totals = Mapping[str, float] | Mapping[tuple[str, ...], float]
Distance = Literal["linear", "bounded", "raking"]
# Patterns come to Python, rows must not: as many patterns as rows means a number that should be banded.
MOST_PATTERNS = 200_000


def poststratify(source: object, design: Design, by: Columns, totals: Totals) -> Design:
    """Return the design with weights that sum to the population `totals` of each combination of the columns `by`.

    Holt and Smith (1979). `totals` has a label, or a tuple of labels for several columns, as its keys.
    Refuses a category without total or without rows by its name.

    >>> answers = {"sex": ["women"] * 3 + ["men"]}
    >>> design = poststratify(answers, Design(kind="quota"), "sex", {"women": 60, "men": 40})
    >>> design.calibration.ratio.tolist()
    [40.0, 20.0]
    """
    patterns = _patterns(source, design, _columns(by))
    solution = solving.poststratify(patterns.weight, patterns.margin(by, totals))
    return patterns.design(solution, [(by, totals)])


def rake(
    source: object,
    design: Design,
    margins: Mapping[Columns, Totals],
    bounds: Bounds | None = None,
    regression: Regression = "weights",
) -> Design:
    """Return the design with weights that meet every margin, by iterative proportional fitting.

    Deming and Stephan (1940). `margins` has a column, or a tuple of columns, as its keys. `bounds` are the
    least and the greatest weight: raking and trimming then alternate until both hold. `regression`: see
    `brecha.calibration.fitting`.
    Refuses margins that disagree, categories without total or rows, and margins that cannot be met.

    >>> answers = {"sex": ["women", "women", "men", "men"], "area": ["rural", "urban"] * 2}
    >>> margins = {"sex": {"women": 30, "men": 20}, "area": {"rural": 10, "urban": 40}}
    >>> rake(answers, Design(kind="quota"), margins).calibration.ratio.round(6).tolist()
    [4.0, 16.0, 6.0, 24.0]
    """
    patterns = _patterns(source, design, _columns(*margins), single=bounds is not None)
    found = [patterns.margin(by, totals) for by, totals in margins.items()]
    if bounds is None:
        return patterns.design(solving.rake(patterns.weight, found), list(margins.items()), regression)
    solution = solving.rake_and_trim(patterns.weight / patterns.rows, patterns.rows, found, bounds)
    return patterns.design(solution, list(margins.items()), regression)


def calibrate(
    source: object,
    design: Design,
    totals: Mapping[Columns, Totals | float],
    distance: Distance = "linear",
    bounds: Bounds | None = None,
) -> Design:
    """Return the design with weights that meet the totals of categories and numbers, as near as may be to its own.

    Deville and Särndal (1992). A column of `totals` with a number is a numeric auxiliary, one with a mapping
    a margin; `()` with a number is the size of the population.
    - `linear`: the generalised regression estimator; refused where a weight would not be above zero.
    - `bounded`: linear, with ratios of new to old weights between `bounds`, one below and one above 1.
    - `raking`: exponential distance, so that weights stay above zero.

    >>> answers = {"sex": ["women", "women", "men", "men"], "age": [20, 40, 30, 50]}
    >>> design = calibrate(answers, Design(kind="quota"), {(): 40, "age": 1500})
    >>> design.calibration.ratio.round(6).tolist()
    [7.0, 9.0, 11.0, 13.0]
    """
    if distance not in get_args(Distance):
        raise BrechaError("unknown_distance", distance=distance, allowed=get_args(Distance))
    if (bounds is None) == (distance == "bounded"):
        raise BrechaError("bounds_and_distance", distance=distance)
    patterns = _patterns(source, design, _columns(*totals))
    targets = patterns.targets(totals)
    if bounds is not None:
        solution = solving.bounded(patterns.weight, targets, bounds)
    else:
        solve = solving.linear if distance == "linear" else solving.exponential
        solution = solve(patterns.weight, targets)
    return patterns.design(solution, list(totals.items()))


def trim(source: object, design: Design, bounds: Bounds, strict: bool = True) -> Design:
    """Return the design with weights between two bounds and the same sum (Potter 1990).

    What is cut is spread equally over the rows inside; `strict` repeats it until all are inside. The errors of
    a calibrated design keep its auxiliaries.

    >>> answers = {"w": [9.0, 2.0, 1.0]}
    >>> trim(answers, Design(kind="quota", weight="w"), (0.5, 6)).calibration.ratio.round(6).tolist()
    [2.5, 1.75, 0.666667]
    """
    patterns = _patterns(source, design, (), single=True)
    solution = solving.trim(patterns.weight / patterns.rows, patterns.rows, bounds, strict=strict)
    return patterns.design(solution, None)


def weights(source: object, design: Design, name: str = "weight") -> Table:
    """Return the source as an ibis table with the design's weights in the column `name`: nothing is run yet.

    >>> weights({"w": [2.0, 3.0]}, Design(kind="quota", weight="w")).to_pyarrow()["weight"].to_pylist()
    [2.0, 3.0]
    """
    table = read(source)
    weight = row_weight(table, design)
    weight = ibis.literal(1.0) if weight is None else weight
    fit = design.calibration
    if fit is None:
        return table.mutate(**{name: weight})
    ratio = ibis.cases(
        *(
            (_matches(table, fit.columns, pattern), weight * ratio)
            for pattern, ratio in zip(fit.patterns, fit.ratio.tolist(), strict=True)
        )
    )
    return table.mutate(**{name: ratio})


def dispersion(source: object, design: Design) -> Dispersion:
    """Return what unequal weights cost: Kish's (1992) design effect, the effective size, the range of ratios.

    >>> dispersion({"w": [1.0, 1.0, 3.0, 3.0]}, Design(kind="quota", weight="w")).design_effect
    1.25
    """
    patterns = _patterns(source, design, ())
    return solving.dispersion(patterns.before, patterns.rows, patterns.base, patterns.squares)


def _matches(table: Table, columns: Sequence[str], pattern: Sequence[str]) -> ibis.Expr:
    found = ibis.literal(True)
    for column, label in zip(columns, pattern, strict=True):
        found = found & among(table[column], (label,))
    return found


def _columns(*keys: Columns) -> tuple[str, ...]:
    columns = [column for key in keys for column in ((key,) if isinstance(key, str) else key)]
    return tuple(dict.fromkeys(columns))


@dataclass(frozen=True)
class _Patterns:
    """Rows collapsed into P patterns: their number, weights before any calibration, and ratios so far, (P,)."""

    source_design: Design
    cells: Cells
    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    before: Floats

    @property
    def rows(self) -> Floats:
        return self.cells.sums["rows"]

    @property
    def base(self) -> Floats:
        return self.cells.sums["w"]

    @property
    def squares(self) -> Floats:
        return self.cells.sums["w2"]

    @property
    def weight(self) -> Floats:
        """Sums of the weights so far."""
        return self.base * self.before

    def margin(self, by: Columns, totals: Totals) -> Margin:
        """Return a margin, with nan for the total of a category that has rows but none is given for."""
        columns = _columns(by)
        codes, found = self.cells.groups(columns)
        wanted = {(key,) if isinstance(key, str) else tuple(key): float(total) for key, total in totals.items()}
        if odd := [key for key in wanted if len(key) != len(columns)]:
            raise BrechaError("total_key", columns=columns, key=odd[0])
        labels = [*found, *(label for label in wanted if label not in set(found))]
        return Margin(
            name=", ".join(columns),
            codes=codes,
            labels=tuple(", ".join(label) for label in labels),
            totals=numpy.array([wanted.get(label, math.nan) for label in labels]),
        )

    def targets(self, totals: Mapping[Columns, Totals | float]) -> Targets:
        """Return margins and numeric auxiliaries side by side."""
        margins = [self.margin(by, wanted) for by, wanted in totals.items() if isinstance(wanted, Mapping)]
        parts = [solving.indicators(margins)] if margins else []
        for by, wanted in totals.items():
            if not isinstance(wanted, Mapping):
                columns = _columns(by)
                x = self.cells.map(columns[0], _number) if columns else numpy.ones(len(self.cells))
                name = columns[0] if columns else "population"
                parts.append(Targets((name,), x[:, None], numpy.array([float(wanted)])))
        return Targets(
            names=tuple(name for part in parts for name in part.names),
            x=numpy.hstack([part.x for part in parts]),
            totals=numpy.concatenate([part.totals for part in parts]),
        )

    def design(
        self,
        solution: Solution,
        totals: Sequence[tuple[Columns, Totals | float]] | None,
        regression: Regression = "weights",
    ) -> Design:
        """Return the design with the solution's ratios on top of those so far; without totals, its auxiliaries stay."""
        old = self.source_design.calibration
        if totals is not None:
            x = self.targets(dict(totals)).x
        elif old is not None:
            place = {pattern: i for i, pattern in enumerate(old.patterns)}
            at = self.cells.groups(old.columns)
            regression = old.regression
            x = old.x[[place[at[1][code]] for code in at[0].tolist()]]
        else:
            x = numpy.zeros((len(self.cells), 0))
        steps = (*(() if old is None else old.steps), (solution.method, tuple(totals or ())))
        found = Calibration(
            steps=steps,
            columns=self.columns,
            patterns=self.labels,
            ratio=self.before * solution.ratios,
            x=x,
            regression=regression,
        )
        return replace(self.source_design, calibration=found)


def _number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return math.nan


def _patterns(source: object, design: Design, columns: tuple[str, ...], single: bool = False) -> _Patterns:
    """Collapse the rows into patterns of the columns and of earlier calibrations'; `single`: and of their weight."""
    table = read(source)
    old = design.calibration
    weight = row_weight(table, design)
    own = (design.weight,) if single and design.weight is not None else ()
    columns = tuple(dict.fromkeys((*(() if old is None else old.columns), *columns, *own)))
    check_columns(table, (*design.columns, *columns))
    refuse_bad_weights(table, design)
    squared = None if weight is None else weight * weight
    sums = {"w": EVERY_ROW.total(table, weight), "w2": EVERY_ROW.total(table, squared)}
    cells = gather(table, columns, sums)
    if cells.sums["rows"].sum() == 0:
        raise BrechaError("no_rows")
    if len(cells) > MOST_PATTERNS:
        raise BrechaError("too_many_patterns", columns=columns, count=len(cells), most=MOST_PATTERNS)
    group, labels = cells.groups(columns)
    before = numpy.ones(len(cells)) if old is None else old.lay(cells, cells.sums["w"][:, None]).ratio
    return _Patterns(design, cells, columns, tuple(labels[code] for code in group.tolist()), before)
