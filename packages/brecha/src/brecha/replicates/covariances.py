"""Variances and covariances from replicates, those of two domains at a time."""

from collections.abc import Iterator, Mapping

import numpy

from brecha.calibration import Calibration
from brecha.cells import Floats, Indexes, sum_by
from brecha.estimating import Linear
from brecha.gathering import Gathered
from brecha.replicates.laying import Laid, slices
from brecha.replicates.recalibrating import EMPTY, recalibrated
from brecha.results import DomainKey


class Replicated:
    """Covariances on demand: replicates of a domain's estimates are made when asked for, and not kept."""

    def __init__(
        self,
        gathered: Gathered,
        laid: Laid,
        calibration: Calibration | None,
        inside: Mapping[DomainKey, Indexes],
        mse: bool,
    ) -> None:
        self._gathered, self._laid, self._inside, self._mse = gathered, laid, inside, mse
        unit = gathered.strata.stages[0].unit_of_cell
        assert unit is not None, "a design whose rows are PSUs was refused"
        self._unit = unit
        self._pattern, self._ratios = numpy.zeros(len(gathered.cells), dtype=numpy.intp), numpy.ones((self.count, 1))
        if calibration is not None and gathered.fit is not None:
            self._pattern = gathered.fit.pattern
            self._ratios = recalibrated(laid, unit, gathered, calibration, gathered.fit)
        self._position = {q.item.name: k for k, q in enumerate(gathered.questions)}
        self._same: dict[tuple[DomainKey, DomainKey], Floats] = {}
        self._all: dict[tuple[DomainKey, DomainKey], Floats] = {}

    @property
    def count(self) -> int:
        """The number of replicates."""
        return len(self._laid.rscales)

    def variances(self, domain: DomainKey) -> Floats:
        """Return the variances of the K estimates in a domain, (K,)."""
        return self._pairs(domain, domain)

    def of(self, one: tuple[str, DomainKey], other: tuple[str, DomainKey]) -> float:
        """Return the covariance of two estimates."""
        (first, j), (second, k) = sorted((domain, self._position[name]) for name, domain in (one, other))
        if j == k:
            return float(self._pairs(first, second)[j])
        if (first, second) not in self._all:
            self._all[first, second] = self._matrix(first, second)
        return float(self._all[first, second][j, k])

    def _pairs(self, one: DomainKey, other: DomainKey) -> Floats:
        """Return the covariances of each item in one domain with itself in another, (K,)."""
        if (one, other) not in self._same:
            covariances = self._same[one, other] = numpy.zeros(len(self._position))
            for items in self._slices():
                first = self._deviations(one, items)
                second = first if one == other else self._deviations(other, items)
                covariances[items] = self._laid.scale * (self._laid.rscales @ (first * second))
        return self._same[one, other]

    def _matrix(self, one: DomainKey, other: DomainKey) -> Floats:
        """Return the covariances of all items in one domain with all in another, (K, K)."""
        weights = self._laid.scale * self._laid.rscales[:, None]
        rows = ((weights * self._deviations(one, items)).T for items in self._slices())
        return numpy.block([[row @ self._deviations(other, items) for items in self._slices()] for row in rows])

    def _slices(self) -> Iterator[slice]:
        return slices(len(self._position), max(self.count, self._gathered.strata.psus))

    def _deviations(self, domain: DomainKey, items: slice) -> Floats:
        """Return how far the replicates of some items are from their centre, (R, k); 0 where one has no weight."""
        inside, sums = self._inside[domain], self._gathered.sums
        linear = Linear(self._gathered, inside)
        total = linear.is_total[items] > 0
        denominators = numpy.where(total, 1.0, self._totals(inside, sums.wx[inside, items]))
        size = numpy.where(total, 0.0, numpy.abs(sums.wx[inside, items]).sum(axis=0))
        present = numpy.abs(denominators) > EMPTY * size
        theta = self._totals(inside, sums.wy[inside, items]) / numpy.where(present, denominators, 1.0)
        if self._mse:
            centre = linear.distance[items]
        else:
            used = present & (self._laid.rscales > 0)[:, None]
            centre = (theta * used).sum(axis=0) / numpy.maximum(used.sum(axis=0), 1)
        return numpy.where(present, theta - centre, 0.0)

    def _totals(self, inside: Indexes, values: Floats) -> Floats:
        """Return the replicates (R, k) of the totals of `values` (I, k), sums in the cells `inside`."""
        unit, pattern = self._unit[inside], self._pattern[inside]
        totals = numpy.zeros((self.count, values.shape[1]))
        for one in numpy.unique(pattern).tolist():
            at = pattern == one
            replicates = self._laid.totals(sum_by(unit[at], values[at], self._gathered.strata.psus))
            totals += self._ratios[:, [one]] * replicates
        return totals
