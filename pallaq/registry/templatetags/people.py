"""How pages print a district and a person's number."""

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from pallaq.places import rules
from pallaq.registry.rules.numbers import shown_number

register = template.Library()


@register.filter
def district(ubigeo: str) -> str:
    """Return a district as people know it; the code alone if there is none."""
    return rules.label(ubigeo) or ubigeo


@register.filter
def options(labels: Sequence[str]) -> SafeString:
    """Return the options of a datalist; the two thousand districts are put together once."""
    return put_together(tuple(labels))


@lru_cache(maxsize=64)
def put_together(labels: tuple[str, ...]) -> SafeString:
    """Return the options of these labels."""
    return format_html_join("", '<option value="{}"></option>', ((label,) for label in labels))


@register.filter
def groups(number: str) -> str:
    """Return a person's number in groups that can be read aloud."""
    return shown_number(number)
