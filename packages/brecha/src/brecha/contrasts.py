"""Linear combinations of estimates, with their standard error and MOVER limits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from brecha.cells import Floats
from brecha.intervals import Limits, mover
from brecha.results import Estimate, Result


@dataclass(frozen=True)
class Contrast:
    """A combination's standard error and limits, and the covariances (m, m) it comes from."""

    se: float
    limits: Limits
    covariances: Floats


def contrast(result: Result, parts: Sequence[Estimate], coefficients: Sequence[float]) -> Contrast | None:
    """Combine estimates linearly; None in a census, where nothing was sampled."""
    if result.design.kind == "census":
        return None
    keys = [(part.name, part.domain) for part in parts]
    covariances = numpy.array([[result.covariance(one, other) for other in keys] for one in keys])
    errors = numpy.array([part.se for part in parts], dtype=float)
    covariances[numpy.outer(errors, errors) == 0] = 0.0  # what has no error has no covariance but rounding
    numpy.fill_diagonal(covariances, errors**2)
    weights = numpy.array(coefficients)
    limits = numpy.array([[part.low, part.high] for part in parts], dtype=float)
    estimates = numpy.array([part.estimate for part in parts])
    return Contrast(
        se=math.sqrt(max(0.0, float(weights @ covariances @ weights))),
        limits=mover(weights, estimates, limits, _correlation(covariances)),
        covariances=covariances,
    )


def _correlation(covariances: Floats) -> Floats:
    """Return correlations; an estimate without variance is taken as independent of the others."""
    errors = numpy.sqrt(numpy.diag(covariances))
    scale = numpy.where(errors > 0, errors, 1.0)
    correlation: Floats = numpy.clip(covariances / numpy.outer(scale, scale), -1.0, 1.0)
    numpy.fill_diagonal(correlation, 1.0)
    return correlation
