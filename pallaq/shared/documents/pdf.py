"""A document as PDF: tagged for screen readers, its figures linked to their ids, which are listed at the end."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pallaq.shared.documents.blocks import Block, Chart, Heading, Line, Paper, Paragraph, Table, figures_of
from pallaq.shared.documents.typesetting import typeset

TEMPLATE = Path(__file__).with_name("paper.typ")
REGIONS = {"es": "PE", "en": "US"}


def pdf(paper: Paper) -> bytes:
    """Return the PDF."""
    values = {
        "title": paper.title,
        "author": paper.author,
        "language": paper.language,
        "region": REGIONS[paper.language],
        "stamp": paper.stamp,
        "footer": paper.footer,
        "blocks": [block_values(block) for block in paper.blocks],
        "trace": sorted({figure.id for figure in figures_of(paper.blocks)}),
        "trace-title": _("Where each figure comes from"),
        "trace-note": _("Each figure links to its line here; the same id finds it in the spreadsheet and the data."),
    }
    return typeset(TEMPLATE, values, {f"{code}.svg": drawn[720].encode() for code, drawn in paper.charts.items()})


def block_values(block: Block) -> dict[str, Any]:
    """Return a block as the template reads it."""
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "style": block.kind, "line": linked(block.line)}
    if isinstance(block, Chart):
        return {"kind": "chart", "file": f"{block.code}.svg", "alt": block.alt}
    return table_values(block)


def table_values(table: Table) -> dict[str, Any]:
    """Return a table as the template reads it."""
    return {
        "kind": "table",
        "caption": table.caption,
        "heads": table.heads,
        "rows": [[linked(cell) for cell in row] for row in table.rows],
        "note": table.note,
        "wide": table.wide_first,
        "words": table.words,
        "parts": table.parts,
    }


def linked(line: Line) -> list[str | dict[str, str]]:
    """Return a line with its figures as links; neighbours of one estimate, and what is between them, are one link."""
    parts: list[str | dict[str, str]] = []
    for part in line:
        if isinstance(part, str):
            parts.append(part)
            continue
        before = parts[-2] if len(parts) > 1 and isinstance(parts[-1], str) else None
        if isinstance(before, dict) and before["id"] == part.id:
            before["text"] += str(parts.pop()) + part.text
        else:
            parts.append({"id": part.id, "text": part.text})
    return parts
