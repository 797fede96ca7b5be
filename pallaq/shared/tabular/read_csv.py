"""Reads CSV: UTF-8, separated by comma, semicolon or tab."""

import csv
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from pallaq.shared.errors import Problems
from pallaq.shared.tabular.findings import quoted, unreadable
from pallaq.shared.tabular.source import Source
from pallaq.shared.tabular.table import Cells, Limits, Table, build

SEPARATORS = (",", ";", "\t")
BLOCK = 1_000_000


def read_csv(path: Source, name: str, limits: Limits) -> Table:
    """Read a CSV file; its rows are counted as a spreadsheet shows them, blank ones too."""
    check_bytes(path, name)
    try:
        separator = separator_of(path)
        table = build(name, "csv", numbered_rows(path, name, separator), limits)
    except UnicodeDecodeError as error:
        raise wrong_encoding(path, name) from error
    return replace(table, decimal_comma=separator == ";")


def csv_rows(path: Source, name: str) -> Iterator[tuple[int, Cells]]:
    """Yield each record with its number, whatever is in it."""
    check_bytes(path, name)
    try:
        yield from numbered_rows(path, name, separator_of(path))
    except UnicodeDecodeError as error:
        raise wrong_encoding(path, name) from error


def separator_of(path: Source) -> str:
    """Return the separator that gives the first line most columns; the comma when none does."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline()
    return max(SEPARATORS, key=lambda separator: sum(map(len, csv.reader([line], delimiter=separator))))


def numbered_rows(path: Source, name: str, separator: str) -> Iterator[tuple[int, Cells]]:
    """Yield each record with its number; what breaks the file's structure ends the reading with its row."""
    number = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for number, cells in enumerate(csv.reader(file, delimiter=separator, strict=True), 1):
                yield number, cells
        except csv.Error as error:
            raise broken_quotes(name, number + 1, str(error)) from error


def broken_quotes(name: str, row: int, reason: str) -> Problems:
    """Return the refusal of a row whose quotes do not pair."""
    if "field limit" in reason:
        text = _('Row %(row)d has a cell of more than 131072 characters: look for a quote (") that is never closed.')
    elif "unexpected end" in reason:
        text = _('A quote (") opened in row %(row)d is never closed: close it, or remove it.')
    else:
        text = _('Row %(row)d has text beside a closing quote ("): double the quotes inside a text, or remove them.')
    return unreadable(name, "broken-quotes", text % {"row": row}, row=row)


def check_bytes(path: Source, name: str) -> None:
    """Refuse what no text file holds: UTF-16, or bytes of value zero."""
    line, at_start = 1, True
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if at_start and block[:2] in (b"\xff\xfe", b"\xfe\xff"):
                text = _('The file is in UTF-16 ("Unicode text"): save it as "CSV UTF-8".')
                raise unreadable(name, "encoding", text, row=1)
            if (place := block.find(0)) >= 0:
                line += block.count(b"\n", 0, place)
                text = _('Line %(line)d holds a zero byte, so this is no text: save the table again as "CSV UTF-8".')
                raise unreadable(name, "zero-byte", text % {"line": line}, row=line)
            line, at_start = line + block.count(b"\n"), False


def wrong_encoding(path: Source, name: str) -> Problems:
    """Return the refusal of a file that is not UTF-8: the line, the byte, and the letter it most likely was."""
    data = path.read_bytes()
    try:
        data.decode("utf-8")
        place = 0
    except UnicodeDecodeError as error:
        place = error.start
    line = data.count(b"\n", 0, place) + 1
    text = _(
        "Line %(line)d holds the byte 0x%(byte)02X, which is not UTF-8 (in Windows-1252 it is %(letter)s): "
        'open the file in the program that made it and save it as "CSV UTF-8".'
    )
    letter = quoted(data[place : place + 1].decode("cp1252", errors="replace"))
    return unreadable(name, "encoding", text % {"line": line, "byte": data[place], "letter": letter}, row=line)
