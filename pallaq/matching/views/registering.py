"""A person registered at a desk; who may be her is shown side by side with what was typed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.models import User
from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.matching.actions.registering import Outcome, Typed, register_or_ask
from pallaq.matching.comparing import documents_line, documents_of, lines, values_of
from pallaq.matching.finding import Candidate
from pallaq.matching.forms import DecisionForm
from pallaq.places.rules import department
from pallaq.registry.actions.reading import read_many
from pallaq.registry.forms.people import RegisterForm
from pallaq.registry.models import IdentifierKind, What
from pallaq.registry.perms import can_register, can_see
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal

OWN = frozenset({"csrfmiddlewaretoken", "decision", "seen", "why"})  # what the page of candidates asks itself


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Register a person; if somebody may be her already, show who, and ask."""
    refuse_unless(can_register(request.user))
    user = signed_in(request)
    form = RegisterForm(request.POST or None, user=user)
    asked = DecisionForm(request.POST or None)
    if asked.is_valid() and asked.cleaned_data["decision"] != "back" and form.is_valid():
        typed = typed_of(form)
        try:
            outcome = register_or_ask(typed=typed, decision=asked.decision_made(), by=user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return answer(request, user, typed, outcome)
    status = 422 if form.errors else 200
    return render(request, "registry/register.html", {**about(request), "form": form}, status=status)


def answer(request: HttpRequest, user: User, typed: Typed, outcome: Outcome) -> HttpResponse:
    """Go to the file of whoever was registered, or show the candidates."""
    if outcome.person is None:
        return candidates_page(request, user, typed, outcome.candidates)
    person = outcome.person.standing()
    if not can_see(user, person):
        raise Refusal(_("This page was sent before, for somebody of another region. Begin again."), status=409)
    messages.success(request, _("She is registered. Her number is %(number)s.") % {"number": person.number})
    return redirect("registry:person", key=person.pk)


def candidates_page(request: HttpRequest, user: User, typed: Typed, found: list[Candidate]) -> HttpResponse:
    """Show who may be her: in full where the registrar works, elsewhere the number and the region alone."""
    read_many([candidate.person for candidate in found], by=user, what=What.COMPARED)
    near = [candidate for candidate in found if can_see(user, candidate.person)]
    far = [candidate for candidate in found if candidate not in near]
    kinds = IdentifierKind.objects.in_bulk([numbered.kind for numbered in typed.numbers])
    mine = [f"{kinds[numbered.kind]} {numbered.number}" for numbered in typed.numbers]
    people = [candidate.person for candidate in near]
    table = lines([typed.fields, *(values_of(person) for person in people)])
    values: dict[str, Any] = {
        "near": near,
        "far": [(candidate, department(candidate.person.region)) for candidate in far],
        "lines": [*table, documents_line([mine, *(documents_of(person) for person in people)])],
        "sent": [(name, value) for name, many in request.POST.lists() if name not in OWN for value in many],
        "form": DecisionForm(initial={"why": request.POST.get("why", "")}),
        "seen": " ".join(str(candidate.person.pk) for candidate in found),
        "again": request.POST.get("decision") == "another",
    }
    return render(request, "matching/candidates.html", {**about(request), **values}, status=409)


def typed_of(form: RegisterForm) -> Typed:
    """Return what was typed."""
    return Typed(form.client_key(), form.fields_of(), form.numbers(), form.activity(), form.consents())
