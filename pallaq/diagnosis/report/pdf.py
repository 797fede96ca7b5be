"""The report as PDF: tagged for screen readers, its figures linked to their ids, which are listed at the end."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pallaq.diagnosis.report.blocks import Block, Chart, Heading, Line, Paragraph, Table, figures_of
from pallaq.diagnosis.report.words import synthetic_words
from pallaq.diagnosis.rules.document import Document
from pallaq.diagnosis.rules.words import say
from pallaq.shared.documents import typeset

TEMPLATE = Path(__file__).with_name("report.typ")


def pdf(blocks: Sequence[Block], charts: Mapping[str, Mapping[int, str]], language: str, document: Document) -> bytes:
    """Return the report as PDF."""
    values = {
        "title": say(document.title),
        "author": say(document.source),
        "language": language,
        "region": "PE" if language == "es" else "US",
        "stamp": synthetic_words() if document.synthetic else "",
        "footer": _("Data %(sha)s") % {"sha": document.data.sha256[:16]},
        "blocks": [block_values(block) for block in blocks],
        "trace": sorted({figure.id for figure in figures_of(blocks)}),
        "trace-title": _("Where each figure comes from"),
        "trace-note": _("Each figure links to its line here; the same id finds it in the spreadsheet and the data."),
    }
    return typeset(TEMPLATE, values, {f"{code}.svg": drawn[720].encode() for code, drawn in charts.items()})


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
