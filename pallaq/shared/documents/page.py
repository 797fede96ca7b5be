"""A document as one HTML file that needs nothing else: no script, no network, readable on a phone and on paper."""

from pathlib import Path

from django.utils.html import escape
from django.utils.translation import gettext as _

from pallaq.shared.documents.blocks import Block, Chart, Figure, Heading, Line, Paper, Paragraph, Table

STYLE = Path(__file__).with_name("page.css")


def page(paper: Paper) -> str:
    """Return the whole page."""
    band = f'<header class="band" title="{escape(paper.stamp_meaning)}">{escape(paper.stamp)}</header>\n'
    return (
        f'<!doctype html>\n<html lang="{escape(paper.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(paper.title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"{band if paper.stamp else ''}<main>\n{body(paper)}</main>\n</body>\n</html>\n"
    )


def body(paper: Paper) -> str:
    """Return the blocks; the way to the chapters stands before the first of them."""
    chapters = [place for place, block in enumerate(paper.blocks) if isinstance(block, Heading) and block.level == 2]
    parts = [block_html(block, paper) for block in paper.blocks]
    first = chapters[0] if chapters else 0
    return "".join([*parts[:first], contents([paper.blocks[place] for place in chapters]), *parts[first:]])


def contents(chapters: list[Block]) -> str:
    """Return the links to the chapters."""
    links = "".join(
        f'<li><a href="#{escape(chapter.anchor)}">{escape(chapter.text)}</a></li>'
        for chapter in chapters
        if isinstance(chapter, Heading)
    )
    return f'<nav aria-label="{escape(_("Contents"))}"><ul>{links}</ul></nav>\n'


def block_html(block: Block, paper: Paper) -> str:
    """Return one block as HTML."""
    if isinstance(block, Heading):
        anchor = f' id="{escape(block.anchor)}"' if block.anchor else ""
        return f"<h{block.level}{anchor}>{escape(block.text)}</h{block.level}>\n"
    if isinstance(block, Paragraph):
        return f'<p class="{block.kind}">{line_html(block.line)}</p>\n'
    if isinstance(block, Chart):
        desk, phone = paper.charts[block.code][720], paper.charts[block.code][328]
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
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(table.caption)}">'
        f'<table class="{kind}"><caption>{escape(table.caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n{note}"
    )


def row_html(row: tuple[Line, ...]) -> str:
    """Return a row; its first cell heads it."""
    cells = "".join(f"<td>{line_html(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{line_html(row[0])}</th>{cells}</tr>\n'
