"""Where rows come from: a file, a data frame or a table of any engine, all read as one ibis table."""

from pathlib import Path
from typing import Any

import ibis
import pyarrow

from brecha.errors import BrechaError

# ibis publishes no types: its tables and expressions are Any here, and nowhere else is one made.
Table = Any
Column = Any


def read(source: object, *, separator: str = ",") -> Table:
    """Return `source` as an ibis table, on DuckDB unless it already belongs to another engine.

    `source` is the path of a CSV or Parquet file, an ibis table, or what Arrow reads without a copy:
    an Arrow table, a pandas or polars data frame, a dictionary of columns.
    Every column of a CSV is read as text, so that a code such as 007 keeps its zeros.

    >>> read({"profile": ["women", "men"]}).columns
    ('profile',)
    """
    if isinstance(source, ibis.Table):
        return source
    if not isinstance(source, str | Path):
        return ibis.memtable(pyarrow.table(source))
    path = Path(source)
    if not path.is_file():
        raise BrechaError("file_missing", path=str(path))
    engine = ibis.duckdb.connect()
    match path.suffix.lower():
        case ".csv":
            return engine.read_csv(path, all_varchar=True, header=True, sep=separator)
        case ".parquet":
            return engine.read_parquet(path)
    raise BrechaError("unknown_format", path=str(path))


def text(column: Column) -> Column:
    """Return a column as text codes, whole numbers without decimals; null where it is missing.

    A code means the same in a CSV (text), a Parquet file (integers) and a data frame, where a
    missing value turns integers into decimals.
    """
    kind = column.type()
    if kind.is_string():
        return column
    if not kind.is_floating():
        return column.cast("string")
    whole = column.try_cast("int64")
    known = ibis.ifelse(whole.cast("float64") == column, whole.cast("string"), column.cast("string"))
    return ibis.ifelse(column.isnan(), ibis.null("string"), known)


def number(column: Column) -> Column:
    """Return a column as decimal numbers, null where a text is none."""
    return column.try_cast("float64") if column.type().is_string() else column.cast("float64")
