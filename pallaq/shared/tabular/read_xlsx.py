"""Reads XLSX: one sheet with data, or several by name; no merged cells, values and not formulas."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from pallaq.shared.errors import Problems
from pallaq.shared.tabular.findings import Findings, quoted, unreadable
from pallaq.shared.tabular.source import Source
from pallaq.shared.tabular.table import Cells, Limits, Table, build

# openpyxl has no error of its own for a damaged workbook: whatever its parsing meets first comes out.
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,  # the XML parsers' error
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([^"]{1,40})"')


def read_xlsx(path: Source, name: str, limits: Limits) -> Table:
    """Read the workbook's one sheet that holds data."""
    with opened(path, name, limits) as workbook:
        sheet = only_sheet(workbook, name, limits)
        check_merged(path, sheet, name)
        return build(name, "xlsx", numbered_rows(sheet, name), limits)


def xlsx_rows(path: Source, name: str, limits: Limits) -> Iterator[tuple[int, Cells]]:
    """Yield the rows of the one sheet that holds data, whatever is in them."""
    with opened(path, name, limits) as workbook:
        sheet = only_sheet(workbook, name, limits)
        check_merged(path, sheet, name)
        yield from numbered_rows(sheet, name)


def read_xlsx_sheets(path: Source, name: str, limits: Limits, left_out: Collection[str]) -> dict[str, Table]:
    """Read every sheet that holds data, by its name; a sheet may have a header and no rows."""
    findings, tables = Findings(name), {}
    with opened(path, name, limits) as workbook:
        for sheet in workbook.worksheets:
            if sheet.title in left_out or not has_data(sheet, name, limits):
                continue
            try:
                check_merged(path, sheet, name)
                rows = numbered_rows(sheet, name)
                tables[sheet.title] = build(name, "xlsx", rows, limits, may_be_empty=True)
            except Problems as refusal:
                where = [replace(one, column=f"{sheet.title}: {one.column}") for one in refusal.problems]
                findings.problems += where
    findings.stop()
    return tables


@contextmanager
def opened(path: Source, name: str, limits: Limits) -> Iterator[Workbook]:
    """Open a workbook that is one, and not too large."""
    check_archive(path, name, limits)
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore", UserWarning)  # openpyxl tells of styles and validations that we do not read
        try:
            workbook = load_workbook(file, read_only=True)
        except DAMAGE as error:
            raise damaged(name) from error
        yield workbook


def check_archive(path: Source, name: str, limits: Limits) -> None:
    """Refuse what is no workbook inside, or would unpack beyond the limit."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except DAMAGE as error:
        raise damaged(name) from error
    if not any(part.filename.startswith("xl/") for part in parts):
        raise unreadable(name, "not-a-workbook", _("The file is a ZIP and no Excel workbook: save the table as .xlsx."))
    if sum(part.file_size for part in parts) > limits.unpacked_bytes:
        text = _("The workbook unpacks to more than %(limit)d MB: remove other sheets and pictures, or save it as CSV.")
        raise unreadable(name, "too-large", text % {"limit": limits.unpacked_bytes // 1_000_000})


def only_sheet(workbook: Workbook, name: str, limits: Limits) -> ReadOnlyWorksheet:
    """Return the one sheet with data; refuse a workbook with none, or with several."""
    filled = [sheet for sheet in workbook.worksheets if has_data(sheet, name, limits)]
    if not filled:
        raise unreadable(name, "empty-file", _("The workbook is empty: save it again from the program that made it."))
    if len(filled) > 1:
        names = ", ".join(quoted(sheet.title) for sheet in filled)
        text = _("The workbook has data in several sheets (%(sheets)s): leave only the one with the answers.")
        raise unreadable(name, "several-sheets", text % {"sheets": names})
    return filled[0]


def has_data(sheet: ReadOnlyWorksheet, name: str, limits: Limits) -> bool:
    """Say whether any cell of the sheet holds something."""
    return any(any(cell is not None for cell in cells) for _n, cells in islice(numbered_rows(sheet, name), limits.rows))


def numbered_rows(sheet: ReadOnlyWorksheet, name: str) -> Iterator[tuple[int, Cells]]:
    """Yield each row of the sheet as text, with its number."""
    sheet.reset_dimensions()  # the size a workbook states may be wrong
    try:
        for number, cells in enumerate(sheet.values, 1):
            yield number, [as_text(cell) for cell in cells]
    except DAMAGE as error:
        raise damaged(name) from error


def as_text(value: object) -> str | None:
    """Return a cell's value as text: 1.0 is "1", dates are ISO, a formula starts with "="."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second or value.microsecond):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ArrayFormula | DataTableFormula):
        return f"={getattr(value, 'text', None) or ''}"
    return str(value)


def check_merged(path: Source, sheet: ReadOnlyWorksheet, name: str) -> None:
    """Refuse merged cells: what stands in a merged range is no longer one value in one column."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            part = sheet._worksheet_path  # type: ignore[attr-defined] # the fast reader tells no merged ranges
            ranges = MERGED.findall(archive.read(part))
    except DAMAGE as error:
        raise damaged(name) from error
    findings = Findings(name)
    text = _("The cells %(range)s are merged: unmerge them, one value in each cell.")
    found = [(int(re.sub(r"\D", "", one.split(":")[0]) or 1), one) for one in map(bytes.decode, ranges)]
    findings.add_rows("merged-cells", "", found, lambda _row, one: text % {"range": one})
    findings.stop()


def damaged(name: str) -> Problems:
    """Return the refusal of a workbook that no program could open whole."""
    text = _("The workbook is damaged: open it in Excel or LibreOffice and save it again as .xlsx.")
    return unreadable(name, "damaged", text)
