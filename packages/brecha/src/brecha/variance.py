"""Variances by linearisation, from sums by cell.

An estimate's linearised value in a row is u = w (a y + b x + c), with coefficients that are constant in a cell
(Särndal, Swensson and Wretman 1992, sections 5.5 and 5.8). For a ratio Y/X of totals in a domain, a = 1/X and
b = -(Y/X)/X inside it and 0 outside; for a total a = 1; calibration adds c, a cell's part of the fit
(section 6.6). The variance of the sum of u is the design's, see `brecha.strata`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy

from brecha.cells import Floats, Indexes, sum_by
from brecha.strata import Stage, Strata

Products = Mapping[str, Floats]


@dataclass(frozen=True)
class Sums:
    """Weighted sums in C cells of K numerators y and denominators x.

    - `wy`, `wx`: (C, K); `w`: (C, 1), of every row.
    - `products`: sums of squared weights times "yy", "yx", "y1", "xx", "x1", each (C, K), and "11", (C, 1);
      None where the rows are no sampling units, so that they are not needed.
    """

    wy: Floats
    wx: Floats
    w: Floats
    products: Products | None = None

    def only(self, k: int) -> "Sums":
        """Return the sums of one numerator and denominator."""
        products = self.products and {
            name: sums if name == "11" else sums[:, [k]] for name, sums in self.products.items()
        }
        return Sums(self.wy[:, [k]], self.wx[:, [k]], self.w, products)


@dataclass(frozen=True)
class Influence:
    """K estimates' linearised values u = w (a y + b x + c) in the cells `inside`, (I,), and zero elsewhere.

    `a`, `b` and `c` have a shape that broadcasts to (I, K).
    """

    sums: Sums
    inside: Indexes
    a: Floats
    b: Floats
    c: Floats

    @property
    def cells(self) -> Floats:
        """The sums of u in the cells `inside`, (I, K)."""
        at = self.inside
        return self.a * self.sums.wy[at] + self.b * self.sums.wx[at] + self.c * self.sums.w[at]

    def only(self, k: int) -> "Influence":
        """Return one estimate's values."""
        a, b, c = (one[..., [k]] if one.shape[-1] > 1 else one for one in (self.a, self.b, self.c))
        return Influence(self.sums.only(k), self.inside, a, b, c)

    def at(self, places: Indexes) -> tuple[Floats, Floats, Floats]:
        """Return a, b and c of some of the places in `inside`."""
        a, b, c = (one[places] if one.shape[0] > 1 else one for one in (self.a, self.b, self.c))
        return a, b, c


def covariance(strata: Strata, one: Influence, other: Influence, products: Products | None = None) -> Floats:
    """Return the covariances of K pairs of estimates, shape (K,).

    `products` are the sums of squared weights of two different variables, with the first letter for `one`; by
    default both are the same variables and those of `one` serve.
    """
    first = one.cells
    values = first, first if one is other else other.cells
    total = numpy.zeros(max(values[0].shape[1], values[1].shape[1]))
    for stage in strata.stages:
        if stage.unit_of_cell is None:
            squares = _squares(one, other, one.sums.products if products is None else products)
            total += _of_rows(stage, (one.inside, other.inside), values, squares)
        else:
            total += _of_units(stage, stage.unit_of_cell, (one.inside, other.inside), values)
    return total


def _squares(one: Influence, other: Influence, products: Products | None) -> tuple[Indexes, Floats]:
    """Return the cells that two influences share and the sums of u u' in them."""
    assert products is not None, "products are gathered wherever rows are units"
    both, first, second = numpy.intersect1d(one.inside, other.inside, assume_unique=True, return_indices=True)
    (a, b, c), (a2, b2, c2) = one.at(first), other.at(second)
    at = {name: sums[both] for name, sums in products.items()}
    sums = a * a2 * at["yy"] + a * b2 * at["yx"] + b * a2 * at.get("xy", at["yx"]) + b * b2 * at["xx"]
    if numpy.any(c) or numpy.any(c2):
        sums = sums + a * c2 * at["y1"] + c * a2 * at.get("1y", at["y1"]) + c * c2 * at["11"]
        sums = sums + b * c2 * at["x1"] + c * b2 * at.get("1x", at["x1"])
    return both, sums


def _of_rows(
    stage: Stage, inside: tuple[Indexes, Indexes], values: tuple[Floats, Floats], squares: tuple[Indexes, Floats]
) -> Floats:
    """Return a stage's covariances where its units are rows."""
    parents = len(stage.units)
    totals = [sum_by(stage.parent_of_cell[at], u, parents) for at, u in zip(inside, values, strict=True)]
    means = [_means(stage, total) for total in totals]
    product = sum_by(stage.parent_of_cell[squares[0]], squares[1], parents)
    within = product - means[1] * totals[0] - means[0] * totals[1] + stage.units[:, None] * means[0] * means[1]
    return numpy.asarray(stage.factor @ within)


def _of_units(
    stage: Stage, unit_of_cell: Indexes, inside: tuple[Indexes, Indexes], values: tuple[Floats, Floats]
) -> Floats:
    """Return a stage's covariances over its units; those without rows in either domain are zeros."""
    same = inside[0] is inside[1]
    present = numpy.unique(unit_of_cell[inside[0] if same else numpy.concatenate(inside)])
    place = numpy.zeros(len(stage.parent_of_unit), dtype=numpy.intp)
    place[present] = numpy.arange(len(present))
    parent, parents = stage.parent_of_unit[present], len(stage.units)
    absent = stage.units - numpy.bincount(parent, minlength=parents)
    deviations, means = [], []
    for at, u in zip(inside[:1] if same and values[0] is values[1] else inside, values, strict=False):
        units = sum_by(place[unit_of_cell[at]], u, len(present))
        mean = _means(stage, sum_by(parent, units, parents))
        deviations.append(units - mean[parent])
        means.append(mean)
    within = (stage.factor[parent][:, None] * deviations[0] * deviations[-1]).sum(axis=0)
    return numpy.asarray(within + (stage.factor * absent) @ (means[0] * means[-1]))


def _means(stage: Stage, totals: Floats) -> Floats:
    """Return what the units of each parent are measured from."""
    own = totals / stage.units[:, None]
    everywhere = totals.sum(axis=0) / stage.units.sum()
    return numpy.where(stage.apart[:, None], everywhere, own)


def lonely(strata: Strata, inside: Indexes, rows: Floats) -> Floats:
    """Count the strata of several PSUs in which a base has rows in only one, shape (K,).

    `rows` (I, K) counts the rows of each base in the cells `inside`.
    """
    stage = strata.stages[0]
    psus = present(strata, inside, rows)
    return numpy.asarray(((psus == 1) & (stage.units[:, None] > 1)).sum(axis=0), dtype=float)


def domain_degrees(strata: Strata, inside: Indexes, rows: Floats) -> Floats:
    """Return the PSUs minus the strata that have rows of a base, at least 1, shape (K,); arguments as in `lonely`."""
    psus = present(strata, inside, rows)
    return numpy.asarray(numpy.maximum(1.0, psus.sum(axis=0) - (psus > 0).sum(axis=0)))


def present(strata: Strata, inside: Indexes, rows: Floats) -> Floats:
    """Count the PSUs of each stratum that have rows of a base, shape (H, K); arguments as in `lonely`."""
    stage = strata.stages[0]
    if stage.unit_of_cell is None:
        return sum_by(stage.parent_of_cell[inside], rows, len(stage.units))
    units, place = numpy.unique(stage.unit_of_cell[inside], return_inverse=True)
    there = sum_by(place, rows, len(units)) > 0
    return sum_by(stage.parent_of_unit[units], there.astype(float), len(stage.units))
