"""Confidence limits of a proportion, and of sums and differences of proportions."""

import math
from functools import cache
from typing import Literal, get_args

import numpy
from scipy import special  # not scipy.stats, which takes a second to import

from brecha.cells import Floats
from brecha.errors import BrechaError

Limits = tuple[float, float]
Interval = Literal["wilson", "korn_graubard", "logit", "likelihood", "arcsine", "wald"]


def share_limits(interval: Interval, p: float, se: float, rows: tuple[float, float], df: int, level: float) -> Limits:
    """Return the limits of a share by the named method; `rows` are those in its base and the effective ones.

    >>> share_limits("wald", 0.5, 0.125, (16, 16), 1000000, 0.9545)[0].__round__(3)
    0.25
    """
    t = quantile(level, df)
    n, n_eff = rows
    match interval:
        case "wilson":
            return wilson(p, n_eff, t)
        case "korn_graubard":
            return korn_graubard(p, se, n, df, level)
        case "logit":
            return logit(p, se, t)
        case "likelihood":
            return likelihood(p, se, t)
        case "arcsine":
            return arcsine(p, se, t)
        case "wald":
            return wald(p, se, t)
    raise BrechaError("unknown_interval", interval=interval, allowed=get_args(Interval))


@cache
def quantile(level: float, df: float) -> float:
    """Return the two-sided quantile of Student's t.

    >>> round(quantile(0.95, 16), 4)
    2.1199
    """
    return float(special.stdtrit(df, (1 + level) / 2))


def wilson(p: float, n_eff: float, t: float) -> Limits:
    """Return Wilson's (1927) limits on an effective sample size, with t for z (Franco et al. 2019).

    `p` is a fraction, `n_eff` is in rows. A zero cell gets a lower limit of 0 and an upper limit above it.

    >>> [round(limit, 4) for limit in wilson(0.0, 30, 1.96)]
    [0.0, 0.1135]
    """
    ratio = t * t / n_eff
    centre = (p + ratio / 2) / (1 + ratio)
    half = math.sqrt(ratio * p * (1 - p) + ratio * ratio / 4) / (1 + ratio)
    return (0.0 if p == 0 else max(0.0, centre - half), 1.0 if p == 1 else min(1.0, centre + half))


def korn_graubard(p: float, se: float, n: float, df: float, level: float) -> Limits:
    """Return the limits of Korn and Graubard (1998): Clopper and Pearson's on a design effective size.

    The effective size is p(1-p)/se^2, corrected for the design's `df` and capped at `n` rows.

    >>> [round(limit, 4) for limit in korn_graubard(0.1, 0.03, 100, 50, 0.95)]
    [0.0485, 0.1774]
    """
    n_eff = n
    if se > 0:
        n_eff = min(n, p * (1 - p) / se**2 * (quantile(level, n - 1) / quantile(level, df)) ** 2)
    tail = (1 - level) / 2
    low = 0.0 if p == 0 else float(special.betaincinv(n_eff * p, n_eff * (1 - p) + 1, tail))
    high = 1.0 if p == 1 else float(special.betaincinv(n_eff * p + 1, n_eff * (1 - p), 1 - tail))
    return low, high


def logit(p: float, se: float, t: float) -> Limits:
    """Return Wald limits on the log odds; of zero width, hence not to be used, where p is 0 or 1.

    >>> [round(limit, 4) for limit in logit(0.1, 0.03, 2.0)]
    [0.054, 0.1779]
    """
    if p in (0, 1):
        return p, p
    centre, half = math.log(p / (1 - p)), t * se / (p * (1 - p))
    return 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre))


def likelihood(p: float, se: float, t: float) -> Limits:
    """Return where the binomial log-likelihood ratio, scaled by the design effect, reaches t^2 / 2.

    Rao and Scott's (1984) scaling of the profile likelihood; of zero width where p is 0 or 1.

    >>> [round(limit, 4) for limit in likelihood(0.1, 0.03, 2.0)]
    [0.0506, 0.1704]
    """
    if se == 0:
        return p, p
    n_eff = p * (1 - p) / se**2

    def distance(q: float) -> float:
        return 2 * n_eff * (p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))) - t * t

    ends = []
    for outside in (0.0, 1.0):
        far, near = outside, p
        # Halving on either side of p: the distance falls to -t^2 at p and grows without bound towards 0 and 1.
        while abs(far - near) > 1e-15 * max(far, near):
            middle = (far + near) / 2
            if middle in (far, near):
                break
            far, near = (middle, near) if distance(middle) > 0 else (far, middle)
        ends.append(near)
    return ends[0], ends[1]


def arcsine(p: float, se: float, t: float) -> Limits:
    """Return Wald limits on the scale of the arcsine of the square root.

    >>> [round(limit, 4) for limit in arcsine(0.1, 0.03, 2.0)]
    [0.0484, 0.1676]
    """
    if p in (0, 1):
        return p, p
    centre, half = math.asin(math.sqrt(p)), t * se / (2 * math.sqrt(p * (1 - p)))
    return math.sin(max(0.0, centre - half)) ** 2, math.sin(min(math.pi / 2, centre + half)) ** 2


def wald(estimate: float, se: float, t: float) -> Limits:
    """Return the estimate minus and plus t standard errors.

    >>> wald(0.5, 0.125, 2.0)
    (0.25, 0.75)
    """
    return estimate - t * se, estimate + t * se


def mover(coefficients: Floats, estimates: Floats, limits: Floats, correlation: Floats) -> Limits:
    """Return limits of a linear combination from the limits of its parts: MOVER, Zou and Donner (2008).

    `coefficients` and `estimates` have shape (m,), `limits` (m, 2) and `correlation` (m, m). For a
    difference of two independent proportions with Wilson's limits it is Newcombe's (1998) method 10.

    >>> difference = numpy.array([1.0, -1.0])
    >>> parts = numpy.array([wilson(0.8, 70, 1.95996), wilson(0.6, 80, 1.95996)])
    >>> [round(limit, 4) for limit in mover(difference, numpy.array([0.8, 0.6]), parts, numpy.eye(2))]
    [0.0524, 0.3339]
    """
    total = float(coefficients @ estimates)
    rising = coefficients > 0
    below = coefficients * (estimates - numpy.where(rising, limits[:, 0], limits[:, 1]))
    above = coefficients * (numpy.where(rising, limits[:, 1], limits[:, 0]) - estimates)
    signs = numpy.sign(coefficients)
    agreement = correlation * numpy.outer(signs, signs)
    return (
        total - math.sqrt(max(0.0, float(below @ agreement @ below))),
        total + math.sqrt(max(0.0, float(above @ agreement @ above))),
    )
