"""Pages of who works in a plan, and of the organisations."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.models import User
from pallaq.accounts.perms import is_administrator, refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.places.models import Organisation
from pallaq.plan import perms
from pallaq.plan.actions.organisations import save_organisation
from pallaq.plan.actions.seats import give_seat, take_seat
from pallaq.plan.forms.seats import OrganisationForm, SeatForm
from pallaq.plan.models import Role, Seat
from pallaq.plan.outline import place_words, regions_of
from pallaq.plan.views.finding import plan_or_refuse
from pallaq.plan.views.versions import about_plan
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@login_required
def seats(request: HttpRequest, plan: str) -> HttpResponse:
    """Show who does what in a plan, and give somebody a role."""
    found = plan_or_refuse(request, plan)
    refuse_unless(perms.can_edit(request.user, found))
    form = SeatForm(request.POST or None, plan=found)
    if form.is_valid():
        given = form.cleaned_data
        try:
            give_seat(
                plan=found,
                user=given["email"],
                role=Role(given["role"]),
                organisation=given["organisation"],
                region=given["region"],
                by=signed_in(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The role is given."))
            return redirect("plan:seats", plan)
    regions = regions_of(found)
    listed = found.seats.select_related("user", "organisation").order_by("role", "user__name_key")
    rows = [(seat, place_words(seat.region, regions) if seat.region else "") for seat in listed]
    return render(request, "plan/seats.html", {**about_plan(request, found), "seats": rows, "form": form})


@require_POST
@login_required
def take(request: HttpRequest, plan: str, seat_id: int) -> HttpResponse:
    """Take a role in a plan from somebody."""
    found = plan_or_refuse(request, plan)
    refuse_unless(perms.can_edit(request.user, found))
    seat = get_object_or_404(Seat, pk=seat_id, plan=found)
    take_seat(seat=seat, by=signed_in(request))
    messages.success(request, _("The role is taken."))
    return redirect("plan:seats", plan) if perms.can_see_plan(fresh(request), found) else redirect("plan:list")


def fresh(request: HttpRequest) -> User:
    """Return who asks, with her roles as they are now."""
    return User.objects.get(pk=signed_in(request).pk)


@require_safe
@login_required
def organisations(request: HttpRequest) -> HttpResponse:
    """Show the organisations, with a search."""
    refuse_unless(plans_anything(request))
    words = request.GET.get("words", "")
    page = Paginator(Organisation.objects.matching(words), 50).get_page(request.GET.get("page"))
    return render(request, "plan/organisations.html", {"page": page, "words": words})


@EDIT
@login_required
def organisation(request: HttpRequest, key: UUID | None = None) -> HttpResponse:
    """Add an organisation, or change one."""
    refuse_unless(plans_anything(request))
    found = get_object_or_404(Organisation, pk=key) if key else None
    form, status = OrganisationForm(request.POST or None, instance=found), 200
    now = Organisation.objects.get(pk=key) if key else None  # a form writes what was typed into its instance
    if form.is_valid():
        try:
            save_organisation(organisation=now, by=signed_in(request), **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("plan:organisations")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
            if now and refusal.code == "plan-edited-meanwhile":
                form.read_again(now)
    values = {"form": form, "organisation": now, "conflict": status == 409 and now}
    return render(request, "plan/organisation_form.html", values, status=status)


def plans_anything(request: HttpRequest) -> bool:
    """Say whether she plans in some plan; organisations are everybody's who does."""
    user = signed_in(request)
    return is_administrator(user) or user.seats.filter(role=Role.PLANNER).exists()
