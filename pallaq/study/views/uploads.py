"""Pages where a dataset is brought, looked at, and frozen or thrown away."""

from uuid import UUID

import pyarrow.parquet as pq
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.shared.errors import Problem, Problems
from pallaq.shared.tabular import csv_text
from pallaq.study import actions, perms
from pallaq.study.forms import FreezeForm, UploadForm
from pallaq.study.models import Study, Upload
from pallaq.study.rules.dataset.answers import said
from pallaq.study.rules.loading import load_study
from pallaq.study.rules.sample import sample_table
from pallaq.study.views.finding import study_or_refuse


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bring(request: HttpRequest, study: str) -> HttpResponse:
    """Check a dataset: show all that is wrong in it and keep nothing, or keep it and show what it holds."""
    found = study_or_refuse(request, study)
    refuse_unless(perms.can_upload(request.user, found))
    form = UploadForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return bring_page(request, found, form)
    file, regions = form.cleaned_data["file"], perms.upload_regions(request.user, found)
    try:
        dataset = actions.check_file(study=found, file=file, regions=regions)
    except Problems as refusal:
        if request.POST.get("answer") == "csv":
            return problems_csv(refusal.problems)
        return bring_page(request, found, UploadForm(), refusal)
    upload = actions.keep_upload(study=found, dataset=dataset, file_name=file.name, by=signed_in(request))
    return redirect("study:upload_preview", study, upload.pk)


def bring_page(request: HttpRequest, study: Study, form: UploadForm, refusal: Problems | None = None) -> HttpResponse:
    """Show the form, above it what was wrong in the last file, below it what already waits."""
    waiting = [one for one in study.uploads.alive().select_related("made_by") if can_see_upload(request, one)]
    regions = perms.upload_regions(request.user, study)
    context = {"study": study, "form": form, "refusal": refusal, "waiting": waiting, "regions": sorted(regions or ())}
    return render(request, "study/upload.html", context, status=422 if refusal or form.errors else 200)


def problems_csv(problems: list[Problem]) -> HttpResponse:
    """Give the problems as a CSV that no spreadsheet runs; status 200, because browsers save nothing else."""
    header = (_("row"), _("column"), _("value"), _("problem"))
    rows = [(problem.row, problem.column, problem.value, problem.message) for problem in problems]
    response = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="problems.csv"'
    return response


def can_see_upload(request: HttpRequest, upload: Upload) -> bool:
    """Say whether the upload is hers, or hers to freeze."""
    return upload.made_by == request.user or perms.can_freeze(request.user, upload.study)


def upload_or_refuse(request: HttpRequest, study: str, upload_id: UUID) -> Upload:
    """Return an upload that still waits and that she may see."""
    uploads = study_or_refuse(request, study).uploads.alive().select_related("study", "made_by")
    upload = uploads.filter(pk=upload_id).first()
    if upload is None or not can_see_upload(request, upload):
        raise actions.gone()
    return upload


@require_safe
@login_required
def preview(request: HttpRequest, study: str, upload_id: UUID) -> HttpResponse:
    """Show what an upload holds before it is frozen; counts only, nobody's answers."""
    upload = upload_or_refuse(request, study, upload_id)
    definition = load_study(upload.study.source_folder())
    last = upload.study.releases.order_by("-number").first()
    context = {
        "study": upload.study,
        "upload": upload,
        "profiles": [said(level.title) for level in definition.profile.levels],
        "sample": sample_table(definition, pq.read_table(upload.path())),
        "warnings": [said(warning) for warning in upload.warnings],
        "number": last.number + 1 if last else 1,
        "can_freeze": perms.can_freeze(request.user, upload.study),
        "form": FreezeForm(),
    }
    return render(request, "study/preview.html", context)


@require_POST
@login_required
def discard(request: HttpRequest, study: str, upload_id: UUID) -> HttpResponse:
    """Throw an upload away."""
    upload = upload_or_refuse(request, study, upload_id)
    actions.discard_upload(upload=upload, by=signed_in(request))
    messages.success(request, _("The upload was thrown away. Nothing of it is left here."))
    return redirect("study:upload", study)
