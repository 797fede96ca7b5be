"""What an estimation gives back: estimates, their covariances and the design they rest on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy

from brecha.cells import Floats, Labels
from brecha.design import Kind, Rule, Stratum
from brecha.errors import BrechaError
from brecha.request import Request

Domain = Mapping[str, str]
DomainKey = tuple[tuple[str, str], ...]
Key = tuple[str, Domain]
Statistic = Literal["share", "mean", "total", "count", "ratio", "quantile"]
Flag = Literal["few_rows", "few_degrees", "wide", "large_cv"]


@dataclass(frozen=True)
class Estimate:
    """A figure in a domain: shares are fractions from 0 to 1, other statistics in the unit of their variable.

    - `domain`: level by column; empty for everybody.
    - `estimate`, `se`, `low`, `high`: the figure, its standard error and its confidence limits.
    - `df`: degrees of freedom of the design, PSUs minus strata.
    - `n`: rows in the base; `count`: those of them counted, None for a number; `asked`: rows of the domain
      in the item's universe; `missing`: those of them that did not respond.
    - `n_eff`: rows of a simple random sample with the same variance, at most `n`; Kish's (1965)
      where a share is 0 or 1. For shares and means.
    - `deff`: variance over that of `n` rows drawn simply at random; None where that is 0.
    - `cv`: `se` over the size of `estimate`; None where the estimate is 0.
    - `single_psu_strata`: strata of several PSUs in which the base has rows in only one.
    - `flags`: why to read it with care, see `flags`.

    In a census `se`, `low`, `high`, `df`, `n_eff`, `deff` and `cv` are None: nothing was sampled.
    """

    name: str
    statistic: Statistic
    domain: Domain
    estimate: float
    se: float | None
    low: float | None
    high: float | None
    df: int | None
    n: int
    count: int | None
    asked: int
    missing: int
    n_eff: float | None
    deff: float | None
    cv: float | None
    single_psu_strata: int
    flags: tuple[Flag, ...]


# The standards of the US National Center for Health Statistics for proportions (Parker and others 2017): fewer than
# 30 rows, also effective ones; an interval of .30 or wider; fewer than 8 degrees of freedom. Of its older rule for
# other statistics, a relative standard error of 30 %.
FEW_ROWS = 30
FEW_DEGREES = 8
WIDE = 0.30
LARGE_CV = 0.30


def flags(statistic: Statistic, n: int, df: int | None, precision: Mapping[str, float | None]) -> tuple[Flag, ...]:
    """Return why a figure must be read with care: few rows or degrees of freedom, a wide interval, a large cv.

    >>> flags("share", 12, 40, {"n_eff": 12.0, "low": 0.2, "high": 0.6, "cv": 0.3})
    ('few_rows', 'wide')
    """
    n_eff, low, high, cv = (precision[name] for name in ("n_eff", "low", "high", "cv"))
    share = statistic == "share"
    found: dict[Flag, bool] = {
        "few_rows": min(n, n if n_eff is None else n_eff) < FEW_ROWS,
        "few_degrees": df is not None and df < FEW_DEGREES,
        "wide": share and low is not None and high is not None and high - low >= WIDE,
        "large_cv": not share and cv is not None and cv > LARGE_CV,
    }
    return tuple(flag for flag, raised in found.items() if raised)


@dataclass(frozen=True)
class DesignSummary:
    """The design as it was laid over the rows; `strata` and `df` are counted after collapsing.

    `single_psu` names the strata that had one PSU, `collapsed` which joined which; `calibration` names the
    method and `replicates` the kind, if any.
    """

    kind: Kind
    weighted: bool
    clustered: bool
    rows: int
    psus: int
    strata: int
    df: int | None
    single_psu_rule: Rule
    single_psu: tuple[Stratum, ...]
    collapsed: tuple[tuple[Stratum, Stratum], ...]
    calibration: str | None = None
    replicates: str | None = None


def domain_key(domain: Domain) -> DomainKey:
    """Return a domain as a key that ignores the order of its columns."""
    return tuple(sorted(domain.items()))


class Covariances(Protocol):
    """Where a result takes covariances of two estimates from."""

    def of(self, one: tuple[str, DomainKey], other: tuple[str, DomainKey]) -> float:
        """Return the covariance of two estimates."""


class Result:
    """The estimates of one design, to be iterated in the order of the items, `by`, and the levels' labels."""

    def __init__(
        self,
        estimates: Sequence[Estimate],
        design: DesignSummary,
        level: float,
        by: Sequence[tuple[str, ...]],
        levels: Mapping[str, Labels],
        covariances: Covariances,
    ) -> None:
        self.design = design
        self.level = level
        self.by = tuple(by)
        self.levels = levels
        self.names = tuple(dict.fromkeys(estimate.name for estimate in estimates))
        self.estimates = tuple(estimates)
        self.request: Request | None = None  # what `brecha.estimate` was asked, so that R can be asked the same
        self._index = {(estimate.name, domain_key(estimate.domain)): estimate for estimate in estimates}
        self._covariances = covariances

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def find(self, name: str, domain: Domain) -> Estimate | None:
        """Return the estimate, or None where the domain has no row in the item's base."""
        return self._index.get((name, domain_key(domain)))

    def get(self, name: str, domain: Domain) -> Estimate:
        """Return the estimate, refusing a name or a domain that was not estimated."""
        estimate = self.find(name, domain)
        if estimate is None:
            raise BrechaError("not_estimated", name=name, domain=dict(domain))
        return estimate

    def covariance(self, one: Key, other: Key) -> float:
        """Return the covariance of two estimates, each a name and a domain.

        Two different items of a design whose rows are sampling units need one more query: what a row
        answered to both is not among the sums.
        """
        for name, domain in (one, other):
            self.get(name, domain)
        if self.design.kind == "census":
            raise BrechaError("no_error_in_census")
        return self._covariances.of((one[0], domain_key(one[1])), (other[0], domain_key(other[1])))

    def covariances(self, keys: Sequence[Key] | None = None) -> Floats:
        """Return the covariance matrix (m, m) of m estimates, by default of all, in their order."""
        keys = [(e.name, e.domain) for e in self.estimates] if keys is None else keys
        matrix = numpy.zeros((len(keys), len(keys)))
        for i, one in enumerate(keys):
            for j in range(i, len(keys)):
                matrix[i, j] = matrix[j, i] = self.covariance(one, keys[j])
        return matrix
