"""Documents of blocks as DOCX: all texts are there, as real headings and tables that a screen reader can follow."""

from io import BytesIO

import docx
from docx.oxml.ns import qn

from pallaq.shared.documents.blocks import Block, Chart, Figure, Heading, Paper, Paragraph, Table
from pallaq.shared.documents.docx import docx_bytes

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="20"><text y="15">12 %</text></svg>'


def read(*blocks: Block, **fields: str):
    """Return a document of blocks, written and read back."""
    given = {"title": "El plan", "author": "Pallaq", "language": "es", **fields}
    paper = Paper(blocks=blocks, charts={"a": {720: SVG}}, **given)
    return docx.Document(BytesIO(docx_bytes(paper)))


def table(rows: int = 2, first: str = "Mujeres") -> Table:
    found = ((first,), (Figure("a.yes", "estimate", "12 %"), " (10-14)"))
    return Table("Cuotas", ("Quién", "Cuota"), (found,) * rows, note="De la encuesta.")


def test_headings_and_paragraphs_are_styles():
    made = read(Heading(1, "El plan"), Heading(2, "Nivel"), Paragraph(("Lo primero: ", Figure("a", "n", "9")), "lead"))
    found = [(one.text, one.style.name) for one in made.paragraphs]
    assert found == [("El plan", "Heading 1"), ("Nivel", "Heading 2"), ("Lo primero: 9", "Lead")]


def test_a_table_has_its_caption_and_a_head_that_repeats_and_no_row_is_cut():
    made = read(table())
    (found,) = made.tables
    assert [[cell.text for cell in row.cells] for row in found.rows] == [
        ["Quién", "Cuota"],
        ["Mujeres", "12 % (10-14)"],
        ["Mujeres", "12 % (10-14)"],
    ]
    heads = [row._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in found.rows]
    assert heads == [True, False, False]
    assert all(row._tr.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in found.rows)
    assert found._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Cuotas"
    assert [one.text for one in made.paragraphs] == ["Cuotas", "De la encuesta."]


def test_a_row_of_one_cell_stands_across_the_table():
    made = read(Table("T", ("A", "B"), ((("Grupo",),), (("a",), ("b",)))))
    assert [cell.text for cell in made.tables[0].rows[1].cells] == ["Grupo", "Grupo"]


def test_title_language_stamp_and_footer_are_set():
    made = read(Heading(1, "El plan"), stamp="BORRADOR", footer="Versión 2")
    assert (made.core_properties.title, made.core_properties.language) == ("El plan", "es-PE")
    languages = {one.get(qn("w:val")) for one in made.styles.element.iter(qn("w:lang"))}
    assert languages == {"es-PE"}
    assert made.sections[0].header.paragraphs[0].text == "El plan · BORRADOR"
    assert made.sections[0].footer.paragraphs[0].text.startswith("Versión 2")


def test_a_chart_is_a_picture_that_says_what_it_shows():
    made = read(Chart("a", "12 % de las mujeres"))
    (shape,) = made.inline_shapes
    assert shape._inline.docPr.get("descr") == "12 % de las mujeres"


def test_no_text_breaks_the_document():
    made = read(Heading(1, "<b>\x0b&"), Paragraph(("a\x00b",)), table(1, first="</w:t>\x07"), title="x\x01")
    assert [one.text for one in made.paragraphs][:2] == ["<b>&", "ab"]
    assert made.tables[0].rows[1].cells[0].text == "</w:t>"


def test_the_pages_fit_the_paper():
    section = read(Heading(1, "T")).sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
