"""What calibration made of the weights, and its part in a linearised value.

A calibrated estimate's error comes from what the auxiliaries x leave unexplained: with z the linearised value of a
row, u = w (z - x'B), where B is the regression of z on x with the weights before calibration, and w those after it
(Deville and Särndal 1992, section 3; Särndal, Swensson and Wretman 1992, section 6.6). R's `rake` alone
regresses without weights; `regression="rows"` does as it does, and agrees where the weights before are equal.
"""

from dataclasses import dataclass
from typing import Literal

import numpy

from brecha.cells import Cells, Floats, Indexes, sum_by
from brecha.errors import BrechaError

Regression = Literal["weights", "rows"]


@dataclass(frozen=True)
class Fit:
    """A calibration laid over C cells: each one's pattern, the P patterns' auxiliaries x (P, p), and their weights.

    `ratio` (C,) is the weight after calibration over the one before, `weight` (P,) what each counts in the regression.
    """

    ratio: Floats
    pattern: Indexes
    x: Floats
    weight: Floats

    def fitted(self, inside: Indexes, values: Floats) -> Floats:
        """Return x'B in every cell, (C, K).

        `values` (I, K) are sums of linearised values, with the regression's weights, in the cells `inside`; elsewhere
        they are zero.
        """
        if not self.x.shape[1]:
            return numpy.zeros((len(self.ratio), 1))
        totals = sum_by(self.pattern[inside], values, len(self.weight))
        gram = self.x.T @ (self.weight[:, None] * self.x)
        # Margins of one population are collinear: the least-norm solution has the same fit.
        coefficients = numpy.linalg.lstsq(gram, self.x.T @ totals, rcond=None)[0]
        return numpy.asarray((self.x @ coefficients)[self.pattern])


@dataclass(frozen=True, eq=False)
class Calibration:
    """Ratios of weights after to weights before, by pattern: one combination of the values of `columns`.

    `patterns` are their labels, P tuples; `ratio` has shape (P,) and `x`, the auxiliaries, (P, p). `steps` are the
    methods and totals that led here, first to last.
    """

    steps: tuple[tuple[str, tuple[tuple[object, object], ...]], ...]
    columns: tuple[str, ...]
    patterns: tuple[tuple[str, ...], ...]
    ratio: Floats
    x: Floats
    regression: Regression = "weights"

    @property
    def power(self) -> str:
        """The power of the weights in the regression, as sums are named."""
        return "w" if self.regression == "weights" else "n"

    @property
    def method(self) -> str:
        """The methods of all steps."""
        return ", then ".join(method for method, _ in self.steps)

    def lay(self, cells: Cells, weight: Floats) -> Fit:
        """Lay the calibration over cells that hold its columns; `weight` (C, 1) counts in its regression."""
        found, labels = cells.groups(self.columns)
        place = {pattern: i for i, pattern in enumerate(self.patterns)}
        unknown = [pattern for pattern in labels if pattern not in place]
        if unknown:
            raise BrechaError("calibration_pattern", columns=self.columns, pattern=unknown[0])
        pattern = numpy.array([place[label] for label in labels], dtype=numpy.intp)[found]
        return Fit(self.ratio[pattern], pattern, self.x, sum_by(pattern, weight, len(self.patterns))[:, 0])
