"""The page where lists are brought. What is brought never lies on a disk in clear, not even while it arrives."""

import io
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.places.rules import department
from pallaq.registry.tabs import about
from pallaq.rolls import perms, tasks
from pallaq.rolls.actions.bringing import Brought
from pallaq.rolls.forms import RollForm
from pallaq.shared.errors import Problems, Refusal

PAGE = 25


class Memory(FileUploadHandler):
    """Keeps a file in memory whatever its size; the site's limit has been held against the request before."""

    chunk_size = 2**20

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.held = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece."""
        self.held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Give the file."""
        self.held.seek(0)
        return InMemoryUploadedFile(
            file=self.held,
            field_name=self.field_name,
            name=self.file_name or "",
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
        )


@csrf_exempt  # the token is looked for below, once it is settled where the file goes
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bring(request: HttpRequest) -> HttpResponse:
    """Show the lists, and take another one."""
    refuse_unless(perms.can_bring(request.user))
    request.upload_handlers = [Memory(request)]
    return protected(request)


@csrf_protect
def protected(request: HttpRequest) -> HttpResponse:
    """Take a list, or say what is wrong with it."""
    form = RollForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return page(request, form)
    given = form.cleaned_data
    brought = Brought(given["scheme"], given["issued_on"], given["document_kind"], given["synthetic"])
    try:
        roll = tasks.bring(
            brought=brought,
            data=given["file"].read(),
            name=given["file"].name,
            regions=perms.regions(request.user),
            by=signed_in(request),
        )
    except Refusal as refusal:
        return page(request, form, refusal)
    return redirect("rolls:roll", roll.pk)


def page(request: HttpRequest, form: RollForm, refusal: Refusal | None = None) -> HttpResponse:
    """Show the form, above it what was wrong with the last file, below it the lists that were brought."""
    rolls = perms.rolls_of(request.user).select_related("scheme", "made_by")
    hers = perms.regions(request.user)
    context = {
        "form": form,
        "refusal": refusal,
        "problems": refusal.problems if isinstance(refusal, Problems) else [],
        "rolls": Paginator(rolls, PAGE).get_page(request.GET.get("page")),
        "regions": sorted(one.name for code in hers or () if (one := department(code))),
        "limit": settings.UPLOAD_LIMIT // 2**20,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "rolls/list.html", {**about(request), **context}, status=status)
