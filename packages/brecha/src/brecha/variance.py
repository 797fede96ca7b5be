"""Variances by linearisation, from sums by cell: with-replacement strata and PSUs, fpc, single-PSU rules.

The estimator is a ratio of weighted sums, Y / W. Its linearised value in a row of the domain is
u = w (y - Y/W) / W and zero elsewhere (Särndal, Swensson and Wretman 1992, section 5.5 and 5.8),
and the variance of the sum of u is, over strata h of n_h PSUs with totals u_hi (Cochran 1977, section 11.21):

    sum_h (1 - n_h/N_h) n_h/(n_h - 1) [ sum_i u_hi^2 - (sum_i u_hi)^2 / n_h ]

Strata and PSUs are those of the whole sample: a PSU without rows of the domain counts, with a zero.
"""

from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray
from scipy import sparse

from brecha.cells import Cells, Floats
from brecha.design import Design, Stratum
from brecha.errors import BrechaError

Indexes = NDArray[numpy.intp]
Grouping = Any  # a sparse matrix of zeros and ones that adds rows into groups; scipy's own type is a union


@dataclass(frozen=True)
class Strata:
    """The S strata of a design laid over C cells, after collapsing, with what their variances need.

    `factor` is (1 - f) n/(n - 1) and `centre` 1/n, each changed by the single-PSU rule; `scale`
    spreads the mean variance over single-PSU strata under the rule `average`.
    """

    of_cell: Grouping  # (S, C)
    psu_of_cell: Grouping | None  # (P, C)
    of_psu: Grouping | None  # (S, P)
    psus: Floats  # (S,)
    factor: Floats
    centre: Floats
    scale: float
    single: tuple[Stratum, ...]
    collapsed: tuple[tuple[Stratum, Stratum], ...]

    @property
    def df(self) -> int:
        """PSUs minus strata."""
        return int(self.psus.sum()) - len(self.psus)


def lay(design: Design, cells: Cells) -> Strata:
    """Lay the design's strata over the cells, collapsing or refusing those with a single PSU."""
    labels = sorted(set(cells.tuples(design.strata)))
    position = {label: i for i, label in enumerate(labels)}
    of_cell = _grouping([position[label] for label in cells.tuples(design.strata)], len(labels))
    psu_of_cell, of_psu = None, None
    psus = of_cell @ cells.sums["rows"]
    if design.psu is not None:
        units = cells.tuples((*design.strata, design.psu))
        unit = {label: i for i, label in enumerate(dict.fromkeys(units))}
        psu_of_cell = _grouping([unit[label] for label in units], len(unit))
        of_psu = _grouping([position[label[:-1]] for label in unit], len(labels))
        psus = numpy.asarray(of_psu.sum(axis=1)).ravel()
    population = _population(cells, of_cell, psus, labels) if design.population else None
    single = _single(psus, population, labels) if design.kind != "census" else ()
    collapsed: tuple[tuple[Stratum, Stratum], ...] = ()
    if single and design.single_psu.rule == "collapse":
        merge, collapsed = _collapse(design, single, labels, psus)
        of_cell, of_psu = merge @ of_cell, None if of_psu is None else merge @ of_psu
        psus, population = merge @ psus, None if population is None else merge @ population
    if design.kind != "census":
        _refuse_unusable(design, single, psus)
    factor, centre, scale = _factors(design, psus, population, single)
    return Strata(of_cell, psu_of_cell, of_psu, psus, factor, centre, scale, single, collapsed)


def _grouping(groups: list[int], count: int) -> Grouping:
    ones = numpy.ones(len(groups))
    return sparse.csr_array((ones, (groups, numpy.arange(len(groups)))), shape=(count, len(groups)))


def _population(cells: Cells, of_cell: Grouping, psus: Floats, labels: list[Stratum]) -> Floats:
    population = numpy.empty(len(labels))
    for i, label in enumerate(labels):
        inside = of_cell[[i], :].nonzero()[1]
        low = float(cells.sums["population_low"][inside].min())
        high = float(cells.sums["population_high"][inside].max())
        if low != high:
            raise BrechaError("population_varies", stratum=label, low=low, high=high)
        if psus[i] > low:
            raise BrechaError("fraction_above_one", stratum=label, psus=int(psus[i]), population=low)
        population[i] = low
    return population


def _single(psus: Floats, population: Floats | None, labels: list[Stratum]) -> tuple[Stratum, ...]:
    complete = numpy.zeros(len(psus), dtype=bool) if population is None else population == psus
    return tuple(labels[i] for i in numpy.flatnonzero((psus == 1) & ~complete))


def _collapse(
    design: Design, single: tuple[Stratum, ...], labels: list[Stratum], psus: Floats
) -> tuple[Grouping, tuple[tuple[Stratum, Stratum], ...]]:
    """Return the matrix that merges strata and what joined what."""
    into = design.single_psu.into
    home = {label: label for label in labels}
    unsaid = tuple(label for label in single if label not in into)
    if unsaid:
        raise BrechaError("single_psu", strata=unsaid)
    for label in single:
        if into[label] not in home:
            raise BrechaError("collapse_target", stratum=label, target=into[label])
        joined, target = home[label], home[into[label]]
        home = {key: target if value == joined else value for key, value in home.items()}
    kept = sorted(set(home.values()))
    merge = _grouping([kept.index(home[label]) for label in labels], len(kept))
    alone = tuple(label for label, count in zip(kept, merge @ psus, strict=True) if count == 1 and label in single)
    if alone:
        raise BrechaError("single_psu", strata=alone)
    return merge, tuple((label, into[label]) for label in single)


def _refuse_unusable(design: Design, single: tuple[Stratum, ...], psus: Floats) -> None:
    if single and design.single_psu.rule == "refuse":
        raise BrechaError("single_psu", strata=single)
    if psus.sum() <= len(psus):
        raise BrechaError("no_degrees_of_freedom", psus=int(psus.sum()), strata=len(psus))


def _factors(
    design: Design, psus: Floats, population: Floats | None, single: tuple[Stratum, ...]
) -> tuple[Floats, Floats, float]:
    unsampled = numpy.ones(len(psus)) if population is None else 1 - psus / population
    alone = psus == 1
    factor = unsampled * psus / numpy.where(alone, 1, psus - 1)
    centre = 1 / psus
    if design.single_psu.rule == "adjust":
        # A ratio's linearised values sum to zero: the distance to the mean of all PSUs is the value itself.
        centre = numpy.where(alone, 0, centre)
    average = design.single_psu.rule == "average"
    return factor, centre, len(psus) / (len(psus) - len(single)) if average else 1.0


@dataclass(frozen=True)
class Moments:
    """Weighted sums by cell of K variables, each of shape (C, K); rows outside a variable's base add nothing.

    `w2yy` is the sum of squares w^2 y^2. Designs with PSUs need `w2` only for Kish's effective size.
    """

    n: Floats
    w: Floats
    wy: Floats
    w2: Floats
    w2y: Floats
    w2yy: Floats

    def only(self, variable: int) -> "Moments":
        """Return the moments of one variable."""
        names = (self.n, self.w, self.wy, self.w2, self.w2y, self.w2yy)
        return Moments(*(sums[:, [variable]] for sums in names))


@dataclass(frozen=True)
class Side:
    """K ratio estimates in one domain: its cells, the means Y/W and the weights W, of shape (K,)."""

    inside: Indexes
    moments: Moments
    mean: Floats
    weight: Floats

    def cross(self, other: "Side", rows: Indexes) -> Floats:
        """Return the sums of u u' in the cells `rows` with the same variables in another domain."""
        moments = self.moments
        sums = (
            moments.w2yy[rows]
            - (self.mean + other.mean) * moments.w2y[rows]
            + self.mean * other.mean * moments.w2[rows]
        )
        return sums / (self.weight * other.weight)

    def sums(self, grouping: Grouping) -> Floats:
        """Return the sums of u by group, shape (groups, K)."""
        moments, inside = self.moments, self.inside
        residuals = (moments.wy[inside] - self.mean * moments.w[inside]) / self.weight
        return numpy.asarray(grouping[:, inside] @ residuals)

    def only(self, variable: int) -> "Side":
        """Return one variable's side."""
        pick = [variable]
        return Side(self.inside, self.moments.only(variable), self.mean[pick], self.weight[pick])


def side(moments: Moments, inside: Indexes) -> Side:
    """Estimate the ratios Y/W in the cells `inside`; nan where the base is empty there."""
    weight = moments.w[inside].sum(axis=0)
    weight = numpy.where(moments.n[inside].sum(axis=0) > 0, weight, numpy.nan)
    return Side(inside, moments, moments.wy[inside].sum(axis=0) / weight, weight)


def covariance(strata: Strata, one: Side, other: Side, cross: Floats | None = None) -> Floats:
    """Return the covariances of K pairs of estimates, shape (K,); nan where one is not estimated.

    Where the rows are the PSUs, `cross` gives the sums of u u' by cell, shape (C, K); without it the
    two sides are the same variables.
    """
    if strata.of_psu is None:
        both = numpy.intersect1d(one.inside, other.inside)
        products = one.cross(other, both) if cross is None else cross[both]
        product = strata.of_cell[:, both] @ products
        totals = one.sums(strata.of_cell), other.sums(strata.of_cell)
    else:
        psus = one.sums(strata.psu_of_cell), other.sums(strata.psu_of_cell)
        product = strata.of_psu @ (psus[0] * psus[1])
        totals = strata.of_psu @ psus[0], strata.of_psu @ psus[1]
    within = product - strata.centre[:, None] * totals[0] * totals[1]
    return numpy.asarray(strata.scale * (strata.factor[:, None] * within).sum(axis=0))


def lonely(strata: Strata, side: Side) -> Floats:
    """Count the strata of several PSUs in which the domain has rows in only one, shape (K,)."""
    counts = side.moments.n[side.inside]
    if strata.of_psu is None or strata.psu_of_cell is None:
        psus = strata.of_cell[:, side.inside] @ counts
    else:
        psus = strata.of_psu @ ((strata.psu_of_cell[:, side.inside] @ counts) > 0)
    return numpy.asarray(((psus == 1) & (strata.psus[:, None] > 1)).sum(axis=0), dtype=float)
