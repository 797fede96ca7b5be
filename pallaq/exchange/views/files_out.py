"""Files that a plan gives to print and to publish: IATI, and papers as PDF and DOCX."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.exchange.contents import has_more_targets
from pallaq.exchange.forms import PublisherForm
from pallaq.exchange.iati.activities import iati_file
from pallaq.exchange.iati.results import MOST
from pallaq.exchange.models import Publisher
from pallaq.exchange.papers.plan import plan_paper
from pallaq.exchange.papers.progress import progress_paper
from pallaq.exchange.publishing import publish_as
from pallaq.plan import perms
from pallaq.plan.models import Plan, Version
from pallaq.plan.views.finding import plan_or_refuse
from pallaq.progress.views.board import period_of
from pallaq.shared.documents.blocks import Paper
from pallaq.shared.documents.docx import docx_bytes
from pallaq.shared.documents.pdf import pdf
from pallaq.shared.errors import Refusal

XML = "application/xml"
PRINTERS = {
    "pdf": (pdf, "application/pdf"),
    "docx": (docx_bytes, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def no_plan(code: str) -> Refusal:
    """Return the refusal of a plan that is not there, or not for her."""
    message = _("There is no plan “%(plan)s” that you may see. Look at the list of plans, or log in.")
    return Refusal(message % {"plan": code}, code="no-plan", status=404)


def version_or_refuse(request: HttpRequest, code: str, may: Callable[[Plan], bool]) -> Version:
    """Return the version in force, if the plan is public or she is of those who `may`; a planner also a first draft."""
    plan = Plan.objects.filter(code=code).first()
    if plan is None:
        raise no_plan(code)
    version = plan.approved() if may(plan) or plan.public else None
    if version is None and perms.can_edit(request.user, plan):
        version = plan.draft()  # of a plan that was never approved; drafts are the planners'
    if version is None:
        raise no_plan(code)
    return version


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Return a file that a browser saves under its name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def iati(request: HttpRequest, plan: str) -> HttpResponse:
    """Give the plan as IATI 2.03; to the public only under the name of who reports it."""
    version = version_or_refuse(request, plan, lambda found: perms.can_see_everything(request.user, found))
    named = Publisher.objects.filter(plan=version.plan).exists()
    if not perms.can_see_everything(request.user, version.plan):
        refuse_to_the_public(version, named)
    name = f"{plan}-iati.xml" if named else f"{plan}-iati-draft.xml"
    return attached(iati_file(version, timezone.now()), XML, name)


def refuse_to_the_public(version: Version, named: bool) -> None:
    """Refuse a draft of nobody's, and a file so large that whoever asks for it often would stop the server."""
    if not named:
        message = _("This plan is not published to IATI yet: nobody wrote down under which identifier.")
        raise Refusal(message, code="iati-draft", status=404)
    if has_more_targets(version, MOST):
        message = _("This plan is too large to be written for every visitor. Ask who publishes it for the file.")
        raise Refusal(message, code="iati-too-large", status=403)


@require_safe
def plan_file(request: HttpRequest, plan: str, form: str) -> HttpResponse:
    """Give the plan on paper, as PDF or DOCX; the version in force of a public plan to anybody."""
    version = version_or_refuse(request, plan, lambda found: perms.can_see_plan(request.user, found))
    return printed(plan_paper(version), form, plan)


@require_safe
@login_required
def progress_file(request: HttpRequest, plan: str, form: str) -> HttpResponse:
    """Give a period's progress on paper, as PDF or DOCX, to whoever sees every entity's records."""
    refuse_unless(perms.can_see_everything(request.user, plan_or_refuse(request, plan)))
    version = version_or_refuse(request, plan, lambda found: True)
    today = timezone.localdate()
    period = period_of(request.GET.get("period", ""), version, today)
    return printed(progress_paper(version, period, today), form, f"{plan}-{period}")


def printed(paper: Paper, form: str, name: str) -> HttpResponse:
    """Return a paper as a file in one of the forms."""
    printer, media_type = PRINTERS[form]
    return attached(printer(paper), media_type, f"{name}-{paper.language}.{form}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def publisher(request: HttpRequest, plan: str) -> HttpResponse:
    """Show and write down under which identifier the plan is published to IATI."""
    found = plan_or_refuse(request, plan)
    refuse_unless(perms.can_edit(request.user, found))
    known = Publisher.objects.filter(plan=found).first()
    form = PublisherForm(request.POST if request.method == "POST" else None, instance=known)
    if not form.is_valid():
        context = {"plan": found, "form": form}
        return render(request, "exchange/publisher.html", context, status=422 if form.errors else 200)
    publish_as(plan=found, by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("The plan is now published to IATI under this identifier."))
    return redirect("exchange:files", plan)
