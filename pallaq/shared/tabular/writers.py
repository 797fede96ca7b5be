"""Writers of CSV and XLSX: no text becomes a formula, no number loses a digit."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Cell = str | int | float | date | None  # None is an empty cell

FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name (31 characters at most), its header and its rows."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a comma-separated file in UTF-8, with the line ends of RFC 4180.

    It has no byte order mark: programs would take it for a part of the first column's name, and people have the XLSX.
    A text that a spreadsheet would run (it starts with = + - @, tab or return) gets a ' in front; numbers stay numbers,
    written with every digit needed to read the same number back. NaN and infinity are a ValueError: say None.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        write_rows(file, header, rows)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return what `write_csv` writes, for an answer that is no file."""
    text = io.StringIO(newline="")
    write_rows(text, header, rows)
    return text.getvalue()


def write_rows(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write header and rows into an open file."""
    writer = csv.writer(file)
    writer.writerow([csv_cell(cell) for cell in header])
    writer.writerows([csv_cell(cell) for cell in row] for row in rows_of(rows))


def csv_cell(cell: Cell) -> Cell:
    """Return what may stand in a CSV for a cell."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_START) else cell


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook: text typed as text (never a formula), numbers with every digit, the header row frozen.

    NaN and infinity are a ValueError: say None.
    """
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        page = workbook.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for row in (sheet.header, *rows_of(sheet.rows)):
            page.append([xlsx_cell(page, cell) for cell in row])
    workbook.save(path)


def xlsx_cell(page: WriteOnlyWorksheet, cell: Cell) -> object:
    """Return a cell typed by what it is, where openpyxl would guess from its text."""
    if isinstance(cell, str):
        typed = WriteOnlyCell(page, NOT_IN_XML.sub("\ufffd", cell))
        typed.data_type = "s"
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        typed = WriteOnlyCell(page, repr(cell))  # openpyxl itself would write 16 digits; some numbers need 17
        typed.data_type = "n"
    else:
        return cell
    return typed


def rows_of(rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """Yield the rows, after a look at their numbers."""
    for number, row in enumerate(rows, 2):
        if any(isinstance(cell, float) and not math.isfinite(cell) for cell in row):
            raise ValueError(f"row {number} holds a number that is not finite: {row}")
        yield row
