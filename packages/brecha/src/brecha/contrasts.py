"""Linear combinations of estimates, and changes between two samples, with standard error, limits and test."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import ibis
import numpy
from scipy import special

from brecha.cells import Floats
from brecha.errors import BrechaError
from brecha.intervals import Limits, mover
from brecha.results import Estimate, Key, Result
from brecha.source import Table, read


class Figure(Protocol):
    """What a change is measured between: an estimate, a gap, a mean of shares, a combination."""

    @property
    def estimate(self) -> float: ...
    @property
    def se(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def df(self) -> float | None: ...


@dataclass(frozen=True)
class Combination:
    """A combination of figures: MOVER limits, Wald's test that it is zero; in a census only `estimate`.

    `t` and `p` are None where `se` is 0.
    """

    estimate: float
    se: float | None
    low: float | None
    high: float | None
    df: float | None
    t: float | None
    p: float | None


def combine(result: Result, coefficients: Sequence[tuple[float, Key]]) -> Combination:
    """Combine estimates of one result linearly; each key is a name and a domain.

    The standard error uses all covariances; limits are MOVER's (Zou and Donner 2008) from the parts' own.

    >>> import brecha
    >>> answers = {"who": ["women"] * 4 + ["men"] * 4, "when": ["1", "2"] * 4, "ppe": list("yynnyyny")}
    >>> result = brecha.estimate(answers, brecha.Design(kind="quota", strata=("who", "when")),
    ...     [brecha.Share(name="ppe", variable="ppe", counted=("y",))], by=[("who", "when")])
    >>> sides = [(1, "women", "2"), (-1, "women", "1"), (-1, "men", "2"), (1, "men", "1")]
    >>> change_of_gap = combine(result, [(c, ("ppe", {"who": who, "when": when})) for c, who, when in sides])
    >>> change_of_gap.estimate, round(change_of_gap.se, 3), round(change_of_gap.p, 3)
    (-0.5, 0.866, 0.595)
    """
    parts = [result.get(*key) for _, key in coefficients]
    weights = [weight for weight, _ in coefficients]
    estimate = float(numpy.dot(weights, [part.estimate for part in parts]))
    sampled = contrast(result, parts, weights)
    if sampled is None:
        return Combination(estimate, None, None, None, None, None, None)
    return tested(estimate, sampled.se, sampled.limits, least_df(parts))


def change(before: Figure, after: Figure) -> Combination:
    """Return the change between figures of two independent samples: `after` minus `before`.

    Degrees of freedom are Satterthwaite's (1946). For samples that share PSUs or people use `waves`: their
    covariance counts.

    >>> import brecha
    >>> one, two = (
    ...     brecha.estimate({"ppe": answers}, brecha.Design(kind="quota"),
    ...         [brecha.Share(name="ppe", variable="ppe", counted=("y",))]).get("ppe", {})
    ...     for answers in (["y", "n", "n", "n"] * 10, ["y", "y", "n", "y"] * 10)
    ... )
    >>> found = change(one, two)
    >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2), found.df
    (0.5, 0.27, 0.66, 78.0)
    """
    estimate = after.estimate - before.estimate
    if before.se is None or after.se is None or before.df is None or after.df is None:
        if before.se is not after.se:
            raise BrechaError("census_and_sample")
        return Combination(estimate, None, None, None, None, None, None)
    limits = numpy.array([[after.low, after.high], [before.low, before.high]], dtype=float)
    signs = numpy.array([1.0, -1.0])
    variances = after.se**2, before.se**2
    spread = variances[0] ** 2 / after.df + variances[1] ** 2 / before.df
    df = sum(variances) ** 2 / spread if spread else min(before.df, after.df)
    ends = mover(signs, numpy.array([after.estimate, before.estimate]), limits, numpy.eye(2))
    return tested(estimate, math.sqrt(sum(variances)), ends, df)


def waves(sources: Mapping[str, object], column: str = "wave") -> Table:
    """Return the rows of several waves as one table, with the wave's name in a column of their own.

    Sources are files, or tables of one engine. Only columns that every wave has are kept. PSUs of the same label
    in the same stratum are the same PSU, so that their covariance counts; where the waves drew their own, put the
    column among the strata.

    >>> waves({"2023": {"ppe": ["y"]}, "2026": {"ppe": ["n"], "new": ["a"]}}).columns
    ('ppe', 'wave')
    """
    if not sources:
        raise BrechaError("no_waves")
    engine = ibis.duckdb.connect()  # one for all files: a query reaches the tables of one engine only
    tables = {
        name: read(source, engine=engine if isinstance(source, str | Path) else None)
        for name, source in sources.items()
    }
    first, *others = tables.values()
    kept = [name for name in first.columns if all(name in table.columns for table in others)]
    if column in kept:
        raise BrechaError("wave_column", column=column)
    return ibis.union(*(table.select(*kept).mutate(**{column: ibis.literal(name)}) for name, table in tables.items()))


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
    covariances = result.covariances([(part.name, part.domain) for part in parts])
    errors = numpy.array([part.se for part in parts], dtype=float)
    covariances[numpy.outer(errors, errors) == 0] = 0.0  # what has no error has no covariance but rounding
    numpy.fill_diagonal(covariances, errors**2)
    weights = numpy.array(coefficients, dtype=float)
    limits = numpy.array([[part.low, part.high] for part in parts], dtype=float)
    estimates = numpy.array([part.estimate for part in parts])
    return Contrast(
        se=math.sqrt(max(0.0, float(weights @ covariances @ weights))),
        limits=mover(weights, estimates, limits, _correlation(covariances)),
        covariances=covariances,
    )


def least_df(parts: Sequence[Estimate]) -> int | None:
    """Return the fewest degrees of freedom of any part; the design's, unless each domain has its own."""
    degrees = [part.df for part in parts if part.df is not None]
    return min(degrees) if degrees else None


def tested(estimate: float, se: float, limits: Limits, df: float | None) -> Combination:
    """Return a combination with Wald's test that it is zero."""
    t = estimate / se if se else None
    p = None if t is None or df is None else 2 * float(special.stdtr(df, -abs(t)))
    return Combination(estimate, se, *limits, df, t, p)


def _correlation(covariances: Floats) -> Floats:
    """Return correlations; an estimate without variance is taken as independent of the others."""
    errors = numpy.sqrt(numpy.diag(covariances))
    scale = numpy.where(errors > 0, errors, 1.0)
    correlation: Floats = numpy.clip(covariances / numpy.outer(scale, scale), -1.0, 1.0)
    numpy.fill_diagonal(correlation, 1.0)
    return correlation
