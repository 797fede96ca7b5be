"""What an address names, if she may see it; pages that say what they show; verbs tried from a form."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pallaq.accounts.visitors import signed_in
from pallaq.permits import perms
from pallaq.permits.errors import no_authorisation, no_certificate
from pallaq.permits.models import Authorisation, Certificate
from pallaq.registry.actions.reading import read
from pallaq.registry.models.log import What
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal

AGAIN = frozenset({"permit-changed-meanwhile", "terms-changed"})


def authorisation_or_refuse(request: HttpRequest, key: UUID) -> Authorisation:
    """Return the authorisation with this key; to whoever may not see it, it is not there."""
    found = Authorisation.objects.select_related("person", "holder", "renews", "changed_by").filter(pk=key).first()
    if found is None or not perms.can_see(request.user, found):
        raise no_authorisation()
    return found


def certificate_or_refuse(request: HttpRequest, key: UUID) -> Certificate:
    """Return the certificate with this key; to whoever may not see it, it is not there."""
    related = ("authorisation__person", "holder", "issued_by", "cancelled_by", "document_kind")
    found = Certificate.objects.select_related(*related).filter(pk=key).first()
    if found is None or not perms.can_see_certificates(request.user, found):
        raise no_certificate()
    return found


def shown(
    request: HttpRequest, found: Authorisation, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page about an authorisation; that it shows her is noted in her log."""
    person = perms.whose(found)
    read(person, by=signed_in(request), what=What.PERMIT)
    values = {**about(request), "authorisation": found, "person": person, **context}
    return render(request, template, {**values, "desk": perms.can_open_file(request.user, found)}, status=status)


def tried(form: forms.Form, verb: Callable[[], object]) -> int:
    """Do what a form asks for; return 0, or the status of the refusal, which becomes the form's own error."""
    try:
        verb()
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return refusal.status
    return 0


def status_of(form: forms.Form, status: int) -> int:
    """Return the status of a page with a form."""
    return status or (422 if form.is_bound and form.errors else 200)


def asked(form: forms.Form, request: HttpRequest, verb: Callable[[], object]) -> tuple[bool, int]:
    """Do what a valid form asks for; return whether it is done, and else the status of the page.

    A form that was read too long ago is read again, so that sending it once more rests on what the page shows.
    """
    if request.method != "POST" or not form.is_valid():
        return False, status_of(form, 0)
    status = tried(form, verb)
    if status == 409 and hasattr(form, "read_again"):
        form.read_again()
    return not status, status
