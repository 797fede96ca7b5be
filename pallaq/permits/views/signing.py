"""Signatures: the holder's on screen, and those that were given on paper, recorded at the desk."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.permits import perms
from pallaq.permits.actions.signing import OnPaper, sign
from pallaq.permits.forms.authorisations import PaperForm, SignForm
from pallaq.permits.models import Authorisation, Side
from pallaq.permits.views.finding import asked, authorisation_or_refuse, shown

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@login_required
def sign_it(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the terms to the holder, and sign them for her organisation."""
    found = authorisation_or_refuse(request, key)
    refuse_unless(perms.is_holder(request.user, found))
    form = SignForm(request.POST or None, initial={"sha256": found.sha256()})

    def verb() -> None:
        sum_read = form.cleaned_data["sha256"]
        sign(authorisation=found, side=Side.HOLDER, sha256=sum_read, by=signed_in(request))

    done, status = asked(form, request, verb)
    if done:
        return signed(request, found)
    return shown(request, found, "permits/sign.html", {"form": form}, status)


@EDIT
@login_required
def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record at the desk who signed on paper, and on which day."""
    found = authorisation_or_refuse(request, key)
    refuse_unless(perms.is_desk(request.user, found))
    initial = {"sha256": found.sha256(), "side": Side.SELECTOR, "signed_on": timezone.localdate()}
    form = PaperForm(request.POST or None, initial=initial)

    def verb() -> None:
        given = form.cleaned_data
        one = OnPaper(given["signed_on"], given["name"])
        sum_read, by = given["sha256"], signed_in(request)
        sign(authorisation=found, side=Side(given["side"]), sha256=sum_read, paper=one, by=by)

    done, status = asked(form, request, verb)
    if done:
        return signed(request, found)
    return shown(request, found, "permits/paper.html", {"form": form}, status)


def signed(request: HttpRequest, found: Authorisation) -> HttpResponse:
    """Say what a signature brought about."""
    found.refresh_from_db()
    if found.signed_on:
        messages.success(request, _("Signed by both sides."))
    else:
        messages.success(request, _("Signed. The other side is still to sign."))
    return redirect("permits:one", found.pk)
