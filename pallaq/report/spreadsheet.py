"""The figures as CSV and XLSX: full-precision fractions that a spreadsheet shows as percentages, never a formula."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from pallaq.report.rows import (
    PRINTED_COLUMNS,
    Row,
    all_columns,
    all_rows,
    codebook_row,
    column_title,
    estimate_columns,
    estimate_row,
    gap_columns,
    gap_row,
    printed_row,
)
from pallaq.report.rules.document import Document
from pallaq.report.rules.words import headline, hidden_words, interval_meaning, say
from pallaq.shared.tabular import writers as tabular

FORMATS = {
    **dict.fromkeys(("estimate", "low", "high", "ours", "percent"), "0.0%"),
    "difference": "+0.0%;-0.0%;0.0%",
    **dict.fromkeys(("ratio", "ratio_low", "ratio_high"), "0.00"),
    **dict.fromkeys(("p", "p_adjusted", "se"), "0.0000"),
    **dict.fromkeys(("t", "df"), "#,##0.0"),
    **dict.fromkeys(("n", "asked", "missing", "n_group", "n_reference"), "#,##0"),
}
WIDTHS = {
    "id": 52, "indicator": 34, "title": 40, "question": 60, "universe": 34, "note": 60, "shares": 60, "hidden": 24,
}  # fmt: skip


def write_csv(document: Document, path: Path) -> None:
    """Write every estimate and gap, one row each."""
    columns = all_columns(document)
    tabular.write_csv(path, columns, ([csv_value(row.get(column)) for column in columns] for row in all_rows(document)))


def csv_value(value: Any) -> Any:
    """Return a value as CSV holds it, the same in every language."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def write_xlsx(document: Document, path: Path, about: Sequence[str]) -> None:
    """Write the workbook: about, estimates, gaps, against the print, codebook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("About"))
    sheet.column_dimensions["A"].width = 110
    for line in about:
        sheet.append([text_cell(sheet, line)])
    estimates = (estimate_row(document, estimate) for estimate in document.estimates)
    add_sheet(book, _("Estimates"), estimate_columns(document), estimates)
    add_sheet(book, _("Gaps"), gap_columns(document), (gap_row(document, gap) for gap in document.gaps))
    if document.printed:
        rows = (printed_row(document, printed) for printed in document.printed)
        add_sheet(book, _("Against the print"), PRINTED_COLUMNS, rows)
    codebook = [codebook_row(document, indicator) for indicator in document.indicators]
    if codebook:
        add_sheet(book, _("Codebook"), tuple(codebook[0]), codebook)
    book.save(path)


def add_sheet(book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Add a sheet with a header that stays in sight; cells without a number format of their own are plain values."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(column, 14)
    sheet.append([header_cell(sheet, column_title(column)) for column in columns])
    for row in rows:
        sheet.append([value_cell(sheet, column, row.get(column)) for column in columns])


def header_cell(sheet: Any, text: str) -> Any:
    """Return a column's title."""
    cell = text_cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def text_cell(sheet: Any, text: str) -> Any:
    """Return text that stays text, whatever it starts with."""
    return tabular.xlsx_cell(sheet, text)


def value_cell(sheet: Any, column: str, value: Any) -> Any:
    """Return a figure with its column's number format, or a word."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    cell: Any = tabular.xlsx_cell(sheet, value)
    if value is None or column not in FORMATS:
        return cell
    cell = WriteOnlyCell(sheet, value) if isinstance(cell, int) else cell
    cell.number_format = FORMATS[column]
    return cell


def about_lines(document: Document, provenance: Sequence[str]) -> list[str]:
    """Return the first sheet: what this is, what it found and how to read it."""
    return [
        *([_("SYNTHETIC: made from printed percentages, not from answers")] if document.synthetic else []),
        say(document.title),
        say(document.summary),
        headline(document),
        interval_meaning(document),
        _("Figures are fractions of the answer counted, shown as percentages; a gap is group minus reference."),
        _("Where a base is under %(minimum)d the figures are empty and the column “hidden” says: %(word)s.")
        % {"minimum": document.minimum, "word": hidden_words(document)},
        *(say(note) for note in document.notes),
        *provenance,
    ]
