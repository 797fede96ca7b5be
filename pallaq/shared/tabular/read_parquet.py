"""Reads Parquet: flat columns of numbers, texts and dates, turned into text."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from pallaq.shared.tabular.findings import Findings, quoted, unreadable
from pallaq.shared.tabular.table import Limits, Table, check_header, finish, too_large

DAMAGE = (pa.ArrowException, OSError, ValueError)
PLAIN = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_null,
)


def read_parquet(path: Path, name: str, limits: Limits) -> Table:
    """Read a Parquet file; the first row of data is row 2, as if the names were row 1."""
    try:
        with pq.ParquetFile(path) as file:
            check_schema(file, name, limits)
            data = file.read()
        columns = [as_text(column) for column in data.columns]
    except DAMAGE as error:
        text = _("The Parquet file is damaged: write it again from the program that made it.")
        raise unreadable(name, "damaged", text) from error
    table = Table(name, "parquet", pa.table(columns, names=data.column_names), range(2, data.num_rows + 2))
    finish(table, Findings(name))
    return table


def check_schema(file: pq.ParquetFile, name: str, limits: Limits) -> None:
    """Refuse too many rows, bad column names, and columns of lists, records or bytes."""
    schema = file.schema_arrow
    if file.metadata.num_rows > limits.rows or len(schema) > limits.columns:
        raise too_large(name, limits)
    findings = Findings(name)
    check_header(schema.names, findings)
    for column in schema:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if not any(is_kind(kind) for is_kind in PLAIN):
            text = _("The column %(column)s holds %(kind)s and not one plain value in each row: write it as text.")
            words = {"column": quoted(column.name), "kind": quoted(str(kind))}
            findings.add("nested-column", text % words, column=column.name)
    findings.stop()


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as text: 1.0 is "1", dates are ISO, an empty text is an empty cell."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        return float_text(column)
    if pa.types.is_timestamp(column.type):
        return pc.replace_substring_regex(pc.cast(column, pa.string()), r"[ T]00:00:00(\.0*)?$", "")
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def float_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return numbers with all their digits, whole ones without a decimal point."""
    column = column.cast(pa.float32()) if pa.types.is_float16(column.type) else column
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 1e15))
    integers = pc.if_else(whole, column, pa.scalar(0, column.type)).cast(pa.int64()).cast(pa.string())
    return pc.if_else(whole, integers, column.cast(pa.string()))
