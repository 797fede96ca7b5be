"""The report's tables: cells that know their estimate, words where a figure is hidden, assumed or was not asked."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from pallaq.report.phrases import definition_words, place_words, printed_words, section_words, whose_words
from pallaq.report.rows import printed_id
from pallaq.report.rules.document import (
    Document,
    Estimate,
    Gap,
    IndicatorInfo,
    Printed,
    VariableInfo,
    estimate_id,
)
from pallaq.report.rules.words import hidden_words, inside, interval_meaning, level_name, say
from pallaq.shared import numbers
from pallaq.shared.documents.blocks import Figure, Line, Table, line


@dataclass(frozen=True)
class Book:
    """A diagnosis with its estimates found by id."""

    document: Document
    estimates: dict[str, Estimate] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> "Book":
        """Return the book of a document."""
        return cls(document, {estimate.id: estimate for estimate in document.estimates})

    def share(self, indicator: str, share: str, domain: dict[str, str], pooling: str = "pooled") -> Estimate | None:
        """Return an estimate by what it is of."""
        return self.estimates.get(estimate_id(indicator, share, domain, pooling))


def fill(template: str, **parts: str | Figure | Line) -> Line:
    """Return a translated sentence with figures in the places that it names as %(name)s."""
    pieces = re.split(r"%\((\w+)\)s", template)
    return line(*(parts[piece] if place % 2 else piece for place, piece in enumerate(pieces)))


def withheld(document: Document, estimate: Estimate | None) -> str:
    """Return the word for a figure that is not shown, or nothing when it is."""
    if estimate is None:
        return _("not asked")
    if estimate.hidden:
        return hidden_words(document) if estimate.hidden == "primary" else _("hidden")
    return _("assumed") if estimate.assumed else ""


def share_cell(book: Book, estimate: Estimate | None, *, interval: bool = True) -> Line:
    """Return a share with its interval, or the word that stands for it."""
    word = withheld(book.document, estimate)
    if word or estimate is None or estimate.estimate is None:
        return (word,)
    flag = "*" if estimate.imprecise else ""
    share = Figure(estimate.id, "estimate", numbers.percent(estimate.estimate, 1))
    if not interval or estimate.low is None or estimate.high is None:
        return line(share, flag)
    low = Figure(estimate.id, "low", numbers.decimal(estimate.low * 100, 1))
    high = Figure(estimate.id, "high", numbers.decimal(estimate.high * 100, 1))
    return line(share, flag, " (", low, "-", high, ")")


def count_cell(book: Book, estimate: Estimate | None, name: str) -> Line:
    """Return a number of people of an estimate: its base or those who gave no answer."""
    word = withheld(book.document, estimate)
    value = getattr(estimate, name, None)
    if estimate is None or value is None or (word and not (estimate.assumed and name == "n")):
        return (word,)
    return (Figure(estimate.id, name, numbers.count(value)),)


def indicator_table(book: Book, indicator: IndicatorInfo) -> Table:
    """Return every answer by profile, pooled and as the mean of the profiles, with base and non-response."""
    document, profile = book.document, book.document.profile()
    asked = [level for level in profile.levels if level.code in indicator.universe.get(profile.code, (level.code,))]

    def estimates(share: str) -> list[Estimate | None]:
        cells = [book.share(indicator.code, share, {profile.code: level.code}) for level in asked]
        cells.append(book.share(indicator.code, share, {}))
        return [*cells, book.share(indicator.code, share, {}, "mean")] if has_mean else cells

    has_mean = any(e.pooling == "mean" for e in document.estimates_of(indicator.code))
    heads = [_("Answer"), *(say(level.short) for level in asked), _("All, pooled")]
    rows: list[tuple[Line, ...]] = [
        ((say(share.title),), *(share_cell(book, estimate) for estimate in estimates(share.code)))
        for share in indicator.shares
    ]
    counted = estimates(indicator.counted)
    for name, title in (("n", _("n, the base")), ("missing", _("gave no answer"))):
        rows.append(((title,), *(count_cell(book, estimate, name) for estimate in counted)))
    return Table(
        caption=_("Answers by profile"),
        heads=tuple([*heads, _("Mean of profiles")] if has_mean else heads),
        rows=tuple(rows),
        note=interval_meaning(document),
    )


def folded_table(book: Book, indicators: Iterable[IndicatorInfo], caption: str) -> Table:
    """Return the answers of several questions, one a row; what nobody printed for any group is left out."""
    document, profile = book.document, book.document.profile()
    domains = [*({profile.code: level.code} for level in profile.levels), {}]
    rows: list[tuple[Line, ...]] = []
    for indicator in indicators:
        for share in indicator.shares:
            estimates = [book.share(indicator.code, share.code, domain) for domain in domains]
            if not any(estimate and not estimate.assumed for estimate in estimates):
                continue
            title = f"{say(indicator.title)}: {inside(say(share.title))}"
            cells = [folded_cell(book, estimate) for estimate in estimates]
            rows.append(((title,), *cells, count_cell(book, estimates[-1], "n")))
    heads = (_("Answer"), *(say(level.short) for level in profile.levels), _("All, pooled"), _("n, the base"))
    note = _("A dash stands where the study printed no figure.") if document.synthetic else ""
    return Table(caption, heads, tuple(rows), f"{interval_meaning(document)} {note}".strip())


def folded_cell(book: Book, estimate: Estimate | None) -> Line:
    """Return a share, or a dash where the study printed none and the reconstruction had to choose one."""
    return ("–",) if estimate and estimate.assumed and not estimate.hidden else share_cell(book, estimate)


def breakdown_table(book: Book, indicator: IndicatorInfo, variable: VariableInfo) -> Table:
    """Return the counted answer by the levels of a region or another variable, for everybody and by profile."""
    profile = book.document.profile()

    def cell(domain: dict[str, str]) -> Line:
        estimate = book.share(indicator.code, indicator.counted, domain)
        if estimate is None:
            return (_("nobody"),)
        shown = share_cell(book, estimate, interval=False)
        return shown if estimate.n is None else line(shown, " · ", *count_cell(book, estimate, "n"))

    rows = []
    for level in variable.levels:
        domains = [{profile.code: one.code, variable.code: level.code} for one in profile.levels]
        rows.append(((say(level.short),), *(cell(domain) for domain in domains), cell({variable.code: level.code})))
    return Table(
        caption=f"{say(indicator.title)}: {inside(say(indicator.share(indicator.counted).title))}",
        heads=(say(variable.title), *(say(level.short) for level in profile.levels), _("All, pooled")),
        rows=tuple(row for row in rows if any(cell != (_("nobody"),) for cell in row[1:])),
    )


def sample_table(book: Book) -> Table:
    """Return how many people were asked, by profile and region."""
    profile = book.document.profile()
    regions = [variable for variable in book.document.variables if variable.role == "region"]
    total = tuple(sample_count(f"{profile.code}-{level.code}", level.n) for level in profile.levels)
    everybody = sample_count("all", book.document.data.rows)
    rows: list[tuple[Line, ...]] = []
    for region in regions[:1]:
        for place in region.levels:
            counts = [asked_cell(book, {profile.code: one.code, region.code: place.code}) for one in profile.levels]
            rows.append(((say(place.short),), *counts, asked_cell(book, {region.code: place.code})))
    rows.append(((_("All"),), *total, everybody))
    heads = (say(regions[0].title) if regions else "", *(say(level.short) for level in profile.levels), _("All"))
    return Table(_("People asked"), heads, tuple(rows))


def sample_count(place: str, number: int) -> Line:
    """Return a number of people asked, as a figure of the sample."""
    return (Figure(f"sample.{place}", "n", numbers.count(number)),)


def asked_cell(book: Book, domain: dict[str, str]) -> Line:
    """Return how many were asked in a cell, from a question that was put to everybody."""
    general = next((info for info in book.document.indicators if not info.universe), None)
    estimate = book.share(general.code, general.counted, domain) if general else None
    if estimate is None:
        return (_("nobody"),)
    if estimate.asked is None:
        return (withheld(book.document, estimate),)
    return (Figure(estimate.id, "asked", numbers.count(estimate.asked)),)


def gap_figure(gap: Gap, name: str, show: Callable[[float], str]) -> str | Figure:
    """Return one figure of a gap, or a dash where it is not defined (a dash never means zero)."""
    value = getattr(gap, name)
    return "–" if value is None else Figure(gap.id, name, show(value))


def gap_interval(gap: Gap) -> Line:
    """Return the limits of a gap in points."""
    if gap.low is None or gap.high is None:
        return ("–",)
    low = Figure(gap.id, "low", numbers.points(gap.low, 1))
    return line(low, f";{numbers.SPACE}", Figure(gap.id, "high", numbers.points(gap.high, 1)))


def pair_words(document: Document, gap: Gap) -> str:
    """Return who is compared with whom: "Selectors − men miners"."""
    group = level_name(document, gap.variable, gap.group)
    return f"{group} {numbers.MINUS} {inside(level_name(document, gap.variable, gap.reference))}"


def gap_line(book: Book, gap: Gap) -> Line:
    """Return a gap in one line with its interval, its adjusted test and its ratio."""
    if gap.difference is None:
        return (f"{pair_words(book.document, gap)}: {_('too few people to compare')}",)
    parts: list[str | Figure | Line] = [
        f"{pair_words(book.document, gap)}: ",
        fill(_("%(points)s points"), points=Figure(gap.id, "difference", numbers.points(gap.difference, 1))),
    ]
    if gap.low is not None:
        parts += [" (", gap_interval(gap), ")"]
    if gap.p_adjusted is not None:
        parts += [", p ", Figure(gap.id, "p_adjusted", numbers.probability(gap.p_adjusted))]
    if gap.ratio is not None:
        parts += [", ", fill(_("ratio %(ratio)s"), ratio=Figure(gap.id, "ratio", numbers.ratio(gap.ratio)))]
    return line(*parts, "*" if gap.imprecise else "")


def gaps_table(book: Book, gaps: Iterable[Gap]) -> Table:
    """Return the gaps between profiles, widest first."""
    document = book.document
    titles = {indicator.code: say(indicator.title) for indicator in document.indicators}
    rows = [
        (
            (titles[gap.indicator],),
            (pair_words(document, gap),),
            (gap_figure(gap, "difference", lambda value: numbers.points(value, 1)), "*" if gap.imprecise else ""),
            gap_interval(gap),
            (gap_figure(gap, "p_adjusted", numbers.probability),),
            (gap_figure(gap, "ratio", numbers.ratio),),
            line(gap_figure(gap, "n_group", count_text), " / ", gap_figure(gap, "n_reference", count_text)),
        )
        for gap in gaps
    ]
    heads = (_("Measure"), _("Compared"), _("Points"), _("Interval"), _("p, adjusted"), _("Ratio"), _("n / n"))
    return Table(_("Gaps between profiles, widest first"), heads, tuple(rows), interval_meaning(document), True)


def count_text(value: float) -> str:
    """Return a number of people."""
    return numbers.count(int(value))


def printed_table(book: Book, printed: Iterable[Printed]) -> Table:
    """Return each printed figure beside ours."""
    rows: list[tuple[Line, ...]] = []
    for figure in printed:
        id_ = printed_id(figure)
        shown = printed_percent(id_, figure.percent)
        ours = "–" if figure.ours is None else Figure(id_, "ours", numbers.percent(figure.ours, 1))
        verdict = {True: _("yes"), False: _("no"), None: "–"}[figure.reproduced]
        what = f"{section_words(figure.section)} · {printed_words(book.document, figure)}"
        whose = whose_words(book.document, figure)
        definition = definition_words(book.document, figure)
        rows.append(((what,), (whose,), (place_words(figure),), (shown,), (ours,), (definition,), (verdict,)))
    heads = (_("Figure"), _("Whose"), _("Where"), _("Printed"), _("Ours"), _("Definition"), _("Reproduced"))
    return Table(_("Printed figures beside ours"), heads, tuple(rows), wide_first=True)


def printed_percent(id_: str, value: float | None) -> str | Figure:
    """Return a percentage as it was printed, with the digits it was printed with."""
    return "–" if value is None else Figure(id_, "percent", f"{value:g}{numbers.SPACE}%")


def context_table(document: Document) -> Table:
    """Return the national and registry figures that stand beside the survey."""
    rows: list[tuple[Line, ...]] = []
    for number, figure in enumerate(document.context, start=1):
        what = f"{section_words(figure.section)} · {say(figure.title)}"
        shown = printed_percent(f"context.{number}", figure.percent)
        rows.append(((what,), (shown,), (say(figure.note),)))
    heads = (_("Figure"), _("Printed"), _("Source and note"))
    return Table(_("Context"), heads, tuple(rows), wide_first=True, words=True)
