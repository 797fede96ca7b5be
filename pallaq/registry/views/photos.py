"""Her photo: shown to whoever may see her, taken or brought, removed."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.visitors import signed_in
from pallaq.registry.actions.photos import remove_photo, set_photo
from pallaq.registry.actions.reading import read
from pallaq.registry.forms.searching import PhotoForm
from pallaq.registry.models import Photo, What
from pallaq.registry.tabs import about_person
from pallaq.registry.views.editing import to_edit
from pallaq.registry.views.finding import person_or_refuse
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the photo itself; that it was seen is logged."""
    found = person_or_refuse(request, key)
    kept = Photo.objects.filter(person=found).first()
    if kept is None:
        raise Refusal(_("There is no photo of her."), code="no-photo", status=404)
    read(found, by=signed_in(request), what=What.PHOTO)
    return HttpResponse(kept.image, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


@EDIT
@login_required
def photo_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take or bring her photo."""
    found = to_edit(request, key)
    read(found, by=signed_in(request), what=What.FILE)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    status = 200
    if form.is_valid():
        try:
            set_photo(person=found, content=form.content(), by=signed_in(request))
        except Refusal as refusal:
            form.add_error("photo", forms.ValidationError(refusal.message, code=refusal.code))
            status = refusal.status
        else:
            messages.success(request, _("The photo is in her file."))
            return redirect("registry:person", found.pk)
    status = 422 if form.errors and status == 200 else status
    return render(request, "registry/photo_form.html", {**about_person(request, found), "form": form}, status=status)


@EDIT
@login_required
def photo_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask whether her photo shall go, and delete it."""
    found = to_edit(request, key)
    read(found, by=signed_in(request), what=What.FILE)
    if request.method != "POST":
        return render(request, "registry/photo_remove.html", about_person(request, found))
    remove_photo(person=found, by=signed_in(request))
    messages.success(request, _("The photo is deleted."))
    return redirect("registry:person", found.pk)
