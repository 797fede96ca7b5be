"""Workbooks of several sheets."""

from pathlib import Path

import pytest

from pallaq.shared.errors import Problems
from pallaq.shared.tabular import Sheet, read_sheets, write_xlsx


def test_it_reads_every_sheet_by_name_also_one_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_xlsx(path, [Sheet("a", ("x", "y"), [("1", 2.5)]), Sheet("b", ("z",), []), Sheet("notes", ("", ""), [])])
    tables = read_sheets(path, left_out=["notes"])
    assert {name: (table.columns, table.data.num_rows) for name, table in tables.items()} == {
        "a": (("x", "y"), 1),
        "b": (("z",), 0),
    }
    assert tables["a"].data.to_pylist() == [{"x": "1", "y": "2.5"}]


def test_it_says_what_is_wrong_in_all_sheets_at_once_and_where(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_xlsx(path, [Sheet("a", ("x", "x"), [("1", "2")]), Sheet("b", ("z",), [("=1+1",)])])
    with pytest.raises(Problems) as caught:
        read_sheets(path)
    found = [(problem.code, problem.column) for problem in caught.value.problems]
    assert found == [("duplicate-column", "a: x"), ("formula", "b: z")]


@pytest.mark.parametrize(("name", "content"), [("a.csv", b"x,y\n1,2\n"), ("a.xlsx", b"x,y\n1,2\n"), ("a.xlsx", b"PK")])
def test_it_refuses_what_is_no_workbook(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Problems):
        read_sheets(path)
