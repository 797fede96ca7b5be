"""How pages print where an organisation is, and what a list says of it."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from pallaq.associations.models import Part, Standing
from pallaq.places import rules

register = template.Library()


@register.filter
def where(ubigeo: str) -> str:
    """Return a district or region as people know it."""
    region = rules.department(ubigeo[:2])
    if len(ubigeo) == 6:
        return rules.label(ubigeo) or ubigeo
    return region.name if region else _("all the country")


@register.filter
def of(found: Mapping[Any, Any], key: Any) -> Any:
    """Return what a mapping has under a key."""
    return found.get(key)


@register.filter
def standing(state: str) -> str:
    """Return a state in the RECPO in words."""
    return str(Standing(state).label)


@register.filter
def part(code: str) -> str:
    """Return what an organisation is to a mining right, in words."""
    return str(Part(code).label)
