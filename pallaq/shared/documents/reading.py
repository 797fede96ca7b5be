"""Reads back what each kind of file prints: every figure with its estimate's id, and every line of text."""

import csv
import ctypes
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pypdfium2
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pypdfium2 import raw

# What the readers raise when a file is not what its name says.
BROKEN = (ValueError, KeyError, OSError, csv.Error, BadZipFile, InvalidFileException, pypdfium2.PdfiumError)
# Typst lets a link arrive 10 points above its target; an id in the list at the end is 5.5 points high, 240 wide.
ID_BELOW, ID_HEIGHT, ID_WIDTH = 11, 5, 240


@dataclass
class Reading:
    """What a file prints: texts by id and field, in their order, and its lines with the place of each."""

    figures: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, id_: str, name: str, text: str) -> None:
        """Add a figure."""
        self.figures.setdefault((id_, name), []).append(text)


def read(path: Path) -> Reading:
    """Return what a file prints; its kind is told by its name."""
    readers = {
        ".json": read_json,
        ".csv": read_csv,
        ".xlsx": read_xlsx,
        ".html": read_markup,
        ".svg": read_markup,
        ".pdf": read_pdf,
    }
    return readers[path.suffix](path)


def read_json(path: Path) -> Reading:
    """Return every value, under the id (or code) of the object that holds it."""
    reading = Reading()
    for id_, name, value in values_of(json.loads(path.read_text(encoding="utf-8")), "", ""):
        reading.add(id_, name, json.dumps(value, ensure_ascii=False))
    return reading


def values_of(value: Any, id_: str, name: str) -> Iterator[tuple[str, str, Any]]:
    """Yield the id, the field's path and the value of everything inside a value."""
    if isinstance(value, dict):
        own = value.get("id") or value.get("code")
        for key, inner in value.items():
            yield from values_of(inner, own or id_, key if own else f"{name}.{key}".strip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from values_of(inner, id_, name if isinstance(inner, dict) else f"{name}.{place}")
    else:
        yield id_, name, value


def read_csv(path: Path) -> Reading:
    """Return every cell under its row's id and its column."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return read_rows(rows, Reading(), "")


def read_rows(rows: list[list[str]], reading: Reading, prefix: str) -> Reading:
    """Add a table's header as lines and its cells as figures."""
    header = rows[0] if rows else []
    reading.lines.append((f"{prefix}header", ", ".join(header)))
    for row in rows[1:]:
        for place, cell in enumerate(row[1:], start=1):
            reading.add(row[0], prefix + (header[place] if place < len(header) else str(place)), cell)
    return reading


def read_xlsx(path: Path) -> Reading:
    """Return every cell with its number format; the first sheet is lines of text."""
    book = load_workbook(path)
    reading = Reading()
    for place, sheet in enumerate(book.worksheets):
        cells = [[shown(cell) for cell in row] for row in sheet.iter_rows()]
        if place:
            read_rows(cells, reading, f"{sheet.title}: ")
        else:
            reading.lines += [(f"{sheet.title} {number}", " ".join(row)) for number, row in enumerate(cells, start=1)]
    return reading


def shown(cell: Any) -> str:
    """Return a cell's value and how it is shown; in twelve digits, as saving it again may drop one."""
    if cell.value is None:
        return ""
    value = f"{cell.value:.12g}" if isinstance(cell.value, int | float) else str(cell.value)
    return value if cell.number_format == "General" else f"{value} {cell.number_format}"


def read_markup(path: Path) -> Reading:
    """Return a page's or a chart's figures, where its marks stand, and all its text."""
    markup = Markup()
    markup.feed(path.read_text(encoding="utf-8"))
    markup.close()
    return markup.reading


class Markup(HTMLParser):
    """Collects the text of HTML and SVG; a mark without text is told by its place and shape."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = Reading()
        self.figure: dict[str, str | None] = {}  # of the element that is open now; figures hold no elements
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a figure."""
        if "data-estimate" in dict(attrs):
            self.figure, self.text = {"tag": tag, **dict(attrs)}, ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add a mark."""
        found = dict(attrs)
        if "data-estimate" in found:
            self.add(found, f"{found.get('transform')} {found.get('d')}")

    def handle_data(self, data: str) -> None:
        """Add text to the open figure and to the lines."""
        self.text += data
        if data.strip():
            self.reading.lines.append((f"text {len(self.reading.lines) + 1}", plain(data)))

    def handle_endtag(self, tag: str) -> None:
        """Close the figure."""
        if self.figure and self.figure["tag"] == tag:
            self.add(self.figure, self.text)
            self.figure = {}

    def add(self, attributes: dict[str, str | None], text: str) -> None:
        """Add a figure or a mark."""
        self.reading.add(attributes["data-estimate"] or "", attributes.get("data-field") or "", plain(text))


def read_pdf(path: Path) -> Reading:
    """Return each link's text under the id that it leads to, and the lines of every page."""
    reading = Reading()
    document = pypdfium2.PdfDocument(path)
    texts = [page.get_textpage() for page in document]
    ids: dict[tuple[int, float, float], str] = {}
    for number, page in enumerate(document, start=1):
        for box, target in links_of(document, page):
            if target not in ids:
                ids[target] = id_at(texts, target)
            reading.add(ids[target], f"page {number}", plain(texts[number - 1].get_text_bounded(*box)))
        lines = texts[number - 1].get_text_bounded().splitlines()
        reading.lines += [(f"page {number}, line {place}", plain(line)) for place, line in enumerate(lines, start=1)]
    for part in (*texts, document):
        part.close()
    return reading


def plain(text: str) -> str:
    """Return text with each of its spaces, of whatever kind and number, made one."""
    return " ".join(text.split())


def links_of(document: Any, page: Any) -> Iterator[tuple[tuple[float, float, float, float], tuple[int, float, float]]]:
    """Yield each link's box (left, bottom, right, top) and its target (page, x, y), in the page's order."""
    place, link, box = ctypes.c_int(0), raw.FPDF_LINK(), raw.FS_RECTF()
    x, y, zoom = ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
    has = [ctypes.c_int() for _ in range(3)]
    while raw.FPDFLink_Enumerate(page, ctypes.byref(place), ctypes.byref(link)):
        target = raw.FPDFLink_GetDest(document, link)
        if not target:
            continue
        raw.FPDFLink_GetAnnotRect(link, ctypes.byref(box))
        raw.FPDFDest_GetLocationInPage(target, *map(ctypes.byref, has), *map(ctypes.byref, (x, y, zoom)))
        index = raw.FPDFDest_GetDestPageIndex(document, target)
        yield (box.left, box.bottom, box.right, box.top), (index, x.value, y.value)


def id_at(texts: list[Any], target: tuple[int, float, float]) -> str:
    """Return the id that is printed where a link leads."""
    index, x, y = target
    return plain(texts[index].get_text_bounded(x - 1, y - ID_BELOW - ID_HEIGHT, x + ID_WIDTH, y - ID_BELOW))
