"""Tables a person brings (CSV, XLSX, Parquet) as text with row numbers, and writers that are safe in a spreadsheet."""

from pallaq.shared.tabular.findings import Findings, Found, Say, quoted, saying
from pallaq.shared.tabular.reading import read_rows, read_sheets, read_table
from pallaq.shared.tabular.source import InMemory, Source
from pallaq.shared.tabular.table import Limits, Table
from pallaq.shared.tabular.writers import Cell, Sheet, csv_text, write_csv, write_xlsx

__all__ = [
    "Cell",
    "Findings",
    "Found",
    "InMemory",
    "Limits",
    "Say",
    "Sheet",
    "Source",
    "Table",
    "csv_text",
    "quoted",
    "read_rows",
    "read_sheets",
    "read_table",
    "saying",
    "write_csv",
    "write_xlsx",
]
