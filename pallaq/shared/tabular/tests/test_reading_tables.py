"""What is read from CSV, XLSX and Parquet files that are as they should be."""

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from pallaq.shared.tabular import Table, read_table

MOMENT = datetime.fromisoformat("2021-03-04T05:06")
MIDNIGHT = datetime.fromisoformat("2021-03-04")


def rows(table: Table) -> list[tuple[str | None, ...]]:
    return list(zip(*(column.to_pylist() for column in table.data.columns), strict=True))


def csv(folder: Path, text: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def xlsx(folder: Path, lines: list[list[object]]) -> Path:
    workbook = Workbook()
    for line in lines:
        workbook.active.append(line)
    workbook.save(folder / "data.xlsx")
    return folder / "data.xlsx"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_reads_csv_with_any_usual_separator_mark_and_line_end(tmp_path, separator, mark, end):
    lines = ["id|región|nota", '1|04|"dos\nlíneas"', '2||"dijo ""sí"""']
    table = read_table(csv(tmp_path, mark + end.join(lines).replace("|", separator)))
    assert table.columns == ("id", "región", "nota")
    assert rows(table) == [("1", "04", "dos\nlíneas"), ("2", None, 'dijo "sí"')]
    assert (table.kind, list(table.rows), table.decimal_comma) == ("csv", [2, 3], separator == ";")


def test_it_counts_blank_rows_as_a_spreadsheet_does(tmp_path):
    table = read_table(csv(tmp_path, "a,b\n1,2\n\n,\n3,4\n"))
    assert rows(table) == [("1", "2"), ("3", "4")]
    assert list(table.rows) == [2, 5]


def test_it_drops_empty_columns_at_the_end(tmp_path):
    table = read_table(csv(tmp_path, "a,b,,\n1,2,,\n3,4\n"))
    assert table.columns == ("a", "b")
    assert rows(table) == [("1", "2"), ("3", "4")]


def test_it_leaves_signed_numbers_alone(tmp_path):
    table = read_table(csv(tmp_path, "a\n-5\n+5\n@x\n"))
    assert rows(table) == [("-5",), ("+5",), ("@x",)]


def test_it_reads_many_rows_in_order(tmp_path):
    table = read_table(csv(tmp_path, "n\n" + "".join(f"{n}\n" for n in range(45_000))))
    assert table.data["n"].to_pylist() == [str(n) for n in range(45_000)]
    assert (table.rows[0], table.rows[-1]) == (2, 45_001)


def test_it_reads_a_workbook_as_text(tmp_path):
    lines = [
        ["id", "weight", "on", "at", "yes", "code"],
        [1.0, 0.1 + 0.2, date(2021, 3, 4), MOMENT, True, "04"],
        [],
        [2, 7, None, None, None, None],
    ]
    table = read_table(xlsx(tmp_path, lines))
    assert table.kind == "xlsx"
    assert rows(table) == [
        ("1", "0.3", "2021-03-04", "2021-03-04T05:06:00", "true", "04"),  # openpyxl itself writes 16 digits
        ("2", "7", None, None, None, None),
    ]
    assert list(table.rows) == [2, 4]


def test_it_takes_the_one_sheet_that_holds_data(tmp_path):
    workbook = Workbook()
    workbook.create_sheet("answers").append(["a"])
    workbook["answers"].append([1])
    workbook.create_chartsheet("chart").add_chart(BarChart())
    workbook.save(tmp_path / "data.xlsx")
    assert rows(read_table(tmp_path / "data.xlsx")) == [("1",)]


def test_it_reads_parquet_as_text(tmp_path):
    data = pa.table(
        {
            "whole": pa.array([1.0, 2.5, None]),
            "number": pa.array([1, None, 3], pa.int64()),
            "short": pa.array([0.1, 1e20, float("nan")], pa.float32()),
            "word": pa.array(["a", "", None]).dictionary_encode(),
            "on": pa.array([date(2021, 3, 4), None, None]),
            "at": pa.array([MIDNIGHT, MOMENT, None], pa.timestamp("ms")),
            "yes": pa.array([True, False, None]),
            "nothing": pa.nulls(3),
        }
    )
    pq.write_table(data, tmp_path / "data.parquet")
    table = read_table(tmp_path / "data.parquet")
    assert {field.type for field in table.data.schema} == {pa.string()}
    assert rows(table) == [
        ("1", "1", "0.1", "a", "2021-03-04", "2021-03-04", "true", None),
        ("2.5", None, "1e+20", None, None, "2021-03-04 05:06:00.000", "false", None),
        (None, "3", "nan", None, None, None, None, None),
    ]
    assert list(table.rows) == [2, 3, 4]


@pytest.mark.parametrize("name", ["upload", "upload.tmp", "DATA.CSV", "data.tsv"])
def test_it_reads_by_content_when_the_name_says_nothing_else(tmp_path, name):
    assert read_table(csv(tmp_path, "a\n1\n", name)).kind == "csv"
