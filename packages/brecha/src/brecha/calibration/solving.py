"""The arithmetic of calibration: ratios of new weights to old ones that give known population totals back.

Rows come collapsed into C patterns, each one combination of the calibration columns. All rows of a
pattern get the same ratio, so sums are all that is needed. Every total is met, or the answer is refused.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy
from numpy.typing import NDArray

from brecha.cells import Floats, Indexes
from brecha.errors import BrechaError

Bounds = tuple[float, float]

# Published margins are rounded one by one; sums that differ by more than this are of two populations.
AGREEMENT = 1e-6
ROUNDING = 1e-13  # of a sum of weights: what is less is how decimals add up
# Below it, a direction among the auxiliaries is taken for collinear: rounding alone leaves about 1e-15.
COLLINEAR = 1e-12
# What a weight at a bound still counts in a Newton step, so that a category held whole has a way back.
HELD = 1e-7
# Where a step stops being halved: rounding, not the step, is then what is wrong.
SHORTEST = 1e-12
TINY = float(numpy.finfo(float).tiny)


@dataclass(frozen=True)
class Margin:
    """A categorical variable's K population totals, and the category of each of the C patterns.

    `codes` (C,) point into `labels` and `totals` (K,). NaN is a total that is not known.
    """

    name: str
    codes: Indexes
    labels: tuple[str, ...]
    totals: Floats

    @property
    def categories(self) -> tuple[str, ...]:
        """The K categories, as refusals name them."""
        return tuple(f"{self.name} = {label}" for label in self.labels)

    def sums(self, weights: Floats) -> Floats:
        """Return the sum of `weights` (C,) in each category, (K,)."""
        return numpy.bincount(self.codes, weights, len(self.labels)).astype(float, copy=False)


@dataclass(frozen=True)
class Targets:
    """Population totals (p,) of auxiliaries `x` (C, p): 0/1 for a category, numbers for a numeric variable."""

    names: tuple[str, ...]
    x: Floats
    totals: Floats


@dataclass(frozen=True)
class Solution:
    """Ratios of new weights to old ones (C,), and how they were found.

    `error` is the largest relative error of a total, |reached - wanted| / max(|wanted|, sum of |wx|):
    that of a category is relative to its total, and that of a number has a meaning near zero too.
    """

    method: str
    ratios: Floats
    iterations: int
    error: float


@dataclass(frozen=True)
class Dispersion:
    """What unequal weights cost: Kish's (1992) design effect and effective size in rows; the range of ratios."""

    design_effect: float
    effective_size: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class _Miss:
    """The total that is furthest from being met, relative to its size."""

    error: float
    target: str
    wanted: float
    reached: float


@dataclass(frozen=True)
class _Distance:
    """A distance's ratio F(u) at u = x'λ, the derivative of F, and the longest step given the largest change of u."""

    ratio: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    longest: Callable[[float], float]


def poststratify(weights: Floats, margin: Margin) -> Solution:
    """Return N/d by category (Holt and Smith 1979), `weights` (C,) being sums of base weights, above zero.

    Refuses a category without rows or total, and a total of zero with rows, below zero or infinite.

    >>> sex = Margin("sex", numpy.array([0, 1]), ("women", "men"), numpy.array([30.0, 20.0]))
    >>> poststratify(numpy.array([10.0, 40.0]), sex).ratios.tolist()
    [3.0, 0.5]
    """
    return replace(rake(weights, [margin]), method="poststratification")


def rake(weights: Floats, margins: Sequence[Margin], *, tolerance: float = 1e-12, iterations: int = 500) -> Solution:
    """Return ratios that meet every margin, by iterative proportional fitting (Deming and Stephan 1940).

    `weights` (C,) are sums of base weights, above zero. An iteration fits each margin once. Margins whose
    sums differ by rounding are brought to the sum of the first. Refuses what `poststratify` does,
    margins that disagree, and totals not met to `tolerance` in `iterations`.

    >>> sex = Margin("sex", numpy.array([0, 0, 1, 1]), ("women", "men"), numpy.array([30.0, 20.0]))
    >>> area = Margin("area", numpy.array([0, 1, 0, 1]), ("rural", "urban"), numpy.array([10.0, 40.0]))
    >>> rake(numpy.array([10.0, 20.0, 5.0, 10.0]), [sex, area]).ratios.round(6).tolist()
    [0.6, 1.2, 0.8, 1.6]
    """
    margins, ratios, done = _agreed(margins), numpy.ones(len(weights)), 0
    while (miss := _margins_miss(margins, weights * ratios)).error > tolerance:
        if done == iterations:
            raise _not_converged(done, miss)
        for margin in margins:
            sums = numpy.maximum(margin.sums(weights * ratios), TINY)
            ratios = ratios * (margin.totals / sums)[margin.codes]
        done += 1
    return Solution("raking", ratios, done, miss.error)


def indicators(margins: Sequence[Margin]) -> Targets:
    """Return the margins as 0/1 auxiliaries, one for each category. Refuses the margins that `rake` does.

    >>> sex = Margin("sex", numpy.array([0, 1, 1]), ("women", "men"), numpy.array([30.0, 20.0]))
    >>> indicators([sex]).names, indicators([sex]).x.tolist()
    (('sex = women', 'sex = men'), [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    """
    margins = _agreed(margins)
    return Targets(
        names=tuple(category for margin in margins for category in margin.categories),
        x=numpy.hstack([numpy.eye(len(margin.labels))[margin.codes] for margin in margins]),
        totals=numpy.concatenate([margin.totals for margin in margins]),
    )


def linear(weights: Floats, targets: Targets, *, tolerance: float = 1e-12, iterations: int = 50) -> Solution:
    """Return the regression estimator's ratios 1 + x'λ: the linear method of Deville and Särndal (1992).

    `weights` (C,) are sums of base weights, above zero. One step solves it; others only mend rounding.
    Refuses what `exponential` does, and ratios not above zero: a weight below zero stands for no
    rows, and `bounded` or `exponential` may meet the same totals without one.

    >>> size = Targets(("rows", "size"), numpy.array([[1.0, 1], [1, 2], [1, 3]]), numpy.array([30.0, 66.0]))
    >>> linear(numpy.full(3, 10.0), size).ratios.round(6).tolist()
    [0.7, 1.0, 1.3]
    """
    _refuse_targets(targets)
    solution = _newton("linear", weights, targets, _truncated(-math.inf, math.inf), tolerance, iterations)
    _refuse_negative(solution.ratios)
    return solution


def bounded(
    weights: Floats, targets: Targets, bounds: Bounds, *, tolerance: float = 1e-12, iterations: int = 50
) -> Solution:
    """Return linear ratios held between two bounds: the truncated method of Deville and Särndal (1992).

    `weights` (C,) are sums of base weights, above zero, that should add to about the population. Refuses what
    `exponential` does, bounds unless 0 < lower < 1 < upper, and bounds too narrow for one total alone;
    those too narrow for several together end as not converged.

    >>> size = Targets(("rows", "size"), numpy.array([[1.0, 1], [1, 2], [1, 3], [1, 4]]), numpy.array([40.0, 108.0]))
    >>> bounded(numpy.full(4, 10.0), size, (0.8, 1.3)).ratios.round(6).tolist()
    [0.8, 0.866667, 1.066667, 1.266667]
    """
    lower, upper = bounds
    if not 0 < lower < 1 < upper < math.inf:
        raise BrechaError("bounds_not_around_one", lower=lower, upper=upper)
    _refuse_targets(targets)
    _refuse_narrow(weights, targets, lower, upper)
    return _newton("bounded", weights, targets, _truncated(lower, upper), tolerance, iterations)


def exponential(weights: Floats, targets: Targets, *, tolerance: float = 1e-12, iterations: int = 50) -> Solution:
    """Return ratios exp(x'λ), above zero: the multiplicative method of Deville and Särndal (1992).

    `weights` (C,) are sums of base weights, above zero. On categories these are the ratios of `rake` (Deville,
    Särndal and Sautory 1993); numbers may join them. Refuses a total that is unknown, infinite, of a sign or
    at a zero that no weights above zero can reach, and totals not met to `tolerance` in `iterations`.

    >>> size = Targets(("rows", "size"), numpy.array([[1.0, 0], [1, 1]]), numpy.array([50.0, 40.0]))
    >>> exponential(numpy.array([20.0, 20.0]), size).ratios.round(6).tolist()
    [0.5, 2.0]
    """
    _refuse_targets(targets)
    # exp is its own derivative: a step t with t c <= log(1 + c), c the largest change, never goes too far.
    distance = _Distance(numpy.exp, numpy.exp, lambda change: math.log1p(change) / max(change, TINY))
    return _newton("exponential", weights, targets, distance, tolerance, iterations)


def trim(weights: Floats, rows: Floats, bounds: Bounds, *, strict: bool = True) -> Solution:
    """Return ratios that bring weights between two bounds and keep their total (Potter 1990).

    Rows of a pattern weigh the same here: `weights` (C,) are of one row, above zero, `rows` (C,) their number.
    What is cut is spread equally over the rows that were inside and have room. `strict` repeats until
    all are inside; without it the spread may push some out. Refuses bounds that leave no row with
    room, and weights that the spread leaves not above zero.

    >>> trim(numpy.array([9.0, 2.0, 1.0]), numpy.ones(3), (0.5, 6)).ratios.round(6).tolist()
    [0.666667, 1.75, 2.5]
    """
    total, trimmed, passes = float(rows @ weights), weights, 0
    while not _inside(trimmed, bounds).all() and (strict or passes == 0):
        trimmed = _spread(trimmed, rows, bounds, total)
        passes += 1
    _refuse_negative(trimmed / weights)
    return Solution("trimming", trimmed / weights, passes, abs(float(rows @ trimmed) - total) / total)


def rake_and_trim(
    weights: Floats,
    rows: Floats,
    margins: Sequence[Margin],
    bounds: Bounds,
    *,
    tolerance: float = 1e-10,
    iterations: int = 200,
) -> Solution:
    """Return ratios that meet the margins with every weight between the bounds: `rake` and `trim` by turns.

    `weights` and `rows` are those of `trim`, an iteration is a turn of both. Refuses what the two do, and
    margins not met to `tolerance` in `iterations`. The weights are not the closest to the base ones.

    >>> area = Margin("area", numpy.array([0, 0, 1]), ("rural", "urban"), numpy.array([24.0, 26.0]))
    >>> found = rake_and_trim(numpy.array([1.0, 5.0, 5.0]), numpy.array([5.0, 2.0, 5.0]), [area], (2.4, 6.0))
    >>> found.ratios.round(6).tolist()
    [2.4, 1.2, 1.04]
    """
    margins, current, done = _agreed(margins), weights, 0
    while (miss := _margins_miss(margins, current * rows)).error > tolerance or not _inside(current, bounds).all():
        if done == iterations:
            raise _not_converged(done, miss)
        current = current * rake(current * rows, margins).ratios
        # A product may pass a bound by its last digit.
        current = numpy.clip(current * trim(current, rows, bounds).ratios, *bounds)
        done += 1
    return Solution("raking and trimming", current / weights, done, miss.error)


def dispersion(ratios: Floats, rows: Floats, weights: Floats, squares: Floats) -> Dispersion:
    """Return Kish's design effect 1 + cv² = n Σw² / (Σw)², the effective size n / (1 + cv²), and the range of ratios.

    By pattern, (C,): ratios, numbers of rows, sums of base weights and sums of their squares.

    >>> dispersion(numpy.array([1.0, 3.0]), numpy.array([2.0, 2.0]), numpy.array([2.0, 2.0]), numpy.array([2.0, 2.0]))
    Dispersion(design_effect=1.25, effective_size=3.2, lowest=1.0, highest=3.0)
    """
    count = float(rows.sum())
    effect = count * float(ratios**2 @ squares) / float(ratios @ weights) ** 2
    return Dispersion(effect, count / effect, float(ratios.min()), float(ratios.max()))


def _newton(
    method: str, weights: Floats, targets: Targets, distance: _Distance, tolerance: float, iterations: int
) -> Solution:
    """Solve Σ w F(x'λ) x = totals, the gradient of a convex function of λ."""
    exponent, done = numpy.zeros(len(weights)), 0
    while (miss := _targets_miss(targets, weights * distance.ratio(exponent))).error > tolerance:
        if done == iterations:
            raise _not_converged(done, miss)
        exponent = exponent + _step(weights, targets, distance, exponent)
        done += 1
    return Solution(method, distance.ratio(exponent), done, miss.error)


def _step(weights: Floats, targets: Targets, distance: _Distance, exponent: Floats) -> Floats:
    """Return the change of x'λ in Newton's direction, halved until it does not go too far."""
    ratios = distance.ratio(exponent)
    residual = targets.totals - targets.x.T @ (weights * ratios)
    direction = _solve(targets.x, weights * distance.slope(exponent), residual)
    change, rise = targets.x @ direction, float(residual @ direction)

    def climbed(step: float) -> float:
        return float((weights * change) @ (distance.ratio(exponent + step * change) - ratios))

    step = distance.longest(float(numpy.abs(change).max()))
    # The slope along the direction goes from -rise to zero, where the function is least; beyond a tenth is too far.
    while step > SHORTEST and climbed(step) > 1.1 * rise:
        step /= 2
    return step * change


def _solve(x: Floats, weights: Floats, residual: Floats) -> Floats:
    """Return the least b of (Σ w x x') b = residual, scaled to a unit diagonal: auxiliaries have any unit."""
    gram = x.T @ (weights[:, None] * x)
    diagonal = numpy.diag(gram)
    size = numpy.sqrt(numpy.where(diagonal > 0, diagonal, 1.0))
    scaled: Floats = numpy.linalg.lstsq(gram / numpy.outer(size, size), residual / size, rcond=COLLINEAR)[0]
    return scaled / size


def _truncated(lower: float, upper: float) -> _Distance:
    return _Distance(
        ratio=lambda exponent: numpy.clip(1 + exponent, lower, upper),
        slope=lambda exponent: numpy.where((lower < 1 + exponent) & (1 + exponent < upper), 1.0, HELD),
        longest=lambda _: 1.0,
    )


def _spread(weights: Floats, rows: Floats, bounds: Bounds, total: float) -> Floats:
    clipped = numpy.clip(weights, *bounds)
    excess = total - float(rows @ clipped)
    if abs(excess) <= ROUNDING * total:  # a last digit that nobody has to take
        return clipped
    room = clipped < bounds[1] if excess > 0 else clipped > bounds[0]
    takers = room & _inside(weights, bounds)
    takers = takers if takers.any() else room
    if not takers.any():
        raise BrechaError("trim_no_room", lower=bounds[0], upper=bounds[1], mean=total / float(rows.sum()))
    return numpy.where(takers, clipped + excess / float(rows[takers].sum()), clipped)


def _inside(weights: Floats, bounds: Bounds) -> NDArray[numpy.bool_]:
    return (bounds[0] <= weights) & (weights <= bounds[1])


def _agreed(margins: Sequence[Margin]) -> list[Margin]:
    """Return the margins with the sum of the first, refusing what cannot be met."""
    for margin in margins:
        rows = margin.sums(numpy.ones(len(margin.codes)))
        _refuse_totals(margin.categories, margin.totals, numpy.zeros(len(rows)), rows)
    first, total = margins[0].name, float(margins[0].totals.sum())
    sums = [float(margin.totals.sum()) for margin in margins]
    for margin, other in zip(margins, sums, strict=True):
        if abs(other - total) > AGREEMENT * total:
            raise BrechaError("margins_disagree", first=first, first_sum=total, other=margin.name, other_sum=other)
    return [replace(one, totals=one.totals * (total / other)) for one, other in zip(margins, sums, strict=True)]


def _refuse_targets(targets: Targets) -> None:
    for name, column in zip(targets.names, targets.x.T, strict=True):
        count = int((~numpy.isfinite(column)).sum())
        if count:
            raise BrechaError("auxiliary_missing", auxiliary=name, count=count)
    _refuse_totals(targets.names, targets.totals, targets.x.min(axis=0), targets.x.max(axis=0))


def _refuse_totals(names: Sequence[str], totals: Floats, lowest: Floats, highest: Floats) -> None:
    for name, total, low, high in zip(names, totals.tolist(), lowest.tolist(), highest.tolist(), strict=True):
        if math.isnan(total):
            raise BrechaError("total_missing", target=name)
        if math.isinf(total) or (total < 0 <= low):
            raise BrechaError("total_invalid", target=name, total=total)
        if total != 0 and low == high == 0:
            raise BrechaError("category_empty", target=name, total=total)
        if total == 0 and low >= 0 and high > 0:
            raise BrechaError("total_zero", target=name)


def _refuse_narrow(weights: Floats, targets: Targets, lower: float, upper: float) -> None:
    rising, falling = numpy.maximum(targets.x, 0).T @ weights, numpy.minimum(targets.x, 0).T @ weights
    least, most = lower * rising + upper * falling, upper * rising + lower * falling
    rounding = 1e-9 * (rising - falling)
    outside = (targets.totals < least - rounding) | (targets.totals > most + rounding)
    for i in numpy.flatnonzero(outside)[:1]:
        values = {"total": float(targets.totals[i]), "least": float(least[i]), "most": float(most[i])}
        raise BrechaError("bounds_too_narrow", lower=lower, upper=upper, target=targets.names[i], **values)


def _refuse_negative(ratios: Floats) -> None:
    count = int((ratios <= 0).sum())
    if count:
        raise BrechaError("ratio_negative", count=count, lowest=float(ratios.min()))


def _margins_miss(margins: Sequence[Margin], weights: Floats) -> _Miss:
    reached = numpy.concatenate([margin.sums(weights) for margin in margins])
    wanted = numpy.concatenate([margin.totals for margin in margins])
    return _miss([name for margin in margins for name in margin.categories], wanted, reached, reached)


def _targets_miss(targets: Targets, weights: Floats) -> _Miss:
    size = numpy.abs(targets.x).T @ numpy.abs(weights)
    return _miss(targets.names, targets.totals, targets.x.T @ weights, size)


def _miss(names: Sequence[str], wanted: Floats, reached: Floats, size: Floats) -> _Miss:
    scale = numpy.maximum(numpy.maximum(numpy.abs(wanted), size), TINY)
    errors = numpy.abs(reached - wanted) / scale
    worst = int(errors.argmax())
    return _Miss(float(errors[worst]), names[worst], float(wanted[worst]), float(reached[worst]))


def _not_converged(iterations: int, miss: _Miss) -> BrechaError:
    values = {"target": miss.target, "wanted": miss.wanted, "reached": miss.reached}
    return BrechaError("not_converged", iterations=iterations, **values)
