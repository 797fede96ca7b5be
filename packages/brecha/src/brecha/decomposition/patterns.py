"""Sums by group and pattern, a pattern being one combination of levels, and the errors of what they give.

Whatever is computed from the totals of y and x in each pattern, of weights N and weighted answers Y, has linearised
values u = w (y d/dY + x d/dN), with derivatives that are constant in a pattern (Särndal, Swensson and Wretman 1992,
section 5.5). So sums by sampling unit and pattern are enough for means of covariates and regression coefficients too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy
from scipy import special

from brecha.cells import Cells, Floats, Indexes, gather, sum_by
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.estimating import summary
from brecha.gaps import Comparison
from brecha.gathering import Gathered, check_columns, collect
from brecha.intervals import Limits, quantile, wald
from brecha.items import Item, Mean, Share
from brecha.results import DesignSummary
from brecha.source import Table, key, read
from brecha.strata import Flags
from brecha.variance import Influence, covariance

Pattern = tuple[str, ...]

# Every pattern is summed in every sampling unit: with many more, the sums would be as long as the table.
MOST_PATTERNS = 10_000
# A variance this small, relative to the squares that were added and taken away, is their rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Part:
    """A figure in the item's unit, its standard error and the design's degrees of freedom, both None in a census.

    >>> part = Part(estimate=-0.2, se=0.08, df=20)
    >>> part.t, round(part.p, 4), [round(limit, 3) for limit in part.limits()]
    (-2.5, 0.0212, [-0.367, -0.033])
    """

    estimate: float
    se: float | None
    df: int | None

    @property
    def t(self) -> float | None:
        """The estimate over its standard error, None where there is no error."""
        return self.estimate / self.se if self.se else None

    @property
    def p(self) -> float | None:
        """The two-sided p of Wald's test of zero, with Student's t."""
        return None if self.t is None or self.df is None else 2 * float(special.stdtr(self.df, -abs(self.t)))

    def limits(self, level: float = 0.95) -> Limits | None:
        """Return Wald's limits with the t quantile; refuses a level that is not between 0 and 1."""
        if not 0 < level < 1:
            raise BrechaError("level_out_of_range", level=level)
        return None if self.se is None or self.df is None else wald(self.estimate, self.se, quantile(level, self.df))


@dataclass(frozen=True)
class Patterns:
    """Two groups' sums over K patterns: rows, weights `n` and weighted answers `y`, each (2, K), the group's first.

    `y` are `rough` below the answers. `place` (C,) is each cell's place among the 2 K sums, -1 outside the groups.
    """

    gathered: Gathered
    design: DesignSummary
    labels: tuple[Pattern, ...]
    place: Indexes
    rows: Floats
    n: Floats
    y: Floats

    @property
    def rough(self) -> float:
        return float(self.gathered.rough[0])

    def parts(self, values: Floats, by_y: Floats, by_n: Floats) -> list[Part]:
        """Return q figures with their errors, from their derivatives by the sums `y` and `n`, each (2 K, q)."""
        if self.design.df is None:
            return [Part(value, None, None) for value in values.tolist()]
        inside = (self.place >= 0)[:, None]
        a, b = (numpy.where(inside, one[self.place], 0.0) for one in (by_y, by_n))
        linearised = influence(self.gathered, a, b)
        variances = covariance(self.gathered.strata, linearised, linearised)
        errors = numpy.sqrt(numpy.where(variances > ROUNDING * _squares(linearised), variances, 0.0))
        return [Part(value, se, self.design.df) for value, se in zip(values.tolist(), errors.tolist(), strict=True)]

    def difference(self) -> tuple[float, Floats, Floats]:
        """Return the gap between the two means and its derivatives by `y` and `n`, each (2 K,)."""
        sizes = self.n.sum(axis=1)
        means = self.y.sum(axis=1) / sizes
        by_y = (SIGNS / sizes)[:, None] * numpy.ones_like(self.n)
        return float(SIGNS @ means), by_y.ravel(), (-means[:, None] * by_y).ravel()


SIGNS = numpy.array([1.0, -1.0])


def influence(gathered: Gathered, a: Floats, b: Floats) -> Influence:
    """Return linearised values w (a y + b x) of one item, less what calibration explains; a and b are (C, q)."""
    everywhere = numpy.arange(len(gathered.cells))
    c = numpy.zeros((1, a.shape[1]))
    if gathered.fit is not None:
        before = Influence(gathered.regressed, everywhere, a, b, c).cells
        c = numpy.broadcast_to(-gathered.fit.fitted(everywhere, before), before.shape)
    return Influence(gathered.sums, everywhere, a, b, c)


def _squares(linearised: Influence) -> Floats:
    """Return the sums of (a y)^2 + (b x)^2, of rows where they are sampling units and otherwise of cells, (q,)."""
    sums, a, b = linearised.sums, linearised.a, linearised.b
    yy, xx = (sums.wy**2, sums.wx**2) if sums.products is None else (sums.products["yy"], sums.products["xx"])
    return numpy.asarray((a**2 * yy + b**2 * xx).sum(axis=0))


def find_patterns(table: Table, columns: Sequence[str], most: int = MOST_PATTERNS) -> Cells:
    """Return the combinations of the columns' values, refusing more than `most` before they are counted."""
    check_columns(table, columns)
    found = table.select(**{column: key(table[column]) for column in columns}).distinct().limit(most + 1)
    patterns = gather(found, columns, {})
    if len(patterns) > most:
        raise BrechaError("too_many_combinations", columns=tuple(columns), most=most)
    return patterns


def sum_patterns(
    source: object,
    design: Design,
    item: Item,
    comparison: Comparison,
    by: Sequence[str],
    collapse: Mapping[Pattern, Pattern],
) -> Patterns:
    """Return the sums of a share or mean by group and pattern of the columns `by`, joined as `collapse` says."""
    if not isinstance(item, Share | Mean):
        raise BrechaError("not_a_mean", name=item.name)
    table = read(source)
    columns = tuple(dict.fromkeys((comparison.variable, *comparison.within, *by)))
    find_patterns(table, columns)
    gathered = collect(table, design, [item], columns)
    cells = gathered.cells
    side = numpy.where(gathered.rows[:, 0] > 0, _sides(cells, comparison), -1)
    inside = side >= 0
    _refuse_empty(item, comparison, side)
    _refuse_blank(gathered, by, inside)
    pattern, kept = _joined(cells, by, collapse, inside)
    place = numpy.where(inside, side * len(kept) + pattern, -1)
    sums = numpy.column_stack([gathered.rows, gathered.sums.wx, gathered.sums.wy])[inside]
    rows, n, y = sum_by(place[inside], sums, 2 * len(kept)).T.reshape(3, 2, -1)
    laid = summary(design, gathered.strata, int(cells.sums["rows"].sum()))
    return Patterns(gathered, laid, kept, place, rows, n, y)


def _joined(
    cells: Cells, by: Sequence[str], collapse: Mapping[Pattern, Pattern], inside: Flags
) -> tuple[Indexes, tuple[Pattern, ...]]:
    """Return the pattern of each cell, (C,), after collapsing, -1 where none is inside; and the patterns, sorted."""
    pattern, labels = cells.groups(by)
    found = [labels[i] for i in numpy.unique(pattern[inside])]
    kept = tuple(label for label in found if label not in collapse)
    for one, target in collapse.items():
        for unknown in (label for label, among in ((one, found), (target, kept)) if label not in among):
            raise BrechaError("unknown_pattern", columns=tuple(by), pattern=unknown)
    place = {label: i for i, label in enumerate(kept)}
    home = [place.get(collapse.get(label, label), -1) for label in labels]
    return numpy.array(home, dtype=numpy.intp)[pattern], kept


def _sides(cells: Cells, comparison: Comparison) -> Indexes:
    """Return 0 for the cells of the group, 1 for those of the reference, -1 elsewhere, (C,)."""
    if comparison.group == comparison.reference:
        raise BrechaError("same_group", variable=comparison.variable, group=comparison.group)
    side = numpy.full(len(cells), -1, dtype=numpy.intp)
    for i, domain in enumerate(comparison.domains):
        inside = numpy.ones(len(cells), dtype=bool)
        for variable, level in domain.items():
            labels = cells.labels[variable]
            if level not in labels:
                raise BrechaError("unknown_level", variable=variable, level=level, levels=labels)
            inside &= cells.codes[variable] == labels.index(level)
        side[inside] = i
    return side


def _refuse_empty(item: Item, comparison: Comparison, side: Indexes) -> None:
    for i, domain in enumerate(comparison.domains):
        if not (side == i).any():
            raise BrechaError("group_empty", name=item.name, domain=dict(domain))


def _refuse_blank(gathered: Gathered, by: Sequence[str], inside: Flags) -> None:
    for column in by:
        blank = inside & (gathered.cells.map(column, lambda label: label == "") > 0)
        if blank.any():
            raise BrechaError("covariate_blank", column=column, count=int(gathered.rows[blank].sum()))
