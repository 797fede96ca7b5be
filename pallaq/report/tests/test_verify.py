"""One digit is changed in turn in each kind of file, as somebody would change it, and each change is named."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from django.utils.translation import override

from pallaq.report.files import write_files
from pallaq.report.tests.documents import gold
from pallaq.report.verification import verify
from pallaq.shared.documents.comparing import Mismatch
from pallaq.shared.errors import Refusal

SELECTORS = "enough_ppe.yes.profile-pallaqueras"
GAP = "enough_ppe.yes.profile-pallaqueras-vs-men"


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "copy"))


def change(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(pattern, replacement, text, count=1)
    assert count == 1, f"{pattern} is not in {path.name}"
    path.write_text(changed, encoding="utf-8")


def change_pdf(path: Path, page: int, before: str, after: str) -> None:
    """Show other glyphs of the same font in place of the first text that reads `before`."""
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        sheet = document.pages[page]
        codes = {str(name): codes_of(font) for name, font in sheet.Resources.Font.items()}
        instructions = list(pikepdf.parse_content_stream(sheet))
        font, done = "", False
        for instruction in instructions:
            if str(instruction.operator) == "Tf":
                font = str(instruction.operands[0])
            if str(instruction.operator) == "TJ" and not done:
                done = swap(instruction.operands[0], codes[font], before, after)
        assert done, f"{before} is not on page {page + 1}"
        sheet.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))
        document.save(path)


def codes_of(font: pikepdf.Object) -> dict[str, bytes]:
    found = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>", font.ToUnicode.read_bytes())
    return {chr(int(text, 16)): bytes.fromhex(code.decode()) for code, text in found}


def swap(parts: pikepdf.Array, codes: dict[str, bytes], before: str, after: str) -> bool:
    if not set(before + after) <= set(codes):
        return False
    wanted, other = (b"".join(codes[letter] for letter in text) for text in (before, after))
    for place, part in enumerate(parts):
        if isinstance(part, pikepdf.String) and bytes(part) == wanted:
            parts[place] = pikepdf.String(other)
            return True
    return False


def named(found: list[Mismatch]) -> set[tuple[str, str]]:
    return {(mismatch.file, mismatch.id) for mismatch in found if mismatch.field != "sha256"}


def test_an_untouched_report_is_true(folder):
    assert verify(folder, gold()) == []


def test_a_digit_in_the_json_is_named(folder):
    change(folder / "estimates.json", rf'("id": "{SELECTORS}",(?:.|\n)*?"estimate": 0\.)33', r"\g<1>34")
    assert named(verify(folder, gold())) == {("estimates.json", SELECTORS)}


def test_a_digit_in_the_csv_is_named(folder):
    change(folder / "estimates.csv", rf"({SELECTORS},[^\n]*?,0\.)33", r"\g<1>34")
    found = [mismatch for mismatch in verify(folder, gold()) if mismatch.id]
    assert found == [Mismatch("estimates.csv", SELECTORS, "estimate", "0.34", "0.33")]


def test_a_digit_in_the_workbook_is_named(folder):
    book = openpyxl.load_workbook(folder / "estimates.xlsx")
    sheet = book["Gaps"]
    column = [cell.value for cell in sheet[1]].index("difference")
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == GAP)
    row[column].value += 0.1
    book.save(folder / "estimates.xlsx")
    assert named(verify(folder, gold())) == {("estimates.xlsx", GAP)}


def test_a_number_format_that_shows_another_figure_is_named(folder):
    book = openpyxl.load_workbook(folder / "estimates.xlsx")
    sheet = book["Estimates"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == SELECTORS)
    next(cell for cell in row if cell.value == 0.33).number_format = '"93 %"'
    book.save(folder / "estimates.xlsx")
    assert named(verify(folder, gold())) == {("estimates.xlsx", SELECTORS)}


def test_a_digit_in_the_page_is_named(folder):
    change(folder / "report.html", rf'(<span data-estimate="{GAP}" data-field="difference">−)6', r"\g<1>5")
    assert named(verify(folder, gold())) == {("report.html", GAP)}


def test_a_digit_in_a_chart_is_named(folder):
    change(folder / "charts/enough_ppe-720.svg", rf'(<text data-estimate="{SELECTORS}"[^>]*>)33', r"\g<1>53")
    assert named(verify(folder, gold())) == {("charts/enough_ppe-720.svg", SELECTORS)}


def test_a_mark_that_was_moved_in_a_chart_is_named(folder):
    change(folder / "charts/enough_ppe-720.svg", rf'(<path data-estimate="{SELECTORS}"[^>]*?translate\()1', r"\g<1>2")
    assert named(verify(folder, gold())) == {("charts/enough_ppe-720.svg", SELECTORS)}


def test_a_digit_in_the_pdf_is_named(folder):
    change_pdf(folder / "report.pdf", 1, "−61.0", "−31.0")
    found = [mismatch for mismatch in verify(folder, gold()) if mismatch.id]
    assert found == [Mismatch("report.pdf", GAP, "page 2", "−31.0", "−61.0")]


def test_a_digit_of_the_pdf_outside_any_figure_is_named_by_its_page(folder):
    change_pdf(folder / "report.pdf", 0, "1 / 6", "1 / 3")
    found = [mismatch for mismatch in verify(folder, gold()) if mismatch.field != "sha256"]
    assert [(mismatch.file, mismatch.id) for mismatch in found] == [("report.pdf", "")]
    assert found[0].field.startswith("page 1, line")


def test_a_word_of_the_page_outside_any_figure_is_named_by_its_place(folder):
    change(folder / "report.html", "two of three measures; the widest", "three of three measures; the widest")
    found = [mismatch for mismatch in verify(folder, gold()) if mismatch.field != "sha256"]
    assert [(mismatch.id, mismatch.printed[:35]) for mismatch in found] == [("", "Selectors trail men miners on three")]


def test_a_changed_style_that_hides_a_figure_is_noticed(folder):
    change(folder / "report.html", r"<style>", "<style>[data-estimate] { display: none }")
    assert "report.html" in {mismatch.file for mismatch in verify(folder, gold())}


def test_data_that_give_another_figure_are_noticed_in_every_kind_of_file(folder):
    document = gold()
    changed = tuple(
        replace(estimate, estimate=0.43, low=0.39, high=0.47) if estimate.id == SELECTORS else estimate
        for estimate in document.estimates
    )
    found = named(verify(folder, replace(document, estimates=changed)))
    for name in ("json", "csv", "xlsx"):
        assert (f"estimates.{name}", SELECTORS) in found
    for name in ("report.html", "report.pdf", "charts/enough_ppe-720.svg", "charts/overview-328.svg"):
        assert (name, SELECTORS) in found


def test_a_row_that_was_removed_is_named(folder):
    change(folder / "estimates.csv", rf"{SELECTORS},[^\n]*\n", "")
    found = [mismatch for mismatch in verify(folder, gold()) if mismatch.id]
    assert {(mismatch.id, mismatch.printed) for mismatch in found} == {(SELECTORS, "—")}


def test_files_that_are_missing_or_were_added_are_named(folder):
    (folder / "charts/overview-720.svg").unlink()
    (folder / "charts/other-720.svg").write_text("<svg/>")
    assert {(one.file, one.printed) for one in verify(folder, gold())} == {
        ("charts/overview-720.svg", "—"),
        ("charts/other-720.svg", "a file"),
    }


@pytest.mark.parametrize("name", ["report.pdf", "estimates.xlsx", "estimates.json"])
def test_a_file_that_is_broken_is_named_and_the_rest_still_checked(folder, name):
    (folder / name).write_bytes(b"nothing of use")
    assert named(verify(folder, gold())) == {(name, "")}


def test_a_changed_provenance_is_named(folder):
    change(folder / "provenance.json", gold().data.sha256, "0" * 64)
    assert ("provenance.json", "") in named(verify(folder, gold()))


def test_a_recorded_sum_that_is_not_the_files_is_named(folder):
    made = json.loads((folder / "provenance.json").read_text())
    made["files"]["estimates.xlsx"] = "0" * 64
    (folder / "provenance.json").write_text(json.dumps(made))
    assert ("estimates.xlsx", "sha256") in {(one.file, one.field) for one in verify(folder, gold())}


def test_a_folder_that_is_no_diagnosis_is_refused(tmp_path):
    with override("en"), pytest.raises(Refusal, match="not the folder of a report"):
        verify(tmp_path, gold())


def test_the_warnings_are_the_same_in_every_language(tmp_path):
    said = replace(gold(), warnings=({"es": "El estrato tiene una persona.", "en": "The stratum has one person."},))
    write_files(said, tmp_path, "en", "")
    with override("es-pe"):
        assert verify(tmp_path, said) == []
    assert {"estimates.json", "provenance.json"} <= {file for file, _ in named(verify(tmp_path, gold()))}


def test_a_provenance_that_cannot_be_read_is_refused(folder):
    (folder / "provenance.json").write_text("nothing of use")
    with override("en"), pytest.raises(Refusal, match="cannot be read"):
        verify(folder, gold())


def test_a_spanish_report_is_verified_in_spanish(tmp_path):
    write_files(gold(), tmp_path, "es", "pallaq diagnose")
    assert verify(tmp_path, gold()) == []
