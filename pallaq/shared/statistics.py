"""Counts of people that may be told: none that is small, nor another that would give a small one away."""

from collections.abc import Mapping

import brecha

MINIMUM = 10  # as everywhere: fewer people than this are not shown
Codes = tuple[str | None, ...]  # a code for each way of a table; None for all of them


def safe_counts(counts: Mapping[tuple[str, ...], int], minimum: int = MINIMUM) -> dict[Codes, int | None]:
    """Return a table of people with all its margins; None where a count is hidden. Nobody at all is no secret."""
    table = brecha.disclosure.margins(counts)
    hidden = brecha.disclosure.protect(table, brecha.disclosure.relations(table), minimum=minimum)
    return {cell: None if cell in hidden else count for cell, count in table.items()}
