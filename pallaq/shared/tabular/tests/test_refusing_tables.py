"""Each way a file can be wrong, as a real file, and the problems a person is told."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from pallaq.shared.errors import Problem, Problems
from pallaq.shared.tabular import Limits, read_table

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def problems_of(path: Path, limits: Limits | None = None) -> list[Problem]:
    with translation.override("en"), pytest.raises(Problems) as refusal:
        read_table(path, limits=limits)
    return refusal.value.problems


def found(problems: list[Problem]) -> list[tuple[object, ...]]:
    return [(p.code, p.row, p.column, p.value) for p in problems]


TEXTS: list[tuple[str, bytes, list[tuple[object, ...]], str]] = [
    ("empty", b"", [("empty-file", None, "", "")], "save it again"),
    ("only blank lines", b"\n\n \n"[:2], [("empty-file", None, "", "")], "save it again"),
    ("only a mark", b"\xef\xbb\xbf", [("empty-file", None, "", "")], "save it again"),
    ("header only", b"a,b\n", [("no-rows", None, "", "")], "add the data"),
    ("header and blanks", b"a,b\n,\n\n", [("no-rows", None, "", "")], "add the data"),
    ("latin-1", "a\nx\nMaría\n".encode("latin-1"), [("encoding", 3, "", "")], '0xED, .* "í"'),
    ("utf-16", "a,b\n1,2\n".encode("utf-16"), [("encoding", 1, "", "")], "UTF-16"),
    ("zero byte", b"a\n1\n2\0\n", [("zero-byte", 3, "", "")], "Line 3"),
    ("open quote", b'a,b\n1,2\n"3,4\n5,6\n', [("broken-quotes", 3, "", "")], "row 3 is never closed"),
    ("text beside a quote", b'a,b\n1,2\n"3"x,4\n', [("broken-quotes", 3, "", "")], "Row 3"),
    ("long cell", b'a\n"' + b"x" * 140_000 + b'"\n', [("broken-quotes", 2, "", "")], "131072"),
    (
        "ragged rows",
        b"a,b\n1\n1,2\n1,2,3\n",
        [("ragged-row", 2, "", "1"), ("ragged-row", 4, "", "3")],
        "Row 2 has 1 cells and the header 2",
    ),
    ("same name twice", b"a,b,a\n1,2,3\n", [("duplicate-column", 1, "a", "")], '2 columns .* "a"'),
    ("no header", b"\na,b\n1,2\n", [("no-header", 1, "", "")], "Row 1 is empty"),
    ("no name", b"a,,c\n1,2,3\n", [("unnamed-column", 1, "", "")], "Column 2"),
    (
        "formulas",
        b"a,b\n1,=1+1\n-5,+5\n=x,2\n",
        [("formula", 4, "a", "=x"), ("formula", 2, "b", "=1+1")],
        'Row 4, "a": "=x"',
    ),
    ("a formula as name", b"=a,b\n1,2\n", [("formula", 1, "=a", "=a")], "plain name"),
    (
        "all at once",
        b"a,,a\n1\n=1,2,3\n",
        [("unnamed-column", 1, "", ""), ("duplicate-column", 1, "a", ""), ("ragged-row", 2, "", "1")],
        "Column 2",
    ),
    ("a workbook of another time", OLD_EXCEL, [("old-excel", None, "", "")], r"\.xls"),
    (
        "a locked workbook",
        OLD_EXCEL + "EncryptedPackage".encode("utf-16-le"),
        [("old-excel", None, "", "")],
        "password",
    ),
]


@pytest.mark.parametrize(("content", "expected", "words"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_it_names_what_is_wrong_in_a_text_file(tmp_path, content, expected, words):
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    problems = problems_of(path)
    assert found(problems) == expected
    assert re.search(words, problems[0].message)
    assert {p.file for p in problems} == {"data.csv"}


def sheet(*lines: list[object]) -> Workbook:
    workbook = Workbook()
    for line in lines:
        workbook.active.append(line)
    return workbook


def merged() -> Workbook:
    workbook = sheet(["Group", None, "c"], [1, 2, 3])
    workbook.active.merge_cells("A1:B1")
    return workbook


def several() -> Workbook:
    workbook = sheet(["a"], [1])
    workbook.create_sheet("More").append([1])
    return workbook


BOOKS: list[tuple[str, Callable[[], Workbook], list[tuple[object, ...]], str]] = [
    ("empty", Workbook, [("empty-file", None, "", "")], "empty"),
    ("header only", lambda: sheet(["a"]), [("no-rows", None, "", "")], "add the data"),
    ("merged header", merged, [("merged-cells", 1, "", "A1:B1")], "A1:B1"),
    ("several sheets", several, [("several-sheets", None, "", "")], '"Sheet", "More"'),
    ("formula", lambda: sheet(["a", "b"], [1, "=A2*2"]), [("formula", 2, "b", "=A2*2")], "paste its value"),
    ("error value", lambda: sheet(["a"], [1], ["#REF!"]), [("error-value", 3, "a", "#REF!")], "#REF!"),
    ("extra cell", lambda: sheet(["a"], [1, 2]), [("ragged-row", 2, "", "2")], "Row 2"),
    ("no header", lambda: sheet([None, None], [1, 2]), [("no-header", 1, "", "")], "Row 1 is empty"),
]


@pytest.mark.parametrize(("book", "expected", "words"), [row[1:] for row in BOOKS], ids=[row[0] for row in BOOKS])
def test_it_names_what_is_wrong_in_a_workbook(tmp_path, book, expected, words):
    book().save(tmp_path / "data.xlsx")
    problems = problems_of(tmp_path / "data.xlsx")
    assert found(problems) == expected
    assert words in problems[0].message


def test_it_refuses_a_damaged_workbook(tmp_path):
    sheet(["a"], *([n] for n in range(5000))).save(tmp_path / "whole.xlsx")
    content = (tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "data.xlsx"
    path.write_bytes(content[: len(content) // 2])
    assert found(problems_of(path)) == [("damaged", None, "", "")]
    rewrite(tmp_path / "whole.xlsx", path, lambda part: part.replace(b"<sheetData>", b"<sheetData><<"))
    assert found(problems_of(path)) == [("damaged", None, "", "")]


def rewrite(source: Path, target: Path, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)))


def test_it_believes_the_cells_and_not_the_size_a_workbook_states(tmp_path):
    sheet(["a", "b"], [1, 2]).save(tmp_path / "whole.xlsx")
    rewrite(tmp_path / "whole.xlsx", tmp_path / "data.xlsx", lambda part: part.replace(b"A1:B2", b"A1:A1"))
    assert read_table(tmp_path / "data.xlsx").columns == ("a", "b")


def test_it_refuses_a_row_number_beyond_any_sheet(tmp_path):
    sheet(["a"], [1]).save(tmp_path / "whole.xlsx")
    rewrite(
        tmp_path / "whole.xlsx",
        tmp_path / "data.xlsx",
        lambda part: part.replace(b'<row r="2"', b'<row r="999999999"').replace(b'r="A2"', b'r="A999999999"'),
    )
    assert found(problems_of(tmp_path / "data.xlsx", Limits(rows=1000))) == [("too-large", None, "", "")]


def test_it_refuses_a_zip_that_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert found(problems_of(tmp_path / "data.xlsx")) == [("not-a-workbook", None, "", "")]


def test_it_refuses_a_workbook_that_unpacks_to_too_much(tmp_path):
    sheet(["a"], [1]).save(tmp_path / "data.xlsx")
    with zipfile.ZipFile(tmp_path / "data.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb", bytes(2_000_000))
    assert found(problems_of(tmp_path / "data.xlsx", Limits(unpacked_bytes=1_000_000))) == [("too-large", None, "", "")]


@pytest.mark.parametrize("limits", [Limits(file_bytes=10), Limits(rows=2), Limits(columns=2)])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_it_refuses_files_beyond_the_limits(tmp_path, kind, limits):
    path = tmp_path / f"data.{kind}"
    if kind == "csv":
        path.write_text("a,b,c\n1,2,3\n1,2,3\n1,2,3\n")
    elif kind == "xlsx":
        sheet(["a", "b", "c"], *[[1, 2, 3]] * 3).save(path)
    else:
        pq.write_table(pa.table({name: [1, 2, 3] for name in "abc"}), path)
    assert found(problems_of(path, limits)) == [("too-large", None, "", "")]
    assert len(read_table(path).rows) == 3


@pytest.mark.parametrize(
    ("name", "right"),
    [("data.csv", ".xlsx"), ("data.parquet", ".xlsx"), ("text.xlsx", ".csv"), ("text.parquet", ".csv")],
)
def test_it_says_when_the_name_and_the_content_differ(tmp_path, name, right):
    path = tmp_path / name
    if name.startswith("text"):
        path.write_text("a\n1\n")
    else:
        sheet(["a"], [1]).save(path)
    (problem,) = problems_of(path)
    assert problem.code == "wrong-kind"
    assert f"end in {right}" in problem.message


def test_it_refuses_nested_columns_of_parquet(tmp_path):
    data = {"a": [[1], [2]], "b": [{"x": 1}, {"x": 2}], "c": [b"\xff", b"x"], "d": [1, 2]}
    pq.write_table(pa.table(data), tmp_path / "data.parquet")
    problems = problems_of(tmp_path / "data.parquet")
    assert [(p.code, p.column) for p in problems] == [("nested-column", name) for name in "abc"]


def test_it_refuses_a_damaged_parquet(tmp_path):
    pq.write_table(pa.table({"a": list(range(100))}), tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "data.parquet").write_bytes(content[:-20])
    assert found(problems_of(tmp_path / "data.parquet")) == [("damaged", None, "", "")]


def test_it_checks_the_cells_of_parquet_too(tmp_path):
    pq.write_table(pa.table({"a": ["x", "=x"]}), tmp_path / "data.parquet")
    assert found(problems_of(tmp_path / "data.parquet")) == [("formula", 3, "a", "=x")]


def test_it_refuses_a_file_that_is_not_there(tmp_path):
    assert found(problems_of(tmp_path / "none.csv")) == [("unopened", None, "", "")]
    assert found(problems_of(tmp_path)) == [("unopened", None, "", "")]


def test_it_shows_twenty_of_a_kind_and_every_different_value_first(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a\n" + "=1\n" * 50 + "=2\n")
    problems = problems_of(path)
    assert [p.row for p in problems] == [*range(2, 21), 52, None]
    assert problems[-1].message == "and 31 more rows like this"


def test_it_calls_the_file_by_the_name_the_person_gave(tmp_path):
    (tmp_path / "upload").write_text("a,b\n")
    with pytest.raises(Problems) as refusal:
        read_table(tmp_path / "upload", name="encuesta.csv")
    assert refusal.value.problems[0].file == "encuesta.csv"
    assert "encuesta.csv" in refusal.value.message
    with pytest.raises(Problems, match=r"encuesta\.xlsx"):
        read_table(tmp_path / "upload", name="encuesta.xlsx")


def test_it_cuts_long_values_and_shows_no_control_characters(tmp_path):
    (tmp_path / "data.csv").write_text('a\n"=\t' + "x" * 60 + '"\n')
    (problem,) = problems_of(tmp_path / "data.csv")
    assert '"=�' + "x" * 37 + '…"' in problem.message


def test_it_speaks_spanish(tmp_path):
    (tmp_path / "data.csv").write_text("a,b\n")
    with translation.override("es-pe"), pytest.raises(Problems) as refusal:
        read_table(tmp_path / "data.csv")
    assert (
        refusal.value.problems[0].message
        == "El archivo tiene nombres de columna y ninguna fila debajo: agregue los datos."
    )


def test_workbooks_made_elsewhere_can_still_be_opened(tmp_path):
    """Guards the tests above: what they break is whole before."""
    sheet(["a"], [1]).save(tmp_path / "data.xlsx")
    assert load_workbook(tmp_path / "data.xlsx").active["A2"].value == 1
