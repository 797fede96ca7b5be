"""Whether two categorical variables are independent: the tests of Rao and Scott, and Wald's.

With p the weighted shares of the cells of a table and V their covariances, Pearson's X2 = n sum (p - e)^2 / e, where e
are the products of the margins, behaves like a sum of chi-squares weighted by the eigenvalues of

    D = (C' P^-1 C / n)^-1 (C' P^-1 V P^-1 C),    P = diag(p),

the design effects of the interaction's contrasts C'log p (Rao and Scott 1981; 1984, section 3). V comes from sums by
sampling unit and cell, so that strata, stages and calibration count in it. The tests are

- `F`, the second-order correction: X2 / trace D on F with d = trace(D)^2 / trace(D^2) and d times the design's degrees
  of freedom (Rao and Scott 1984; Thomas and Rao 1987). The one to use;
- `Chisq`, the first-order correction: X2 over the mean of D's diagonal on chi-square with (r - 1)(c - 1);
- `Wald`, of N (p - e), with N the table's total, on F (Koch, Freeman and Freeman 1975): too often significant with few
  PSUs;
- `adjWald`, the same with fewer degrees of freedom in the denominator (Fellegi 1980; Thomas and Rao 1987).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy
from scipy import special

from brecha.cells import Cells, Floats, Indexes, sum_by
from brecha.decomposition.patterns import find_patterns, influence
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.estimating import summary
from brecha.gathering import Gathered, collect
from brecha.items import Count, Universe
from brecha.results import DesignSummary
from brecha.source import read
from brecha.variance import covariance

Test = Literal["F", "Chisq", "Wald", "adjWald"]
Levels = tuple[str, ...]

# The covariances of so many cells are forty thousand; the answers in most cells would be too few for a test.
MOST_CELLS = 200
# A variance this far below that of rows drawn simply at random is the rounding of what the design fixes.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Independence:
    """A test of independence of two variables, the table's `row` and `column`.

    - `value` is referred to F with `df` and `df_denominator` degrees of freedom, or, where the latter is None, to the
      chi-square with `df`; `p` is the probability of a larger one.
    - `pearson`: X2 of the weighted shares on `n` rows. `design_effect`: the mean of the contrasts' effects, by which
      X2 is divided; None in Wald's tests.
    - `cramers_v`: from 0 to 1, the strength of the association (Cramér 1946, section 21.9), without an error.
    - `shares` and `counts`: weighted shares, which add to 1, and rows, by level of the row and of the column.
    - `n`: rows that answered both; `missing`: those asked that did not.
    """

    row: str
    column: str
    test: Test
    value: float
    df: float
    df_denominator: float | None
    p: float
    pearson: float
    design_effect: float | None
    cramers_v: float
    row_levels: tuple[str, ...]
    column_levels: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    counts: tuple[tuple[int, ...], ...]
    n: int
    missing: int
    design: DesignSummary


def independence(
    source: object,
    design: Design,
    variables: tuple[str, str],
    test: Test = "F",
    missing: Sequence[str] = (),
    universe: Universe | None = None,
) -> Independence:
    """Test whether two categorical variables, a table's row and column, are independent.

    `test` is one of those of `brecha.independence`. `missing` are codes of either variable that are no answer: who
    gave one is left out, as a domain. `universe` holds levels by column of those who were asked.

    Levels are those that someone gave who answered both. Options of a question with several answers are no levels of
    one variable: test each against the other variable. Refused are a census, fewer than two levels, more than 200
    cells, a table that the design fixes, one too sparse for the correction, and Wald's tests with fewer degrees of
    freedom than contrasts. Against R: `svychisq`; its X2 counts rows with missing answers, `pearson` does not.

    >>> answers = {"who": ["women"] * 8 + ["men"] * 8, "ppe": (["yes"] * 2 + ["no"] * 6) + (["yes"] * 6 + ["no"] * 2)}
    >>> found = independence(answers, Design(kind="quota", strata=("who",)), ("who", "ppe"))
    >>> print(f"F({found.df:.0f}, {found.df_denominator:.0f}) = {found.value:.2f}, p = {found.p:.3f}")
    F(1, 14) = 3.50, p = 0.082
    >>> found.cramers_v, found.counts
    (0.5, ((2, 6), (6, 2)))
    """
    if test not in get_args(Test):
        raise BrechaError("unknown_test", test=test, allowed=get_args(Test))
    if design.kind == "census":
        raise BrechaError("no_test_in_census")
    crosstab = _crosstab(source, design, variables, missing, universe or {})
    value, df, df_denominator, effect = _tested(crosstab, test)
    return Independence(
        row=variables[0],
        column=variables[1],
        test=test,
        value=value,
        df=df,
        df_denominator=df_denominator,
        p=float(special.chdtrc(df, value) if df_denominator is None else special.fdtrc(df, df_denominator, value)),
        pearson=crosstab.pearson,
        design_effect=effect,
        cramers_v=math.sqrt(crosstab.pearson / crosstab.n / (min(crosstab.shares.shape) - 1)),
        row_levels=crosstab.levels[0],
        column_levels=crosstab.levels[1],
        shares=tuple(map(tuple, crosstab.shares.tolist())),
        counts=tuple(map(tuple, crosstab.counts.astype(int).tolist())),
        n=crosstab.n,
        missing=crosstab.asked - crosstab.n,
        design=crosstab.design,
    )


def _tested(crosstab: "Crosstab", test: Test) -> tuple[float, float, float | None, float | None]:
    """Return the value, its one or two degrees of freedom, and the mean design effect."""
    departures, covariances = crosstab.departures()
    if numpy.diag(covariances).max() * crosstab.n <= ROUNDING:
        raise BrechaError("table_fixed", variables=crosstab.variables)
    df, contrasts, pearson = crosstab.design.df, len(departures), crosstab.pearson
    assert df is not None, "a census was refused"
    if test in ("Wald", "adjWald"):
        left = df if test == "Wald" else df - contrasts + 1
        return _wald(departures, covariances, df) / contrasts * left / df, contrasts, left, None
    effects = crosstab.effects()
    trace = float(numpy.trace(effects))
    if test == "Chisq":
        return pearson * contrasts / trace, contrasts, None, trace / contrasts
    first = trace**2 / float(numpy.trace(effects @ effects))
    return pearson / trace, first, first * df, trace / contrasts


def _wald(departures: Floats, covariances: Floats, df: int) -> float:
    """Return Wald's quadratic form, refusing contrasts that cannot all be tested."""
    contrasts = len(departures)
    if contrasts > df:
        raise BrechaError("too_few_degrees", contrasts=contrasts, df=df)
    if numpy.linalg.matrix_rank(covariances, hermitian=True) < contrasts:
        raise BrechaError("wald_singular", contrasts=contrasts)
    return float(departures @ numpy.linalg.solve(covariances, departures))


@dataclass(frozen=True)
class Crosstab:
    """A table of r by c cells: rows and weighted shares.

    `covariances` are those of the shares, row by row, and, last, of the logarithm of the table's total:
    (r c + 1, r c + 1).
    """

    variables: tuple[str, str]
    levels: tuple[Levels, Levels]
    counts: Floats
    shares: Floats
    covariances: Floats
    asked: int
    design: DesignSummary

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    @property
    def pearson(self) -> float:
        """X2 of the weighted shares on the rows that answered."""
        expected = numpy.outer(self.shares.sum(axis=1), self.shares.sum(axis=0))
        return self.n * float(((self.shares - expected) ** 2 / expected).sum())

    def departures(self) -> tuple[Floats, Floats]:
        """Return (p - e) N of all rows and columns but the last over N, (d,), and their covariances, (d, d)."""
        rows, columns = self.shares.sum(axis=1), self.shares.sum(axis=0)
        r, c = self.shares.shape
        of_rows = numpy.kron(numpy.eye(r), numpy.outer(columns, numpy.ones(c)))
        of_columns = numpy.kron(numpy.outer(rows, numpy.ones(r)), numpy.eye(c))
        kept = numpy.arange(r * c).reshape(r, c)[:-1, :-1].ravel()
        departures = (self.shares - numpy.outer(rows, columns)).ravel()[kept]
        slopes = numpy.column_stack([(numpy.eye(r * c) - of_rows - of_columns)[kept], departures])
        return departures, slopes @ self.covariances @ slopes.T

    def effects(self) -> Floats:
        """Return D, (d, d); an empty cell, whose logarithm is infinite, is left out of the contrasts."""
        contrasts = numpy.kron(*(numpy.vstack([numpy.eye(k - 1), -numpy.ones(k - 1)]) for k in self.shares.shape))
        shares = self.shares.ravel()[:, None]
        scaled = numpy.divide(contrasts, shares, out=numpy.zeros_like(contrasts), where=shares > 0)
        simple = contrasts.T @ scaled / self.n
        if numpy.linalg.matrix_rank(simple, hermitian=True) < len(simple):
            raise BrechaError("table_too_sparse", variables=self.variables)
        return numpy.asarray(numpy.linalg.solve(simple, scaled.T @ self.covariances[:-1, :-1] @ scaled))


def _crosstab(
    source: object, design: Design, variables: tuple[str, str], missing: Sequence[str], universe: Universe
) -> Crosstab:
    """Return the table of those who were asked and answered both."""
    table = read(source)
    known = find_patterns(table, variables, MOST_CELLS)
    rows, _ = _levels(known, variables, missing, numpy.ones(len(known)))
    name = " by ".join(variables)
    item = Count(name=name, variable=variables[0], counted=rows, missing=tuple(missing), universe=universe)
    gathered = collect(table, design, [item], variables)
    counted = gathered.counted[:, 0]
    _refuse_blank(gathered, name, variables[1], missing)
    levels = _levels(gathered.counts, variables, missing, counted)
    counts = _sums(_places(gathered.counts, variables, levels), counted, levels)
    places = _places(gathered.cells, variables, levels)
    weights = _sums(places, gathered.sums.wy[:, 0], levels)
    return Crosstab(
        variables=variables,
        levels=levels,
        counts=counts,
        shares=weights / weights.sum(),
        covariances=_covariances(gathered, places, weights),
        asked=int(gathered.asked.sum()),
        design=summary(design, gathered.strata, int(gathered.cells.sums["rows"].sum())),
    )


def _levels(cells: Cells, variables: tuple[str, str], missing: Sequence[str], counted: Floats) -> tuple[Levels, Levels]:
    """Return the levels of the row and of the column in cells that count and have an answer to both."""
    pair, labels = cells.groups(variables)
    rows = numpy.bincount(pair, counted, len(labels)).tolist()
    pairs = [label for label, count in zip(labels, rows, strict=True) if count and not {*label} & {*missing, ""}]
    found = tuple(sorted({label[0] for label in pairs})), tuple(sorted({label[1] for label in pairs}))
    for variable, levels in zip(variables, found, strict=True):
        if len(levels) < 2:
            raise BrechaError("single_level", variable=variable, levels=levels)
    return found


def _refuse_blank(gathered: Gathered, name: str, column: str, missing: Sequence[str]) -> None:
    """Refuse blanks in the column that no missing code declares; those in the row are the item's to refuse."""
    blank = gathered.counts.map(column, lambda label: label == "") > 0
    count = int(gathered.asked[blank].sum())
    if count and "" not in missing:
        raise BrechaError("undeclared_blank", name=name, variable=column, count=count)


def _places(cells: Cells, variables: tuple[str, str], levels: tuple[Levels, Levels]) -> Indexes:
    """Return each cell's place in the table, row by row, (C,); -1 outside it."""
    pair, labels = cells.groups(variables)
    place: dict[tuple[str, ...], int] = {label: i for i, label in enumerate(itertools.product(*levels))}
    return numpy.array([place.get(label, -1) for label in labels], dtype=numpy.intp)[pair]


def _sums(places: Indexes, values: Floats, levels: tuple[Levels, Levels]) -> Floats:
    """Return the sums of values in each cell of the table, (r, c)."""
    r, c = map(len, levels)
    return sum_by(places[places >= 0], values[places >= 0], r * c).reshape(r, c)


def _covariances(gathered: Gathered, places: Indexes, weights: Floats) -> Floats:
    """Return the covariances of the cells' shares p, whose linearised values are w (1 - p) / W, and of log W, w / W."""
    total, count = float(weights.sum()), weights.size
    slopes = numpy.column_stack([numpy.eye(count) - weights.ravel() / total, numpy.ones(count)]) / total
    a = numpy.where(places[:, None] >= 0, slopes[places], 0.0)
    linearised = influence(gathered, a, numpy.zeros((1, 1)))
    rows = []
    for k in range(count + 1):
        one = replace(linearised, a=linearised.a[:, [k]], c=linearised.c[:, [k]])
        rows.append(covariance(gathered.strata, one, linearised))
    return numpy.array(rows)
