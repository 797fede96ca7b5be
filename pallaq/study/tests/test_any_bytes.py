"""Whatever bytes a person brings, the answer is a dataset or words: never a fault."""

import io
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pallaq.shared.errors import Refusal
from pallaq.shared.tabular import Limits, read_table
from pallaq.study.rules.dataset import check_dataset
from pallaq.study.tests.small_study import HEADER, ROWS, STUDY

LIMITS = Limits(rows=2_000, unpacked_bytes=5_000_000)
LINES = [line.split(",") for line in (HEADER, *ROWS)]
TEXT = "\n".join((HEADER, *ROWS)).encode()
NAMES = st.sampled_from(["data.csv", "data.xlsx", "data.parquet", "data"])
EDITS = st.lists(st.tuples(st.integers(0, 100_000), st.binary(max_size=6), st.integers(0, 6)), max_size=6)


def whole_workbook() -> bytes:
    workbook, file = Workbook(), io.BytesIO()
    for line in LINES:
        workbook.active.append([float(cell) if cell[:1].isdigit() else cell for cell in line])
    workbook.save(file)
    return file.getvalue()


def whole_parquet() -> bytes:
    file = pa.BufferOutputStream()
    pq.write_table(pa.table({name: list(column) for name, *column in zip(*LINES, strict=True)}), file)
    return bytes(file.getvalue())


WORKBOOK, PARQUET = whole_workbook(), whole_parquet()
PARTS = sorted(zipfile.ZipFile(io.BytesIO(WORKBOOK)).namelist())


def edited(content: bytes, edits: list[tuple[int, bytes, int]]) -> bytes:
    for place, new, length in edits:
        start = place % (len(content) + 1)
        content = content[:start] + new + content[start + length :]
    return content


def repacked(part: str, edits: list[tuple[int, bytes, int]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, edited(content, edits) if name == part else content)
    return file.getvalue()


def answer(content: bytes, name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            check_dataset(STUDY, read_table(path, limits=LIMITS))
        except Refusal as refusal:
            return refusal.code
    return "dataset"


def test_the_files_that_are_edited_below_are_whole() -> None:
    assert answer(TEXT, "data.csv") == "dataset"
    assert answer(PARQUET, "data.parquet") == "dataset"
    assert answer(WORKBOOK, "data.xlsx") == "problems"  # its zeros were eaten


@given(
    content=st.binary(max_size=200), name=NAMES, start=st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\xef\xbb\xbf"])
)
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_answered(content: bytes, name: str, start: bytes) -> None:
    assert answer(start + content, name) in {"dataset", "problems"}


@given(text=st.text(st.sampled_from('ab,;\t"\n\r=+1.é\x1f '), max_size=60))
@example('"')
@example('"\r')
@settings(max_examples=100, deadline=None)
def test_any_text_is_answered(text: str) -> None:
    assert answer(text.encode(), "data.csv") == "problems"


@given(edits=EDITS)
@settings(max_examples=80, deadline=None)
def test_any_damage_to_a_csv_is_answered(edits: list[tuple[int, bytes, int]]) -> None:
    assert answer(edited(TEXT, edits), "data.csv") in {"dataset", "problems"}


@given(edits=EDITS)
@settings(max_examples=80, deadline=None)
def test_any_damage_to_a_parquet_is_answered(edits: list[tuple[int, bytes, int]]) -> None:
    assert answer(edited(PARQUET, edits), "data") in {"dataset", "problems"}


@given(edits=EDITS)
@settings(max_examples=50, deadline=None)
def test_any_damage_to_a_workbook_is_answered(edits: list[tuple[int, bytes, int]]) -> None:
    assert answer(edited(WORKBOOK, edits), "data") in {"dataset", "problems"}


@given(part=st.sampled_from(PARTS), edits=EDITS)
@settings(max_examples=80, deadline=None)
def test_any_damage_inside_a_workbook_is_answered(part: str, edits: list[tuple[int, bytes, int]]) -> None:
    assert answer(repacked(part, edits), "data.xlsx") in {"dataset", "problems"}
