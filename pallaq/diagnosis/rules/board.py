"""The gap board as values: which rows, in which order, with which marks and gaps; no words, no colours."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pallaq.report.rules.document import (
    Document,
    Estimate,
    Gap,
    IndicatorInfo,
    LevelInfo,
    SectionInfo,
    VariableInfo,
    estimate_id,
)

LANE = 18  # height of one mark's line, in pixels
ROOM = 0.62  # an interval that ends further right leaves no room for its label on a phone


@dataclass(frozen=True)
class Mark:
    """One profile's share on the 0-100 axis, in a lane of its own."""

    level: LevelInfo
    estimate: Estimate
    lane: int

    @property
    def shown(self) -> bool:
        """Return whether there is a figure to draw."""
        return self.estimate.estimate is not None

    @property
    def y(self) -> int:
        """Return the middle of the lane."""
        return self.lane * LANE + LANE // 2

    @property
    def at(self) -> str:
        """Return where the mark stands."""
        return position(self.estimate.estimate)

    @property
    def low(self) -> str:
        """Return where the interval starts; at the mark where there is none."""
        return position(self._low)

    @property
    def high(self) -> str:
        """Return where the interval ends."""
        return position(self._high)

    @property
    def label_first(self) -> bool:
        """Return whether the label stands left of the interval, for want of room on the right."""
        return (self._high or 0) > ROOM

    @property
    def _low(self) -> float | None:
        return self.estimate.low if self.estimate.low is not None else self.estimate.estimate

    @property
    def _high(self) -> float | None:
        return self.estimate.high if self.estimate.high is not None else self.estimate.estimate


@dataclass(frozen=True)
class Column:
    """A comparison that the board has a column for: group minus reference."""

    group: LevelInfo
    reference: LevelInfo


@dataclass(frozen=True)
class Row:
    """One indicator of the board."""

    indicator: IndicatorInfo
    section: SectionInfo
    marks: tuple[Mark, ...]
    gaps: tuple[Gap | None, ...]  # one a column; None where the indicator has no such gap

    @property
    def height(self) -> int:
        """Return the drawing's height in pixels."""
        return LANE * len(self.marks)

    @property
    def width_of_gap(self) -> float:
        """Return the widest difference from the reference, in either direction; -1 where all are hidden."""
        return max((abs(gap.difference) for gap in self.gaps if gap and gap.difference is not None), default=-1.0)


@dataclass(frozen=True)
class Board:
    """Every row, widest gap first, and what it can be filtered by."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sections: tuple[SectionInfo, ...]
    kinds: tuple[IndicatorInfo, ...]  # one indicator of each kind of gap


@dataclass(frozen=True)
class Choice:
    """What a reader asked to see."""

    section: str = ""
    kind: str = ""
    words: str = ""
    sort: str = "widest"  # or "section": the study's own order

    @property
    def active(self) -> bool:
        """Return whether anything but the whole board was asked for."""
        return self != Choice()


def position(fraction: float | None) -> str:
    """Return a fraction as an SVG length on the axis: "33.1%"."""
    return f"{(fraction or 0) * 100:.1f}%"


def plain(text: str) -> str:
    """Return a text as a search compares it: without accents or capitals."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def make_board(document: Document) -> Board:
    """Return the board of a diagnosis: indicators of a kind of gap, compared between profiles."""
    estimates = {estimate.id: estimate for estimate in document.estimates}
    profile = document.profile()
    shown = [indicator for indicator in document.indicators if indicator.on_board and indicator.kind]
    gaps = {
        (g.indicator, g.group, g.reference): g for g in document.gaps if g.variable == profile.code and not g.within
    }
    references = {indicator.code: indicator.reference for indicator in shown}
    pairs = {(group, reference) for code, group, reference in gaps if references.get(code) == reference}
    columns = tuple(
        Column(group, reference)
        for reference in profile.levels
        for group in profile.levels
        if (group.code, reference.code) in pairs
    )
    sections = {section.code: section for section in document.sections}
    rows = [
        Row(
            indicator,
            sections[indicator.section],
            marks_of(indicator, profile, estimates),
            tuple(gaps.get((indicator.code, column.group.code, column.reference.code)) for column in columns),
        )
        for indicator in shown
    ]
    rows = [row for row in rows if row.marks and any(row.gaps)]
    present, used = {row.section.code for row in rows}, {row.indicator.code for row in rows}
    return Board(
        columns,
        tuple(sorted(rows, key=lambda row: -row.width_of_gap)),
        tuple(section for section in document.sections if section.code in present),
        tuple({indicator.kind: indicator for indicator in shown if indicator.code in used}.values()),
    )


def marks_of(indicator: IndicatorInfo, profile: VariableInfo, estimates: Mapping[str, Estimate]) -> tuple[Mark, ...]:
    """Return a mark for each profile that was asked, in the study's order."""
    found = (
        (level, estimates.get(estimate_id(indicator.code, indicator.counted, {profile.code: level.code})))
        for level in profile.levels
    )
    asked = [(level, estimate) for level, estimate in found if estimate is not None and not estimate.assumed]
    return tuple(Mark(level, estimate, lane) for lane, (level, estimate) in enumerate(asked))


def chosen(board: Board, document: Document, choice: Choice) -> list[Row]:
    """Return the rows a reader asked for, in the order she asked for."""
    rows = [
        row
        for row in board.rows
        if choice.section in ("", row.section.code)
        and choice.kind in ("", row.indicator.kind)
        and all(word in searched(row) for word in plain(choice.words).split())
    ]
    if choice.sort == "section":
        order = {indicator.code: place for place, indicator in enumerate(document.indicators)}
        sections = {section.code: place for place, section in enumerate(document.sections)}
        rows.sort(key=lambda row: (sections[row.section.code], order[row.indicator.code]))
    return rows


def searched(row: Row) -> str:
    """Return everything a search looks in, in every language of the study."""
    return plain(" ".join([*row.indicator.title.values(), *row.indicator.question.values()]))
