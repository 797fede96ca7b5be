"""Gaps between two groups: difference and ratio, with intervals and tests that use their covariance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from brecha.contrasts import Contrast, contrast, least_df, tested
from brecha.errors import BrechaError
from brecha.intervals import quantile
from brecha.results import Domain, Estimate, Result


@dataclass(frozen=True)
class Comparison:
    """Two levels of a variable to compare: `group` against `reference`, inside the domain `within`.

    >>> Comparison(variable="profile", group="women", reference="men", within={"region": "Puno"}).domains[0]
    {'region': 'Puno', 'profile': 'women'}
    """

    variable: str
    group: str
    reference: str
    within: Mapping[str, str] = field(default_factory=dict)

    @property
    def domains(self) -> tuple[Domain, Domain]:
        """The group's domain and the reference's."""
        return {**self.within, self.variable: self.group}, {**self.within, self.variable: self.reference}


@dataclass(frozen=True)
class Gap:
    """The group's figure against the reference's; of shares fractions, not points.

    - `difference`: group minus reference; `low` and `high` are MOVER limits, which use the
      correlation of the two and the Wilson limits of each (Newcombe 1998; Zou and Donner 2008).
    - `t`, `p`: Wald's test of no difference on `df` degrees of freedom; None where `se` is 0.
    - `ratio`: group over reference; None where the reference is 0. Its limits are linearised on the
      logarithm, with the covariance (Särndal et al. 1992, section 5.6); None where a figure is not above 0.
    - `relative`: the difference over the reference, `parity`: the adjusted parity index of the UNESCO Institute
      for Statistics, from 0 to 2 and 1 at parity, the same distance whichever side is ahead; both are functions
      of the ratio, and so are their limits.

    In a census all that speaks of sampling is None.
    """

    name: str
    variable: str
    group: str
    reference: str
    within: Domain
    n_group: int
    n_reference: int
    group_estimate: float
    reference_estimate: float
    difference: float
    se: float | None
    low: float | None
    high: float | None
    df: int | None
    t: float | None
    p: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None

    @property
    def estimate(self) -> float:
        """The difference, as the figure that `brecha.change` compares."""
        return self.difference

    @property
    def relative(self) -> tuple[float | None, float | None, float | None]:
        """The relative gap and its limits."""
        less, low, high = (None if r is None else r - 1 for r in (self.ratio, self.ratio_low, self.ratio_high))
        return less, low, high

    @property
    def parity(self) -> tuple[float | None, float | None, float | None]:
        """The adjusted parity index and its limits."""
        index, low, high = (
            None if r is None else parity_index(r) for r in (self.ratio, self.ratio_low, self.ratio_high)
        )
        return index, low, high


def parity_index(ratio: float) -> float:
    """Return a ratio from 0 up as an index from 0 to 2: itself up to 1, then 2 less its inverse.

    >>> parity_index(0.5), parity_index(2.0)
    (0.5, 1.5)
    """
    return ratio if ratio <= 1 else 2 - 1 / ratio


def gaps(result: Result, comparisons: Sequence[Comparison], names: Sequence[str] | None = None) -> list[Gap]:
    """Compare every named item (default: all) in every comparison, in that order.

    A gap of which one side has no row in the base is left out. A level that no row has is refused.

    >>> import brecha
    >>> answers = {"who": ["women", "men"] * 4, "ppe": ["no", "yes"] * 2 + ["yes"] * 4}
    >>> result = brecha.estimate(answers, brecha.Design(kind="quota", strata=("who",)),
    ...     [brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[("who",)])
    >>> [gap] = gaps(result, [Comparison(variable="who", group="women", reference="men")])
    >>> gap.difference, round(gap.t, 3), gap.ratio
    (-0.5, -1.732, 0.5)
    """
    for comparison in comparisons:
        _check(result, comparison)
    found = []
    for name in result.names if names is None else names:
        if name not in result.names:
            raise BrechaError("not_estimated", name=name, domain={})
        for comparison in comparisons:
            group, reference = (result.find(name, domain) for domain in comparison.domains)
            if group and reference:
                found.append(_gap(result, comparison, group, reference))
    return found


def _check(result: Result, comparison: Comparison) -> None:
    domain = comparison.domains[0]
    if set(domain) not in [set(columns) for columns in result.by]:
        raise BrechaError("not_estimated_by", columns=tuple(domain))
    for side in comparison.domains:
        for variable, level in side.items():
            if level not in result.levels[variable]:
                raise BrechaError("unknown_level", variable=variable, level=level, levels=result.levels[variable])


def _gap(result: Result, comparison: Comparison, group: Estimate, reference: Estimate) -> Gap:
    difference = group.estimate - reference.estimate
    sampled = contrast(result, [group, reference], [1.0, -1.0])
    df = least_df([group, reference])
    test = tested(difference, sampled.se, sampled.limits, df) if sampled else None
    low, high = (test.low, test.high) if test else (None, None)
    if group.statistic == "share" and low is not None and high is not None:
        low, high = max(-1.0, low), min(1.0, high)
    ratio = group.estimate / reference.estimate if reference.estimate else None
    ratio_low, ratio_high = _ratio_limits(ratio, group, reference, sampled, result.level)
    return Gap(
        name=group.name,
        variable=comparison.variable,
        group=comparison.group,
        reference=comparison.reference,
        within=dict(comparison.within),
        n_group=group.n,
        n_reference=reference.n,
        group_estimate=group.estimate,
        reference_estimate=reference.estimate,
        difference=difference,
        se=test.se if test else None,
        low=low,
        high=high,
        df=df,
        t=test.t if test else None,
        p=test.p if test else None,
        ratio=ratio,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
    )


def _ratio_limits(
    ratio: float | None, group: Estimate, reference: Estimate, sampled: Contrast | None, level: float
) -> tuple[float | None, float | None]:
    if not ratio or sampled is None or group.df is None or min(group.estimate, reference.estimate) <= 0:
        return None, None
    (one, both), (_, other) = sampled.covariances
    shares = group.estimate, reference.estimate
    variance = one / shares[0] ** 2 + other / shares[1] ** 2 - 2 * both / (shares[0] * shares[1])
    half = quantile(level, least_df([group, reference]) or group.df) * math.sqrt(max(0.0, variance))
    return ratio * math.exp(-half), ratio * math.exp(half)


def adjust(ps: Sequence[float | None]) -> list[float | None]:
    """Adjust the p-values of one family of tests for their number: Benjamini and Hochberg (1995).

    A value of at most q keeps the expected share of false findings among those found under q.
    None, a test that was not made, stays None and does not count.

    >>> adjust([0.01, None, 0.04, 0.03])
    [0.03, None, 0.04, 0.04]
    """
    made = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    smallest = 1.0
    for rank in range(len(made), 0, -1):
        p, i = made[rank - 1]
        smallest = min(smallest, p * len(made) / rank)
        adjusted[i] = smallest
    return adjusted
