"""The home page, the pages about Pallaq itself, the audit trail."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pallaq.accounts.models import User
from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.diagnosis.readable import newest
from pallaq.diagnosis.views import board_page
from pallaq.shared.models import AuditEvent, record
from pallaq.shared.tabular import csv_text
from pallaq.web.forms import AuditForm
from pallaq.web.glossary import TERMS
from pallaq.web.navigation import first_study
from pallaq.web.trail import lines, trail_scopes


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the gap board of the featured study, or what to do while there is none."""
    study = first_study(request.user)
    shown = newest(study, request.user) if study else None
    return board_page(request, shown) if shown else render(request, "web/empty.html")


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show the terms that the pages use, in both languages."""
    return render(request, "web/glossary.html", {"terms": TERMS})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what is synthetic, how the figures are made and what is kept private."""
    return render(request, "web/about.html")


@require_safe
@login_required
def audit(request: HttpRequest) -> HttpResponse:
    """Show who did what: everything to administrators, their own studies' to researchers."""
    form, events = chosen_events(request)
    page = Paginator(events, 50).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {"form": form, "page": page, "lines": lines(page.object_list), "asked": asked.urlencode()}
    return render(request, "web/audit.html", context)


@require_safe
@login_required
def audit_csv(request: HttpRequest) -> HttpResponse:
    """Give the chosen events as a CSV that no spreadsheet runs; taking it is noted too."""
    _form, events = chosen_events(request)
    header = (_("when"), _("who"), _("what"), _("study"), _("about"), _("details"))
    rows = [(one.at.isoformat(), one.who, one.action, one.study, one.about, one.details) for one in lines(events)]
    record(by=signed_in(request), action="audit.download", about=f"{len(rows)} events")
    response = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def chosen_events(request: HttpRequest) -> tuple[AuditForm, QuerySet[AuditEvent]]:
    """Return the form and the events it chooses, of those she may read."""
    scopes = trail_scopes(request.user)
    refuse_unless(scopes is None or bool(scopes))
    events: QuerySet[AuditEvent] = AuditEvent.objects.select_related("by")
    if scopes is not None:
        events = events.filter(scope__in=scopes)
    people = User.objects.filter(pk__in=events.order_by().values("by"))
    form = AuditForm(request.GET, people=people)
    return form, form.chosen(events)
