"""What an entity has to report, and what it reported."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pallaq.accounts.perms import Person
from pallaq.places.models import Organisation
from pallaq.plan.models import Indicator, Node, Seat, Version
from pallaq.plan.perms import can_see_everything, nodes_of, seats
from pallaq.progress.due import due_of, indicators_of
from pallaq.progress.grid import label
from pallaq.progress.models import Value
from pallaq.progress.perms import Reach, Sight, seen_values
from pallaq.progress.views.scope import uuid_or_none, version_or_refuse

RECENT = 20
PART = 100  # indicators at once: few entities have more, and their values are many


@require_safe
@login_required
def work(request: HttpRequest, plan: str) -> HttpResponse:
    """Show what an entity has to report now, late first, and what it reported."""
    version, today = version_or_refuse(request, plan), timezone.localdate()
    entities = entities_of(request.user, version)
    asked = uuid_or_none(request.GET.get("entity", ""))
    chosen = next((one for one in entities if one.pk == asked), None)
    entity = chosen or (entities[0] if len(entities) == 1 else None)
    context = {"plan": version.plan, "version": version, "entities": entities, "entity": entity, "today": today}
    if entity:
        sight = Sight(request.user, version)
        part = Paginator(indicators_of(version, entity), PART).get_page(request.GET.get("part"))
        due = due_of(sight, entity, part.object_list, today)
        now = [one for one in due if one.period.ends_on < today]
        context |= {
            "page": Paginator(now, 25).get_page(request.GET.get("page")),
            "late": sum(one.days < 0 for one in now),
            "coming": [one for one in due if one.period.ends_on >= today][:10],
            "part": part,
            "reported": recent(sight, part.object_list),
            "nodes": Paginator(nodes(sight, entity), 25).get_page(request.GET.get("nodes")),
        }
    return render(request, "progress/work.html", context)


def entities_of(user: Person, version: Version) -> list[Organisation]:
    """Return the entities whose reports she may look at: her own, or all that have to report."""
    if can_see_everything(user, version.plan):
        theirs = Q(parts__node__version=version, parts__role__in=("responsible", "takes_part"))
        return list(Organisation.objects.filter(theirs | Q(indicators__version=version)).distinct())
    keys = {seat.organisation_id for seat in seats(user, version.plan) if seat.organisation_id}
    return list(Organisation.objects.filter(pk__in=keys))


def recent(sight: Sight, indicators: Iterable[Indicator]) -> list[tuple[Value, Indicator, str]]:
    """Return the last values of some indicators that she may see, each with its cell in words."""
    rows = {one.item_id: one for one in indicators}
    alike: dict[Reach, list[UUID]] = {}
    for item, indicator in rows.items():
        if reach := sight.of(indicator.node, indicator):
            alike.setdefault(reach, []).append(item)
    found: list[Value] = []
    for reach, items in alike.items():
        values = Value.objects.filter(current=True, item__in=items, year__gte=timezone.localdate().year - 1)
        found += seen_values(values, reach).order_by("-at")[:RECENT]
    found.sort(key=lambda value: value.at, reverse=True)
    return [(value, rows[value.item_id], label(rows[value.item_id], value.cell)) for value in found[:RECENT]]


def nodes(sight: Sight, entity: Organisation) -> QuerySet[Node]:
    """Return the actions and activities of an entity that she may see, for their money and evidence."""
    keys = nodes_of(sight.version, Seat(plan=sight.version.plan, organisation=entity))
    if not sight.edits and not sight.everything:
        keys &= set().union(*(mine for _seat, mine in sight.seats))
    rows = sight.version.nodes.filter(pk__in=keys).of_kind("action", "activity")
    return rows.select_related("item").order_by("item__code")
