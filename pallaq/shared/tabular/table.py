"""A table of text with the row numbers a person sees, made from rows of cells."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from pallaq.shared.tabular.findings import Findings, Found, quoted, saying, unreadable

Kind = Literal["csv", "xlsx", "parquet"]
Cells = Sequence[str | None]

CHUNK = 20_000  # rows held as Python objects before they are packed
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")


@dataclass(frozen=True)
class Limits:
    """How large a file may be; each is a wall against mistakes and bombs, not a wish."""

    file_bytes: int = 500_000_000
    unpacked_bytes: int = 200_000_000  # of an XLSX, whose parts are compressed
    rows: int = 1_000_000
    columns: int = 2_000


@dataclass(frozen=True)
class Table:
    """What a file holds: every value as text, None where a cell is empty.

    `rows` are the numbers a person sees in the file (the header is row 1), one for each row of `data`.
    `decimal_comma`: the file is a semicolon CSV, so a number's comma is its decimal sign.
    """

    name: str
    kind: Kind
    data: pa.Table
    rows: Sequence[int]
    decimal_comma: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column names as they are written."""
        return tuple(self.data.column_names)

    def found(self, column: str, mask: pa.ChunkedArray) -> list[Found]:
        """Return row and value where the mask is true; an empty cell's value is ''."""
        where = pc.indices_nonzero(pc.fill_null(mask, False))
        values = self.data[column].take(where).to_pylist()
        return [(self.rows[i], value or "") for i, value in zip(where.to_pylist(), values, strict=True)]


@dataclass
class Packer:
    """Packs rows of text into columns, a chunk at a time, and notes the rows that do not fit the header."""

    header: list[str]
    rows: "array[int]" = field(default_factory=lambda: array("l"))
    ragged: list[Found] = field(default_factory=list)
    waiting: list[Cells] = field(default_factory=list)
    batches: list[pa.RecordBatch] = field(default_factory=list)

    def add(self, number: int, cells: Cells, *, padded: bool) -> None:
        """Take one row; cells beyond the header must be empty, missing ones are a fault unless the file pads."""
        width = len(self.header)
        if not any(cells):
            return
        if len(cells) != width:
            if any(cells[width:]) or (len(cells) < width and not padded):
                self.ragged.append((number, str(len(cells))))
                return
            cells = (*cells[:width], *(None,) * (width - len(cells)))
        self.rows.append(number)
        self.waiting.append(cells)
        if len(self.waiting) == CHUNK:
            self.pack()

    def pack(self) -> None:
        """Turn the waiting rows into Arrow's columns."""
        columns = [pa.array(column, pa.string()) for column in zip(*self.waiting, strict=True)]
        empty = pa.scalar(None, pa.string())
        columns = [pc.if_else(pc.equal(column, ""), empty, column) for column in columns]
        self.batches.append(pa.RecordBatch.from_arrays(columns, names=self.header))
        self.waiting = []

    def table(self) -> pa.Table:
        """Return everything taken so far."""
        if self.waiting:
            self.pack()
        return pa.Table.from_batches(self.batches, pa.schema([(name, pa.string()) for name in self.header]))


def build(
    name: str, kind: Kind, numbered: Iterable[tuple[int, Cells]], limits: Limits, *, may_be_empty: bool = False
) -> Table:
    """Make a table from numbered rows, the first of which is the header; refuse it with all that is wrong in it."""
    packer: Packer | None = None
    for number, cells in numbered:
        if number > limits.rows + 1 or len(cells) > limits.columns:
            raise too_large(name, limits)
        if packer is None:
            packer = Packer(header_of(cells))
        else:
            packer.add(number, cells, padded=kind == "xlsx")
    if packer is None or not (any(packer.header) or packer.rows or packer.ragged):
        raise unreadable(name, "empty-file", _("The file is empty: save it again from the program that made it."))
    if not any(packer.header):
        raise unreadable(name, "no-header", _("Row 1 is empty: write the column names there."), row=1)
    findings = Findings(name)
    check_header(packer.header, findings)
    check_ragged(packer, findings)
    table = Table(name, kind, packer.table(), packer.rows)
    finish(table, findings, may_be_empty=may_be_empty)
    return table


def header_of(cells: Cells) -> list[str]:
    """Return the column names, without the empty cells at the row's end."""
    header = [cell or "" for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


def check_header(header: Sequence[str], findings: Findings) -> None:
    """Note columns without a name, names that stand twice, names that are formulas."""
    for position, column in enumerate(header, 1):
        if not column.strip():
            text = _("Column %(position)d of row 1 has no name: write one or remove the column.")
            findings.add("unnamed-column", text % {"position": position}, row=1)
        if column.startswith("="):
            text = _("The column name %(column)s in row 1 is a formula: write a plain name.")
            findings.add("formula", text % {"column": quoted(column)}, row=1, column=column, value=column)
    for column, count in Counter(column for column in header if column.strip()).items():
        if count > 1:
            text = _("%(count)d columns in row 1 are named %(column)s: rename or remove all but one.")
            findings.add("duplicate-column", text % {"count": count, "column": quoted(column)}, row=1, column=column)


def check_ragged(packer: Packer, findings: Findings) -> None:
    """Note rows with more or fewer cells than there are columns."""
    text = _(
        "Row %(row)d has %(cells)s cells and the header %(width)d: look for a missing or extra separator, "
        "or put the text that contains it in quotes."
    )
    width = len(packer.header)
    findings.add_rows(
        "ragged-row", "", packer.ragged, lambda row, cells: text % {"row": row, "cells": cells, "width": width}
    )


def finish(table: Table, findings: Findings, *, may_be_empty: bool = False) -> None:
    """Note formulas, error values and a table without rows, and refuse it if anything was noted."""
    if len(set(table.columns)) == len(table.columns):
        for column in table.columns:
            check_cells(table, column, findings)
    if not (table.data.num_rows or findings.problems or may_be_empty):
        text = _("The file has column names and no rows below them: add the data.")
        findings.add("no-rows", text)
    findings.stop()


def check_cells(table: Table, column: str, findings: Findings) -> None:
    """Note the cells of a column that hold a formula, or what is left of one that failed."""
    values = table.data[column]
    formulas = table.found(column, pc.starts_with(values, "="))
    text = _('Row %(row)d, %(column)s: %(value)s starts with "=", a formula: paste its value instead.')
    findings.add_rows("formula", column, formulas, saying(text, column))
    errors = table.found(column, pc.is_in(values, pa.array(ERRORS)))
    text = _("Row %(row)d, %(column)s: %(value)s is a spreadsheet's error: correct the cell or empty it.")
    findings.add_rows("error-value", column, errors, saying(text, column))


def too_large(name: str, limits: Limits) -> Exception:
    """Return the refusal of a file beyond the limits."""
    text = _(
        "The file has more than %(rows)d rows or %(columns)d columns: remove what the study does not need, or split it."
    )
    return unreadable(name, "too-large", text % {"rows": limits.rows, "columns": limits.columns})
