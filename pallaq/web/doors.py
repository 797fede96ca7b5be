"""Doors from a page to rooms above it: the page prints what stands here and names none of their addresses."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from pallaq.plan.models import Item, Plan
from pallaq.plan.perms import can_edit
from pallaq.progress.perms import reach_of


@dataclass(frozen=True)
class Door:
    """A link that a page prints."""

    address: str
    label: str


def doors(request: HttpRequest) -> list[Door]:
    """Return where the page at hand leads: from a study's indicator into her plans, from an item to its records."""
    match = request.resolver_match
    if match is None or not request.user.is_authenticated:
        return []
    if match.view_name in {"plan:node", "plan:indicator", "progress:values"}:
        return record_doors(request, **match.kwargs)
    if match.view_name != "diagnosis:row":
        return []
    plans = [plan for plan in Plan.objects.seen_by(request.user) if can_edit(request.user, plan)]
    label = _("Make it an indicator of “%(plan)s”")
    return [
        Door(reverse("baselines:from_gap", kwargs={"plan": plan.code, **match.kwargs}), label % {"plan": plan.name()})
        for plan in plans
    ]


def record_doors(request: HttpRequest, plan: str, code: str) -> list[Door]:
    """Return where an item's records are kept, for whoever may see them."""
    item = Item.objects.filter(plan__code=plan, code=code).select_related("plan").first()
    if item is None or reach_of(request.user, item) is None:
        return []
    found = [Door(reverse("following:comments", args=[plan, code]), _("Comments"))]
    if item.kind == "indicator":
        figures = f"{reverse('web:measures', args=[plan])}?{urlencode({'indicator': code})}"
        found = [
            Door(reverse("progress:values", args=[plan, code]), _("Values")),
            Door(figures, _("Figures from a measure or study")),
            *found,
        ]
    return [door for door in found if door.address != request.path]
