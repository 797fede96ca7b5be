"""Certificates of origin: issued, shown, printed, cancelled; the holder's register and its file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.permits import perms, quota
from pallaq.permits.actions import certificates as verbs
from pallaq.permits.forms.certificates import CancelForm, ExportForm, IssueForm, MonthForm
from pallaq.permits.models import Certificate
from pallaq.permits.models.authorisations import current, people_of
from pallaq.permits.papers.certificate import certificate_pdf
from pallaq.permits.papers.words import norm_of_certificates
from pallaq.permits.rules.grams import month_of
from pallaq.permits.views.finding import asked, authorisation_or_refuse, certificate_or_refuse, shown
from pallaq.permits.views.lists import attached
from pallaq.registry.actions.reading import read, read_many
from pallaq.registry.models import Norm
from pallaq.registry.models.log import What
from pallaq.registry.tabs import about

EDIT = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 25
ROWS = ("authorisation__person", "holder", "document_kind")


@EDIT
@login_required
def issue_new(request: HttpRequest, key: UUID) -> HttpResponse:
    """Issue a certificate; where the law's quota would be passed, say so first, and do it all the same if asked to."""
    found = authorisation_or_refuse(request, key)
    refuse_unless(perms.can_answer(request.user, found))
    form = IssueForm(request.POST or None, on_paper=not perms.is_holder(request.user, found))
    seller, today = current(found.person), timezone.localdate()
    context = {"form": form, **law(quota.limit_for(seller, today), norm_of_certificates(today))}
    if form.is_valid() and not form.cleaned_data["knowing"]:
        day = form.cleaned_data.get("paper_on") or today
        if quota.passes(seller, day, form.cleaned_data["grams"]):
            return shown(request, found, "permits/issue.html", {**context, "passes": True})
    made: list[Certificate] = []

    def verb() -> None:
        grams, paper_on = form.cleaned_data["grams"], form.cleaned_data.get("paper_on")
        made.append(verbs.issue(authorisation=found, grams=grams, paper_on=paper_on, by=signed_in(request)))

    done, status = asked(form, request, verb)
    if done:
        messages.success(
            request, _("Issued, number %(number)d. Print it twice: one copy is yours.") % {"number": made[0].number}
        )
        return redirect("permits:certificate", made[0].pk)
    return shown(request, found, "permits/issue.html", context, status)


def law(limit: Norm | None, norm: Norm | None) -> dict[str, Any]:
    """Return what a page says of the quota and of the norm of certificates."""
    notes = {"limit_note": limit.words("note") if limit else "", "norm_note": norm.words("note") if norm else ""}
    return {"limit": limit, "norm": norm, **notes}


@require_safe
@login_required
def certificate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a certificate."""
    made = certificate_or_refuse(request, key)
    context = {"certificate": made, "can_cancel": perms.can_answer(request.user, made) and made.cancelled_at is None}
    return shown(request, made.authorisation, "permits/certificate.html", context)


@require_safe
@login_required
def certificate_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a certificate on paper; every copy is the same."""
    made = certificate_or_refuse(request, key)
    read(perms.whose(made), by=signed_in(request), what=What.PERMIT)
    return attached(certificate_pdf(made), "application/pdf", f"constancia-{made.number}.pdf")


@EDIT
@login_required
def cancel_it(request: HttpRequest, key: UUID) -> HttpResponse:
    """Cancel a certificate, with a reason."""
    made = certificate_or_refuse(request, key)
    refuse_unless(perms.can_answer(request.user, made))
    form = CancelForm(request.POST or None)

    def verb() -> None:
        verbs.cancel(certificate=made, reason=form.cleaned_data["reason"], by=signed_in(request))

    done, status = asked(form, request, verb)
    if done:
        messages.success(request, _("Cancelled. Its number and the reason stay in the register."))
        return redirect("permits:certificate", key)
    return shown(request, made.authorisation, "permits/cancel.html", {"certificate": made, "form": form}, status)


@require_safe
@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Show the register of certificates: the holder's own, or that of her regions; of one month if asked."""
    refuse_unless(perms.sees_certificates(request.user))
    month = MonthForm(request.GET)
    rows = of_month(perms.certificates_seen_by(request.user), month)
    page = Paginator(rows.select_related(*ROWS), PAGE).get_page(request.GET.get("page"))
    read_many(people_of(page.object_list), by=signed_in(request), what=What.PERMIT)
    form = ExportForm(initial={"month": request.GET.get("month", "")}) if perms.can_export(request.user) else None
    context = {"page": page, "month": month, "form": form, "only_holder": perms.only_holder(request.user)}
    return render(request, "permits/register.html", {**about(request), **context})


@require_POST
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Take the register out as CSV, with a reason that each selector reads in her log."""
    refuse_unless(perms.can_export(request.user))
    form, month = ExportForm(request.POST), MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what the file is for: it is written into each selector's log."))
        return redirect("permits:certificates")
    rows = of_month(perms.exportable_by(request.user), month).select_related(*ROWS).order_by("holder", "number")
    text = verbs.take_out(certificates=list(rows), reason=form.cleaned_data["reason"], by=signed_in(request))
    return attached(text, "text/csv; charset=utf-8", "constancias.csv")


def of_month(rows: QuerySet[Certificate], form: MonthForm) -> QuerySet[Certificate]:
    """Return the certificates of the month that a form asks for; all without one, none of a month that is none."""
    if not form.is_valid():
        return rows.none()
    if form.cleaned_data["month"] is None:
        return rows
    first, after = month_of(form.cleaned_data["month"])
    return rows.filter(issued_on__gte=first, issued_on__lt=after)
