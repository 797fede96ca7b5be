"""Her rights at a desk: slip, consents on paper, what she asks in person, a copy of all that is held for her hand."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.registry import perms
from pallaq.registry.actions.reading import read
from pallaq.registry.models import Person, PersonState, Purpose, What
from pallaq.registry.tabs import about_person
from pallaq.registry.views.finding import person_or_refuse
from pallaq.rights.actions.consents import give_consent, withdraw_consent
from pallaq.rights.actions.requests import take_request
from pallaq.rights.actions.slips import make_slip, take_back_slip
from pallaq.rights.copies import paper_of
from pallaq.rights.forms import ConsentForm, TakeForm, tried
from pallaq.rights.models import Slip
from pallaq.rights.printing import slip_pdf
from pallaq.rights.views.mine import asked_by, purposes_of
from pallaq.shared.models import record


def edited(request: HttpRequest, key: UUID) -> Person:
    """Return a person whose file the visitor may edit, or refuse."""
    found = person_or_refuse(request, key)
    refuse_unless(perms.can_edit(request.user, found))
    return found


@require_safe
@login_required
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what she agreed to, whether a slip opens her page, and what she asked for."""
    found = person_or_refuse(request, key)
    return shown(request, found, ConsentForm(initial={"on": timezone.localdate()}))


def shown(request: HttpRequest, found: Person, form: ConsentForm) -> HttpResponse:
    """Show the page of her rights."""
    read(found, by=signed_in(request), what=What.FILE)
    current = found.state == PersonState.CURRENT
    values: dict[str, Any] = {
        "purposes": purposes_of(found),
        "past": found.consents.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at"),
        "slip": Slip.objects.filter(person=found, ended_at__isnull=True).first(),
        "now": timezone.now(),
        "asked": asked_by(found),
        "can_edit": current and perms.can_edit(request.user, found),
        "can_decide": current and perms.can_decide(request.user, found.region),
        "form": form,
    }
    context = {**about_person(request, found), **values}
    return render(request, "rights/person.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def consent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record a consent that she gave or took back on paper."""
    found, by = edited(request, key), signed_in(request)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return shown(request, found, form)
    purpose, on = Purpose(form.cleaned_data["purpose"]), day_of(form)
    verb = give_consent if request.POST.get("agree") == "yes" else withdraw_consent
    if tried(form, lambda: verb(person=found, purpose=purpose, on=on, by=by)):
        return shown(request, found, form)
    messages.success(request, _("Recorded. Keep the paper in her folder."))
    return redirect("rights:person", key)


def day_of(form: ConsentForm) -> date:
    """Return the day that the paper says."""
    on: date = form.cleaned_data["on"]
    return on


@require_POST
@login_required
@never_cache
def slip(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a slip and give it as PDF, this once; the one before opens nothing any more."""
    found = edited(request, key)
    read(found, by=signed_in(request), what=What.FILE)
    made, code = make_slip(person=found, by=signed_in(request))
    response = HttpResponse(
        slip_pdf(made, code, request.build_absolute_uri(reverse("rights:mine"))), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'attachment; filename="pallaq-slip.pdf"'
    return response


@require_POST
@login_required
def slip_void(request: HttpRequest, key: UUID) -> HttpResponse:
    """Void her slip."""
    take_back_slip(person=edited(request, key), by=signed_in(request))
    messages.success(request, _("Her slip opens nothing any more."))
    return redirect("rights:person", key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take what she asks in person or on paper."""
    found, by = edited(request, key), signed_in(request)
    read(found, by=by, what=What.FILE)
    form = TakeForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid() and not tried(form, lambda: take_request(person=found, asked=form.asked(), by=by)):
        messages.success(request, _("Taken. An officer answers it; she can read the answer on her page."))
        return redirect("rights:person", key)
    context = {**about_person(request, found), "form": form}
    return render(request, "rights/take.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@never_cache
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Print everything that is held on her, to be handed to her: an officer does it for whoever has no phone."""
    found, by = person_or_refuse(request, key), signed_in(request)
    refuse_unless(perms.can_decide(request.user, found.region))
    read(found, by=by, what=What.EXPORT, why=_("printed to be handed to her"))
    record(by=by, action="person.copy", scope="registry", about=f"person {found.number}", form="pdf")
    response = HttpResponse(paper_of(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="pallaq-{found.number}.pdf"'
    return response
