"""A plan's rows as an XLSX workbook: a sheet each, one that explains them, one that remembers what was given out."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from pallaq.exchange.rules.merging import Marks, marks_of
from pallaq.exchange.rules.plan_file import SHEETS, Column, Row, Sheets, text_of
from pallaq.shared.tabular import Cell, Limits, Sheet, Table, read_sheets
from pallaq.study.rules.findings import Findings, hint

READ_ME, EDITION = "read me", "edition"
LANGUAGE = re.compile(r"(.+)_([a-z]{2})\Z")


@dataclass(frozen=True)
class Workbook:
    """What a workbook holds: rows of text, and the marks that its rows had when they were given out."""

    sheets: Sheets
    marks: Marks | None  # None: it was not given out by us


def read_workbook(path: Path, name: str, findings: Findings) -> Workbook:
    """Return a workbook's rows; unknown sheets and columns are noted, an unreadable file is refused."""
    tables = read_sheets(path, name=name, limits=Limits(file_bytes=settings.UPLOAD_LIMIT), left_out=[READ_ME])
    edition = tables.pop(EDITION, None)
    sheets: Sheets = {}
    for title, table in tables.items():
        if title not in SHEETS:
            words = {"sheet": title, "hint": hint(title, list(SHEETS))}
            message = _("There is no sheet “%(sheet)s” in a plan's workbook. %(hint)s") % words
            findings.add("unknown-sheet", message, column=title)
        elif known_columns(title, table, findings):
            sheets[title] = list(rows_of(title, table))
    return Workbook(sheets, None if edition is None else read_marks(edition, findings))


def known_columns(sheet: str, table: Table, findings: Findings) -> bool:
    """Say whether a sheet has the columns it must; note what is missing or unknown."""
    columns = {column.name: column for column in SHEETS[sheet]}
    found = set[str]()
    for written in table.columns:
        name = column_of(written, columns)
        if name is None:
            words = {"column": written, "hint": hint(written, list(columns))}
            message = _("There is no column “%(column)s” in this sheet. %(hint)s") % words
            findings.add("unknown-column", message, 1, column=f"{sheet}: {written}")
        else:
            found.add(name)
    missing = [column.name for column in columns.values() if column.required and column.name not in found]
    for name in missing:
        message = _("The column “%(column)s” is missing. Add it, or take a fresh workbook.") % {"column": name}
        findings.add("column-missing", message, 1, column=f"{sheet}: {name}")
    return not missing


def column_of(written: str, columns: Mapping[str, Column]) -> str | None:
    """Return the column that a header names, without its language; None for an unknown one."""
    if written in columns and columns[written].kind != "words":
        return written
    parts = LANGUAGE.match(written)
    return parts[1] if parts and parts[1] in columns and columns[parts[1]].kind == "words" else None


def rows_of(sheet: str, table: Table) -> Iterator[Row]:
    """Yield a sheet's rows as text; words are gathered by language."""
    columns = {column.name: column for column in SHEETS[sheet]}
    for number, cells in zip(table.rows, table.data.to_pylist(), strict=True):
        values: dict[str, Any] = {}
        for written, cell in cells.items():
            if (name := column_of(written, columns)) is None:
                continue
            if columns[name].kind == "words":
                values.setdefault(name, {})[written[-2:]] = cell or ""
            else:
                values[name] = cell or ""
        yield Row(sheet, number, values)


def read_marks(table: Table, findings: Findings) -> Marks:
    """Return the mark that each row had when the workbook was given out."""
    marks: Marks = {}
    for cells in table.data.to_pylist():
        try:
            marks[(cells["sheet"], tuple(map(str, json.loads(cells["key"]))))] = cells["mark"]
        except (KeyError, TypeError, ValueError):
            message = _("The sheet “edition” was edited. Take a fresh workbook, and copy your changes into it.")
            findings.add("edition-edited", message, column=EDITION)
            return {}
    return marks


def workbook_of(sheets: Sheets) -> list[Sheet]:
    """Return the sheets of a workbook to edit, in which every row's mark is remembered."""
    languages = languages_of(sheets)
    titles = list(sheets)
    found = [Sheet(READ_ME, (_("How to edit this workbook"), "", ""), explanation(titles))]
    for title in titles:
        columns = list(headers(title, languages))
        found.append(
            Sheet(title, [written for written, *_rest in columns], [cells(row, columns) for row in sheets[title]])
        )
    marks = [(sheet, json.dumps(key), mark) for (sheet, key), mark in marks_of(sheets).items()]
    return [*found, Sheet(EDITION, ("sheet", "key", "mark"), marks)]


def languages_of(sheets: Sheets) -> list[str]:
    """Return the languages that the plan speaks: those of its titles, Spanish first."""
    rows = [*sheets.get("plan", []), *sheets["chain"], *sheets["indicators"]]
    found = {language for row in rows for language in row.values["title"]}
    return sorted(found, key=lambda language: (language != "es", language)) or ["es"]


def headers(sheet: str, languages: list[str]) -> Iterator[tuple[str, Column, str]]:
    """Yield each written column: its header, what it is, and its language."""
    for column in SHEETS[sheet]:
        for language in languages if column.kind == "words" else [""]:
            yield f"{column.name}_{language}" if language else column.name, column, language


def cells(row: Row, columns: list[tuple[str, Column, str]]) -> list[Cell]:
    """Return a row's cells: numbers and dates as such, all else as text."""
    found: list[Cell] = []
    for _header, column, language in columns:
        value = row.values.get(column.name)
        if language:
            found.append((value or {}).get(language) or None)
        elif column.kind == "number" and value is not None:
            number = float(value)
            found.append(number if text_of(value) == plain_number(number) else text_of(value))
        elif column.kind in {"whole", "day"}:
            found.append(value)
        else:
            found.append(text_of(value) or None)
    return found


def plain_number(number: float) -> str:
    """Return a float as the tables would write it, to see whether it lost a digit."""
    return text_of(Decimal(repr(number)))


def explanation(titles: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of the first sheet: what may be done, and what each column holds."""
    for line in (
        _("Change cells, add rows below, delete whole rows; then bring the workbook back to the page of files."),
        _("You see every change before it counts. Where somebody else changed the same row, you choose."),
        _("Write codes and places as text ('1.10, '04), or the spreadsheet makes numbers of them."),
        _("The sheets “plan” and “dimensions” are only to read. To “organisations” you may add rows."),
        _("Leave the sheet “edition” alone: it remembers what was given to you."),
        "",
    ):
        yield line, "", ""
    yield _("sheet"), _("column"), _("what it holds")
    kinds = {
        "word": _("text"),
        "words": _("text, a column for each language"),
        "number": _("number with a decimal point"),
        "whole": _("whole number"),
        "day": _("date, such as 2026-12-31"),
        "flag": _("yes or no"),
        "codes": _("codes with ; between them"),
        "period": _("year, such as 2027, or quarter, such as 2027-Q2"),
    }
    for title in titles:
        for column in SHEETS[title]:
            allowed = ": " + ", ".join(column.allowed) if column.allowed else ""
            needed = _("must be filled") if column.required else ""
            yield title, column.name, "; ".join(part for part in (kinds[column.kind] + allowed, needed) if part)
