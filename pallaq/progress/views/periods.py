"""Periods of a plan: which are closed; a planner closes and reopens them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.plan.models import Version
from pallaq.plan.perms import can_edit
from pallaq.plan.rules.periods import Period, parse, years
from pallaq.progress.actions.periods import close_period, missing_in, reopen_period
from pallaq.progress.forms.values import CloseForm, ReasonForm
from pallaq.progress.views.finding import tried
from pallaq.progress.views.scope import version_or_refuse
from pallaq.shared.errors import Refusal


@require_safe
@login_required
def periods(request: HttpRequest, plan: str) -> HttpResponse:
    """List the periods that are over or running, the latest first, with their state."""
    version, today = version_or_refuse(request, plan), timezone.localdate()
    closed = {(one.year, one.quarter): one for one in version.plan.closed_periods.select_related("closed_by")}
    rows = [
        (period, closed.get((period.year, period.quarter)), closed.get((period.year, 0)), period.ends_on < today)
        for period in periods_of(version)
    ]
    can_close = can_edit(request.user, version.plan)
    return render(request, "progress/periods.html", {"plan": version.plan, "rows": rows, "can_close": can_close})


def periods_of(version: Version) -> list[Period]:
    """Return the periods that have begun, the latest first: years, and their quarters if anything counts them."""
    today = timezone.localdate()
    first = version.indicators.order_by("targets__year").values_list("targets__year", flat=True).first()
    begins = [version.plan.starts_on.year if version.plan.starts_on else None, first, version.made_at.year]
    begin = min(year for year in begins if year)
    found = years(begin, today.year, "yearly") if begin <= today.year else []
    if version.indicators.filter(frequency="quarterly").exists():
        found += years(begin, today.year, "quarterly")
    return sorted((one for one in found if one.starts_on <= today), reverse=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def period(request: HttpRequest, plan: str, period: str) -> HttpResponse:
    """Show what is missing in a period before it is closed; reopen one that is, with a reason."""
    version = version_or_refuse(request, plan)
    refuse_unless(can_edit(request.user, version.plan))
    try:
        found = parse(period)
    except ValueError as error:
        message = _("There is no period “%(period)s”. Write a year or a quarter, such as 2026 or 2026-Q2.")
        raise Refusal(message % {"period": period[:20]}, code="no-period", status=404) from error
    closed = version.plan.closed_periods.filter(year=found.year, quarter=found.quarter).first()
    return reopening(request, version, found) if closed else closing(request, version, found)


def closing(request: HttpRequest, version: Version, found: Period) -> HttpResponse:
    """Show what is missing, and close."""
    missing, by = missing_in(version, found), signed_in(request)
    form = CloseForm(request.POST if request.method == "POST" else None, missing=missing)
    if form.is_valid() and not tried(form, lambda: close_period(plan=version.plan, period=found, by=by)):
        messages.success(request, _("%(period)s is closed.") % {"period": found})
        return redirect("progress:periods", version.plan.code)
    page = Paginator(missing, 50).get_page(request.GET.get("page"))
    context = {"plan": version.plan, "period": found, "page": page, "form": form}
    context["over"] = found.ends_on < timezone.localdate()
    return render(request, "progress/periods_close.html", context, status=422 if form.errors else 200)


def reopening(request: HttpRequest, version: Version, found: Period) -> HttpResponse:
    """Reopen, with a reason."""
    form, by = ReasonForm(request.POST or None), signed_in(request)
    if form.is_valid() and not tried(
        form, lambda: reopen_period(plan=version.plan, period=found, by=by, **form.cleaned_data)
    ):
        messages.success(request, _("%(period)s is open again.") % {"period": found})
        return redirect("progress:periods", version.plan.code)
    context = {"plan": version.plan, "period": found, "form": form}
    return render(request, "progress/periods_reopen.html", context, status=422 if form.errors else 200)
