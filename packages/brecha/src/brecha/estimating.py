"""Estimates of many items at once, in any domains, with linearised standard errors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from brecha.cells import Cells, Floats, Indexes, sum_by
from brecha.design import Degrees, Design
from brecha.errors import BrechaError
from brecha.gathering import Gathered, collect, pair_products
from brecha.intervals import Interval, quantile, share_limits, wald
from brecha.items import Count, Item, Mean, Ratio, Share, Total
from brecha.request import Request
from brecha.results import DesignSummary, Domain, DomainKey, Estimate, Result, Statistic, domain_key, flags
from brecha.source import Table, read
from brecha.strata import Strata
from brecha.variance import Influence, Products, covariance, domain_degrees, lonely

By = Sequence[tuple[str, ...]]
EVERYBODY: By = ((),)
STATISTICS: dict[type[Item], Statistic] = {
    Share: "share",
    Count: "count",
    Mean: "mean",
    Total: "total",
    Ratio: "ratio",
}


def estimate(
    source: object,
    design: Design,
    items: Sequence[Item],
    by: By = EVERYBODY,
    level: float = 0.95,
    interval: Interval = "wilson",
) -> Result:
    """Estimate every item in every domain.

    - `by`: tuples of columns; each combination of their levels is a domain, `()` is everybody. A
      domain without rows in an item's base has no estimate; rows with a blank level are in no domain of it.
    - Standard errors are linearised (see `brecha.variance`).
    - `interval` is that of shares: Wilson's on the design's effective sample size with the t quantile of its
      degrees of freedom (Franco and others 2019), or another of `brecha.intervals`. Other statistics have
      Wald's limits with the t quantile.

    >>> answers = {"who": ["women", "men"] * 4, "ppe": ["no", "yes"] * 2 + ["yes"] * 4}
    >>> result = estimate(answers, Design(kind="quota", strata=("who",)),
    ...     [Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[(), ("who",)])
    >>> women = result.get("ppe.yes", {"who": "women"})
    >>> women.estimate, women.n, round(women.se, 4), women.df
    (0.5, 4, 0.2887, 6)
    """
    table = read(source)
    by = list(dict.fromkeys(by))
    columns = tuple(dict.fromkeys(column for group in by for column in group))
    check(items, level)
    gathered = collect(table, design, items, columns)
    influences: dict[DomainKey, Influence] = {}
    rows = []
    census = design.kind == "census"
    finish = Finish(gathered, None if census else gathered.strata.df, level, interval, design.degrees)
    counts = domain_counts(gathered, by)
    for domain, inside in domains(gathered.cells, by):
        one = Linear(gathered, inside)
        u = influences[domain_key(domain)] = one.influence()
        variance = numpy.zeros(len(items)) if census else covariance(gathered.strata, u, u)
        rows.append(finish.estimates(domain, one, variance, counts[domain_key(domain)]))
    covariances = Linearised(gathered, influences, table, design, columns)
    result = Result(
        estimates=[estimate for row in zip(*rows, strict=True) for estimate in row if estimate],
        design=summary(design, gathered.strata, int(gathered.cells.sums["rows"].sum())),
        level=level,
        by=by,
        levels=levels(gathered.cells, columns),
        covariances=covariances,
    )
    result.request = Request(tuple(items), design, tuple(by), str(source) if isinstance(source, str | Path) else None)
    return result


def check(items: Sequence[Item], level: float) -> None:
    """Refuse two items of one name, and a level that is none."""
    seen: set[str] = set()
    for item in items:
        if item.name in seen:
            raise BrechaError("duplicate_name", name=item.name)
        seen.add(item.name)
    if not 0 < level < 1:
        raise BrechaError("level_out_of_range", level=level)


def levels(cells: Cells, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return the levels that occur of each column."""
    return {column: [one for one in cells.labels[column] if one] for column in columns}


def domains(cells: Cells, by: By) -> list[tuple[Domain, Indexes]]:
    """Return each domain with its cells, in the order of `by` and of the levels' labels."""
    found: list[tuple[Domain, Indexes]] = []
    for columns in by:
        group, labels = cells.groups(columns)
        order = numpy.argsort(group, kind="stable")
        parts = numpy.split(order, numpy.flatnonzero(numpy.diff(group[order])) + 1)
        found += [
            (dict(zip(columns, label, strict=True)), inside)
            for label, inside in zip(labels, parts, strict=True)
            if "" not in label
        ]
    return found


def domain_counts(gathered: Gathered, by: By) -> dict[DomainKey, Floats]:
    """Return rows in the base, counted, asked and missing of every domain, each (4, K)."""
    sums = numpy.stack([gathered.n, gathered.counted, gathered.asked, gathered.missing], axis=1)
    found = {}
    for columns in by:
        group, labels = gathered.counts.groups(columns)
        for label, total in zip(labels, sum_by(group, sums, len(labels)), strict=True):
            found[domain_key(dict(zip(columns, label, strict=True)))] = total
    return found


@dataclass(frozen=True)
class Linear:
    """K estimates in the cells of one domain: ratios of two totals, or totals where there is no denominator."""

    gathered: Gathered
    inside: Indexes

    @property
    def is_total(self) -> Floats:
        """(K,) whether an estimate is a total."""
        return numpy.array([q.denominator is None for q in self.gathered.questions], dtype=float)

    @property
    def weight(self) -> Floats:
        """(K,) the denominators; 1 for totals, nan where there is no row in the base."""
        total = self.gathered.sums.wx[self.inside].sum(axis=0)
        return numpy.where(self.is_total > 0, 1.0, numpy.where(total == 0, numpy.nan, total))

    @property
    def distance(self) -> Floats:
        """(K,) the estimates as far from the rough means."""
        return numpy.asarray(self.gathered.sums.wy[self.inside].sum(axis=0) / self.weight)

    def influence(self) -> Influence:
        """Return the linearised values, less what the calibration explains of them."""
        a = 1 / self.weight[None, :]
        b = -(1 - self.is_total) * self.distance * a
        zero = numpy.zeros((1, 1))
        sums, fit = self.gathered.sums, self.gathered.fit
        if fit is None:
            return Influence(sums, self.inside, a, b, zero)
        before = Influence(self.gathered.regressed, self.inside, a, b, zero).cells
        mask = numpy.zeros((len(self.gathered.cells), 1))
        mask[self.inside] = 1
        everywhere = numpy.arange(len(self.gathered.cells))
        return Influence(sums, everywhere, mask * a, mask * b, -fit.fitted(self.inside, before))


@dataclass(frozen=True)
class Finish:
    """Turns the sums of one domain at a time into estimates, one an item; `df` is None in a census."""

    gathered: Gathered
    df: int | None
    level: float
    interval: Interval
    degrees: Degrees = "design"

    def estimates(self, domain: Domain, linear: Linear, variance: Floats, counts: Floats) -> list[Estimate | None]:
        """Return the K estimates in a domain, of variance (K,); None where an item has no row in its base."""
        found, inside = self.gathered, linear.inside
        weight = linear.weight
        with numpy.errstate(divide="ignore", invalid="ignore"):
            simple = found.yy[inside].sum(axis=0) / weight - linear.distance**2
            kish = weight**2 / found.w2[inside].sum(axis=0)
        rows = found.rows[inside]
        df = numpy.full(len(found.questions), float(self.df or 0))
        if self.degrees == "domain":
            df = domain_degrees(found.strata, inside, rows)
        alone = lonely(found.strata, inside, rows)
        numbers = numpy.column_stack([found.rough + linear.distance, variance, simple, kish, alone, df]).tolist()
        return [
            self._estimate(k, domain, numbers[k], counts[:, k].tolist()) if counts[0, k] else None
            for k in range(len(found.questions))
        ]

    def _estimate(self, k: int, domain: Domain, numbers: Sequence[float], counts: Sequence[float]) -> Estimate:
        value, variance, simple, kish, alone, degrees = numbers
        df = None if self.df is None else int(degrees)
        n, counted, asked, missing = (int(count) for count in counts)
        item = self.gathered.questions[k].item
        statistic = STATISTICS[type(item)]
        if statistic == "share":
            value = value if 0 < counted < n else counted / n  # exactly 0 or 1, whatever weights sum to
            simple = value * (1 - value)
        precision: dict[str, float | None] = NO_ERROR
        if df is not None:
            precision = self._precision(statistic, Moment(value, variance, simple, n, kish, df))
        return Estimate(
            name=item.name,
            statistic=statistic,
            domain=domain,
            estimate=value,
            df=df,
            n=n,
            count=counted if self.gathered.questions[k].counted is not None else None,
            asked=asked,
            missing=missing,
            single_psu_strata=int(alone),
            flags=flags(statistic, n, df, precision),
            **precision,
        )

    def _precision(self, statistic: Statistic, m: "Moment") -> dict[str, float | None]:
        """Return what the variance says of an estimate: error, limits, effective size, design effect."""
        simple = m.simple if statistic in ("share", "mean") else 0.0
        # A share or mean that the design fixes has no error but rounding's.
        fixed = statistic in ("share", "mean") and m.variance * m.n <= ROUNDING * simple
        variance = 0.0 if fixed or (statistic == "share" and not simple) else max(0.0, m.variance)
        se = math.sqrt(variance)
        n_eff = None
        if statistic in ("share", "mean"):
            n_eff = (m.n if simple >= m.n * variance else simple / variance) if simple > 0 else m.kish
        if statistic == "share":
            low, high = share_limits(self.interval, m.value, se, (m.n, n_eff or m.kish), m.df, self.level)
        else:
            low, high = wald(m.value, se, quantile(self.level, m.df))
        return {
            "se": se,
            "low": low,
            "high": high,
            "n_eff": n_eff,
            "deff": variance * m.n / simple if simple > 0 else None,
            "cv": se / abs(m.value) if m.value else None,
        }


@dataclass(frozen=True)
class Moment:
    """An estimate's value and variance, the variance of a row's answer, rows, Kish's effective size, and df."""

    value: float
    variance: float
    simple: float
    n: int
    kish: float
    df: int


# A design effect this small is the rounding of a share that the design fixes, such as that of a stratum.
ROUNDING = 1e-12
NO_ERROR: dict[str, float | None] = dict.fromkeys(("se", "low", "high", "n_eff", "deff", "cv"))


def summary(design: Design, strata: Strata, rows: int) -> DesignSummary:
    """Return the design as it was laid over the rows."""
    return DesignSummary(
        kind=design.kind,
        weighted=design.weight is not None,
        clustered=design.psu is not None,
        rows=rows,
        psus=strata.psus,
        strata=strata.count,
        df=None if design.kind == "census" else strata.df,
        single_psu_rule=design.single_psu.rule,
        single_psu=strata.single,
        collapsed=strata.collapsed,
        calibration=None if design.calibration is None else design.calibration.method,
    )


class Linearised:
    """Covariances on demand: those of all items between two domains are computed together, once."""

    def __init__(
        self,
        gathered: Gathered,
        influences: dict[DomainKey, Influence],
        table: Table,
        design: Design,
        columns: Sequence[str],
    ) -> None:
        self._gathered = gathered
        self._influences = influences
        self._position = {q.item.name: k for k, q in enumerate(gathered.questions)}
        self._source = (table, design, columns)
        self._known: dict[tuple[DomainKey, DomainKey], Floats] = {}
        self._pairs: dict[tuple[int, int], Products] = {}

    def of(self, one: tuple[str, DomainKey], other: tuple[str, DomainKey]) -> float:
        """Return the covariance of two estimates."""
        j, k = self._position[one[0]], self._position[other[0]]
        strata = self._gathered.strata
        if j != k:
            sides = self._influences[one[1]].only(j), self._influences[other[1]].only(k)
            products = self._products(j, k) if sides[0].sums.products is not None else None
            return float(covariance(strata, *sides, products)[0])
        pair = (min(one[1], other[1]), max(one[1], other[1]))
        if pair not in self._known:
            self._known[pair] = covariance(strata, self._influences[pair[0]], self._influences[pair[1]])
        return float(self._known[pair][j])

    def _products(self, j: int, k: int) -> Products:
        """Return the sums of products of two items, asked of the rows once."""
        if (j, k) not in self._pairs:
            questions = self._gathered.questions
            products = pair_products(*self._source, (questions[j], questions[k]))
            fit = self._gathered.fit
            squared: Any = 1.0 if fit is None else fit.ratio[:, None] ** 2
            self._pairs[j, k] = {name: values * squared for name, values in products.items()}
        return self._pairs[j, k]
