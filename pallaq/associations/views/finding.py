"""What an address names, if she may see it; and the one way in which a form of an organisation's file is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from pallaq.associations import perms
from pallaq.associations.errors import no_organisation, nothing_here
from pallaq.associations.forms.base import FileForm
from pallaq.associations.history import Change, history
from pallaq.places.models import Organisation
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Words:
    """What a page with a form says: its title, a note under it, its button, and what is said once it is saved."""

    title: str | Promise
    saved: str | Promise
    button: str | Promise
    note: str | Promise = ""
    back: str = "associations:organisation"


def organisation_or_refuse(request: HttpRequest, key: UUID) -> Organisation:
    """Return the organisation with this key; to whoever may not see it, it is not there."""
    found = Organisation.objects.select_related("dossier").filter(pk=key, stands_for_many=False).first()
    if found is None or not perms.can_see(request.user, found):
        raise no_organisation()
    return found


def row_or_refuse(rows: QuerySet[Any], key: UUID) -> Any:
    """Return a row of an organisation's file."""
    found: Model | None = rows.filter(pk=key).first()
    if found is None:
        raise nothing_here()
    return found


def about_organisation(organisation: Organisation) -> dict[str, Any]:
    """Return what every page about an organisation needs."""
    return {"organisation": organisation}


def answered(
    request: HttpRequest, organisation: Organisation, form: FileForm, verb: Callable[[], object], words: Words
) -> HttpResponse:
    """Do what a form asks for and go back; or show it, with why not and what somebody else changed meanwhile."""
    meanwhile: list[Change] = []
    status = 200
    if form.is_valid():
        try:
            verb()
        except Refusal as refusal:
            status = refusal.status
            if refusal.code == "organisation-edited-meanwhile":
                meanwhile = history(organisation, since=form.read_edition())
                form.read_again()
            form.add_error(None, forms.ValidationError(refusal.message, code=refusal.code))
        else:
            messages.success(request, str(words.saved))
            return redirect(words.back, organisation.pk)
    status = 422 if status == 200 and form.errors else status
    values = {"form": form, "words": words, "meanwhile": meanwhile, **about_organisation(organisation)}
    return render(request, "associations/form.html", {**about(request), **values}, status=status)
