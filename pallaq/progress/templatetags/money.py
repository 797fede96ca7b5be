"""Money in a plan's currency."""

from decimal import Decimal

from django import template

from pallaq.shared import numbers

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """Return an amount: PEN 1,200.50."""
    return f"{currency}{numbers.SPACE}{numbers.decimal(float(amount), 2)}"
