"""Woodruff's limits: those of the share of the rows up to a quantile, mapped back to values."""

from collections.abc import Mapping
from typing import Literal, get_args

from brecha.errors import BrechaError
from brecha.intervals import korn_graubard, quantile, wald
from brecha.quantiles.search import Goal, Search
from brecha.results import Estimate

Interval = Literal["mean", "beta", "score"]
Limit = float | None
Limits = tuple[Limit, Limit]
NO_LIMITS: Limits = (None, None)


def check_interval(interval: Interval) -> None:
    """Refuse the name of no interval."""
    if interval not in get_args(Interval):
        raise BrechaError("unknown_interval", interval=interval, allowed=get_args(Interval))


def woodruff_limits(
    search: Search, shares: Mapping[Goal, Estimate], interval: Interval, level: float
) -> dict[Goal, Limits]:
    """Return the quantiles at the limits of the shares of the rows up to quantiles (Woodruff 1952)."""
    ends = {goal: _share_limits(share, interval, level) for goal, share in shares.items()}
    found = search.invert([(place, end) for (place, _), both in ends.items() for end in both if end is not None])
    limits = {}
    for goal, both in ends.items():
        low, high = (None if end is None else found[goal[0], end] for end in both)
        limits[goal] = low, high
    return limits


def _share_limits(share: Estimate, interval: Interval, level: float) -> Limits:
    """Return the limits of the share of the rows up to a quantile, None where they bound no value."""
    assert share.se is not None, "a census has no limits"
    assert share.df is not None
    if interval == "beta":
        return korn_graubard(share.estimate, share.se, share.n, share.df, level)
    if share.estimate == 1:
        return NO_LIMITS
    low, high = wald(share.estimate, share.se, quantile(level, share.df))
    return (low if low >= 0 else None), (high if high <= 1 else None)
