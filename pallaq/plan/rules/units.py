"""CEPLAN's seven units of an indicator, the values each allows, and the sense that its targets have.

Source: CEPLAN, Resumen ejecutivo, requerimientos técnicos del módulo de seguimiento V.01: seven units, each with a
range of values; the sense derives from successive expected achievements. Where it is silent the ranges are ours.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

# A comma may only part thousands: "33,5" is never read as 335.
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
LARGEST = Decimal(10) ** 14  # what a column holds
PLACES = 6

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


def parse_value(text: str) -> Decimal:
    """Return the number that a person wrote as Peru does; ValueError for anything else, and for a decimal comma.

    >>> parse_value("1,234.5"), parse_value(" 33 % "), parse_value("\N{MINUS SIGN}61")
    (Decimal('1234.5'), Decimal('33'), Decimal('-61'))
    """
    plain = "".join(text.split()).replace("\N{MINUS SIGN}", "-").removesuffix("%")
    if not NUMBER.fullmatch(plain) or not plain.isascii():
        raise ValueError(text)
    return Decimal(plain.replace(",", ""))


def is_storable(value: Decimal) -> bool:
    """Say whether the database can hold a number as it is: finite, not too large, six decimals at most.

    >>> is_storable(Decimal("33.333333")), is_storable(Decimal("NaN")), is_storable(Decimal("0.1234567"))
    (True, False, False)
    """
    return value.is_finite() and abs(value) < LARGEST and value == round(value, PLACES)


def derived_sense(values: Sequence[Decimal]) -> Sense | None:
    """Return the sense of a baseline and its successive targets; None where they go up and down.

    One figure alone goes nowhere: None too, since nothing says where it should go.

    >>> derived_sense([Decimal(33), Decimal(40), Decimal(60)]), derived_sense([Decimal(5), Decimal(5)])
    ('rising', 'neutral')
    >>> derived_sense([Decimal(5)])
    """
    if len(values) < 2:
        return None
    steps = [later - earlier for earlier, later in pairwise(values)]
    if not any(steps):
        return "neutral"
    if all(step >= 0 for step in steps):
        return "rising"
    return "falling" if all(step <= 0 for step in steps) else None
