"""Where rows come from: a file, a data frame or a table of any engine, all read as one ibis table."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow

from brecha.errors import BrechaError

# ibis publishes no types: its tables, expressions and connections are Any here, and nowhere else is one made.
Table = Any
Column = Any
Engine = Any


def read(source: object, *, separator: str = ",", engine: Engine = None) -> Table:
    """Return `source` as an ibis table, on DuckDB unless `engine` names another or it belongs to one.

    `source` is the path of a CSV or Parquet file or of a folder NAME.parquet of such files, an ibis table, or what
    Arrow reads without a copy: an Arrow table, a pandas or polars data frame, a dictionary of columns. `engine` is
    an ibis connection, such as `ibis.pyspark.connect(session)`; a path is then read there.
    Every column of a CSV is read as text, so that a code such as 007 keeps its zeros.

    >>> read({"profile": ["women", "men"]}).columns
    ('profile',)
    """
    if isinstance(source, ibis.Table):
        return source
    if not isinstance(source, str | Path):
        table = pyarrow.table(source)
        return ibis.memtable(table) if engine is None else _on(engine, table)
    path = Path(source)
    if not path.exists():
        raise BrechaError("file_missing", path=str(path))
    engine = ibis.duckdb.connect() if engine is None else engine
    match path.suffix.lower():
        case ".csv":
            return engine.read_csv(path, header=True, sep=separator, **TEXTS[engine.name])
        case ".parquet":
            # Spark reads a folder of files by its name, DuckDB by a pattern.
            return engine.read_parquet(path / "*.parquet" if path.is_dir() and engine.name == "duckdb" else path)
    raise BrechaError("unknown_format", path=str(path))


# How an engine is told to take each column of a CSV as text, with quotes doubled and lines broken inside them.
TEXTS: dict[str, dict[str, Any]] = {
    "duckdb": {"all_varchar": True},
    "pyspark": {"inferSchema": False, "escape": '"', "multiLine": True},
}


def _on(engine: Engine, table: pyarrow.Table) -> Table:
    """Give a table in memory to an engine."""
    name = ibis.util.gen_name("rows")
    if engine.name != "pyspark":
        return engine.create_table(name, table)
    # ibis 12 would send it through pandas, where whole numbers beside nulls are lost, and keep it on disk.
    engine._session.createDataFrame(table).createOrReplaceTempView(name)
    return engine.table(name)


def label(value: object) -> str:
    """Return a value as the text code that names it: whole numbers without decimals, "" for a missing one.

    A code means the same in a CSV (text), a Parquet file (integers) and a data frame, where a
    missing value turns integers into decimals.

    >>> label(1), label(1.0), label("1"), label(0.5), label(None), label(True)
    ('1', '1', '1', '0.5', '', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def key(column: Column) -> Column:
    """Return a column to group by, in its own type: one value, null, for all that `label` calls missing."""
    kind = column.type()
    if kind.is_string():
        return column.nullif("")
    # Adding zero makes one of minus zero and zero.
    return ibis.ifelse(column.isnan(), ibis.null(kind), column + 0.0) if kind.is_floating() else column


def among(column: Column, codes: Sequence[str]) -> Column:
    """Return the condition that a column's label is among `codes`, compared in the column's own type.

    The empty text stands for what is missing; for anything else a missing value gives null, not false.
    """
    kind = column.type()
    known = [value for code in codes if code and (value := _typed(kind, code)) is not None]
    texts = kind.is_string() or kind.is_boolean() or kind.is_integer() or kind.is_floating()
    plain = column if texts else column.cast("string")
    if not known:
        rows = column.isnull() & ibis.literal(False)
    else:
        rows = plain == known[0] if len(known) == 1 else plain.isin(known)
    return blank(column) | rows.fill_null(False) if "" in codes else rows


def _typed(kind: Any, code: str) -> object:
    """Return the value of a column's type that a code names, None where it names none."""
    if kind.is_boolean():
        return {"true": True, "false": False}.get(code)
    if not (kind.is_integer() or kind.is_floating()):
        return code
    try:
        value = int(code) if kind.is_integer() else float(code)
    except ValueError:
        return None
    return value if label(value) == code else None


def blank(column: Column) -> Column:
    """Return the condition that a value is missing: null, not a number, the empty text."""
    kind = column.type()
    if kind.is_string():
        return column.isnull() | (column == "")
    return column.isnull() | column.isnan() if kind.is_floating() else column.isnull()


# What both engines, and people, take for a decimal number; alone, Spark takes "2d" and DuckDB "1_0" as well.
NUMBER = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$"


def number(column: Column) -> Column:
    """Return a column as decimal numbers, null where a text is none."""
    kind = column.type()
    if kind.is_string():
        return ibis.ifelse(column.re_search(NUMBER), column.try_cast("float64"), ibis.null("float64"))
    return column if kind.is_float64() else column.cast("float64")


def finite(number: Column) -> Column:
    """Return the condition that a decimal number is known and finite, never null.

    Spelled out: ibis 12 has no true `isinf` on Spark, and DuckDB folds comparisons of NaN by a file's statistics.
    """
    odd = number.isnull() | number.isnan().fill_null(False) | number.isin([math.inf, -math.inf]).fill_null(False)
    return ~odd
