"""How often brecha's 95 % limits hold the truth, where samples are small, shares rare, weights unequal, PSUs few.

    .venv/bin/python bench/coverage.py [SAMPLES] [design|domain]

Each setting is drawn SAMPLES times (10,000 unless told; seeded) from a population without end whose shares, means and
totals are known. Rows are of women, men or others; what a row answers is a threshold on a normal variable that it
shares in part with its PSU. The variance is spelled out here for all samples of a setting at once, limits are those of
`brecha.intervals`, and one sample of each setting is also given to `brecha.estimate` and `brecha.gaps`, which must find
the same. Samples without a woman or without a man are not counted.
The last word says whose degrees of freedom are taken: the whole sample's, or those of each estimate's own PSUs.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy
from numpy.typing import NDArray
from scipy import special

import brecha
from brecha import intervals
from brecha.design import Degrees

SEED = 854
AT_ONCE = 500  # samples
LEVEL = 0.95
AIM = (0.93, 0.99)
SHARE_NAMES = ("Wilson", "Korn-Graubard", "logit", "Wald", "gap: MOVER", "gap: Wald")
OTHER_NAMES = ("count", "mean", "total", "gap of means")
NAMES = (*SHARE_NAMES, *OTHER_NAMES)
DEFAULTS = ("Wilson", "gap: MOVER", *OTHER_NAMES)
DIFFERENCE = numpy.array([1.0, -1.0])
MEANS = math.exp(0.5), 1.3 * math.exp(0.5)  # of log-normal numbers, women's and men's

ROUNDING = 1e-12  # a design effect this small is rounding's, as in brecha.estimating

Floats = NDArray[numpy.float64]
Limits = tuple[float, float]


@dataclass(frozen=True)
class Found:
    """The women of a sample, their true share and its design effect, and the coverage of each kind of limits."""

    rows: float
    share: float
    effect: float
    coverage: dict[str, float]


@dataclass(frozen=True)
class Setting:
    """A population and how it is sampled.

    - `strata`, `psus` in each, `rows` in each of those; with one row a PSU, rows are drawn.
    - `shares`: of women and of men that say yes; `parts`: of the rows that are women and men, the others are neither.
    - `groups`: whether a PSU has women and men among its `rows`, `psus` are of one, or `strata` are.
    - `correlation`: of the normal variable inside a PSU; women and men in it have it in common.
    - `spread`: of the logarithm of the weights; `tilt`: how many times the last stratum's are the first's, while the
      first's shares are one and a half of those named and the last's a half.
    - `home`: in how many of the strata women and men live; None for all.
    """

    words: str
    strata: int = 1
    psus: int = 30
    rows: int = 1
    shares: tuple[float, float] = (0.3, 0.5)
    parts: tuple[float, float] = (0.5, 0.5)
    groups: Literal["rows", "psus", "strata"] = "rows"
    correlation: float = 0.0
    spread: float = 0.0
    tilt: float = 1.0
    home: int | None = None

    @property
    def df(self) -> int:
        """PSUs minus strata."""
        return self.strata * (self.psus - 1)

    @property
    def weights(self) -> Floats:
        """(H,) the middle weight of each stratum."""
        return numpy.asarray(self.tilt ** numpy.linspace(0, 1, self.strata))

    @property
    def yes(self) -> Floats:
        """(H, 2) the shares of women and men in each stratum."""
        factor = numpy.linspace(1.5, 0.5, self.strata) if self.tilt != 1 else numpy.ones(self.strata)
        return numpy.asarray(factor[:, None] * numpy.array(self.shares))

    def who(self, random: numpy.random.Generator, samples: int) -> NDArray[numpy.int8]:
        """Return who each row is, (samples, H, PSUs, rows): 0 a woman, 1 a man, 2 neither."""
        shape = samples, self.strata, self.psus, self.rows
        stratum, psu = numpy.indices(shape[1:3])[..., None]
        if self.groups == "rows":
            found = numpy.searchsorted(numpy.cumsum(self.parts), random.random(shape), side="right")
        else:
            found = numpy.broadcast_to((psu if self.groups == "psus" else stratum) % 2, shape)
        return numpy.asarray(numpy.where(stratum < (self.home or self.strata), found, 2), dtype=numpy.int8)

    @property
    def truth(self) -> dict[str, Floats]:
        """The shares, means, totals and counts of women and men, (2,) each."""
        expected = (
            numpy.tile(self.parts, (self.strata, 1)) if self.groups == "rows" else numpy.full((self.strata, 2), 0.5)
        )
        if self.groups == "strata":
            expected = numpy.eye(2)[numpy.arange(self.strata) % 2]
        expected[self.home or self.strata :] = 0
        expected *= self.weights[:, None] * math.exp(self.spread**2 / 2) * self.psus * self.rows
        population, counts = expected.sum(axis=0), (expected * self.yes).sum(axis=0)
        means = numpy.array(MEANS)
        return {"share": counts / population, "mean": means, "total": population * means, "count": counts}


@dataclass(frozen=True)
class Samples:
    """Rows of many samples of a setting, each (samples, H, PSUs, rows): who, weight, yes or no, a number."""

    who: NDArray[numpy.int8]
    weight: Floats
    yes: Floats
    number: Floats

    def only(self, kept: Sequence[int]) -> "Samples":
        """Return some of the samples."""
        return Samples(self.who[kept], self.weight[kept], self.yes[kept], self.number[kept])


def draw(setting: Setting, random: numpy.random.Generator, samples: int) -> Samples:
    """Draw samples of a setting."""
    who = setting.who(random, samples)

    def latent() -> Floats:
        shared, own = random.standard_normal((*who.shape[:3], 1)), random.standard_normal(who.shape)
        return numpy.asarray(math.sqrt(setting.correlation) * shared + math.sqrt(1 - setting.correlation) * own)

    threshold = numpy.column_stack([special.ndtri(setting.yes), numpy.zeros(setting.strata)])
    stratum = numpy.arange(setting.strata)[:, None, None]
    weight = setting.weights[:, None, None] * numpy.exp(setting.spread * random.standard_normal(who.shape))
    times = numpy.array([1.0, MEANS[1] / MEANS[0], 1.0])
    return Samples(who, weight, (latent() < threshold[stratum, who]).astype(float), times[who] * numpy.exp(latent()))


@dataclass(frozen=True)
class Group:
    """The estimates of one group in S samples: rows, effective rows of its share, and by statistic, (S,) each, the
    values and variances, and the linearised values by PSU, (S, H, PSUs); `df` (S,) of its own PSUs and strata."""

    n: Floats
    effective: Floats
    value: dict[str, Floats]
    variance: dict[str, Floats]
    linear: dict[str, Floats]
    df: Floats


def estimate(samples: Samples, place: int) -> Group:
    """Estimate the group of that place in `who` from every sample."""
    rows = (1, 2, 3)
    inside = samples.who == place
    weight = samples.weight * inside
    n, total = inside.sum(axis=rows), weight.sum(axis=rows)
    value, linear = {}, {}
    for ratio, whole, answers in (("share", "count", samples.yes), ("mean", "total", samples.number)):
        value[whole], linear[whole] = (weight * answers).sum(axis=rows), (weight * answers).sum(axis=3)
        value[ratio] = value[whole] / total
        distance = answers - value[ratio][:, None, None, None]
        linear[ratio] = (weight * distance).sum(axis=3) / total[:, None, None]
    variance = {name: covariance(values, values) for name, values in linear.items()}
    simple = value["share"] * (1 - value["share"])
    variance["share"][variance["share"] * n <= ROUNDING * simple] = 0.0
    kish = total**2 / (weight**2).sum(axis=rows)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        effective = numpy.where(simple > 0, numpy.minimum(n, simple / variance["share"]), kish)
    psus = inside.any(axis=3)
    df = numpy.maximum(1, psus.sum(axis=(1, 2)) - psus.any(axis=2).sum(axis=1)).astype(float)
    return Group(n, effective, value, variance, linear, df)


def covariance(one: Floats, other: Floats) -> Floats:
    """Return the covariances of sums over H strata of n PSUs, drawn with replacement, (S,)."""
    n = one.shape[2]
    distances = [values - values.mean(axis=2, keepdims=True) for values in (one, other)]
    return numpy.asarray(n / (n - 1) * (distances[0] * distances[1]).sum(axis=(1, 2)))


def share_limits(women: Group, men: Group) -> Iterator[dict[str, Limits]]:
    """Return the limits of the women's share and of the gap in each sample, by method."""
    between = covariance(women.linear["share"], men.linear["share"])
    columns = (
        women.value["share"], women.variance["share"], women.n, women.effective,
        men.value["share"], men.variance["share"], men.effective, between, women.df, men.df,
    )  # fmt: skip
    for p, variance, n, effective, other, other_variance, other_effective, shared, df, other_df in zip(
        *columns, strict=True
    ):
        t, other_t = intervals.quantile(LEVEL, df), intervals.quantile(LEVEL, other_df)
        se, product = math.sqrt(variance), math.sqrt(variance * other_variance)
        correlation = min(1.0, max(-1.0, shared / product)) if product else 0.0
        wilson = intervals.wilson(p, effective, t), intervals.wilson(other, other_effective, other_t)
        gap_se = math.sqrt(max(0.0, variance + other_variance - 2 * correlation * product))
        yield {
            "Wilson": wilson[0],
            "Korn-Graubard": intervals.korn_graubard(p, se, n, df, LEVEL),
            "logit": intervals.logit(p, se, t),
            "Wald": intervals.wald(p, se, t),
            "gap: MOVER": intervals.mover(
                DIFFERENCE,
                numpy.array([p, other]),
                numpy.array(wilson),
                numpy.array([[1.0, correlation], [correlation, 1.0]]),
            ),
            "gap: Wald": intervals.wald(p - other, gap_se, max(t, other_t)),
        }


def other_limits(women: Group, men: Group) -> dict[str, tuple[Floats, Floats]]:
    """Return Wald's limits of the women's mean, total and count, and MOVER's of the gap of means, in every sample."""
    t, other_t = (special.stdtrit(group.df, (1 + LEVEL) / 2) for group in (women, men))
    found = {name: (women.value[name], t * numpy.sqrt(women.variance[name])) for name in ("mean", "total", "count")}
    shared = t * other_t * covariance(women.linear["mean"], men.linear["mean"])
    squares = t**2 * women.variance["mean"] + other_t**2 * men.variance["mean"] - 2 * shared
    found["gap of means"] = women.value["mean"] - men.value["mean"], numpy.sqrt(numpy.maximum(squares, 0))
    return {name: (value - half, value + half) for name, (value, half) in found.items()}


def simulate(setting: Setting, samples: int, random: numpy.random.Generator, degrees: Degrees) -> Found:
    """Draw the samples, and return how often the limits held the truth."""
    targets, counted, rows, squares = targeted(setting), 0, 0, 0.0
    held = dict.fromkeys(NAMES, 0)
    for first in range(0, samples, AT_ONCE):
        drawn = draw(setting, random, min(AT_ONCE, samples - first))
        drawn = drawn.only([s for s, who in enumerate(drawn.who) if (who == 0).any() and (who == 1).any()])
        groups = estimate(drawn, 0), estimate(drawn, 1)
        if degrees == "design":
            groups = tuple(replace(group, df=numpy.full_like(group.df, setting.df)) for group in groups)
        shares, others = list(share_limits(*groups)), other_limits(*groups)
        if first == 0:
            agree(
                setting,
                drawn,
                degrees,
                {**shares[0], **{name: (low[0], high[0]) for name, (low, high) in others.items()}},
            )
        for one in shares:
            for name, (low, high) in one.items():
                held[name] += bool(low <= targets[name] <= high)
        for name, (lows, highs) in others.items():
            held[name] += int(((lows <= targets[name]) & (targets[name] <= highs)).sum())
        counted += len(shares)
        rows += int(groups[0].n.sum())
        squares += float(((groups[0].value["share"] - targets["Wilson"]) ** 2).sum())
    p, n = targets["Wilson"], rows / counted
    return Found(n, p, squares / counted / (p * (1 - p) / n), {name: count / counted for name, count in held.items()})


def targeted(setting: Setting) -> dict[str, float]:
    """Return what each kind of limits should hold."""
    truth = setting.truth
    share, gap = truth["share"][0], truth["share"][0] - truth["share"][1]
    targets = {name: gap if name.startswith("gap:") else share for name in SHARE_NAMES}
    targets |= {name: truth[name][0] for name in ("mean", "total", "count")}
    return {**targets, "gap of means": truth["mean"][0] - truth["mean"][1]}


def agree(setting: Setting, drawn: Samples, degrees: Degrees, limits: dict[str, Limits]) -> None:
    """Refuse to go on unless brecha finds these limits in the first sample."""
    stratum, psu, _ = (axis.ravel() for axis in numpy.indices(drawn.who.shape[1:]))
    answers = {
        "stratum": stratum,
        "psu": psu,
        "who": numpy.array(["women", "men", "others"])[drawn.who[0].ravel()],
        "weight": drawn.weight[0].ravel(),
        "yes": drawn.yes[0].ravel().astype(int),
        "number": drawn.number[0].ravel(),
    }
    psus = "psu" if setting.rows > 1 else None
    design = brecha.Design(kind="probability", strata=("stratum",), psu=psus, weight="weight", degrees=degrees)
    items = [
        brecha.Share(name="share", variable="yes", counted=("1",)),
        brecha.Count(name="count", variable="yes", counted=("1",)),
        brecha.Mean(name="mean", variable="number"),
        brecha.Total(name="total", variable="number"),
    ]
    result = brecha.estimate(answers, design, items, by=[("who",)])
    share, mean = brecha.gaps(result, [brecha.Comparison("who", "women", "men")], ["share", "mean"])
    theirs: dict[str, Any] = {name: result.get(name, {"who": "women"}) for name in ("mean", "total", "count")}
    theirs |= {"Wilson": result.get("share", {"who": "women"}), "gap: MOVER": share, "gap of means": mean}
    for name, one in theirs.items():
        numpy.testing.assert_allclose(limits[name], (one.low, one.high), rtol=1e-9, atol=1e-12)


def settings() -> list[Setting]:
    """Return the settings, from small to entangled."""
    clustered: dict[str, Any] = {"psus": 20, "rows": 10}
    strata: dict[str, Any] = {"strata": 10, "psus": 2, "rows": 8, "correlation": 0.1}
    regions: dict[str, Any] = {"strata": 20, "psus": 4, "rows": 8, "correlation": 0.1, "spread": 0.5}
    return [
        Setting("30 rows", psus=60),
        Setting("10 rows", psus=20, shares=(0.2, 0.5)),
        Setting("30 rows, rare", psus=60, shares=(0.05, 0.1)),
        Setting("30 rows, most samples a zero cell", psus=60, shares=(0.02, 0.05)),
        Setting("two zero cells", psus=60, shares=(0.01, 0.01)),
        Setting("100 rows, rare", psus=200, shares=(0.02, 0.1)),
        Setting("unequal weights", psus=100, shares=(0.1, 0.3), spread=0.8),
        Setting("unequal weights, rare", psus=100, shares=(0.03, 0.1), spread=0.8),
        Setting("very unequal weights", psus=100, shares=(0.2, 0.4), spread=1.2),
        Setting("20 PSUs", **clustered, correlation=0.1),
        Setting("20 PSUs, alike inside", **clustered, correlation=0.5),
        Setting("20 PSUs, rare", **clustered, correlation=0.3, shares=(0.03, 0.08)),
        Setting("20 PSUs, of women or men", **clustered, correlation=0.3, groups="psus"),
        Setting("20 PSUs, unequal weights, rare", **clustered, correlation=0.3, shares=(0.05, 0.1), spread=0.8),
        Setting("6 PSUs", psus=6, rows=15, correlation=0.2),
        Setting("6 PSUs, rare", psus=6, rows=15, correlation=0.2, shares=(0.05, 0.15)),
        Setting("2 strata of 2 PSUs", strata=2, psus=2, rows=15, correlation=0.1),
        Setting("10 strata of 2 PSUs", **strata),
        Setting("10 strata of 2 PSUs, rare", **strata, shares=(0.05, 0.1)),
        Setting("10 strata, weights 1 to 10, shares falling", **strata, tilt=10.0),
        Setting("10 strata of women or men", **{**strata, "psus": 4}, groups="strata", shares=(0.1, 0.2)),
        Setting("quota: 20 strata of 16 rows", strata=20, psus=16, groups="strata", tilt=10.0, shares=(0.1, 0.3)),
        Setting("small domain, a tenth of the rows", **regions, parts=(0.05, 0.05), shares=(0.2, 0.4)),
        Setting("small domain, rare", **regions, parts=(0.05, 0.05), shares=(0.05, 0.1)),
        Setting("region of 4 strata of 20", **regions, home=4),
        Setting("region of 1 stratum of 20", **regions, home=1),
    ]


def main(samples: int, degrees: Degrees) -> None:
    """Simulate every setting and print the table."""
    error = math.sqrt(LEVEL * (1 - LEVEL) / samples)
    print(
        f"{samples:,} samples a setting, seed {SEED}; a coverage of .95 is known to {error:.4f} (one standard error).\n"
    )
    print(f"| setting | women | share | deff | {' | '.join(NAMES)} |\n|---|---|---|---|{'---|' * len(NAMES)}")
    found = []
    for i, setting in enumerate(settings()):
        one = simulate(setting, samples, numpy.random.default_rng([SEED, i]), degrees)
        cells = " | ".join(shown(one.coverage[name], name in DEFAULTS) for name in NAMES)
        print(f"| {setting.words} | {one.rows:.0f} | {one.share:.2f} | {one.effect:.1f} | {cells} |", flush=True)
        found.append(one)
    print()
    for name in NAMES:
        all_ = [one.coverage[name] for one in found]
        below, above = sum(one < AIM[0] for one in all_), sum(one > AIM[1] for one in all_)
        print(
            f"- {name}: {min(all_):.3f} to {max(all_):.3f}; below .93 in {below}, above .99 in {above} of {len(all_)}"
        )


def shown(coverage: float, default: bool) -> str:
    """Return a coverage as text, in bold where a default is outside of what is aimed at."""
    text = f"{coverage:.3f}".removeprefix("0")
    return f"**{text}**" if default and not AIM[0] <= coverage <= AIM[1] else text


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, "domain" if sys.argv[2:] == ["domain"] else "design")
