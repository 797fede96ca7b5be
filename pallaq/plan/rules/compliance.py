"""How far a value has come on its way from baseline to target, and the light that it is shown in.

Source: CEPLAN's follow-up module: the formula depends on the sense. Rising: 100 (actual - base) / (target - base);
falling: 100 (base - actual) / (base - target), which is the same number. Without a baseline: actual over target, or
target over actual where less is better.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pallaq.plan.rules.units import Sense

Light = Literal["green", "amber", "red", "grey"]
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Thresholds:
    """From what compliance a light is green, and amber; in per cent. Each plan stores its own."""

    green: Decimal = Decimal(90)
    amber: Decimal = Decimal(70)


@dataclass(frozen=True)
class Standing:
    """Where a value stands: `compliance` in per cent, None where it cannot be said; `reached` the target or not."""

    compliance: Decimal | None
    reached: bool | None
    light: Light


def standing(
    sense: Sense, baseline: Decimal | None, target: Decimal | None, actual: Decimal | None, thresholds: Thresholds
) -> Standing:
    """Return where a value stands. No value or no target is grey, never red and never zero.

    Where base equals target there is no way to go, hence no percentage: kept is green, lost is red.

    >>> standing("rising", Decimal(33), Decimal(53), Decimal(43), Thresholds()).compliance
    Decimal('50')
    >>> standing("rising", Decimal(33), Decimal(33), Decimal(35), Thresholds()).light
    'green'
    """
    if target is None or actual is None:
        return Standing(None, None, "grey")
    reached = is_reached(sense, target, actual)
    compliance = percentage(sense, baseline, target, actual)
    if compliance is None:
        return Standing(None, reached, "green" if reached else "red")
    if compliance >= thresholds.green:
        return Standing(compliance, reached, "green")
    return Standing(compliance, reached, "amber" if compliance >= thresholds.amber else "red")


def is_reached(sense: Sense, target: Decimal, actual: Decimal) -> bool:
    """Say whether the target was reached or passed; a neutral one has to be met exactly."""
    if sense == "neutral":
        return actual == target
    return actual >= target if sense == "rising" else actual <= target


def percentage(sense: Sense, baseline: Decimal | None, target: Decimal, actual: Decimal) -> Decimal | None:
    """Return the compliance in per cent, None where no way leads from baseline to target, or it goes backwards.

    It goes backwards where a declared sense contradicts the two: only `is_reached` can judge that.
    """
    if sense == "neutral":
        return None
    if baseline is not None:
        way = target - baseline
        return HUNDRED * (actual - baseline) / way if (way > 0 if sense == "rising" else way < 0) else None
    above, below = (actual, target) if sense == "rising" else (target, actual)
    return HUNDRED * above / below if below > 0 else None  # a share of what is below zero says nothing
