"""Quantiles of numbers in any domains, with the intervals of Woodruff and of Francisco and Fuller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from brecha.design import Design
from brecha.errors import BrechaError
from brecha.estimating import EVERYBODY, By, check
from brecha.gathering import check_columns, collect
from brecha.intervals import quantile
from brecha.items import Item, Mean
from brecha.quantiles.below import below, name_of
from brecha.quantiles.rows import lay
from brecha.quantiles.score import score_limits
from brecha.quantiles.search import Goal, Search
from brecha.quantiles.woodruff import NO_LIMITS, Interval, Limits, check_interval, woodruff_limits
from brecha.results import DomainKey, Estimate, Result, flags
from brecha.source import Table, read

Asked = tuple[str, DomainKey]


@dataclass(frozen=True, kw_only=True)
class Quantile(Item):
    """The smallest value up to which rows have a share `p` of the weight, among those who answered.

    `p` lies between 0 and 1; 0.5 is the median. What is neither a number nor missing is refused.

    >>> Quantile(name="median income", variable="income", missing=("99",)).p
    0.5
    """

    variable: str
    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.p < 1:
            raise BrechaError("quantile_out_of_range", name=self.name, p=self.p)

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.variable,)


def quantiles(
    source: object,
    design: Design,
    items: Sequence[Quantile],
    by: By = EVERYBODY,
    level: float = 0.95,
    interval: Interval = "mean",
) -> Result:
    """Estimate every quantile in every domain, exactly; `by` and refusals are as in `brecha.estimate`.

    Estimates, errors and limits have the unit of the variable. The share of the rows up to the quantile has
    limits of its own, and the quantiles at these shares are the limits (Woodruff 1952):

    - `mean`: the share minus and plus t standard errors. A limit below 0 or above 1 bounds no value: it is None,
      and so are both if the share is all rows, because it then has no error.
    - `beta`: Korn and Graubard's (1998) limits of the share, for small domains and outer quantiles.
    - `score`: the nearest values on either side whose share lies t of its own standard errors from `p`
      (Francisco and Fuller 1991). It takes many more passes over the rows.

    `se` is the interval's width over 2 t, None where a limit is (Francisco and Fuller 1991). Covariances are those
    of the shares, scaled to these errors.

    >>> answers = {"who": ["women"] * 9 + ["men"] * 9, "gold": [30, 10, 20, 50, 40, 25, 90, 15, 35] * 2}
    >>> median = Quantile(name="median", variable="gold")
    >>> women = quantiles(answers, Design(kind="quota"), [median], by=[("who",)]).get("median", {"who": "women"})
    >>> women.estimate, women.low, women.high, women.n
    (30.0, 15.0, 90.0, 9)
    """
    check_interval(interval)
    check(items, level)
    by = list(dict.fromkeys(by))
    search, goals = _sought(read(source), design, items, by)
    found = search.invert([goal for goal in goals.values() if goal[0] in search.whole])
    result = below(search.rows, {(name, goal[0]): found.get(goal) for (name, _), goal in goals.items()}, by, level)
    shares = {one: _share(result, one) for one, goal in goals.items() if goal in found}
    limits: Mapping[Goal, Limits] = {}
    if design.kind != "census":
        goal_shares = {goals[one]: share for one, share in shares.items()}
        scored = interval == "score"
        limits = (
            score_limits(search, found, by, level) if scored else woodruff_limits(search, goal_shares, interval, level)
        )
    estimates = {
        one: _estimate(one[0], found[goals[one]], share, limits.get(goals[one], NO_LIMITS), level)
        for one, share in shares.items()
    }
    covariances = Scaled(result, estimates)
    return Result(list(estimates.values()), result.design, level, by, result.levels, covariances)


def _sought(table: Table, design: Design, items: Sequence[Quantile], by: By) -> tuple[Search, dict[Asked, Goal]]:
    """Return what each item asks for in each domain, and where to find it, refusing what cannot be read."""
    check_columns(table, [column for columns in by for column in columns])
    measures, measured = _measures(items)
    collect(table, design, measures, ())  # what it refuses must not reach the search
    search = Search(lay(table, design, measures, by))
    goals = {
        (item.name, domain): ((m, domain), item.p)
        for item, m in zip(items, measured, strict=True)
        for domain in search.rows.members
    }
    return search, goals


def _measures(items: Sequence[Quantile]) -> tuple[list[Mean], list[int]]:
    """Return what is measured, each once, and which of it each item asks for."""
    measures: dict[object, Mean] = {}
    measured = []
    for item in items:
        same = item.variable, tuple(sorted(item.universe.items())), item.missing
        mean = Mean(name=item.name, variable=item.variable, universe=item.universe, missing=item.missing)
        measures.setdefault(same, mean)
        measured.append(list(measures).index(same))
    return list(measures.values()), measured


def _share(result: Result, one: Asked) -> Estimate:
    """Return the share of the rows up to a quantile."""
    name, domain = one
    return result.get(name_of(name, domain), dict(domain))


def _estimate(name: str, value: float, share: Estimate, limits: Limits, level: float) -> Estimate:
    """Return a quantile's estimate: the rows and flags are those of its share."""
    low, high = limits
    se = None
    if low is not None and high is not None and share.df is not None:
        se = (high - low) / (2 * quantile(level, share.df))
    cv = None if se is None or value == 0 else se / abs(value)
    raised = flags("quantile", share.n, share.df, {"n_eff": None, "low": low, "high": high, "cv": cv})
    return replace(
        share,
        name=name,
        statistic="quantile",
        estimate=value,
        se=se,
        low=low,
        high=high,
        cv=cv,
        n_eff=None,
        deff=None,
        count=None,
        flags=raised,
    )


@dataclass(frozen=True)
class Scaled:
    """Covariances of quantiles: those of the shares of rows up to them, each over the density that its error implies.

    The linearised value of a quantile is that of its share over the density there (Francisco and Fuller 1991), and
    Woodruff's error over the share's is one over the density.
    """

    shares: Result
    estimates: Mapping[Asked, Estimate]

    def of(self, one: Asked, other: Asked) -> float:
        """Return the covariance of two estimates, refusing one without an error."""
        errors, scale = [], 1.0
        for name, domain in (one, other):
            error, share = self.estimates[name, domain].se, _share(self.shares, (name, domain)).se
            if error is None:
                raise BrechaError("quantile_without_error", name=name, domain=dict(domain))
            errors.append(error)
            scale *= error / share if share else 0.0
        if one == other:
            return errors[0] ** 2
        keys = [(name_of(name, domain), dict(domain)) for name, domain in (one, other)]
        return scale * self.shares.covariance(*keys)
