"""How many rows a follow-up must ask, and the smallest gap or change that it could see.

Shares are fractions, sizes are rows, and a tuple has one number per group: the group, then its reference.
The planned test is that of `brecha.gaps`: two-sided, Student's t on the design's degrees of freedom.

A gap of 12 points was measured, and should be 6 in a follow-up of the same size that returns to 60 % of the PSUs:

>>> design = Assumptions(cluster_size=20, icc=0.05, weighting=1.2, response=0.85)
>>> before = FirstWave((0.55, 0.67), overlap=0.6, correlation=0.25)
>>> plan = sample_size(Expected(now=(0.61, 0.67), before=before), design)
>>> plan.asked, plan.answers, plan.psus, round(plan.power, 3)
((3536, 3536), (3005, 3005), 301, 0.8)
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy
from scipy import special

from brecha.cells import Floats
from brecha.errors import BrechaError
from brecha.intervals import wilson

Sizes = tuple[int, ...]
Interval = Literal["wald", "wilson"]

LARGEST = 10**8  # answers of a group, beyond any survey
ROUNDING = 1e-9
HALVINGS = 60
RANGES: dict[str, tuple[float, float]] = {
    "groups": (1, 2),
    "share": (0, 1),
    "mean": (-1e12, 1e12),
    "sd": (1e-9, 1e12),
    "cluster_size": (1, 1e6),
    "icc": (0, 1),
    "weighting": (1, 100),
    "deff": (0.01, 1000),
    "response": (0.01, 1),
    "strata": (1, 1e6),
    "df": (1, math.inf),
    "ratio": (0.001, 1000),
    "between": (-0.99, 0.99),
    "overlap": (0, 1),
    "correlation": (-0.99, 0.99),
    "population": (2, math.inf),
    "answers": (1, LARGEST),
    "power": (0, 0.9999),
    "alpha": (1e-6, 0.5),
    "half_width": (1e-6, 1e12),
}


def _within(**numbers: float | None) -> None:
    for name, value in numbers.items():
        low, high = RANGES[name]
        if value is not None and not low <= value <= high:
            raise BrechaError("out_of_range", name=name, value=value, low=low, high=high)


@dataclass(frozen=True)
class Assumptions:
    """The declared design of a survey that has yet to be made.

    - `cluster_size`: answers that a PSU gives. `shared_psus`: both groups are asked in the same PSUs and
      share them in proportion; False: each has its own.
    - `icc`, `weighting`: intraclass correlation inside a PSU, and Kish's effect of unequal weights, 1 + cv^2. The
      design effect of a group is weighting * (1 + (its answers in a PSU - 1) * icc): Kish (1965, section 5.4),
      Gabler, Häder and Lahiri (1999), whose average of answers is lower where weights vary inside PSUs; then
      this errs on the safe side. `deff`: the design effect itself, instead of the two.
    - `response`: the fraction of the rows asked that answers.
    - `strata`: degrees of freedom are PSUs minus strata. `df`: the number itself; math.inf for the normal.
    - `ratio`: answers of the group for each answer of its reference.
    - `populations`: rows in the population, per group, for the finite population correction. For a test,
      None: where the groups' difference must hold beyond this year's people, Cochran (1977, 2.14) leaves it out.
    - `between`: correlation of the two groups' estimates of one wave. Above zero where they share PSUs;
      0, unless an earlier wave tells, asks for more rows than are needed.

    >>> Assumptions(cluster_size=20, icc=0.05, weighting=1.2).response
    1
    """

    cluster_size: float = 1
    shared_psus: bool = True
    icc: float = 0
    weighting: float = 1
    deff: float | None = None
    response: float = 1
    strata: int = 1
    df: float | None = None
    ratio: float = 1
    populations: tuple[float, ...] | None = None
    between: float = 0

    def __post_init__(self) -> None:
        _within(**{name: value for name, value in vars(self).items() if name in RANGES})
        for population in self.populations or ():
            _within(population=population)
        if self.deff is not None and (self.icc, self.weighting) != (0, 1):
            raise BrechaError("deff_twice", deff=self.deff, icc=self.icc, weighting=self.weighting)


@dataclass(frozen=True)
class FirstWave:
    """An earlier wave of the same design: its shares or means, and what it has in common with the next.

    - `answers`: what it got, per group; None: as many as the follow-up will get.
    - `overlap`: the fraction of the follow-up's PSUs (of its rows, where they are the PSUs) that were in this wave.
    - `correlation`: of both waves' estimates over those PSUs. The same people: of their answers, roughly. New
      people in the same PSUs share the PSU alone: at most (a group's answers in a PSU) * icc / deff.

    >>> FirstWave((0.55, 0.67), answers=(500, 354), overlap=0.6, correlation=0.4).overlap
    0.6
    """

    values: tuple[float, ...]
    answers: Sizes | None = None
    overlap: float = 0
    correlation: float = 0

    def __post_init__(self) -> None:
        _within(overlap=self.overlap, correlation=self.correlation)
        for answers in self.answers or ():
            _within(answers=answers)


@dataclass(frozen=True)
class Expected:
    """What the survey is expected to find: shares, or means where their `sd` is given.

    `now` has one number, or two for a gap; `before` makes it a change, or a change of the gap. `pooled`: plan the
    test of a gap with the variance that both groups would have without it, as chi-square does.

    >>> Expected(now=(0.55, 0.67)).effect < 0, Expected(now=(1300,), before=FirstWave((1200,)), sd=400).effect
    (True, 100)
    """

    now: tuple[float, ...]
    before: FirstWave | None = None
    sd: float | None = None
    pooled: bool = False

    def __post_init__(self) -> None:
        _within(groups=len(self.now), sd=self.sd)
        values = self.before.values if self.before else self.now
        if len(values) != len(self.now):
            raise BrechaError("groups_differ", name="values", numbers=values, groups=len(self.now))
        for value in (*self.now, *values):
            _within(**{"share" if self.sd is None else "mean": value})
        if self.pooled and (len(self.now) == 1 or self.before or self.sd):
            raise BrechaError("pooled_not_a_gap")

    @property
    def effect(self) -> float | None:
        """Group minus reference, minus the same before; None where nothing is compared."""
        if len(self.now) == 1 and self.before is None:
            return None
        return _gap(self.now) - (_gap(self.before.values) if self.before else 0)


@dataclass(frozen=True)
class Plan:
    """A sized survey: per group the rows `asked`, the `answers` expected and the design effect; PSUs in all.

    `effect` is the difference that the test sees with `power` at `alpha`; None where nothing is compared.
    `half_width` is of the interval at level 1 - alpha, in fractions or the mean's units, and `se` likewise.
    """

    asked: Sizes
    answers: Sizes
    psus: int
    deff: tuple[float, ...]
    df: float
    se: float
    half_width: float
    alpha: float
    effect: float | None
    power: float | None


def sample_size(expected: Expected, assumptions: Assumptions, power: float = 0.8, alpha: float = 0.05) -> Plan:
    """Return the smallest plan whose test sees the expected gap, change or change of the gap with that power.

    In large samples n = (z_alpha/2 + z_power)^2 deff (variances less twice the covariance) / effect^2: Valliant,
    Dever and Kreuter (2018, chapter 4); `pooled`: Fleiss, Levin and Paik (2003, chapter 4), without continuity
    correction. Here with the noncentral t, whose degrees of freedom grow with n, hence the search.

    >>> sample_size(Expected(now=(0.55, 0.67)), Assumptions(strata=2)).answers
    (257, 257)
    """
    _check_test(expected, power, alpha)
    return _Sizing(expected, assumptions, alpha).smallest(lambda plan: (plan.power or 0) >= power)


def power_of(expected: Expected, assumptions: Assumptions, asked: Sizes, alpha: float = 0.05) -> Plan:
    """Return the plan that asks those rows, with the power of its test: both tails of the noncentral t.

    The sources are those of `sample_size`.

    >>> round(power_of(Expected(now=(0.55, 0.67)), Assumptions(strata=2), (250, 250)).power, 4)
    0.79
    """
    _check_test(expected, None, alpha)
    return _Sizing(expected, assumptions, alpha).affordable(asked)


def detectable(
    expected: Expected, assumptions: Assumptions, asked: Sizes, power: float = 0.8, alpha: float = 0.05
) -> Plan:
    """Return the plan that asks those rows, with the smallest effect that its test sees with that power.

    Of the group's number in `now` only the side counts, above or below no difference: the search moves it.
    It inverts `power_of`: the minimum detectable effect of Bloom (1995).

    >>> design = Assumptions(cluster_size=20, icc=0.05, weighting=1.2, response=0.85)
    >>> round(detectable(Expected(now=(0.55, 0.67)), design, asked=(300, 200)).effect, 3)
    -0.184
    """
    effect = _check_test(expected, power, alpha)

    def plan(value: float) -> Plan:
        moved = replace(expected, now=(value, *expected.now[1:]))
        return _Sizing(moved, assumptions, alpha).affordable(asked)

    def seen(value: float) -> bool:
        return (plan(value).power or 0) >= power

    unseen, far = _ends(expected, effect, seen)
    if not seen(far):
        raise BrechaError("not_detectable", power=power, reached=plan(far).power, effect=plan(far).effect)
    for _ in range(HALVINGS):
        middle = (unseen + far) / 2
        unseen, far = (unseen, middle) if seen(middle) else (middle, far)
    return plan(far)


def sample_size_for_width(
    expected: Expected, assumptions: Assumptions, half_width: float, level: float = 0.95, interval: Interval = "wald"
) -> Plan:
    """Return the smallest plan whose interval is expected to be `half_width` wide to each side, or less.

    Wald's, for whatever is expected: n0 = t^2 deff S^2 / half_width^2 and n = n0 / (1 + n0 / N), where a share
    has S^2 = p(1-p) N / (N-1) (Cochran 1977, sections 4.4 and 4.6). Wilson's (1927), for one share: half its
    length, on the effective size that `brecha.estimate` would use, at most n.

    >>> share, design = Expected(now=(0.3,)), Assumptions(df=math.inf)
    >>> sample_size_for_width(share, design, half_width=0.05).answers
    (323,)
    >>> sample_size_for_width(share, design, half_width=0.05, interval="wilson").answers
    (320,)
    """
    _within(half_width=half_width)
    sizing = _Sizing(expected, assumptions, _alpha(expected, level, interval), interval)
    return sizing.smallest(lambda plan: plan.half_width <= half_width * (1 + ROUNDING))


def width_of(
    expected: Expected, assumptions: Assumptions, asked: Sizes, level: float = 0.95, interval: Interval = "wald"
) -> Plan:
    """Return the plan that asks those rows, with the half-width of its interval, as in `sample_size_for_width`.

    >>> round(width_of(Expected(now=(0.3,)), Assumptions(deff=1.5), asked=(400,)).half_width, 4)
    0.0552
    """
    return _Sizing(expected, assumptions, _alpha(expected, level, interval), interval).affordable(asked)


def _check_test(expected: Expected, power: float | None, alpha: float) -> float:
    _within(power=power, alpha=alpha)
    if power is not None and power <= alpha:
        raise BrechaError("power_below_alpha", power=power, alpha=alpha)
    effect = expected.effect
    if effect is None or abs(effect) <= ROUNDING * max(map(abs, expected.now)):
        raise BrechaError("nothing_to_detect")
    return effect


def _alpha(expected: Expected, level: float, interval: Interval) -> float:
    if not 0 < level < 1:
        raise BrechaError("level_out_of_range", level=level)
    if interval not in get_args(Interval):
        raise BrechaError("unknown_interval", interval=interval, allowed=get_args(Interval))
    if interval == "wilson" and (len(expected.now) == 2 or expected.before or expected.sd):
        raise BrechaError("wilson_not_a_share")
    return round(1 - level, 12)


def _ends(expected: Expected, effect: float, seen: Callable[[float], bool]) -> tuple[float, float]:
    """Return the group's number at no effect, and one far enough."""
    unchanged = expected.now[0] - effect
    if expected.sd is None:
        bottom, top = ROUNDING, 1 - ROUNDING
        return min(top, max(bottom, unchanged)), top if effect > 0 else bottom
    step = math.copysign(expected.sd, effect)
    while not seen(unchanged + step):
        step *= 2
    return unchanged, unchanged + step


@dataclass(frozen=True)
class _Sizing:
    """What is asked of a plan, whatever its size."""

    expected: Expected
    assumptions: Assumptions
    alpha: float
    interval: Interval = "wald"

    def smallest(self, reached: Callable[[Plan], bool]) -> Plan:
        """Return the first plan that reached its aim: with one row less of the reference, it would not."""

        def rows(n: int) -> tuple[Sizes, Sizes]:
            ratios = (self.assumptions.ratio, 1.0)[-len(self.expected.now) :]
            answers = tuple(math.ceil(ratio * n - ROUNDING) for ratio in ratios)
            return tuple(math.ceil(count / self.assumptions.response - ROUNDING) for count in answers), answers

        def stops(n: int) -> bool:
            asked, answers = rows(n)
            if self.obstacle(asked, answers):
                return True
            return _df(self.expected, self.assumptions, answers) >= 1 and reached(self.plan(asked, answers))

        n = 1 + bisect_left(range(1, LARGEST), True, key=stops)
        obstacle = self.obstacle(*rows(n))
        if obstacle or n == LARGEST:
            raise obstacle or BrechaError("out_of_reach", answers=n)
        return self.plan(*rows(n))

    def affordable(self, asked: Sizes) -> Plan:
        """Return the plan that asks those rows, or refuse it."""
        answers = tuple(math.floor(rows * self.assumptions.response + ROUNDING) for rows in asked)
        for count in answers:
            _within(answers=count)
        obstacle = self.obstacle(asked, answers)
        if obstacle:
            raise obstacle
        if _df(self.expected, self.assumptions, answers) < 1:
            first = self.expected.before and self.expected.before.answers
            fewest = min(_psus(self.assumptions, wave) for wave in (answers, first or answers))
            raise BrechaError("no_degrees_of_freedom", psus=fewest, strata=self.assumptions.strata)
        return self.plan(asked, answers)

    def obstacle(self, asked: Sizes, answers: Sizes) -> BrechaError | None:
        """Return what forbids these rows; more rows never lift it."""
        groups, before = len(self.expected.now), self.expected.before
        first = before.answers if before else None
        populations = self.assumptions.populations
        for name, numbers in (("asked", asked), ("populations", populations), ("answers", first)):
            if numbers is not None and len(numbers) != groups:
                return BrechaError("groups_differ", name=name, numbers=numbers, groups=groups)
        for sizes in (asked, first or ()):
            for rows, population in zip(sizes, populations or (), strict=False):
                if rows >= population:
                    return BrechaError("population_too_small", population=population, rows=rows)
        if before and first and before.overlap * sum(answers) > sum(first) + ROUNDING:
            return BrechaError("overlap_too_large", overlap=before.overlap, answers=sum(answers), before=sum(first))
        return None

    def plan(self, asked: Sizes, answers: Sizes) -> Plan:
        """Return the plan of these rows."""
        expected, assumptions = self.expected, self.assumptions
        df, se, effect = _df(expected, assumptions, answers), _se(expected, assumptions, answers), expected.effect
        t = float(special.stdtrit(df, 1 - self.alpha / 2))
        if self.interval == "wald" and not se:
            raise BrechaError("no_variance")
        power = None
        if effect is not None:
            unequal = _se(_null(expected, answers), assumptions, answers) / se if expected.pooled else 1
            power = _tails(abs(effect) / se, t * unequal, df)
        return Plan(
            asked=asked,
            answers=answers,
            psus=_psus(assumptions, answers),
            deff=tuple(_deffs(assumptions, answers).tolist()),
            df=df,
            se=se,
            half_width=t * se if self.interval == "wald" else _wilson(expected.now[0], assumptions, answers, t),
            alpha=self.alpha,
            effect=effect,
            power=power,
        )


def _tails(shift: float, critical: float, df: float) -> float:
    """Return the probability that a t shifted by `shift` falls beyond the critical value, to either side."""
    if math.isinf(df):
        return float(special.ndtr(shift - critical) + special.ndtr(-shift - critical))
    # SciPy gives NaN for some probabilities under 1e-12, on either side.
    unseen, left = numpy.nan_to_num(special.nctdtr(df, shift, [critical, -critical]))
    return float(1 - unseen + left)


def _wilson(p: float, assumptions: Assumptions, answers: Sizes, t: float) -> float:
    [n], [absent], [deff] = answers, _absent(assumptions, answers), _deffs(assumptions, answers)
    low, high = wilson(p, min(n, (1 - absent) / (deff * (1 / n - absent))), t)
    return (high - low) / 2


def _null(expected: Expected, answers: Sizes) -> Expected:
    share = sum(p * n for p, n in zip(expected.now, answers, strict=True)) / sum(answers)
    return replace(expected, now=(share, share))


def _se(expected: Expected, assumptions: Assumptions, answers: Sizes) -> float:
    """Return the standard error of what is compared.

    The covariance of two waves is that of overlapping simple samples (Kish 1965, section 12.4; Tam 1984;
    Särndal, Swensson and Wretman 1992, section 9.9): S12 (n12 / (n1 n2) - 1 / N), times the design effect.
    """
    now, before = _variance(expected.now, expected.sd, assumptions, answers), expected.before
    if before is None:
        return math.sqrt(now)
    first = before.answers or answers
    then = _variance(before.values, expected.sd, assumptions, first)
    absent = 1 / sum(assumptions.populations) if assumptions.populations else 0.0
    # Waves drawn apart meet by chance; less overlap than that is taken for none, not for a negative one.
    common = max(0.0, before.overlap / sum(first) - absent)
    scale = math.sqrt((1 / sum(first) - absent) * (1 / sum(answers) - absent))
    return math.sqrt(now + then - 2 * before.correlation * common / scale * math.sqrt(now * then))


def _variance(values: tuple[float, ...], sd: float | None, assumptions: Assumptions, answers: Sizes) -> float:
    """Return the variance of one wave's share or mean, or of its gap."""
    absent = _absent(assumptions, answers)
    p = numpy.array(values, dtype=float)
    unit = p * (1 - p) / (1 - absent) if sd is None else numpy.full(len(p), float(sd) ** 2)
    parts = _deffs(assumptions, answers) * unit * (1 / numpy.array(answers) - absent)
    shared = 2 * assumptions.between * math.sqrt(parts.prod()) if len(parts) == 2 else 0.0
    return float(parts.sum()) - shared


def _absent(assumptions: Assumptions, answers: Sizes) -> Floats:
    """Return 1 / N of each group; 0 where no population is declared."""
    return 1 / numpy.array(assumptions.populations or [math.inf] * len(answers), dtype=float)


def _deffs(assumptions: Assumptions, answers: Sizes) -> Floats:
    if assumptions.deff is not None:
        return numpy.full(len(answers), float(assumptions.deff))
    part = numpy.array(answers) / sum(answers) if assumptions.shared_psus else numpy.ones(len(answers))
    together = numpy.maximum(1, assumptions.cluster_size * part)
    return assumptions.weighting * (1 + (together - 1) * assumptions.icc)


def _psus(assumptions: Assumptions, answers: Sizes) -> int:
    visits = (sum(answers),) if assumptions.shared_psus else answers
    return sum(math.ceil(count / assumptions.cluster_size - ROUNDING) for count in visits)


def _df(expected: Expected, assumptions: Assumptions, answers: Sizes) -> float:
    """Return PSUs minus strata; of two waves, those of the first and of what is new in the second."""
    if assumptions.df is not None:
        return assumptions.df
    now = _psus(assumptions, answers) - assumptions.strata
    if expected.before is None:
        return now
    then = _psus(assumptions, expected.before.answers or answers) - assumptions.strata
    return then + (1 - expected.before.overlap) * now if min(now, then) >= 1 else 0


def _gap(values: tuple[float, ...]) -> float:
    return values[0] - values[1] if len(values) == 2 else values[0]
