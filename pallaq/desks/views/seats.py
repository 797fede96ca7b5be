"""Pages of who works in the registry: administrators give and take roles, and the permission to export."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pallaq.accounts.models import User
from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.desks.forms.seats import SeatForm
from pallaq.places.rules import department
from pallaq.registry import perms
from pallaq.registry.actions.seats import MAY_EXPORT, allow_export, give_seat, take_seat
from pallaq.registry.models import Role, Seat
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desks(request: HttpRequest) -> HttpResponse:
    """Show who works in the registry, with a search, and give somebody a role."""
    refuse_unless(perms.can_give_seats(request.user))
    form = SeatForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            give_seat(
                user=given["email"],
                role=Role(given["role"]),
                region=given["region"],
                organisation=given["organisation"],
                by=signed_in(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The role is given."))
            return redirect("desks:desks")
    words = request.GET.get("words", "")
    found = Seat.objects.filter(user__in=User.objects.matching(words)) if words else Seat.objects.all()
    listed = found.select_related("user", "organisation").order_by("user__name_key", "user__email", "role", "pk")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    rows = [(seat, department(seat.region), seat.role in MAY_EXPORT) for seat in page.object_list]
    context = {**about(request), "form": form, "page": page, "rows": rows, "words": words}
    return render(request, "desks/desks.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def take(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Take a role from somebody."""
    refuse_unless(perms.can_give_seats(request.user))
    take_seat(seat=get_object_or_404(Seat, pk=seat_id), by=signed_in(request))
    messages.success(request, _("The role is taken."))
    return redirect("desks:desks")


@require_POST
@login_required
def allow(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Let somebody export with a role, or no longer."""
    refuse_unless(perms.can_give_seats(request.user))
    allowed = request.POST.get("allowed") == "yes"
    allow_export(seat=get_object_or_404(Seat, pk=seat_id), allowed=allowed, by=signed_in(request))
    messages.success(request, _("She may export now.") if allowed else _("She may export no longer."))
    return redirect("desks:desks")
