"""Which figures may be told to anybody: none of few people, nor its neighbours, from which it could be found."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from pallaq.plan.rules.cells import levels_of

MINIMUM = 10  # people; as everywhere


class Figured(Protocol):
    """A figure of a cell: a baseline or a value."""

    cell: str
    value: Decimal
    n: int | None


F = TypeVar("F", bound=Figured)


def told(figures: Sequence[F], unit: str) -> list[F]:
    """Return the figures of one indicator at one time that may be told.

    One of few people takes with it all figures that are broken down the same way, or finer: what is left of a sum
    would give it away. Of a total of few people nothing is told.
    """
    hidden = [set(levels_of(one.cell)) for one in figures if is_of_few(one, unit)]
    return [one for one in figures if not any(few <= set(levels_of(one.cell)) for few in hidden)]


def is_of_few(figure: Figured, unit: str) -> bool:
    """Say whether a figure is about few people: by its base, or because it is itself a small count in a part."""
    if figure.n is not None:
        return figure.n < MINIMUM
    return unit == "number" and bool(figure.cell) and 0 < figure.value < MINIMUM
