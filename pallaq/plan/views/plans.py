"""Pages of plans: the list, the chain of a version, one node of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pallaq.places.models import Organisation
from pallaq.plan import perms
from pallaq.plan.forms.nodes import MARKERS
from pallaq.plan.models import Node, Plan, Version
from pallaq.plan.outline import Search, inherited_parts, is_long, outline, place_words, regions_of, shorten
from pallaq.plan.rules.cells import words
from pallaq.plan.rules.chain import KINDS
from pallaq.plan.views.finding import plan_or_refuse, version_or_refuse
from pallaq.plan.views.indicators import about
from pallaq.shared.errors import Refusal


@require_safe
@login_required
def plans(request: HttpRequest) -> HttpResponse:
    """Show the plans she may see."""
    found = Plan.objects.seen_by(request.user).prefetch_related("versions")
    return render(request, "plan/list.html", {"plans": found})


@require_safe
@login_required
def plan(request: HttpRequest, plan: str) -> HttpResponse:
    """Show the chain of a version, or what is looked for in it."""
    version = version_or_refuse(request, plan_or_refuse(request, plan))
    asked = request.GET
    search = Search(*(asked.get(name, "") for name in ("words", "entity", "region", "level")))
    levels = [(one.item.code, one.name()) for one in version.nodes.of_kind("level").select_related("item")]
    entities = Organisation.objects.filter(parts__node__version=version).distinct()
    language = get_language() or "es"
    regions = sorted((words(text, language), code) for code, text in regions_of(version.plan).items())
    branches = outline(version, search)
    if is_short := is_long(branches) and not asked.get("whole"):
        for branch in branches:
            shorten(branch)
    values = {"branches": branches, "search": search, "entities": entities, "regions": regions}
    values |= {
        "levels": levels,
        "is_short": is_short,
        "summary": words(version.plan.summary, language),
        "source": words(version.plan.source, language),
    }
    return render(request, "plan/plan.html", {**about(request, version), **values})


@require_safe
@login_required
def node(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Show one node of the chain, with all that it says."""
    found = node_or_refuse(version_or_refuse(request, plan_or_refuse(request, plan)), code)
    regions = regions_of(found.version.plan)
    kind = found.item.kind
    values = {
        "node": found,
        "path": path_to(found),
        "description": words(found.description, get_language() or "es"),
        "note": words(found.note, get_language() or "es"),
        "marker": dict(MARKERS)["" if found.gender_marker is None else str(found.gender_marker)],
        "inherited": inherited_parts(found),
        "places": [place_words(place.place, regions) for place in found.places.all()],
        "children": found.children.select_related("item"),
        "indicators": found.indicators.select_related("item"),
        "below": KINDS[KINDS.index(kind) + 1] if kind != KINDS[-1] else "",
        "can_see_records": found in perms.own_nodes(request.user, found.version),
    }
    return render(request, "plan/node.html", {**about(request, found.version), **values})


def node_or_refuse(version: Version, code: str) -> Node:
    """Return a version's node with all that its page prints."""
    found = version.nodes.whole().filter(item__code=code).first()
    if found is None:
        message = _("This version of the plan has nothing with the code “%(code)s”. Look at the plan's page.")
        raise Refusal(message % {"code": code}, code="no-node", status=404)
    found.version = version
    return found


def path_to(node: Node) -> list[Node]:
    """Return the nodes above one, from the first kind down."""
    path, above = [], node.parent
    while above:
        path.append(above)
        above = above.parent
    return path[::-1]
