"""The charts of a diagnosis: one for each measure on the board, and one of all of them, for a desk and for a phone."""

from collections.abc import Callable
from typing import Any

import altair
from django.utils.translation import gettext as _

from pallaq.report.phrases import synthetic_words
from pallaq.report.rules.document import Document, Gap, IndicatorInfo, LevelInfo
from pallaq.report.rules.words import board_gaps, finding, headline, level_name, sample_kind, say
from pallaq.report.tables import Book
from pallaq.shared import numbers
from pallaq.shared.charts import INK, MARKS, SHAPES, WIDTHS, draw, filled, wrapped

NAMES = {328: 92, 720: 150}  # width kept for the names at the left
VALUES = {328: 98, 720: 120}  # and for the figures at the right
TITLES = {328: 118, 720: 270}  # for the measures' titles of the overview
DIFFERENCES = 62
LABEL = 1.25  # a label is smaller than a title, so more of its letters fit

Rows = list[dict[str, Any]]


def draw_charts(document: Document, step: Callable[[int, int], None]) -> dict[str, dict[int, str]]:
    """Return the charts by code and width; `step` hears how many are done."""
    measures = [info for info in document.indicators if info.on_board]
    book = Book.of(document)
    total = len(measures) + 1
    charts: dict[str, dict[int, str]] = {}
    forms = {width: measure_form(document, width) for width in WIDTHS}
    for done, indicator in enumerate(measures, start=1):
        if rows := measure_rows(book, indicator):
            words = finding(document, indicator)
            charts[indicator.code] = {width: drawn(document, form, rows, words) for width, form in forms.items()}
        step(done, total)
    if len(charts) > 1:
        words, beside = headline(document), _("Right: the widest gap of two profiles, in points")
        rows_of = {width: overview_rows(book, width) for width in WIDTHS}
        charts["overview"] = {
            width: drawn(document, overview_form(document, width, rows), rows, words, beside)
            for width, rows in rows_of.items()
        }
    step(total, total)
    return charts


def drawn(document: Document, form: dict[str, Any], rows: Rows, words: str, beside: str = "") -> str:
    """Return one chart with its title, subtitle and stamp; `beside` says what stands at the right."""
    width = form["usermeta"]["width"]
    stamp = synthetic_words() if document.synthetic else ""
    subtitle = wrapped(subtitle_of(document), int(width * 1.15))
    subtitle += wrapped(beside, int(width * 1.15)) if beside else []
    return draw(filled(form, rows, wrapped(words, width), [stamp, *subtitle] if stamp else subtitle), words, stamp)


def subtitle_of(document: Document) -> str:
    """Return what every chart says of its data."""
    return _("n %(rows)s · %(source)s · %(kind)s, %(level)s interval · data %(sha)s") % {
        "rows": numbers.count(document.data.rows),
        "source": say(document.title),
        "kind": sample_kind(document),
        "level": numbers.percent(document.design.level),
        "sha": document.data.sha256[:8],
    }


def palette(levels: tuple[LevelInfo, ...]) -> tuple[list[str], list[str], list[str]]:
    """Return names, colours and shapes of the profiles: each has always the same."""
    spare = [mark for mark in MARKS if mark not in {level.mark for level in levels}]
    marks = [level.mark if level.mark in MARKS else spare.pop(0) for level in levels]
    names = [say(level.short) for level in levels]
    return names, [MARKS[mark] for mark in marks], [SHAPES.get(mark, mark) for mark in marks]


def measure_rows(book: Book, indicator: IndicatorInfo) -> Rows:
    """Return one row a profile: what is hidden, assumed or was not asked stays out of a chart."""
    rows = []
    profile = book.document.profile()
    for level in profile.levels:
        estimate = book.share(indicator.code, indicator.counted, {profile.code: level.code})
        if estimate is None or estimate.estimate is None or estimate.assumed:
            continue
        low, high = estimate.low, estimate.high
        rows.append(
            {
                "name": say(level.short),
                "share": estimate.estimate * 100,
                "low": (estimate.estimate if low is None else low) * 100,
                "high": (estimate.estimate if high is None else high) * 100,
                "text": numbers.percent_with_interval(estimate.estimate, low, high),
                "id": f"{estimate.id}|estimate",
            }
        )
    return rows


def overview_rows(book: Book, width: int) -> Rows:
    """Return the measures widest gap first, each with its profiles and the points of its widest gap."""
    widest: dict[str, Gap] = {}
    for gap in board_gaps(book.document):
        widest.setdefault(gap.indicator, gap)
    rows: Rows = []
    for gap in widest.values():
        indicator = book.document.indicator(gap.indicator)
        title = "\n".join(wrapped(say(indicator.title), int(TITLES[width] * LABEL)))
        points = numbers.points(gap.difference or 0)
        for row in measure_rows(book, indicator):
            first = row["name"] == level_name(book.document, gap.variable, gap.group)
            shown = {"points": points, "gap": f"{gap.id}|difference"} if first else {"points": "", "gap": ""}
            rows.append({**row, "title": title, **shown})
    return rows


def share_axis(field: str, plot: int) -> Any:
    """Return the 0-100 axis, which ends where the figures' column begins."""
    scale = altair.Scale(domain=[0, 100], range=[0, plot])
    values = [0, 50, 100] if plot < 200 else [0, 25, 50, 75, 100]
    axis = altair.Axis(values=values, labelExpr="datum.value + ' %'", labelFlush=False)
    return altair.X(f"{field}:Q", scale=scale, axis=axis)


def name_axis(field: str, names: int) -> Any:
    """Return the rows' names at the left, in the rows' own order and never cut."""
    split = "split(datum.label, '\\n')"
    fixed: dict[str, Any] = {"minExtent": names, "maxExtent": names, "labelAlign": "left", "labelPadding": names}
    axis = altair.Axis(**fixed, labelLimit=0, grid=False, labelExpr=split)
    return altair.Y(f"{field}:N", sort=None, axis=axis)


def marks(document: Document, y: Any, plot: int, legend: Any) -> list[Any]:
    """Return the layers of intervals and marks; colour never speaks alone."""
    names, colours, shapes = palette(document.profile().levels)
    colour = altair.Color("name:N", scale=altair.Scale(domain=names, range=colours), legend=legend)
    shape = altair.Shape("name:N", scale=altair.Scale(domain=names, range=shapes), legend=legend)
    base = altair.Chart().encode(y=y, color=colour)
    return [
        base.mark_rule(strokeWidth=4, opacity=0.45).encode(x=share_axis("low", plot), x2="high:Q"),
        base.mark_point(filled=True, size=110, opacity=1).encode(
            x=share_axis("share", plot), shape=shape, description="id:N"
        ),
    ]


def measure_form(document: Document, width: int) -> dict[str, Any]:
    """Return the form of one measure's chart: a row a profile, its share and interval at the right."""
    names = NAMES[width]
    y = name_axis("name", names)
    layers = marks(document, y, width - names - VALUES[width], None)
    text = altair.Chart().mark_text(align="right", fontSize=12, color=INK)
    layers.append(text.encode(y=y, x=altair.value(width - names), text="text:N", description="id:N"))
    return form_of(layers, width, names, 32)


def overview_form(document: Document, width: int, rows: Rows) -> dict[str, Any]:
    """Return the form of the overview: a row a measure, its profiles as marks, the widest gap at the right."""
    names = TITLES[width]
    y = name_axis("title", names)
    flat = width > 400
    above = 28 if flat else 10 + 18 * len(document.profile().levels)
    direction: Any = "horizontal" if flat else "vertical"
    legend = altair.Legend(orient="none", legendX=-names, legendY=-above, direction=direction)
    layers = marks(document, y, width - names - DIFFERENCES, legend)[1:]
    text = altair.Chart().mark_text(align="right", fontSize=13, fontWeight="bold", color=INK)
    layers.append(text.encode(y=y, x=altair.value(width - names), text="points:N", description="gap:N"))
    tallest = max(row["title"].count("\n") for row in rows) + 1
    return form_of(layers, width, names, max(26, 4 + 14 * tallest))


def form_of(layers: list[Any], width: int, names: int, step: int) -> dict[str, Any]:
    """Return layers as a form without rows; its width is kept beside it, since axes take a part of the plot's."""
    chart = altair.layer(*layers, data={"values": []}).properties(
        width=width - names, height=altair.Step(step), padding=0, usermeta={"width": width}
    )
    form: dict[str, Any] = chart.to_dict()
    return form
