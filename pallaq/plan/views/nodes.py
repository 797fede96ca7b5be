"""Pages on which a planner edits the chain of a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pallaq.accounts.visitors import signed_in
from pallaq.plan.actions import nodes as actions
from pallaq.plan.forms.nodes import NodeForm
from pallaq.plan.models import Node
from pallaq.plan.rules.chain import KIND_WORDS, KINDS
from pallaq.plan.views.finding import draft_or_refuse, plan_or_refuse
from pallaq.plan.views.indicators import about, redirect_to
from pallaq.plan.views.plans import node_or_refuse
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@login_required
def add(request: HttpRequest, plan: str) -> HttpResponse:
    """Add a node to the draft, under the one that `?under=` names; without it, of the first kind."""
    version = draft_or_refuse(request, plan_or_refuse(request, plan))
    under = request.GET.get("under", "")
    parent = node_or_refuse(version, under) if under else None
    if parent and parent.item.kind == KINDS[-1]:
        raise Refusal(_("Nothing hangs under an activity. Add it under an action."), code="wrong-parent")
    kind = KINDS[KINDS.index(parent.item.kind) + 1] if parent else KINDS[0]
    form = NodeForm(request.POST or None, version=version)
    if form.is_valid():
        try:
            code = form.cleaned_data["code"]
            made = actions.add_node(
                version=version, kind=kind, code=code, parent=parent, by=signed_in(request), **form.values()
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("%(code)s is in the draft.") % {"code": code})
            return redirect_to("plan:node", version, code=made.item.code)
    values = {"form": form, "parent": parent, "kind_words": KIND_WORDS[kind]}
    return render(request, "plan/node_form.html", {**about(request, version), **values})


@EDIT
@login_required
def edit(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Change a node of the draft; what somebody else saved meanwhile is shown beside what was typed."""
    found = node_or_refuse(draft_or_refuse(request, plan_or_refuse(request, plan)), code)
    form, conflict, status = NodeForm(request.POST or None, version=found.version, node=found), [], 200
    if form.is_valid():
        try:
            edition = form.cleaned_data["edition"] or 0
            actions.edit_node(node=found, edition=edition, by=signed_in(request), **form.values())
            messages.success(request, _("%(code)s is saved.") % {"code": code})
            return redirect_to("plan:node", found.version, code=code)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
            if refusal.code == "plan-edited-meanwhile":
                conflict = list(form.compare(found))
                form.read_again(found)
    values = {"form": form, "node": found, "conflict": conflict}
    return render(request, "plan/node_form.html", {**about(request, found.version), **values}, status=status)


@EDIT
@login_required
def remove(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Say what hangs under a node, and take it all out of the draft."""
    found = node_or_refuse(draft_or_refuse(request, plan_or_refuse(request, plan)), code)
    if request.method != "POST":
        below = under(found)
        measured = found.version.indicators.filter(node__in=[found, *below]).select_related("item")
        values = {"node": found, "below": below, "indicators": measured}
        return render(request, "plan/node_remove.html", {**about(request, found.version), **values})
    version, parent = found.version, found.parent
    actions.remove_node(node=found, by=signed_in(request))
    messages.success(request, _("%(code)s is no longer in the draft.") % {"code": code})
    return redirect_to("plan:node", version, code=parent.item.code) if parent else redirect_to("plan:plan", version)


@require_POST
@login_required
def move(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Move a node one place up or down among its siblings."""
    found = node_or_refuse(draft_or_refuse(request, plan_or_refuse(request, plan)), code)
    actions.move_node(node=found, up=request.POST.get("to") != "down", by=signed_in(request))
    return redirect_to("plan:node", found.version, code=code)


def under(node: Node) -> list[Node]:
    """Return everything under a node, kind by kind."""
    found: list[Node] = []
    layer = [node]
    while layer:
        layer = list(Node.objects.filter(parent__in=layer).select_related("item"))
        found += layer
    return found
