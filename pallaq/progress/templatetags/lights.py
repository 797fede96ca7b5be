"""Lights, amounts and ages in the reader's words; a light never speaks by its colour alone."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.templatetags.l10n import unlocalize
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pallaq.plan.models import Indicator
from pallaq.plan.rules.cells import words
from pallaq.plan.rules.periods import Period
from pallaq.progress.rules.lateness import Late
from pallaq.progress.rules.scoring import Counts, Score
from pallaq.shared import numbers

register = template.Library()
PLACES = {"number": 0, "percentage": 1, "variation_rate": 1, "quantity": 2, "ratio": 2, "rate": 2, "index": 2}
register.filter("count", numbers.count)
register.filter("unlocalize", unlocalize)


@register.filter
def light_words(light: str, why: str = "") -> str:
    """Return what a light says: "on track"; a grey one says why it is grey."""
    grey = {
        "no target": _("no target"),
        "no sense": _("sense not known: give it a baseline, or declare its sense"),
        "any": _("no data or no target"),
    }
    said = {"green": _("on track"), "amber": _("close"), "red": _("behind"), "grey": _("no data")}
    return grey.get(why, said[light]) if light == "grey" else said[light]


@register.simple_tag
def score_words(score: Score, period: Period) -> str:
    """Return what a score says of its period: "no data for 2026"."""
    if score.why == "no data":
        return _("no data for %(period)s") % {"period": period}
    return light_words(score.light, score.why)


@register.filter
def trend_words(trend: str) -> str:
    """Return a trend in words with its mark; nothing where it cannot be said."""
    said = {"better": "▲ " + _("better"), "worse": "▼ " + _("worse"), "same": "= " + _("same")}
    return said.get(trend, "")


@register.filter
def amount(value: Decimal | None, indicator: Indicator) -> str:
    """Return a value in its unit, 33 % or 1,200 people; nothing where there is none."""
    if value is None:
        return ""
    places = min(PLACES[indicator.unit], max(0, -int(value.normalize().as_tuple().exponent)))
    said = numbers.decimal(float(value), places)
    if indicator.unit in {"percentage", "variation_rate"}:
        return said + numbers.SPACE + "%"
    unit = words(indicator.measured_in, get_language() or "es")
    return f"{said} {unit}" if unit else said


@register.filter
def compliance(value: Decimal | None) -> str:
    """Return a compliance in whole per cent; nothing where it cannot be said."""
    return "" if value is None else numbers.percent(float(value) / 100)


@register.filter
def age_words(months: int | None) -> str:
    """Return how old a figure is."""
    if months is None:
        return ""
    if months < 1:
        return _("less than a month old")
    return ngettext("%(count)s month old", "%(count)s months old", months) % {"count": months}


@register.filter
def counts_words(counts: Counts) -> str:
    """Return how many stand how: "9 on track, 3 close, 14 without data"; those of which there are none are left out."""
    unsaid = counts.grey - counts.no_data - counts.no_target
    said = [
        (counts.green, _("on track")),
        (counts.amber, _("close")),
        (counts.red, _("behind")),
        (counts.no_data, _("no data")),
        (counts.no_target, _("no target")),
        (unsaid, _("sense not known")),
    ]
    return " · ".join(f"{numbers.count(many)} {words}" for many, words in said if many)


@register.filter
def shares(counts: Counts) -> list[tuple[str, float, float]]:
    """Return the light, start and width in per cent of each part of a bar; grey has its width too."""
    found, start = [], 0.0
    for light in ("green", "amber", "red", "grey"):
        width = 100 * getattr(counts, light) / counts.total if counts.total else 0.0
        if width:
            found.append((light, round(start, 2), round(width, 2)))
        start += width
    return found


@register.simple_tag
def missing(late: Late) -> str:
    """Return what is missing: "value of 2025", "values of 2025-Q1 and 3 periods more"."""
    if late.kind == "agreement":
        return _("agreed, and not done")
    if late.kind == "action":
        return _("ended, and nothing was reported of it")
    if len(late.periods) == 1:
        return _("value of %(period)s") % {"period": late.periods[0]}
    more = len(late.periods) - 1
    said = ngettext(
        "values of %(period)s and %(more)s period more", "values of %(period)s and %(more)s periods more", more
    )
    return said % {"period": late.periods[0], "more": more}


@register.filter
def limit(value: Decimal) -> str:
    """Return a limit of an interval, without its unit."""
    return numbers.decimal(float(value), 1).removesuffix(".0")


@register.filter
def plain_number(value: Decimal) -> str:
    """Return a number without zeros that say nothing: 90, 87.5."""
    return f"{value.normalize():f}"


@register.filter
def at(found: Mapping[str, Any], key: str) -> Any:
    """Return what a mapping holds under a key."""
    return found.get(key)


@register.simple_tag
def querystring_of(**values: object) -> str:
    """Return an address's question of those that say something."""
    return urlencode({name: str(value) for name, value in values.items() if value})


@register.simple_tag(takes_context=True)
def turned(context: Context, name: str, number: int) -> str:
    """Return the question of this page, at another page of its list."""
    asked = context["request"].GET.copy()
    asked[name] = str(number)
    return str(asked.urlencode())
