"""Texts and numbers of a plan's indicators in templates."""

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pallaq.plan.models import Indicator
from pallaq.plan.rules.cells import words
from pallaq.shared.numbers import SPACE, decimal

register = template.Library()


@register.filter
def say(text: Mapping[str, str]) -> str:
    """Return a text in the reader's language."""
    return words(text, get_language() or "es")


@register.filter
def amount(value: Decimal | str | None) -> str:
    """Return a number in Peru's format: whole if it is, else with one decimal, or two below one; None is nothing."""
    if value is None or isinstance(value, str):  # of a cell without target Django makes ""
        return ""
    whole = value == value.to_integral_value()
    return decimal(float(value), 0 if whole else 1 if abs(value) >= 1 else 2)


@register.filter
def sample_kind(design: str) -> str:
    """Return the kind of sample that a baseline names."""
    kinds = {
        "probability": _("probability sample"),
        "quota": _("quota sample"),
        "convenience": _("convenience sample"),
        "census": _("census"),
    }
    return kinds.get(design, design)


@register.simple_tag
def measured(value: Decimal, indicator: Indicator) -> str:
    """Return a value with what it is measured in: 33 %, 120 people."""
    unit = "%" if indicator.unit == "percentage" else say(indicator.measured_in)
    return amount(value) + (SPACE + unit if unit else "")
