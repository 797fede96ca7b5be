"""What was asked and is not answered yet, by the day until which it must be; and the answer."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.registry.actions.reading import read
from pallaq.registry.models import PersonState, What
from pallaq.registry.perms import can_decide, can_read_logs
from pallaq.registry.tabs import about, about_person
from pallaq.rights.actions.requests import answer_request
from pallaq.rights.forms import AnswerForm, tried
from pallaq.rights.models import Outcome, Request
from pallaq.rights.perms import requests_seen_by
from pallaq.shared.errors import Refusal

PAGE = 30


@require_safe
@login_required
def requests(request: HttpRequest) -> HttpResponse:
    """Show the requests of her regions, by the day they are due. They name a number, so that nobody is read here."""
    refuse_unless(can_read_logs(request.user))
    answered = "answered" in request.GET
    found = requests_seen_by(request.user)
    rows = found.exclude(outcome=Outcome.OPEN).order_by("-answered_at") if answered else found.unanswered()
    page = Paginator(rows.select_related("person", "norm"), PAGE).get_page(request.GET.get("page"))
    late = sum(one.is_late() for one in page.object_list)
    values = {"page": page, "answered": answered, "late": late}
    return render(request, "rights/requests.html", {**about(request), **values})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a request and whose it is, and answer it."""
    found = asked_or_refuse(request, key)
    by, person = signed_in(request), found.person
    decides = found.outcome == Outcome.OPEN and can_decide(by, person.region)
    form = AnswerForm(request.POST if request.method == "POST" else None, asked=found)
    if request.method == "POST":
        refuse_unless(can_decide(by, person.region))
        if form.is_valid() and not tried(form, lambda: answer(found, form, request)):
            messages.success(request, _("Answered. She can read it on her page."))
            return redirect("rights:requests")
    read(person, by=by, what=What.FILE)
    values = {"asked": found, "form": form, "decides": decides, "current": person.state == PersonState.CURRENT}
    context = {**about_person(request, person), **values}
    return render(request, "rights/request.html", context, status=422 if form.errors else 200)


def answer(found: Request, form: AnswerForm, request: HttpRequest) -> None:
    """Answer a request as the form says."""
    given = form.cleaned_data
    answer_request(request=found, outcome=Outcome(given["outcome"]), answer=given["answer"], by=signed_in(request))


def asked_or_refuse(request: HttpRequest, key: UUID) -> Request:
    """Return a request of her regions; to whoever may not see it it is not there."""
    found = requests_seen_by(request.user).filter(pk=key).select_related("person", "norm", "answered_by").first()
    if found is None:
        message = _("There is no such request that you may see. Look at the list of requests.")
        raise Refusal(message, code="no-request", status=404)
    return found
