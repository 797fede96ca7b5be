"""How pages print records of the law."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import ngettext

from pallaq.registry.models import IdentifierKind, Norm

register = template.Library()


@register.filter
def note(record: Any) -> str:
    """Return a record's note in the reader's language."""
    said: str = record.words("note")
    return said


@register.filter
def shape(kind: IdentifierKind) -> str:
    """Return the form of a kind's numbers in words."""
    return kind.words("shape")


@register.filter
def quantity(norm: Norm) -> str:
    """Return a value with its unit, without zeros behind the point that nobody wrote."""
    assert norm.value is not None
    value = norm.value.normalize()
    places = max(0, -int(value.as_tuple().exponent))
    return f"{number_format(value, decimal_pos=places, force_grouping=True)} {unit_words(norm.unit, value)}".strip()


def unit_words(unit: str, value: Decimal) -> str:
    """Return a unit of time in words; any other as it is written."""
    count = 1 if value == 1 else 2
    known = {
        "days": ngettext("day", "days", count),
        "months": ngettext("month", "months", count),
        "years": ngettext("year", "years", count),
    }
    return known.get(unit, unit)
