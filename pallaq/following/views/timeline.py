"""The timeline of a plan: its nodes as bars in a year, with deadlines, meetings and agreements."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pallaq.following.perms import agreements_seen, meetings_seen
from pallaq.following.rules.timeline import Bar, Span, bar, deadlines
from pallaq.places.models import Organisation
from pallaq.plan.models import Version
from pallaq.plan.rules.cells import words
from pallaq.progress.scoreboard import Seen, Step, Tree, region_names, tree_of
from pallaq.progress.views.scope import seen_of, uuid_or_none, version_or_refuse, year_or

PAGE = 60


@dataclass(frozen=True)
class Drawn:
    """A node with its dates and its bar."""

    step: Step
    name: str
    starts_on: date | None
    ends_on: date | None
    bar: Bar


@dataclass(frozen=True)
class Happening:
    """Something of one day, and where that day stands."""

    on: date
    kind: str  # "deadline", "meeting", "agreement"
    title: str
    state: str
    position: float


@require_safe
@login_required
def timeline(request: HttpRequest, plan: str) -> HttpResponse:
    """Show a year of a plan, of one entity perhaps, with today marked."""
    version, today = version_or_refuse(request, plan), timezone.localdate()
    year = year_or(request.GET.get("year", ""), today.year)
    span, tree, entity = Span.of_year(year), tree_of(version), uuid_or_none(request.GET.get("entity", ""))
    shown = shown_nodes(tree, seen_of(request.user, version), entity)
    page = Paginator(drawn(version, tree, shown, span, today), PAGE).get_page(request.GET.get("page"))
    happenings = sorted(happenings_of(request, version, span, shown, entity, today), key=lambda one: (one.on, one.kind))
    context = {
        "plan": version.plan,
        "version": version,
        "year": year,
        "years": sorted({year - 1, year, year + 1, today.year}),
        "page": page,
        "happenings": happenings,
        "ticks": span.ticks(),
        "today": today,
        "today_at": span.share(today) if span.holds(today) else None,
        "entity": entity,
        "entities": Organisation.objects.filter(pk__in={pk for pks in tree.parts.values() for pk in pks}),
    }
    return render(request, "following/timeline.html", context)


def shown_nodes(tree: Tree, seen: Seen | None, entity: UUID | None) -> set[UUID]:
    """Return the nodes that she may see, of an entity if one is asked for."""
    return {
        pk
        for pk in tree.nodes
        if (seen is None or pk in seen.nodes) and (entity is None or entity in tree.entities_of(pk))
    }


def drawn(version: Version, tree: Tree, shown: set[UUID], span: Span, today: date) -> list[Drawn]:
    """Return the nodes with dates that touch the span, in the plan's order."""
    rows = version.nodes.filter(Q(starts_on__isnull=False) | Q(ends_on__isnull=False)).order_by()
    found, language = [], get_language() or "es"
    for pk, starts_on, ends_on in rows.values_list("pk", "starts_on", "ends_on"):
        if pk in shown and span.touches(starts_on, ends_on):
            step = tree.nodes[pk]
            name, line = words(step.title, language), bar(span, starts_on, ends_on, today)
            found.append(Drawn(step, name, starts_on, ends_on, line))
    return sorted(found, key=lambda one: tree.order(one.step))


def happenings_of(
    request: HttpRequest, version: Version, span: Span, shown: set[UUID], entity: UUID | None, today: date
) -> Iterator[Happening]:
    """Return what falls on the days of a span: reports due, meetings, agreements."""
    indicators = version.indicators.filter(Q(node__in=shown) | Q(responsible=entity) if entity else Q(node__in=shown))
    kinds = indicators.order_by().values_list("frequency", "deadline_days").annotate(many=Count("pk"))
    for (on, period), many in deadlines(span, kinds).items():
        said = ngettext(
            "Values of %(period)s are due: %(count)s indicator",
            "Values of %(period)s are due: %(count)s indicators",
            many,
        )
        title = said % {"period": period, "count": many}
        yield Happening(on, "deadline", title, "", span.share(on))
    days, regions = (span.first, span.last), region_names(version.plan)
    meetings = meetings_seen(request.user, version.plan).filter(held_on__range=days).select_related("item")
    for one in meetings.filter(of_entity(entity, shown, "convened_by")):
        title = ", ".join(part for part in (one.item.code, regions.get(one.region, ""), one.place) if part)
        yield Happening(one.held_on, "meeting", title, one.get_state_display(), span.share(one.held_on))
    agreements = agreements_seen(request.user, version.plan).filter(due_on__range=days)
    for agreed in agreements.filter(of_entity(entity, shown, "responsible")):
        state = _("is done") if agreed.done_on else _("is late") if agreed.is_late(today) else _("to do")
        yield Happening(agreed.due_on, "agreement", agreed.words, state, span.share(agreed.due_on))


def of_entity(entity: UUID | None, shown: set[UUID], field: str) -> Q:
    """Return the condition that something is of an entity: it answers for it, or it is about one of its nodes."""
    asked: dict[str, Any] = {field: entity}
    return Q(**asked) | Q(item__nodes__in=shown) if entity else Q()
