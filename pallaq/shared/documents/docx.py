"""A document as DOCX, for offices that edit: real headings, header rows that repeat, its language, texts for pictures.

Tables are built as XML: python-docx finds a cell by counting all the others, which takes minutes where rows are many.
"""

from io import BytesIO
from typing import Any

import docx
import vl_convert
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.shared import Cm, Pt, RGBColor
from lxml import etree

from pallaq.shared.documents.blocks import Block, Chart, Figure, Heading, Line, Paper, Paragraph, Table
from pallaq.shared.xml import printable

STYLES = {"text": "Normal", "lead": "Lead", "note": "Note", "item": "List Bullet", "stamp": "Stamp"}
LOCALES = {"es": "es-PE", "en": "en-US"}
INK, QUIET, REFUSAL = RGBColor(0x22, 0x1E, 0x1A), RGBColor(0x5E, 0x55, 0x4C), RGBColor(0x9B, 0x1C, 0x1C)
WIDTH = Cm(17)
SMALL = "16"  # half points
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
EMPTY_ROW = f'<w:tr xmlns:w="{nsmap["w"]}"/>'


def docx_bytes(paper: Paper) -> bytes:
    """Return the DOCX."""
    document = docx.Document()
    set_properties(document, paper)
    set_styles(document)
    set_pages(document, paper)
    for block in paper.blocks:
        add_block(document, block, paper)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def set_properties(document: Document, paper: Paper) -> None:
    """Say what it is and in which language, so that a screen reader says it aright."""
    locale = LOCALES.get(paper.language, paper.language)
    properties = document.core_properties
    properties.title, properties.author = printable(paper.title)[:255], printable(paper.author)[:255]
    properties.language, properties.comments = locale, printable(paper.stamp_meaning)[:255]
    for found in document.styles.element.iter(qn("w:lang")):
        found.set(qn("w:val"), locale)


def set_styles(document: Document) -> None:
    """Make headings and captions look as in the PDF; each is a style, so that an office changes it at once."""
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Open Sans", Pt(9.5)
    for level, size in enumerate((18, 16, 11.5, 10), start=1):
        heading = styles[f"Heading {level}"]
        heading.font.name, heading.font.size, heading.font.color.rgb = "Open Sans", Pt(size), INK
        # Word takes the theme's face where it is named, whatever the style says.
        heading.element.rPr.rFonts.attrib.clear()
        heading.font.name = "Open Sans"
    for name, size, bold, color in (("Lead", 15, True, INK), ("Note", 8, False, QUIET), ("Stamp", 9, True, REFUSAL)):
        font = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).font
        font.size, font.bold, font.color.rgb = Pt(size), bold, color
    styles["Caption"].font.size, styles["Caption"].font.color.rgb = Pt(8.5), INK


def set_pages(document: Document, paper: Paper) -> None:
    """Set A4 with the title and the stamp above, the footer and the page below."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.header.paragraphs[0].text = printable(" · ".join(part for part in (paper.title, paper.stamp) if part))
    footer = section.footer.paragraphs[0]
    footer.text = f"{paper.footer}  " if paper.footer else ""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    footer._p.append(field)


def add_block(document: Document, block: Block, paper: Paper) -> None:
    """Add one block."""
    if isinstance(block, Heading):
        document.add_heading(printable(block.text), level=block.level)
    elif isinstance(block, Paragraph):
        add_paragraph(document, said(block.line), STYLES[block.kind])
    elif isinstance(block, Chart):
        add_chart(document, block, paper)
    else:
        add_table(document, block)


def add_paragraph(document: Document, text: str, style: str, keep: bool = False) -> None:
    """Add a paragraph of a style; `keep` with what follows."""
    made = document.add_paragraph(text, style=style)
    made.paragraph_format.keep_with_next = keep


def add_chart(document: Document, chart: Chart, paper: Paper) -> None:
    """Add a chart as a picture with its text."""
    picture = vl_convert.svg_to_png(paper.charts[chart.code][720], scale=2)
    document.add_picture(BytesIO(picture), width=WIDTH)
    drawn = document.paragraphs[-1]._p.iter(qn("wp:docPr"))
    for one in drawn:
        one.set("descr", chart.alt)


def said(line: Line) -> str:
    """Return a line as text."""
    return printable("".join(part.text if isinstance(part, Figure) else part for part in line))


def add_table(document: Document, table: Table) -> None:
    """Add a table under its caption; its head repeats on every page, and no row is cut by one."""
    add_paragraph(document, printable(table.caption), "Caption", keep=True)
    made = document.add_table(rows=0, cols=len(table.heads), style="Table Grid")._tbl
    look = made.tblPr.find(qn("w:tblLook"))
    look.attrib.clear()
    for name, is_so in (("firstRow", "1"), ("firstColumn", "1"), ("noHBand", "0"), ("noVBand", "1")):
        look.set(qn(f"w:{name}"), is_so)
    for column, part in zip(made.tblGrid.gridCol_lst, table.parts, strict=False):
        column.w = int(WIDTH * part / sum(table.parts))
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), printable(table.caption))
    made.tblPr.append(described)
    made.append(row_xml(table.heads, len(table.heads), head=True))
    for row in table.rows:
        made.append(row_xml([said(cell) for cell in row], len(table.heads)))
    add_paragraph(document, printable(table.note), "Note")  # Word joins two tables that have nothing between them


def row_xml(cells: Any, columns: int, head: bool = False) -> etree._Element:
    """Return a row; one with a single cell stands across all columns."""
    row = etree.fromstring(EMPTY_ROW)
    rules = etree.SubElement(row, qn("w:trPr"))
    etree.SubElement(rules, qn("w:cantSplit"))
    if head:
        etree.SubElement(rules, qn("w:tblHeader"))
    for text in cells:
        cell = etree.SubElement(row, qn("w:tc"))
        if len(cells) == 1 and columns > 1:
            etree.SubElement(etree.SubElement(cell, qn("w:tcPr")), qn("w:gridSpan")).set(qn("w:val"), str(columns))
        run = etree.SubElement(etree.SubElement(cell, qn("w:p")), qn("w:r"))
        look = etree.SubElement(run, qn("w:rPr"))
        if head:
            etree.SubElement(look, qn("w:b"))
        etree.SubElement(look, qn("w:sz")).set(qn("w:val"), SMALL)
        written = etree.SubElement(run, qn("w:t"))
        written.text = printable(text)
        written.set(SPACE, "preserve")
    return row
