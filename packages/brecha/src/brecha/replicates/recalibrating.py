"""Calibrating each replicate anew, so that its totals of the auxiliaries are those of the population too."""

from collections.abc import Callable, Mapping

import numpy

from brecha.calibration import Calibration, Fit, solving
from brecha.calibration.solving import Solution, Targets
from brecha.cells import Floats, Indexes
from brecha.errors import BrechaError
from brecha.gathering import Gathered
from brecha.replicates.laying import Laid

# Post-stratified weights are the linear method's on indicators, raked ones the exponential's (Deville, Särndal and
# Sautory 1993). What bounds did to the weights is not known here, and steps after the first would need those before.
SOLVERS: Mapping[str, Callable[[Floats, Targets], Solution]] = {
    "poststratification": solving.linear,
    "linear": solving.linear,
    "raking": solving.exponential,
    "exponential": solving.exponential,
}
# A sum this small beside its parts is the rounding of none.
EMPTY = 1e-12
# Ratios by replicate and pattern: 400 MB of them.
MOST = 50_000_000


def refuse_calibration(calibration: Calibration | None) -> None:
    """Refuse what cannot be done again in each replicate."""
    if calibration is not None and calibration.method not in SOLVERS:
        raise BrechaError("replicates_of_calibration", method=calibration.method)


def recalibrated(laid: Laid, unit: Indexes, gathered: Gathered, calibration: Calibration, fit: Fit) -> Floats:
    """Return the calibrated weights of R replicates over the sample's, by pattern, (R, Q); `unit` (C,) are PSUs."""
    patterns = len(calibration.ratio)
    if len(laid.rscales) * patterns > MOST:
        most = MOST // len(laid.rscales)
        raise BrechaError("too_many_patterns", columns=calibration.columns, count=patterns, most=most)
    units = numpy.zeros((gathered.strata.psus, patterns))
    numpy.add.at(units, (unit, fit.pattern), gathered.sums.w[:, 0] / fit.ratio)
    before, size = laid.totals(units), units.sum(axis=0)
    totals = calibration.x.T @ (calibration.ratio * size)
    names = tuple(f"auxiliary {i + 1}" for i in range(len(totals)))
    ratios = numpy.ones(before.shape)
    for r in numpy.flatnonzero(laid.rscales > 0).tolist():
        present = before[r] > EMPTY * size
        try:
            solution = SOLVERS[calibration.method](before[r, present], Targets(names, calibration.x[present], totals))
        except BrechaError as error:
            values = {"replicate": r + 1, "method": calibration.method, "reason": error.code}
            raise BrechaError("replicate_not_calibrated", **values) from error
        ratios[r, present] = solution.ratios / calibration.ratio[present]
    return ratios
