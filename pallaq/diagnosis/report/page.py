"""The report as one HTML file that needs nothing else: no script, no network, readable on a phone and on paper."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.html import escape
from django.utils.translation import gettext as _

from pallaq.diagnosis.report.blocks import Block, Chart, Figure, Heading, Line, Paragraph, Table
from pallaq.diagnosis.report.words import synthetic_explained, synthetic_words

STYLE = Path(__file__).with_name("report.css")

Charts = Mapping[str, Mapping[int, str]]


def page(blocks: Sequence[Block], charts: Charts, language: str, *, synthetic: bool) -> str:
    """Return the whole page."""
    title = next(block.text for block in blocks if isinstance(block, Heading))
    band = f'<div class="band" role="note" title="{escape(synthetic_explained())}">{synthetic_words()}</div>\n'
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"{band if synthetic else ''}<main>\n{body(blocks, charts)}</main>\n</body>\n</html>\n"
    )


def body(blocks: Sequence[Block], charts: Charts) -> str:
    """Return the report; the way to its chapters stands after the finding."""
    first = next(place for place, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 2)
    parts = [block_html(block, charts) for block in blocks]
    return "".join([*parts[:first], contents(blocks), *parts[first:]])


def contents(blocks: Sequence[Block]) -> str:
    """Return the links to the chapters."""
    chapters = [block for block in blocks if isinstance(block, Heading) and block.level == 2]
    links = "".join(f'<li><a href="#{escape(block.anchor)}">{escape(block.text)}</a></li>' for block in chapters)
    return f'<nav aria-label="{escape(_("Contents"))}"><ul>{links}</ul></nav>\n'


def block_html(block: Block, charts: Charts) -> str:
    """Return one block as HTML."""
    if isinstance(block, Heading):
        anchor = f' id="{escape(block.anchor)}"' if block.anchor else ""
        return f"<h{block.level}{anchor}>{escape(block.text)}</h{block.level}>\n"
    if isinstance(block, Paragraph):
        return f'<p class="{block.kind}">{line_html(block.line)}</p>\n'
    if isinstance(block, Chart):
        desk, phone = charts[block.code][720], charts[block.code][328]
        return f'<figure><div class="desk">{desk}</div><div class="phone">{phone}</div></figure>\n'
    return table_html(block)


def line_html(line: Line) -> str:
    """Return a line; each figure says which estimate it prints."""
    return "".join(figure_html(part) if isinstance(part, Figure) else escape(part) for part in line)


def figure_html(figure: Figure) -> str:
    """Return a figure with its estimate's id."""
    return f'<span data-estimate="{escape(figure.id)}" data-field="{figure.field}">{escape(figure.text)}</span>'


def table_html(table: Table) -> str:
    """Return a table that scrolls sideways by itself, also by keyboard."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "".join(row_html(row) for row in table.rows)
    kind = " ".join(name for name, is_so in (("words", table.words), ("wide", table.wide_first)) if is_so)
    note = f'<p class="note">{escape(table.note)}</p>\n' if table.note else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.caption)}">'
        f'<table class="{kind}"><caption>{escape(table.caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n{note}"
    )


def row_html(row: tuple[Line, ...]) -> str:
    """Return a row; its first cell heads it."""
    cells = "".join(f"<td>{line_html(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{line_html(row[0])}</th>{cells}</tr>\n'
