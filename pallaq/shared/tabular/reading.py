"""Reads a file by what it holds, not by what it is called, and says so when the two differ."""

from collections.abc import Collection, Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from pallaq.shared.tabular.findings import unreadable
from pallaq.shared.tabular.read_csv import csv_rows, read_csv
from pallaq.shared.tabular.read_parquet import read_parquet
from pallaq.shared.tabular.read_xlsx import read_xlsx, read_xlsx_sheets, xlsx_rows
from pallaq.shared.tabular.source import Source
from pallaq.shared.tabular.table import Cells, Kind, Limits, Table, too_large

READERS = {"csv": read_csv, "xlsx": read_xlsx, "parquet": read_parquet}
ENDINGS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
}
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_table(path: Path, *, name: str = "", limits: Limits | None = None) -> Table:
    """Read a CSV, XLSX or Parquet file as text; raise Problems with all that makes it unreadable.

    `name` is what the person calls the file, when it lies here under another name.
    """
    name, limits = name or path.name, limits or Limits()
    return READERS[checked_kind(path, name, limits)](path, name, limits)


def read_sheets(
    path: Path, *, name: str = "", limits: Limits | None = None, left_out: Collection[str] = ()
) -> dict[str, Table]:
    """Read every sheet of an XLSX workbook that holds data; raise Problems with all that makes it unreadable.

    `left_out` are the names of sheets that only a person reads.
    """
    name, limits = name or path.name, limits or Limits()
    if checked_kind(path, name, limits) != "xlsx":
        text = _("The file is no Excel workbook: save it as .xlsx from the program that made it.")
        raise unreadable(name, "not-a-workbook", text)
    return read_xlsx_sheets(path, name, limits, left_out)


def read_rows(source: Source, *, name: str, limits: Limits | None = None) -> Iterator[tuple[int, Cells]]:
    """Yield the rows of a CSV or XLSX file with their numbers, the header first, one at a time; nothing is judged.

    Only what ends the reading is refused: a file that is no table, a wrong encoding, quotes that never close.
    """
    limits = limits or Limits()
    kind = checked_kind(source, name, limits)
    if kind == "parquet":
        text = _("The file is Parquet: save the list as CSV or XLSX.")
        raise unreadable(name, "wrong-kind", text)
    rows = csv_rows(source, name) if kind == "csv" else xlsx_rows(source, name, limits)
    for number, cells in rows:
        if number > limits.rows + 1 or len(cells) > limits.columns:
            raise too_large(name, limits)
        yield number, cells


def checked_kind(path: Source, name: str, limits: Limits) -> Kind:
    """Return what a file holds; refuse one that is not there, too large, or not what its name says."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        text = _("The file cannot be opened (%(reason)s): check its name and place.") % {"reason": error.strerror}
        raise unreadable(name, "unopened", text) from error
    if size > limits.file_bytes:
        text = _("The file has %(size)d MB and the most is %(limit)d: remove what the study does not need.")
        words = {"size": size // 1_000_000, "limit": limits.file_bytes // 1_000_000}
        raise unreadable(name, "too-large", text % words)
    return kind_of(path, name, start)


def kind_of(path: Source, name: str, start: bytes) -> Kind:
    """Return what the file holds; refuse old or locked workbooks and names that say something else."""
    if start == OLD_EXCEL:
        raise unreadable(name, "old-excel", old_excel_words(path))
    kind: Kind = "xlsx" if start[:2] == b"PK" else "parquet" if start == b"PAR1" else "csv"
    ending = Path(name).suffix.lower()
    if start and ENDINGS.get(ending, kind) != kind:
        words = {"ending": ending, "right": "." + kind}
        text = _("The name ends in %(ending)s and the content is of another kind: rename the file to end in %(right)s.")
        raise unreadable(name, "wrong-kind", text % words)
    return kind


def old_excel_words(path: Source) -> str:
    """Return what to do with a file of Excel's old container, which also wraps workbooks with a password."""
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return _("The workbook has a password: remove it in Excel (File, Info) and save it again.")
    return _("The file is an old Excel workbook (.xls): save it as .xlsx.")
