"""What a plan takes over from a diagnosis: a share or a gap, for everybody and for each cell that the plan knows.

Hidden figures are never taken, nor those that a reconstruction assumed. Shares become percentages, gaps points.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pallaq.plan.rules.cells import TOTAL, cell_of
from pallaq.plan.rules.units import PLACES
from pallaq.report.rules.document import Document, Estimate, Gap

LONGEST = 80  # what `Indicator.study_share` holds
Why = Literal["", "hidden", "assumed", "unknown"]  # why a figure is not taken; unknown: the plan has no such level


@dataclass(frozen=True)
class Measured:
    """What an indicator measures in a study: the share of an answer, or the gap in it between two groups.

    As text: "yes", or "yes:profile:pallaqueras:men", which is what `Indicator.study_share` holds.
    """

    share: str
    variable: str = ""
    group: str = ""
    reference: str = ""

    def __str__(self) -> str:
        return ":".join([self.share, self.variable, self.group, self.reference] if self.variable else [self.share])

    @classmethod
    def parse(cls, text: str) -> "Measured":
        """Return what a text names; ValueError where it is neither a share nor a gap."""
        parts = text.split(":")
        if len(parts) not in {1, 4} or not all(parts):
            raise ValueError(text)
        return cls(*parts)


@dataclass(frozen=True)
class Figure:
    """A figure of a release in per cent or points; `why` says why it is not taken, and then it holds nothing."""

    id: str
    cell: str
    value: Decimal | None = None
    n: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    se: Decimal | None = None
    df: int | None = None
    why: Why = ""


def choices(document: Document, indicator: str) -> list[Measured]:
    """Return what can be measured of a study's indicator: its shares, the counted one first, and its gaps."""
    info = document.indicator(indicator)
    shares = sorted((share.code for share in info.shares), key=lambda code: code != info.counted)
    gaps = [gap for gap in document.gaps_of(indicator) if not gap.within and not gap.hidden]
    found = [
        *(Measured(share) for share in shares),
        *(Measured(gap.share, gap.variable, gap.group, gap.reference) for gap in gaps),
    ]
    return [measured for measured in found if len(str(measured)) <= LONGEST]


def figures(
    document: Document, indicator: str, measured: Measured, dimensions: Mapping[str, Any], regions: bool
) -> list[Figure]:
    """Return the figure of everybody and of each profile, with `regions` those of regions too; the total first."""
    asked = {document.profile().code, document.region().code} if regions else {document.profile().code}
    found = [
        figure_of(levels, row, dimensions)
        for levels, row in rows(document, indicator, measured)
        if set(levels) <= asked
    ]
    return sorted(found, key=lambda figure: (figure.cell != TOTAL, figure.cell.count(";")))


def find(document: Document, indicator: str, measured: Measured, levels: Mapping[str, str]) -> Figure | None:
    """Return the figure of one cell, hidden or not; None where the study estimated none."""
    for domain, row in rows(document, indicator, measured):
        if domain == dict(levels):
            return figure_of(levels, row, {name: {"levels": {level: {}}} for name, level in levels.items()})
    return None


def rows(document: Document, indicator: str, measured: Measured) -> Iterator[tuple[dict[str, str], Estimate | Gap]]:
    """Yield each estimate or gap of what is measured, with the levels that it is of."""
    if measured.variable:
        for gap in document.gaps_of(indicator):
            if Measured(gap.share, gap.variable, gap.group, gap.reference) == measured:
                yield dict(gap.within), gap
        return
    for estimate in document.estimates_of(indicator):
        if estimate.share == measured.share and estimate.pooling == "pooled":
            yield dict(estimate.domain), estimate


def figure_of(levels: Mapping[str, str], row: Estimate | Gap, dimensions: Mapping[str, Any]) -> Figure:
    """Return an estimate or gap as a plan holds it."""
    cell = cell_of(levels)
    value = row.estimate if isinstance(row, Estimate) else row.difference
    if any(level not in dimensions.get(name, {}).get("levels", {}) for name, level in levels.items()):
        return Figure(row.id, cell, why="unknown")
    if isinstance(row, Estimate) and row.assumed:
        return Figure(row.id, cell, why="assumed")
    if row.hidden or value is None:
        return Figure(row.id, cell, why="hidden")
    n = row.n if isinstance(row, Estimate) else (row.n_group or 0) + (row.n_reference or 0)
    low, high = hundredfold(row.low), hundredfold(row.high)
    df = None if row.df is None else int(row.df)
    return Figure(row.id, cell, hundredfold(value), n, low, high, hundredfold(row.se, 10), df)


def hundredfold(fraction: float | None, places: int = PLACES) -> Decimal | None:
    """Return a fraction in per cent, as exact as the column that keeps it."""
    return None if fraction is None else round(Decimal(str(fraction)) * 100, places)
