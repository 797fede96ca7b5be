"""Evidence of an indicator or an action: listed, brought, taken, removed."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.plan.models import Item
from pallaq.progress.actions.evidence import kept_files, remove_evidence, store_file
from pallaq.progress.forms.evidence import EvidenceForm, RemoveForm
from pallaq.progress.models import Evidence
from pallaq.progress.perms import Reach, placed, seen_evidence
from pallaq.progress.views.finding import tried
from pallaq.progress.views.reach import evidence_or_refuse, no_evidence, reach_or_refuse
from pallaq.shared.models import record

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def evidence(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Show the evidence of an item, and keep new files."""
    item, reach = reach_or_refuse(request, plan, code)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        refuse_unless(reach.can_report)
        if form.is_valid() and not tried(form, lambda: keep(request, item, reach, form)):
            messages.success(request, _("Kept."))
            return redirect("progress:evidence", plan, code)
    rows = seen_evidence(Evidence.objects.filter(item=item), reach).select_related("by", "removed_by")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for one in page.object_list:
        one.hers = reach.can_change(one)  # type: ignore[attr-defined] # for the template alone
    found = placed(item)
    context = {
        "plan": item.plan,
        "item": item,
        "title": (found[2] or found[1]).name() if found else "",
        "page": page,
        "reach": reach,
        "form": form,
    }
    return render(request, "progress/evidence.html", context, status=422 if form.errors else 200)


def keep(request: HttpRequest, item: Item, reach: Reach, form: EvidenceForm) -> None:
    """Keep the files of a form: all or none."""
    with kept_files() as stored:
        for file in form.cleaned_data["attached"]:
            title = form.cleaned_data["title"]
            store_file(stored, item=item, file=file, title=title, region=reach.region, by=signed_in(request))


@require_safe
@login_required
def evidence_file(request: HttpRequest, plan: str, key: UUID) -> FileResponse:
    """Give a file to keep, never to show in the browser; who took it is noted in the trail."""
    found, _reach = evidence_or_refuse(request, plan, key)
    if found.removed_at or not found.path().is_file():
        raise no_evidence()
    facts = {"item": found.item.code, "sha256": found.sha256}
    record(
        by=signed_in(request),
        action="evidence.download",
        scope=found.item.plan.scope,
        about=f"evidence {found.pk}",
        **facts,
    )
    file = found.path().open("rb")
    response = FileResponse(file, as_attachment=True, filename=found.file_name, content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def evidence_remove(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Remove a file, with a reason."""
    found, reach = evidence_or_refuse(request, plan, key)
    refuse_unless(reach.can_change(found))
    form = RemoveForm(request.POST or None)
    by = signed_in(request)
    if form.is_valid() and not tried(form, lambda: remove_evidence(evidence=found, by=by, **form.cleaned_data)):
        messages.success(request, _("The file is removed. That it was there, and why it went, stays."))
        return redirect("progress:evidence", plan, found.item.code)
    context = {"plan": found.item.plan, "evidence": found, "form": form}
    return render(request, "progress/evidence_remove.html", context, status=422 if form.errors else 200)
