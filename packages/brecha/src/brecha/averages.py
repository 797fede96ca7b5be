"""The mean of several levels' shares: each level counts once, whatever its number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from brecha.contrasts import contrast, least_df
from brecha.errors import BrechaError
from brecha.results import Domain, Result


@dataclass(frozen=True)
class MeanOfShares:
    """The unweighted mean of a share over `levels` of a variable; fractions, `n` in rows.

    `se`, `low`, `high`, `df` and `method` are None in a census. `method` names the interval.
    """

    name: str
    variable: str
    levels: tuple[str, ...]
    within: Domain
    estimate: float
    se: float | None
    low: float | None
    high: float | None
    df: int | None
    n: int
    method: Literal["mover"] | None


def mean_of(
    result: Result, name: str, variable: str, levels: Sequence[str], within: Domain | None = None
) -> MeanOfShares:
    """Average a share over levels with equal weights, its error from their covariances.

    It answers another question than the share of everybody, where each row counts once. Limits are
    MOVER's (Zou and Donner 2008) from the levels' own, so that they stay between 0 and 1 and are
    never of zero width.

    >>> import brecha
    >>> answers = {"who": ["women"] * 2 + ["men"] * 6, "ppe": ["no", "yes"] + ["yes"] * 6}
    >>> result = brecha.estimate(answers, brecha.Design(kind="quota", strata=("who",)),
    ...     [brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[(), ("who",)])
    >>> mean_of(result, "ppe.yes", "who", ["women", "men"]).estimate, result.get("ppe.yes", {}).estimate
    (0.75, 0.875)
    """
    if not levels:
        raise BrechaError("no_levels", variable=variable)
    around = dict(within or {})
    parts = [result.get(name, {**around, variable: level}) for level in levels]
    coefficients = [1 / len(parts)] * len(parts)
    sampled = contrast(result, parts, coefficients)
    return MeanOfShares(
        name=name,
        variable=variable,
        levels=tuple(levels),
        within=around,
        estimate=sum(part.estimate for part in parts) / len(parts),
        se=sampled.se if sampled else None,
        low=max(0.0, sampled.limits[0]) if sampled else None,
        high=min(1.0, sampled.limits[1]) if sampled else None,
        df=least_df(parts),
        n=sum(part.n for part in parts),
        method="mover" if sampled else None,
    )
