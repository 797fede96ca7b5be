"""Counts of a release's rows, with small cells hidden in all tables together."""

from pathlib import Path

import brecha
from pallaq.figures.rules.tables import MARGINS, Cell, cell_of, is_published, relations
from pallaq.shared.statistics import MINIMUM

SEXES = ("female", "male", "unstated")  # every row has one of them: counting them counts rows


def count_cells(parquet: Path) -> dict[Cell, int | None]:
    """Return the published cells of a release; None where a count is hidden."""
    people = brecha.Count(name="people", variable="sex", counted=SEXES)
    result = brecha.estimate(str(parquet), brecha.Design(kind="census"), [people], by=MARGINS)
    cells = {cell_of(found.domain): int(found.count or 0) for found in result.estimates}
    told = {cell: count for cell, count in cells.items() if is_published(cell)}
    hidden = brecha.disclosure.protect(told, relations(told), minimum=MINIMUM)
    return {cell: None if cell in hidden else count for cell, count in told.items()}
