"""Pages of studies and their releases."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.shared.releases import SEAL, sealed_files
from pallaq.study import actions, perms
from pallaq.study.forms import WithdrawForm
from pallaq.study.models import Release, Study
from pallaq.study.views.finding import release_or_refuse, study_or_refuse


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """Show the studies she may see."""
    seen = [study for study in Study.objects.all() if perms.can_see_study(request.user, study)]
    return render(request, "study/list.html", {"studies": seen})


@require_safe
def releases(request: HttpRequest, study: str) -> HttpResponse:
    """Show the releases of a study that she may see, newest first."""
    found = study_or_refuse(request, study)
    seen = found.releases.seen_by(request.user).select_related("frozen_by")
    context = {"study": found, "releases": seen, "can_upload": perms.can_upload(request.user, found)}
    return render(request, "study/releases.html", context)


@require_safe
def release(request: HttpRequest, study: str, number: int) -> HttpResponse:
    """Show what a release is, its files, and what she may do with it."""
    return release_page(request, release_or_refuse(request, study, number), WithdrawForm())


def release_page(request: HttpRequest, found: Release, form: WithdrawForm) -> HttpResponse:
    """Show a release's page with the form that withdraws it."""
    downloadable = perms.can_download_data(request.user, found)
    context = {
        "study": found.study,
        "release": found,
        "files": [*sealed_files(found.folder()), SEAL] if downloadable else [],
        "can_read": perms.can_read_release(request.user, found),
        "can_publish": perms.can_publish(request.user, found.study),
        "can_withdraw": perms.can_withdraw(request.user, found.study),
        "form": form,
    }
    return render(request, "study/release.html", context, status=422 if form.errors else 200)


@require_safe
def release_file(request: HttpRequest, study: str, number: int, name: str) -> FileResponse:
    """Give one of the frozen files; taking one that is not public is noted in the trail."""
    found = release_or_refuse(request, study, number)
    refuse_unless(perms.can_download_data(request.user, found))
    if name not in {*sealed_files(found.folder()), SEAL}:
        message = _("Release %(number)s has no file %(name)s. Its page lists those it has.")
        raise Refusal(message % {"number": number, "name": name}, code="no-file", status=404)
    if not found.is_open():
        record(by=signed_in(request), action="release.download", scope=study, about=f"release {number}", file=name)
    path = found.folder() / name
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{study}-{number}-{path.name}")


@require_POST
@login_required
def publish(request: HttpRequest, study: str, number: int) -> HttpResponse:
    """Let everybody read a release, or only members."""
    found = release_or_refuse(request, study, number)
    refuse_unless(perms.can_publish(request.user, found.study))
    public = request.POST.get("public") == "yes"
    actions.publish_release(release=found, public=public, by=signed_in(request))
    words = _("Anybody may read this release now.") if public else _("Only members of the study may read it now.")
    messages.success(request, words)
    return redirect("study:release", study, number)


@require_POST
@login_required
def withdraw(request: HttpRequest, study: str, number: int) -> HttpResponse:
    """Withdraw a release, with its reason."""
    found = release_or_refuse(request, study, number)
    refuse_unless(perms.can_withdraw(request.user, found.study))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return release_page(request, found, form)
    actions.withdraw_release(release=found, reason=form.cleaned_data["reason"], by=signed_in(request))
    messages.success(request, _("Release %(number)s is withdrawn.") % {"number": number})
    return redirect("study:release", study, number)
