"""CEPLAN's seven units of an indicator, the values each allows, and the sense that its targets have.

Source: CEPLAN, Resumen ejecutivo, requerimientos técnicos del módulo de seguimiento V.01: seven units, each with a
range of values; the sense derives from successive expected achievements. Where it is silent the ranges are ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

Sense = Literal["rising", "neutral", "falling"]
Unit = Literal["quantity", "number", "percentage", "ratio", "rate", "index", "variation_rate"]


@dataclass(frozen=True)
class Range:
    """The values that a unit allows; None is without end."""

    low: Decimal | None = None
    high: Decimal | None = None
    whole: bool = False


RANGES: dict[Unit, Range] = {
    "quantity": Range(),  # in any measure: soles, grams, percentage points
    "number": Range(low=Decimal(0), whole=True),  # counted things and people
    "percentage": Range(low=Decimal(0), high=Decimal(100)),
    "ratio": Range(low=Decimal(0)),
    "rate": Range(low=Decimal(0)),
    "index": Range(low=Decimal(0)),
    "variation_rate": Range(low=Decimal(-100)),  # percent of change: nothing falls by more than all of it
}


def value_fault(unit: Unit, value: Decimal) -> str:
    """Return why a unit does not allow a value: "", "below", "above" or "whole".

    >>> value_fault("percentage", Decimal(101)), value_fault("number", Decimal("2.5"))
    ('above', 'whole')
    """
    allowed = RANGES[unit]
    if allowed.low is not None and value < allowed.low:
        return "below"
    if allowed.high is not None and value > allowed.high:
        return "above"
    return "whole" if allowed.whole and value != value.to_integral_value() else ""


def derived_sense(values: Sequence[Decimal]) -> Sense | None:
    """Return the sense of a baseline and its successive targets; None where they go up and down.

    >>> derived_sense([Decimal(33), Decimal(40), Decimal(60)]), derived_sense([Decimal(5)])
    ('rising', 'neutral')
    """
    steps = [later - earlier for earlier, later in pairwise(values)]
    if not any(steps):
        return "neutral"
    if all(step >= 0 for step in steps):
        return "rising"
    return "falling" if all(step <= 0 for step in steps) else None
