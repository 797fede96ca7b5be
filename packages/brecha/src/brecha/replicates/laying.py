"""From the totals of P PSUs to those of R replicates, which change the weights of whole PSUs.

`change` (P,) is what the changes are multiplied by, the square root of the finite population correction: 1 where PSUs
were drawn with replacement, 0 where one cannot vary.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray
from scipy.linalg import hadamard

from brecha.cells import Floats, Indexes, sum_by
from brecha.design import Stratum
from brecha.errors import BrechaError
from brecha.strata import Stage

# Numbers in a block of work: what is held at once stays near it, whatever PSUs, replicates and items there are.
BLOCK = 2_000_000


@dataclass(frozen=True)
class LeaveOneOut:
    """Replicates that leave out one PSU each, R = P: `parent` (P,) is its stratum, `units` (H,) the PSUs of each."""

    parent: Indexes
    units: Floats
    scale: float
    rscales: Floats

    def totals(self, units: Floats) -> Floats:
        """Return the replicates (R, K) of K totals, from those of the PSUs, (P, K)."""
        means = sum_by(self.parent, units, len(self.units)) / self.units[:, None]
        # The other n - 1 PSUs of the stratum grow by n / (n - 1), so that the mean's place is taken by theirs.
        growth = growths(self.units)[self.parent]
        return numpy.asarray(units.sum(axis=0) - growth[:, None] * (units - means[self.parent]))


@dataclass(frozen=True)
class Drawn:
    """Replicates whose factors are `kept + moved * counts`: (P,), (P,) and small whole numbers (R, P)."""

    counts: NDArray[Any]
    kept: Floats
    moved: Floats
    scale: float
    rscales: Floats

    def totals(self, units: Floats) -> Floats:
        """Return the replicates (R, K) of K totals, from those of the PSUs, (P, K)."""
        always, moved = self.kept @ units, self.moved[:, None] * units
        parts = slices(len(self.counts), len(units))
        return numpy.concatenate([always + self.counts[part].astype(float) @ moved for part in parts])


Laid = LeaveOneOut | Drawn


def slices(count: int, size: int) -> Iterator[slice]:
    """Return slices of `count` things, as many at a time as keep a block, `size` numbers a thing, small.

    >>> [(part.start, part.stop) for part in slices(5, BLOCK // 3)]
    [(0, 3), (3, 6)]
    """
    step = max(1, BLOCK // size)
    return (slice(start, start + step) for start in range(0, count, step))


def growths(units: Floats) -> Floats:
    """Return n / (n - 1), 1 for a single PSU, which has nothing to take its place."""
    return numpy.asarray(units / numpy.maximum(units - 1, 1))


def leave_one_out(stage: Stage, unsampled: Floats) -> LeaveOneOut:
    """Return the jackknife; `unsampled` (H,) is 1 - n_h/N_h, which multiplies a replicate's square."""
    rscales = unsampled * (stage.units - 1) / stage.units
    return LeaveOneOut(stage.parent_of_unit, stage.units, 1.0, rscales[stage.parent_of_unit])


def half_samples(stage: Stage, change: Floats, fay: float, given: Floats | None, labels: list[Stratum]) -> Drawn:
    """Return balanced half-samples: a PSU has 1 + (1 - fay) change of its weight, or 1 - (1 - fay) change."""
    varying = stage.factor > 0
    odd = tuple(labels[i] for i in numpy.flatnonzero(varying & (stage.units != 2)).tolist())
    if odd:
        raise BrechaError("brr_needs_two_psus", strata=odd)
    signs = _signs(given, int(varying.sum()))
    parent = stage.parent_of_unit
    side = numpy.full(len(parent), -1, dtype=numpy.int8)
    side[numpy.unique(parent, return_index=True)[1]] = 1
    # A stratum that does not vary takes the first column, of ones; its change is zero.
    column = numpy.cumsum(varying) * varying
    count = len(signs)
    return Drawn(
        counts=signs[:, column[parent]] * side,
        kept=numpy.ones(len(parent)),
        moved=change * (1 - fay),
        scale=1 / (count * (1 - fay) ** 2),
        rscales=numpy.ones(count),
    )


def _signs(given: Floats | None, strata: int) -> NDArray[numpy.int8]:
    """Return ones, and a column of 1 and -1 for each stratum, balanced over the rows and orthogonal."""
    if given is None:
        return numpy.asarray(hadamard(max(2, 1 << strata.bit_length()), dtype=numpy.int8)[:, : strata + 1])
    matrix = numpy.asarray(given, dtype=float)
    matrix = matrix[:, matrix.sum(axis=0) == 0][:, :strata]
    gram = matrix.T @ matrix
    if not ((numpy.abs(matrix) == 1).all() and numpy.array_equal(gram, len(matrix) * numpy.eye(strata))):
        raise BrechaError("hadamard_not_balanced", strata=strata)
    return numpy.hstack([numpy.ones((len(matrix), 1)), matrix]).astype(numpy.int8)


def redrawn(stage: Stage, change: Floats, replicates: int, seed: int) -> Drawn:
    """Return the bootstrap: a PSU drawn m times has 1 + change (m n / (n - 1) - 1) of its weight."""
    parent, units = stage.parent_of_unit, stage.units.astype(int)
    order = numpy.argsort(parent, kind="stable")
    start = numpy.cumsum(units) - units
    stratum = numpy.repeat(numpy.arange(len(units)), units - 1)
    # PCG64 by name: numpy may change which generator is its default.
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    counts = numpy.zeros((replicates, len(parent)), dtype=numpy.uint16)
    for replicate in counts:
        drawn = generator.integers(start[stratum], start[stratum] + units[stratum])
        replicate[order] = numpy.bincount(drawn, minlength=len(parent))
    return Drawn(
        counts=counts,
        kept=1 - change,
        moved=change * growths(stage.units)[parent],
        scale=1 / (replicates - 1),
        rscales=numpy.ones(replicates),
    )
