"""Grams of gold: as they are typed, stored and printed, and the sum of a month against a limit."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

PLACES = Decimal("0.001")  # a milligram
MOST = Decimal(100_000)


def stored(grams: Decimal) -> str:
    """Return grams as they are stored and printed: "12.500" is "12.5"."""
    text = f"{grams.quantize(PLACES):f}"
    return text.rstrip("0").rstrip(".")


def possible(grams: Decimal) -> bool:
    """Say whether it can be a quantity of gold to sell, exact to the milligram."""
    return Decimal(0) < grams <= MOST and grams == grams.quantize(PLACES)


def exceeds(limit: Decimal, grams: Decimal, before: Iterable[str]) -> bool:
    """Say whether grams and what was certified before pass a limit."""
    return grams + sum((Decimal(one) for one in before), Decimal(0)) > limit


def month_of(day: date) -> tuple[date, date]:
    """Return the first day of a day's month, and the first of the next."""
    first = day.replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
