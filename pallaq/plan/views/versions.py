"""Pages of a plan's versions: the list, what changed, amend, approve, discard."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.plan import perms
from pallaq.plan.actions import versions as actions
from pallaq.plan.comparing import compare
from pallaq.plan.forms.nodes import AmendForm, SureForm
from pallaq.plan.models import Plan, Version
from pallaq.plan.views.finding import draft_or_refuse, plan_or_refuse
from pallaq.plan.views.indicators import about
from pallaq.shared.errors import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def versions(request: HttpRequest, plan: str) -> HttpResponse:
    """Show the versions of a plan; a planner opens an amendment with its reason."""
    found = plan_or_refuse(request, plan)
    form = AmendForm(request.POST or None)
    if request.method == "POST":
        refuse_unless(perms.can_edit(request.user, found))
        if form.is_valid():
            actions.open_amendment(plan=found, reason=form.cleaned_data["reason"], by=signed_in(request))
            messages.success(request, _("The amendment is open: a draft like the version in force, for you to edit."))
            return redirect("plan:versions", plan)
    listed = found.versions.select_related("made_by", "approved_by")
    if not perms.can_edit(request.user, found):
        listed = listed.exclude(state="draft")
    values = {"versions": listed, "form": form, "can_plan": perms.can_edit(request.user, found)}
    return render(request, "plan/versions.html", {**about_plan(request, found), **values})


@require_safe
@login_required
def changes(request: HttpRequest, plan: str, number: int) -> HttpResponse:
    """Show what changed in a version since the one before it, or since the one that `?since=` names."""
    found = plan_or_refuse(request, plan)
    version = numbered_or_refuse(request, found, number)
    asked = request.GET.get("since", "")
    earlier = found.versions.filter(number__lt=number).order_by("-number")
    if asked.isdecimal() and len(asked) < 6:
        earlier = earlier.filter(number=int(asked))
    before = earlier.first()
    values = {
        "compared": version,
        "before": before,
        "page": Paginator(compare(before, version), 100).get_page(request.GET.get("page")),
        "others": found.versions.filter(number__lt=number),
        "form": SureForm(),
        "discard_form": SureForm(auto_id="discard_%s"),
    }
    return render(request, "plan/version_changes.html", {**about(request, version), **values})


@require_POST
@login_required
def approve(request: HttpRequest, plan: str) -> HttpResponse:
    """Put the draft in force."""
    draft = draft_or_refuse(request, plan_or_refuse(request, plan))
    refuse_unsure(request)
    version = actions.approve(version=draft, by=signed_in(request))
    messages.success(request, _("Version %(number)s is in force.") % {"number": version.number})
    return redirect("plan:plan", plan)


@require_POST
@login_required
def discard(request: HttpRequest, plan: str) -> HttpResponse:
    """Throw the draft away."""
    draft = draft_or_refuse(request, plan_or_refuse(request, plan))
    refuse_unsure(request)
    actions.discard_draft(version=draft, by=signed_in(request))
    messages.success(request, _("The draft is gone."))
    left = Plan.objects.filter(code=plan).exists()
    return redirect("plan:versions", plan) if left else redirect("plan:list")


def refuse_unsure(request: HttpRequest) -> None:
    """Refuse what was not confirmed."""
    if not SureForm(request.POST).is_valid():
        raise Refusal(_("Tick the box to confirm. Nothing was done."), code="not-confirmed")


def numbered_or_refuse(request: HttpRequest, plan: Plan, number: int) -> Version:
    """Return a version by its number; a draft is its planners'."""
    version = plan.versions.filter(number=number).first()
    if version is None or (version.state == "draft" and not perms.can_edit(request.user, plan)):
        message = _("There is no such version of the plan that you may see. Look at the plan's page.")
        raise Refusal(message, code="no-version", status=404)
    version.plan = plan
    return version


def about_plan(request: HttpRequest, plan: Plan) -> dict[str, object]:
    """Return what a page about a plan needs, also where it has no version that she may see."""
    version = plan.shown()
    return about(request, version) if version else {"plan": plan}
