"""What the writers of CSV and XLSX write, read back by another reader."""

import csv
from datetime import date

import pytest
from openpyxl import load_workbook

from pallaq.shared.tabular import Sheet, read_table, write_csv, write_xlsx

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
NUMBERS = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 123456789012345678, -5, 7.0]


def read_csv_plainly(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_it_keeps_texts_of_a_csv_from_becoming_formulas(tmp_path):
    write_csv(tmp_path / "out.csv", ["=name", "n"], [[text, -5] for text in FORMULAS])
    header, *rows = read_csv_plainly(tmp_path / "out.csv")
    assert header == ["'=name", "n"]
    assert rows == [["'" + text, "-5"] for text in FORMULAS]


def test_it_writes_every_digit_to_csv(tmp_path):
    write_csv(tmp_path / "out.csv", ["n"], [[number] for number in NUMBERS])
    assert [
        float(row[0]) if "." in row[0] or "e" in row[0] else int(row[0])
        for row in read_csv_plainly(tmp_path / "out.csv")[1:]
    ] == NUMBERS


def test_it_writes_csv_in_utf8_without_a_mark(tmp_path):
    write_csv(tmp_path / "out.csv", ["región", "el día"], [["Áncash", date(2021, 3, 4)], [None, 'a, "b"']])
    assert (tmp_path / "out.csv").read_bytes().decode() == 'región,el día\r\nÁncash,2021-03-04\r\n,"a, ""b"""\r\n'


def test_it_types_texts_of_a_workbook_as_text(tmp_path):
    texts = [*FORMULAS, "#REF!", "04", "<&>"]
    write_xlsx(tmp_path / "out.xlsx", [Sheet("=s", ["=name"], [[text] for text in texts])])
    cells = [row[0] for row in load_workbook(tmp_path / "out.xlsx")["=s"].rows]
    assert [cell.data_type for cell in cells] == ["s"] * (len(texts) + 1)
    assert [cell.value for cell in cells] == ["=name", *texts]


def test_it_writes_every_digit_to_a_workbook(tmp_path):
    write_xlsx(tmp_path / "out.xlsx", [Sheet("s", ["n"], [[number] for number in NUMBERS])])
    cells = [row[0] for row in load_workbook(tmp_path / "out.xlsx")["s"].rows][1:]
    assert [cell.data_type for cell in cells] == ["n"] * len(NUMBERS)
    assert [cell.value for cell in cells] == NUMBERS


def test_it_replaces_what_a_workbook_cannot_hold(tmp_path):
    write_xlsx(tmp_path / "out.xlsx", [Sheet("s", ["a"], [["b\x00c"]]), Sheet("empty", ["a"], [])])
    assert [row[0].value for row in load_workbook(tmp_path / "out.xlsx")["s"].rows] == ["a", "b\ufffdc"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_it_refuses_numbers_that_are_not_finite(tmp_path, number):
    with pytest.raises(ValueError, match="row 2"):
        write_csv(tmp_path / "out.csv", ["n"], [[number]])
    with pytest.raises(ValueError, match="row 2"):
        write_xlsx(tmp_path / "out.xlsx", [Sheet("s", ["n"], [[number]])])


def test_what_it_writes_is_read_back(tmp_path):
    rows = [["a", 0.25, None], ["b", 3, "04"]]
    write_csv(tmp_path / "out.csv", ["x", "y", "z"], rows)
    write_xlsx(tmp_path / "out.xlsx", [Sheet("s", ["x", "y", "z"], rows)])
    expected = {"x": ["a", "b"], "y": ["0.25", "3"], "z": [None, "04"]}
    assert read_table(tmp_path / "out.csv").data.to_pydict() == expected
    assert read_table(tmp_path / "out.xlsx").data.to_pydict() == expected
