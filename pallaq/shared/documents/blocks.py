"""A document as blocks, the same for the page and the PDF; every figure in it knows which estimate it prints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """A printed figure: the id of its estimate, gap or printed row, the field, and the text as it stands."""

    id: str
    field: str
    text: str


Line = tuple[str | Figure, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the report's title."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `kind` is what it is for: the finding, prose, a note under a table, a line of a list, a stamp."""

    line: Line
    kind: Literal["lead", "text", "note", "item", "stamp"] = "text"


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its header. A row of one cell is a heading inside the table."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    note: str = ""
    wide_first: bool = False
    words: bool = False  # cells hold words, set to the left, not figures
    parts: tuple[int, ...] = ()  # how wide the columns are on paper, beside each other; else as wide as what they hold


@dataclass(frozen=True)
class Chart:
    """A chart by its code, with what it says for who cannot see it."""

    code: str
    alt: str


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True)
class Paper:
    """A document to print: its blocks, its charts as SVG by code and width, and what stands on every page."""

    title: str
    author: str
    language: str
    blocks: Sequence[Block]
    charts: Mapping[str, Mapping[int, str]]
    stamp: str = ""
    stamp_meaning: str = ""
    footer: str = ""


def line(*parts: str | Figure | Line) -> Line:
    """Return parts, some of them lines, as one line."""
    flat: list[str | Figure] = []
    for part in parts:
        flat += part if isinstance(part, tuple) else [part]
    return tuple(flat)


def figures_of(blocks: Sequence[Block]) -> Iterator[Figure]:
    """Yield every figure in the order in which it is printed."""
    for block in blocks:
        lines = [block.line] if isinstance(block, Paragraph) else []
        if isinstance(block, Table):
            lines = [cell for row in block.rows for cell in row]
        yield from (part for one in lines for part in one if isinstance(part, Figure))
