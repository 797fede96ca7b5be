"""What calibration made of the weights, and its part in a linearised value.

A calibrated estimate's error comes from what the auxiliaries x leave unexplained: with z the linearised value of a
row, u = w (z - x'B), where B is the regression of z on x with the weights before calibration, and w those after it
(Deville and Särndal 1992, section 3; Särndal, Swensson and Wretman 1992, section 6.6).
"""

from dataclasses import dataclass

import numpy

from brecha.cells import Cells, Floats, Indexes, sum_by
from brecha.errors import BrechaError


@dataclass(frozen=True)
class Fit:
    """A calibration laid over C cells: each one's pattern, the P patterns' auxiliaries x (P, p), and their weights.

    `ratio` (C,) is the weight after calibration over the one before, `weight` (P,) the sum of those before.
    """

    ratio: Floats
    pattern: Indexes
    x: Floats
    weight: Floats

    def fitted(self, inside: Indexes, values: Floats) -> Floats:
        """Return x'B in every cell, (C, K).

        `values` (I, K) are sums of linearised values with the weights before calibration in the cells `inside`;
        elsewhere they are zero.
        """
        totals = sum_by(self.pattern[inside], values, len(self.weight))
        gram = self.x.T @ (self.weight[:, None] * self.x)
        # Margins of one population are collinear: the least-norm solution has the same fit.
        coefficients = numpy.linalg.lstsq(gram, self.x.T @ totals, rcond=None)[0]
        return numpy.asarray((self.x @ coefficients)[self.pattern])


@dataclass(frozen=True, eq=False)
class Calibration:
    """Ratios of weights after to weights before, by pattern: one combination of the values of `columns`.

    `patterns` are their labels, P tuples; `ratio` has shape (P,) and `x`, the auxiliaries, (P, p).
    """

    method: str
    columns: tuple[str, ...]
    patterns: tuple[tuple[str, ...], ...]
    ratio: Floats
    x: Floats

    def lay(self, cells: Cells, weight: Floats) -> Fit:
        """Lay the calibration over cells that hold its columns; `weight` (C, 1) sums those before it."""
        found, labels = cells.groups(self.columns)
        place = {pattern: i for i, pattern in enumerate(self.patterns)}
        unknown = [pattern for pattern in labels if pattern not in place]
        if unknown:
            raise BrechaError("calibration_pattern", columns=self.columns, pattern=unknown[0])
        pattern = numpy.array([place[label] for label in labels], dtype=numpy.intp)[found]
        return Fit(self.ratio[pattern], pattern, self.x, sum_by(pattern, weight, len(self.patterns))[:, 0])
