"""Figures and words of a diagnosis in templates; the numbers look the same as in the report."""

from typing import Any

from django import template
from django.http import QueryDict
from django.utils.translation import gettext as _

from pallaq.diagnosis.rules.board import Mark
from pallaq.report import phrases
from pallaq.report.rules import words
from pallaq.report.rules.document import Document, Estimate, Gap, IndicatorInfo, Text
from pallaq.shared import numbers

register = template.Library()
register.filter("say", words.say)
register.filter("inside", words.inside)
register.filter("count", numbers.count)
register.filter("probability", numbers.probability)
register.filter("ratio", numbers.ratio)
register.filter("kind_words", words.kind_of_gap)
register.simple_tag(words.finding, name="finding")
register.simple_tag(words.gap_words, name="gap_words")
register.simple_tag(words.level_name, name="level_name")
register.simple_tag(words.is_clear, name="is_clear")
register.simple_tag(phrases.printed_words, name="printed_words")
register.simple_tag(phrases.whose_words, name="printed_group")
register.simple_tag(phrases.definition_words, name="definition_words")
register.filter("section_words", phrases.section_words)
register.filter("place_words", phrases.place_words)


@register.filter
def percent(fraction: float | None) -> str:
    """Return a share with one decimal, as tables print it."""
    return "—" if fraction is None else numbers.percent(fraction, 1)


@register.filter
def points(difference: float | None, places: int = 0) -> str:
    """Return a difference in points."""
    return "—" if difference is None else numbers.points(difference, places)


@register.filter
def limits(estimate: Estimate, places: int = 1) -> str:
    """Return the interval of a share, "28-39"; nothing for a census."""
    if estimate.low is None or estimate.high is None:
        return ""
    return numbers.interval(estimate.low, estimate.high, places)


@register.filter
def limits_in_brackets(estimate: Estimate) -> str:
    """Return the interval as it follows a share, "(28-39)"; nothing for a census."""
    found = limits(estimate, 0)
    return f"({found})" if found else ""


@register.filter
def share(estimate: Estimate) -> str:
    """Return a share as a whole percentage, as text prints it."""
    return numbers.percent(estimate.estimate or 0)


@register.filter
def gap_limits(gap: Gap) -> str:
    """Return the interval of a difference in points."""
    return "" if gap.low is None or gap.high is None else numbers.points_interval(gap.low, gap.high, 1)


@register.filter
def ratio_limits(gap: Gap) -> str:
    """Return the interval of a ratio."""
    if gap.ratio_low is None or gap.ratio_high is None:
        return ""
    return f"{numbers.ratio(gap.ratio_low)}-{numbers.ratio(gap.ratio_high)}"


@register.simple_tag
def hidden_words(document: Document, estimate: Estimate) -> str:
    """Return why a figure is not shown."""
    return words.figure_words(document, estimate)


@register.simple_tag
def marks_words(document: Document, marks: tuple[Mark, ...]) -> str:
    """Return what a row's drawing shows, for those who do not see it."""
    return "; ".join(f"{words.say(mark.level.short)} {mark_words(document, mark)}" for mark in marks)


@register.simple_tag
def mark_words(document: Document, mark: Mark) -> str:
    """Return a mark's share with its interval, or why it is hidden."""
    estimate = mark.estimate
    if estimate.estimate is None:
        return words.figure_words(document, estimate)
    return numbers.percent_with_interval(estimate.estimate, estimate.low, estimate.high)


@register.simple_tag
def standing(document: Document, gap: Gap) -> dict[str, str]:
    """Return a gap's standing as a class, an arrow and a word: colour never speaks alone."""
    if gap.difference is None:
        return {"class": "unclear", "arrow": "", "word": _("too few people")}
    if not words.is_clear(document, gap):
        return {"class": "unclear", "arrow": "≈", "word": _("could be chance")}
    return {
        "group": {"class": "ahead", "arrow": "▲", "word": _("advantage")},
        "reference": {"class": "behind", "arrow": "▼", "word": _("disadvantage")},
        "neither": {"class": "unclear", "arrow": "", "word": _("neither better nor worse")},
    }[gap.favours]


@register.filter
def share_title(indicator: IndicatorInfo, code: str) -> Text:
    """Return the title of an indicator's answer."""
    return indicator.share(code).title


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: str) -> str:
    """Return this page's query string with some of its values changed; empty ones are left out."""
    values: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        values[name] = value
        if not value:
            del values[name]
    return f"?{values.urlencode()}" if values else context["request"].path


@register.filter
def printed_percent(percent: float) -> str:
    """Return a printed percentage with the decimals that it was printed with."""
    return f"{percent:g}{numbers.SPACE}%"
