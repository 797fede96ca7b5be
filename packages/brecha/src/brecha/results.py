"""What an estimation gives back: estimates, their covariances and the design they rest on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brecha.cells import Floats, Labels
from brecha.design import Kind, Rule, Stratum
from brecha.errors import BrechaError
from brecha.variance import Side, Strata, covariance

Domain = Mapping[str, str]
DomainKey = tuple[tuple[str, str], ...]
Cross = Callable[[int, Side, int, Side], Floats]


@dataclass(frozen=True)
class Estimate:
    """A share in a domain: fractions from 0 to 1, counts in rows.

    - `domain`: level by column; empty for everybody.
    - `estimate`, `se`, `low`, `high`: the share, its standard error and its confidence limits.
    - `df`: degrees of freedom of the design, PSUs minus strata.
    - `n`: rows in the base; `count`: those of them counted; `asked`: rows of the domain in the
      share's universe; `missing`: those of them that did not respond.
    - `n_eff`: rows of a simple random sample with the same variance, at most `n`; Kish's (1965)
      where the share is 0 or 1.
    - `deff`: variance over that of `n` rows drawn simply at random; None where that is 0.
    - `cv`: `se` over `estimate`; None where the estimate is 0.
    - `single_psu_strata`: strata of several PSUs in which the base has rows in only one.

    In a census `se`, `low`, `high`, `df`, `n_eff`, `deff` and `cv` are None: nothing was sampled.
    """

    name: str
    domain: Domain
    estimate: float
    se: float | None
    low: float | None
    high: float | None
    df: int | None
    n: int
    count: int
    asked: int
    missing: int
    n_eff: float | None
    deff: float | None
    cv: float | None
    single_psu_strata: int


@dataclass(frozen=True)
class DesignSummary:
    """The design as it was laid over the rows; `strata` and `df` are counted after collapsing.

    `single_psu` names the strata that had one PSU, `collapsed` which joined which.
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


def domain_key(domain: Domain) -> DomainKey:
    """Return a domain as a key that ignores the order of its columns."""
    return tuple(sorted(domain.items()))


class Result:
    """The estimates of one design, to be iterated in the order of the shares, `by`, and the levels' labels."""

    def __init__(
        self,
        estimates: Sequence[Estimate],
        design: DesignSummary,
        level: float,
        by: Sequence[tuple[str, ...]],
        levels: Mapping[str, Labels],
        covariances: "Covariances",
    ) -> None:
        self.design = design
        self.level = level
        self.by = tuple(by)
        self.levels = levels
        self.names = tuple(dict.fromkeys(estimate.name for estimate in estimates))
        self.estimates = tuple(estimates)
        self._index = {(estimate.name, domain_key(estimate.domain)): estimate for estimate in estimates}
        self._covariances = covariances

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def find(self, name: str, domain: Domain) -> Estimate | None:
        """Return the estimate, or None where the domain has no row in the share's base."""
        return self._index.get((name, domain_key(domain)))

    def get(self, name: str, domain: Domain) -> Estimate:
        """Return the estimate, refusing a name or a domain that was not estimated."""
        estimate = self.find(name, domain)
        if estimate is None:
            raise BrechaError("not_estimated", name=name, domain=dict(domain))
        return estimate

    def covariance(self, one: tuple[str, Domain], other: tuple[str, Domain]) -> float:
        """Return the covariance of two estimates, each a name and a domain.

        Two different shares of a design whose rows are the PSUs need one more query: what a row
        answered to both is not among the sums.
        """
        for name, domain in (one, other):
            self.get(name, domain)
        if self.design.kind == "census":
            raise BrechaError("no_error_in_census")
        return self._covariances.of((one[0], domain_key(one[1])), (other[0], domain_key(other[1])))


class Covariances:
    """Covariances on demand: those of all shares between two domains are computed together, once."""

    def __init__(
        self,
        strata: Strata,
        positions: Mapping[str, int],
        sides: Mapping[DomainKey, Side],
        cross: Cross,
    ) -> None:
        self._strata = strata
        self._positions = positions
        self._sides = sides
        self._cross = cross
        self._known: dict[tuple[DomainKey, DomainKey], Floats] = {}

    def of(self, one: tuple[str, DomainKey], other: tuple[str, DomainKey]) -> float:
        """Return the covariance of two estimates."""
        j, k = self._positions[one[0]], self._positions[other[0]]
        if j != k:
            sides = self._sides[one[1]].only(j), self._sides[other[1]].only(k)
            cross = None
            if self._strata.of_psu is None:
                cross = self._cross(j, sides[0], k, sides[1])
            return float(covariance(self._strata, *sides, cross)[0])
        pair = (min(one[1], other[1]), max(one[1], other[1]))
        if pair not in self._known:
            self._known[pair] = covariance(self._strata, self._sides[pair[0]], self._sides[pair[1]])
        return float(self._known[pair][j])
