"""Pages of official statistics: the published figures, the releases, the totals of registries."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.figures import perms, showing
from pallaq.figures.actions.freezing import publish
from pallaq.figures.actions.totals import import_totals
from pallaq.figures.forms import ReleaseForm, SchemeForm, TotalsForm
from pallaq.figures.models import RegistryRelease, RegistryTotal
from pallaq.figures.tasks import start_release
from pallaq.registry.tabs import about
from pallaq.shared.errors import Problems, Refusal
from pallaq.shared.tabular import csv_text

EDIT = require_http_methods(["GET", "HEAD", "POST"])


def menu(request: HttpRequest) -> dict[str, object]:
    """Return the registry's menu for whoever works there, and what she may do here."""
    return {**about(request), "can_freeze": perms.can_freeze(request.user)}


def releases_seen(request: HttpRequest) -> QuerySet[RegistryRelease]:
    """Return the frozen releases for whoever freezes, the published ones for everybody else."""
    if perms.can_freeze(request.user):
        return RegistryRelease.objects.exclude(sha256="")
    return RegistryRelease.objects.published()


@require_safe
def figures(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Show the latest published figures, or those of a release that she may see."""
    seen = (
        RegistryRelease.objects.exclude(sha256="")
        if perms.can_freeze(request.user)
        else RegistryRelease.objects.published()
    )
    release = get_object_or_404(seen, number=number) if number else RegistryRelease.objects.published().first()
    if release is None:
        return render(request, "figures/empty.html", menu(request))
    codes = showing.schemes_of(release)
    form = SchemeForm({"scheme": request.GET.get("scheme", codes[0] if codes else "")}, codes)
    scheme = form.cleaned_data["scheme"].pk if form.is_valid() else (codes[0] if codes else "")
    context = {
        **menu(request),
        "release": release,
        "form": form,
        "scheme": showing.code_words("scheme", scheme) if scheme else "",
        "scheme_code": scheme,
        "tables": showing.tables(release, scheme),
        **showing.headline(release, scheme),
    }
    return render(request, "figures/figures.html", context)


@require_safe
def figures_csv(request: HttpRequest, number: int) -> HttpResponse:
    """Give every cell of a release that is told, as CSV."""
    seen = (
        RegistryRelease.objects.exclude(sha256="")
        if perms.can_freeze(request.user)
        else RegistryRelease.objects.published()
    )
    release = get_object_or_404(seen, number=number)
    header = ("scheme", "state", "region", "sex", "age", "month", "registrations")
    rows = [[*(code or "" for code in cell), "hidden" if n is None else n] for cell, n in release.cells().items()]
    answer = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    stamp = "-SYNTHETIC" if release.synthetic else ""
    name = f"registry-r{release.number}-{release.as_of}{stamp}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@EDIT
@login_required
def releases(request: HttpRequest) -> HttpResponse:
    """Show the releases, and ask for one."""
    refuse_unless(perms.can_freeze(request.user))
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        try:
            start_release(as_of=form.cleaned_data["as_of"], by=signed_in(request))
            messages.success(request, _("The release is being frozen. This page shows when it is done."))
            return redirect("figures:releases")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {**menu(request), "releases": RegistryRelease.objects.select_related("asked_by"), "form": form}
    return render(request, "figures/releases.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def release_publish(request: HttpRequest, number: int) -> HttpResponse:
    """Open a release's figures to everybody."""
    refuse_unless(perms.can_freeze(request.user))
    publish(release=get_object_or_404(RegistryRelease, number=number), by=signed_in(request))
    messages.success(request, _("The figures are published."))
    return redirect("figures:releases")


@EDIT
def registries(request: HttpRequest) -> HttpResponse:
    """Show what official registries said of themselves; statisticians bring later totals."""
    form, refusal = TotalsForm(request.POST or None, request.FILES or None), None
    if request.method == "POST":
        refuse_unless(perms.can_freeze(request.user))
    if form.is_valid():
        try:
            stored = bring_totals(request, form.cleaned_data["file"])
            messages.success(request, _("Totals stored: %(count)d.") % {"count": stored})
            return redirect("figures:registries")
        except Problems as problems:
            refusal = problems
    context = {**menu(request), "totals": RegistryTotal.objects.all(), "form": form, "refusal": refusal}
    return render(request, "figures/registries.html", context, status=422 if refusal or form.errors else 200)


def bring_totals(request: HttpRequest, file: Any) -> int:
    """Store the totals of an uploaded file."""
    with tempfile.NamedTemporaryFile(suffix=Path(file.name or "").suffix) as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        return import_totals(path=Path(copy.name), name=file.name or "", by=signed_in(request))


@require_safe
def registries_csv(request: HttpRequest) -> HttpResponse:
    """Give the totals as CSV."""
    header = ("registry", "name", "persons", "percent_women", "women", "as_of", "source")
    rows = [
        (one.code, one.name(), one.persons, str(one.percent_women or ""), one.women(), one.as_of, one.source)
        for one in RegistryTotal.objects.all()
    ]
    answer = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="registries.csv"'
    return answer
