"""Pages of a diagnosis: the gap board, a row of it, the report's files, the figures against the print."""

from pathlib import Path
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.diagnosis.files import chart_of, file_name, offered, row_table
from pallaq.diagnosis.models import Diagnosis
from pallaq.diagnosis.readable import Shown, newest_or_refuse
from pallaq.diagnosis.rules.board import Choice, chosen
from pallaq.diagnosis.rules.detail import Detail, make_detail
from pallaq.diagnosis.rules.print import OUTCOMES, make_print
from pallaq.diagnosis.rules.sample import make_sample, regions
from pallaq.diagnosis.tasks import start_diagnosis
from pallaq.report.rules import words
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.study.actions import freeze_upload
from pallaq.study.forms import FreezeForm
from pallaq.study.perms import can_freeze, can_read_release
from pallaq.study.views.finding import release_or_refuse
from pallaq.study.views.uploads import upload_or_refuse


@require_safe
def board(request: HttpRequest, study: str) -> HttpResponse:
    """Show the gap board of a study's newest readable release."""
    return board_page(request, newest_or_refuse(study, request.user))


def board_page(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Show a gap board, filtered and sorted as the address says."""
    asked = request.GET
    choice = Choice(
        asked.get("section", ""), asked.get("kind", ""), asked.get("words", ""), asked.get("sort") or "widest"
    )
    rows = chosen(shown.board, shown.document, choice)
    return render(request, "diagnosis/board.html", {**page(shown), "rows": rows, "choice": choice})


@require_safe
def row(request: HttpRequest, study: str, indicator: str) -> HttpResponse:
    """Show one indicator: a page, or inside the board for htmx."""
    shown = newest_or_refuse(study, request.user)
    template = "diagnosis/row_opened.html" if request.headers.get("HX-Request") else "diagnosis/row.html"
    values = {"detail": detail_or_refuse(shown, indicator), "chart": chart_of(shown.diagnosis, indicator)}
    response = render(request, template, {**page(shown), **values})
    response["Vary"] = "HX-Request"
    return response


@require_safe
def row_csv(request: HttpRequest, study: str, indicator: str) -> HttpResponse:
    """Give every estimate and gap of one indicator as CSV."""
    shown = newest_or_refuse(study, request.user)
    detail_or_refuse(shown, indicator)
    response = HttpResponse(row_table(shown.document, indicator), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study}-{indicator}.csv"'
    return response


@require_safe
def report(request: HttpRequest, study: str) -> HttpResponse:
    """Show what the report holds and give its files in each language."""
    shown = newest_or_refuse(study, request.user)
    return render(request, "diagnosis/report.html", {**page(shown), "languages": offered(shown.diagnosis)})


@require_safe
def report_file(request: HttpRequest, study: str, language: str, name: str) -> FileResponse:
    """Give one file of the report, of those that it may hold."""
    shown = newest_or_refuse(study, request.user)
    path: Path = shown.diagnosis.folder(language) / name
    if not path.is_file():
        raise Refusal(
            _("The report has no file “%(name)s”. Look at the report's page.") % {"name": name},
            code="no-file",
            status=404,
        )
    if not shown.release.is_open():
        about = f"release {shown.release.number}"
        record(by=signed_in(request), action="report.download", scope=study, about=about, file=f"{language}/{name}")
    return FileResponse(path.open("rb"), as_attachment=True, filename=file_name(shown.release, language, name))


@require_safe
def against_print(request: HttpRequest, study: str) -> HttpResponse:
    """Show each figure that the study printed beside ours."""
    shown = newest_or_refuse(study, request.user)
    outcome = request.GET.get("outcome", "")
    if outcome and outcome not in OUTCOMES:
        raise Http404
    table = make_print(shown.document, outcome)
    return render(request, "diagnosis/print.html", {**page(shown), "table": table, "outcome": outcome})


@require_safe
def study_page(request: HttpRequest, study: str) -> HttpResponse:
    """Show who was asked, what was asked, and what stands beside it."""
    shown = newest_or_refuse(study, request.user)
    works_in = [level for level in regions(shown.document) if level.direct_action]
    values = {"sample": make_sample(shown.document), "direct_action": works_in}
    return render(request, "diagnosis/study.html", {**page(shown), **values})


def page(shown: Shown) -> dict[str, object]:
    """Return what every page of a diagnosis needs."""
    return {
        "shown": shown,
        "document": shown.document,
        "release": shown.release,
        "study": shown.release.study,
        "headline": words.headline(shown.document),
        "meaning": words.interval_meaning(shown.document),
        "kind_of_sample": words.sample_kind(shown.document),
    }


def detail_or_refuse(shown: Shown, indicator: str) -> Detail:
    """Return an indicator opened, or say that the study has none of this code."""
    try:
        return make_detail(shown.document, indicator)
    except KeyError as error:
        message = _("The study has no indicator “%(code)s”. Look for it on the gap board.")
        raise Refusal(message % {"code": indicator}, code="no-indicator", status=404) from error


@require_POST
@login_required
def freeze(request: HttpRequest, study: str, upload_id: UUID) -> HttpResponse:
    """Freeze an upload and hand its diagnosis to the worker, both or neither."""
    upload, form = upload_or_refuse(request, study, upload_id), FreezeForm(request.POST)
    refuse_unless(can_freeze(request.user, upload.study))
    by = signed_in(request)
    if not form.is_valid():
        raise Refusal(_("The note is too long: 2,000 characters at most. Go back and shorten it."), code="note")
    with transaction.atomic():
        release = freeze_upload(upload=upload, by=by, **form.cleaned_data)
        start_diagnosis(release=release, by=by)
    return redirect("study:release", study, release.number)


@require_POST
@login_required
def diagnose_again(request: HttpRequest, study: str, number: int) -> HttpResponse:
    """Hand a diagnosis that failed, or was never asked for, to the worker."""
    release = release_or_refuse(request, study, number)
    refuse_unless(can_freeze(request.user, release.study) and can_read_release(request.user, release))
    start_diagnosis(release=release, by=signed_in(request))
    return redirect("study:release", study, number)


@require_safe
def progress(request: HttpRequest, study: str, number: int) -> HttpResponse:
    """Show how far a release's diagnosis is: a page, or inside the release's page for htmx."""
    release = release_or_refuse(request, study, number)
    refuse_unless(can_read_release(request.user, release))
    context = {
        "study": release.study,
        "release": release,
        "diagnosis": Diagnosis.objects.filter(release=release).defer("document").first(),
        "can_run": can_freeze(request.user, release.study),
    }
    template = "diagnosis/progress_fragment.html" if request.headers.get("HX-Request") else "diagnosis/progress.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response
