"""Each file of a diagnosis, read back from disk: what it holds, what it must not hold, how it looks."""

import csv
import json
import re
from dataclasses import replace
from hashlib import sha256

import openpyxl
import pikepdf
import pypdfium2
import pytest
from django.utils import translation
from lxml import html

from pallaq.report.files import write_files
from pallaq.report.rules.document import Document
from pallaq.report.tables import Book, folded_table
from pallaq.report.tests.documents import gold, one_gap
from pallaq.shared.documents.blocks import Figure

SPACE = "\N{NO-BREAK SPACE}"


def csv_rows(folder):
    with (folder / "estimates.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def page_figures(folder):
    tree = html.fromstring((folder / "report.html").read_text(encoding="utf-8"))
    return {
        (node.get("data-estimate"), node.get("data-field")): node.text_content()
        for node in tree.xpath("//span[@data-estimate]")
    }


def pdf_text(folder):
    document = pypdfium2.PdfDocument(folder / "report.pdf")
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_it_writes_every_kind_of_file(written):
    names = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    charts = {
        f"charts/{code}-{width}.svg"
        for code in ("overview", "enough_ppe", "housework", "applied_for_loan")
        for width in (328, 720)
    }
    figures = {"estimates.json", "estimates.csv", "estimates.xlsx"}
    assert names == figures | charts | {"report.html", "report.pdf", "provenance.json"}


def test_the_json_is_the_document_itself(written):
    text = (written / "estimates.json").read_text(encoding="utf-8")
    assert Document.from_dict(json.loads(text)).estimates == gold().estimates
    assert "Áncash" in text


def test_the_csv_holds_every_estimate_and_gap_at_full_precision(written):
    rows, document = csv_rows(written), gold()
    assert set(rows) == {figure.id for figure in (*document.estimates, *document.gaps)}
    for estimate in document.estimates:
        if not estimate.hidden:
            assert float(rows[estimate.id]["estimate"]) == estimate.estimate
    for gap in document.gaps:
        assert float(rows[gap.id]["difference"]) == gap.difference


def test_a_hidden_figure_is_an_empty_cell_and_a_word(written):
    row = csv_rows(written)["enough_ppe.yes.profile-women.region-02"]
    assert [row[name] for name in ("estimate", "low", "high", "n", "asked", "missing")] == [""] * 6
    assert row["hidden"] == "fewer than 10"


def test_the_workbook_shows_percentages_of_untouched_fractions(written):
    book = openpyxl.load_workbook(written / "estimates.xlsx")
    assert book.sheetnames == ["About", "Estimates", "Gaps", "Against the print", "Codebook"]
    sheet = book["Estimates"]
    column = [cell.value for cell in sheet[1]].index("estimate")
    document = {estimate.id: estimate for estimate in gold().estimates}
    assert sheet.freeze_panes == "B2"
    for row in sheet.iter_rows(min_row=2):
        assert row[column].value == document[row[0].value].estimate
        assert row[column].value is None or row[column].number_format == "0.0%"


@pytest.mark.parametrize("danger", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1"])
def test_no_text_becomes_a_formula(tmp_path, danger):
    document = gold()
    first = replace(document.printed[0], note={"en": danger})
    write_files(replace(document, printed=(first,), title={"en": danger}), tmp_path, "en", danger)
    book = openpyxl.load_workbook(tmp_path / "estimates.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == danger]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_page_prints_each_figure_with_its_id(written):
    figures = page_figures(written)
    assert figures["enough_ppe.yes.profile-pallaqueras", "estimate"] == f"33.0{SPACE}%"
    assert figures["enough_ppe.yes.profile-pallaqueras", "low"] == "29.0"
    assert figures["enough_ppe.yes.mean-of-profiles", "estimate"] == f"60.7{SPACE}%"
    assert figures["enough_ppe.yes.profile-pallaqueras-vs-men", "difference"] == "−61.0"
    assert figures["printed.2", "percent"] == f"80{SPACE}%"
    assert figures["printed.2", "ours"] == f"69.0{SPACE}%"


def test_the_page_needs_nothing_but_itself(written):
    text = (written / "report.html").read_text(encoding="utf-8")
    tree = html.fromstring(text)
    assert not tree.xpath("//script|//link|//img|//iframe")
    assert not re.search(r"url\(|@import", text)
    assert len(text.encode()) < 1_500_000


def test_a_question_printed_for_all_alone_takes_one_row():
    document, shown = gold(), "electricity.yes.all"
    printed = tuple(replace(one, assumed=False) if one.id == shown else one for one in document.estimates)
    book = Book.of(replace(document, estimates=printed))
    with translation.override("en"):
        table = folded_table(book, [document.indicator("electricity")], "Who they are")
    ((title, *profiles, everybody, base),) = table.rows
    assert title == ("Electricity at home: yes",)
    assert profiles == [("–",)] * 3
    assert everybody[0] == Figure(shown, "estimate", f"93.0{SPACE}%")
    assert base == (Figure(shown, "n", "854"),)
    assert "A dash stands where the study printed no figure." in table.note


def test_what_is_assumed_is_said_and_never_printed_or_drawn(written):
    figures = page_figures(written)
    assert not [id_ for id_, _field in figures if id_.startswith("electricity.") and ".region-" not in id_]
    assert "“Assumed” stands" in (written / "report.html").read_text(encoding="utf-8")
    assert not (written / "charts" / "electricity-720.svg").exists()


def test_what_is_hidden_is_in_no_file(tmp_path):
    write_files(gold(), tmp_path, "en", "")
    assert not [id_ for id_, _ in page_figures(tmp_path) if id_.endswith("profile-women.region-02")]
    assert "fewer than 10" in pdf_text(tmp_path)


def test_the_synthetic_stamp_is_on_every_page_chart_and_file(written):
    document = pypdfium2.PdfDocument(written / "report.pdf")
    assert all("SYNTHETIC" in page.get_textpage().get_text_bounded() for page in document)
    for path in (written / "charts").glob("*.svg"):
        assert "SYNTHETIC" in path.read_text(encoding="utf-8")
    assert "SYNTHETIC" in (written / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" in openpyxl.load_workbook(written / "estimates.xlsx")["About"]["A1"].value


def test_the_pdf_is_tagged_for_screen_readers_and_says_its_language(written):
    with pikepdf.open(written / "report.pdf") as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("en")
        assert "pdfuaid" in document.Root.Metadata.read_bytes().decode()


@pytest.mark.parametrize("width", [328, 720])
def test_a_chart_is_as_wide_as_it_says_and_speaks(written, width):
    for path in (written / "charts").glob(f"*-{width}.svg"):
        svg = path.read_text(encoding="utf-8")
        assert f'width="{width}"' in svg
        assert re.search(r'role="img"><title>[^<]+</title>', svg)
    chart = (written / "charts" / f"enough_ppe-{width}.svg").read_text(encoding="utf-8")
    drawn = dict(re.findall(r'<text data-estimate="([^"]+)" data-field="estimate"[^>]*>([^<]+)<', chart))
    assert drawn["enough_ppe.yes.profile-pallaqueras"] == f"33{SPACE}% (29-37)"
    assert len(drawn) == 3


def test_the_provenance_names_every_file_and_its_sum(written):
    made = json.loads((written / "provenance.json").read_text(encoding="utf-8"))
    assert made["inputs"]["data"]["sha256"] == gold().data.sha256
    assert made["language"] == "en"
    assert made["command"].startswith("pallaq diagnose")
    assert set(made["files"]) == {
        path.relative_to(written).as_posix()
        for path in written.rglob("*")
        if path.is_file() and path.name != "provenance.json"
    }
    for name, digest in made["files"].items():
        assert digest == sha256((written / name).read_bytes()).hexdigest()


def test_a_survey_of_one_gap_leaves_out_what_it_has_not(tmp_path):
    write_files(one_gap(), tmp_path, "en", "")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Against the print" not in text
    assert "Results by" not in text
    assert "SYNTHETIC" not in text
    assert "how people were drawn" in text
    assert page_figures(tmp_path)["high_chol.yes.profile-women-vs-men", "difference"] == "+1.9"


def test_a_gap_inside_a_region_stands_with_the_region(tmp_path):
    document = gold()
    inside = replace(document.gaps[0], id=document.gaps[0].id + ".region-04", within={"region": "04"})
    write_files(replace(document, gaps=(*document.gaps, inside)), tmp_path, "en", "")
    assert page_figures(tmp_path)[inside.id, "difference"] == "−61.0"
    assert "Enough protective equipment, Arequipa. " in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_census_prints_no_interval_and_no_test(tmp_path):
    document = gold()
    bare = {"se": None, "low": None, "high": None, "df": None}
    census = replace(
        document,
        design=replace(document.design, kind="census", interval="none", df=None),
        estimates=tuple(replace(estimate, **bare) for estimate in document.estimates),
        gaps=tuple(replace(gap, **bare, t=None, p=None, p_adjusted=None) for gap in document.gaps),
    )
    write_files(census, tmp_path, "en", "")
    assert not {field for _, field in page_figures(tmp_path)} & {"low", "high", "p_adjusted"}


def test_the_spanish_report_is_wholly_spanish(tmp_path):
    write_files(gold(), tmp_path, "es", "")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="es">' in text
    for english in ("Selectors", "Measure", "Who was asked", "SYNTHETIC", "fewer than", "assumed"):
        assert english not in text
    assert "SINTÉTICO" in pdf_text(tmp_path)


def test_the_same_document_gives_the_same_report_to_the_byte(written, tmp_path):
    write_files(gold(), tmp_path, "en", "pallaq diagnose gold responses.csv --out folder")
    for name in ("estimates.json", "estimates.csv", "report.html", "report.pdf", "charts/overview-720.svg"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def test_progress_is_told_step_by_step(tmp_path):
    steps = []
    write_files(one_gap(), tmp_path, "en", "", lambda step, done, total: steps.append((step, done, total)))
    assert len({step for step, _, _ in steps}) == 3
    assert all(0 <= done <= total for _, done, total in steps)


def test_every_row_and_sheet_of_synthetic_data_is_stamped(written):
    assert {row["stamp"] for row in csv_rows(written).values()} == {"SYNTHETIC"}
    about, *sheets = openpyxl.load_workbook(written / "estimates.xlsx")
    assert "SYNTHETIC" in about["A1"].value
    for sheet in sheets:
        head, *rows = sheet.iter_rows(values_only=True)
        assert {row[head.index("stamp")] for row in rows} == {"SYNTHETIC"}


def test_real_data_are_not_stamped(tmp_path):
    write_files(one_gap(), tmp_path, "en", "")
    assert {row["stamp"] for row in csv_rows(tmp_path).values()} == {""}


def test_the_figures_are_the_same_file_in_every_language(written, tmp_path):
    write_files(gold(), tmp_path, "es", "")
    assert (tmp_path / "estimates.json").read_bytes() == (written / "estimates.json").read_bytes()
