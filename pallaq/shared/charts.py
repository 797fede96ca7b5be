"""Charts as SVG in the house's look: Altair describes them, vl-convert draws them without a browser.

A spec is made once per form and filled with rows many times, since describing takes longer than drawing.
"""

import re
import textwrap
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import vl_convert

FONTS = Path(__file__).resolve().parent / "fonts"
FONT = "Open Sans, Noto Sans, Arial, sans-serif"
INK, QUIET, LINE, WARNING = "#221E1A", "#5E554C", "#D8CFC2", "#9B1C1C"
MARKS = {"circle": "#A23B2A", "triangle": "#B7791F", "square": "#2B5C8A", "diamond": "#1F5F50", "cross": "#6B4E8A"}
SHAPES = {"triangle": "triangle-up"}
WIDTHS = (328, 720)
CHARACTER = 8.4  # pixels of a title's average letter, on the generous side, so that no line is cut

CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12, "labelColor": INK, "gridColor": LINE, "gridDash": [2, 3], "domain": False,
        "ticks": False, "title": None, "labelPadding": 8,
    },
    "title": {
        "anchor": "start", "frame": "bounds", "fontSize": 15, "fontWeight": 700, "color": INK, "lineHeight": 20,
        "subtitleFontSize": 12, "subtitleColor": QUIET, "subtitleLineHeight": 16, "subtitlePadding": 4, "offset": 14,
    },
    "legend": {"labelFontSize": 12, "labelColor": INK, "title": None, "symbolSize": 110, "orient": "top"},
}  # fmt: skip


@cache
def converter() -> Any:
    """Return vl-convert with our font, made ready once per process."""
    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def wrapped(text: str, width: int) -> list[str]:
    """Return a title in lines that fit a chart's width."""
    return textwrap.wrap(text, int(width / CHARACTER), break_long_words=False) or [""]


def filled(spec: dict[str, Any], rows: list[dict[str, Any]], title: list[str], subtitle: list[str]) -> dict[str, Any]:
    """Return a copy of a form with its rows, title and subtitle."""
    return {**spec, "data": {"values": rows}, "title": {"text": title, "subtitle": subtitle}}


def draw(spec: dict[str, Any], alt: str, stamp: str = "") -> str:
    """Draw a spec as SVG with its words for who cannot see it; the stamp's line is set in the colour of a refusal.

    A mark's description "ID|field" becomes `data-estimate` and `data-field`, so that each figure is found again.
    """
    svg: str = converter().vegalite_to_svg({**spec, "config": CONFIG, "background": "transparent"})
    svg = re.sub(r'aria-label="([^"|]+)\|([^"|]+)"', r'data-estimate="\1" data-field="\2"', svg)
    svg = re.sub(r' (?:role|aria-roledescription|aria-label|aria-hidden)="[^"]*"', "", svg)
    if stamp:
        marked = f'<tspan fill="{WARNING}" font-weight="700">{escape(stamp)}<'
        svg = svg.replace(f"<tspan>{escape(stamp)}<", marked, 1)
    head, body = svg.split(">", 1)
    return f'{head} role="img"><title>{escape(alt)}</title>{body}'
