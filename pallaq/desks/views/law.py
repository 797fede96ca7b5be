"""Pages of the law as data: read by everybody who works here, kept by administrators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.desks.actions.law import add_kind, add_norm, end_record, save_scheme
from pallaq.desks.forms.law import EndForm, KindForm, NormForm, SchemeForm
from pallaq.places.rules import department, district, label
from pallaq.registry import perms
from pallaq.registry.models import IdentifierKind, Norm, Scheme, State
from pallaq.registry.rules.states import DEFAULT
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def law(request: HttpRequest) -> HttpResponse:
    """Show what the law says, as it is written here: kinds of identifiers, schemes, norms."""
    refuse_unless(perms.may_enter(request.user))
    today = timezone.localdate()
    schemes = [
        {
            "one": one,
            "places": [place_words(code) for code in one.places],
            "changes": changes_of(one),
            "when": holds(one, today),
        }
        for one in Scheme.objects.all()
    ]
    norms = Norm.objects.select_related("scheme").order_by("code", "scheme", "-valid_from")
    context = {
        "schemes": schemes,
        "norms": [(one, holds(one, today)) for one in norms],
        "kinds": [(one, holds(one, today)) for one in IdentifierKind.objects.all()],
        "keeps": perms.can_give_seats(request.user),
    }
    return render(request, "desks/law.html", {**about(request), **context})


@EDIT
@login_required
def norm_add(request: HttpRequest) -> HttpResponse:
    """Add what a norm says from a day on; `?like=` begins with the record that it follows."""
    refuse_unless(perms.can_give_seats(request.user))
    form = NormForm(request.POST or None, like=like(request))
    if form.is_valid():
        try:
            add_norm(fields=form.record(), by=signed_in(request))
            return saved(request)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return asked(request, form, _("A new record of a norm"))


def like(request: HttpRequest) -> Norm | None:
    """Return the norm that the address names, if it names one."""
    try:
        return Norm.objects.filter(pk=UUID(request.GET.get("like", ""))).first()
    except ValueError:
        return None


@EDIT
@login_required
def norm_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say which day is the last of a norm's record."""
    return ended(request, get_object_or_404(Norm, pk=key) if perms.can_give_seats(request.user) else None)


@EDIT
@login_required
def kind_end(request: HttpRequest, code: str) -> HttpResponse:
    """Say which day is the last of a kind of identifier."""
    return ended(request, get_object_or_404(IdentifierKind, pk=code) if perms.can_give_seats(request.user) else None)


def ended(request: HttpRequest, row: Norm | IdentifierKind | None) -> HttpResponse:
    """End a record, or ask for the day."""
    refuse_unless(row is not None)
    assert row is not None
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            end_record(row=row, on=form.cleaned_data["on"], by=signed_in(request))
            return saved(request)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return asked(request, form, _("End “%(record)s”") % {"record": row})


@EDIT
@login_required
def kind_add(request: HttpRequest) -> HttpResponse:
    """Add a kind of identifier."""
    refuse_unless(perms.can_give_seats(request.user))
    form = KindForm(request.POST or None)
    if form.is_valid():
        try:
            add_kind(fields=form.record(), by=signed_in(request))
            return saved(request)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return asked(request, form, _("A new kind of identifier"))


@EDIT
@login_required
def scheme(request: HttpRequest, code: str = "") -> HttpResponse:
    """Add a scheme, or change the dates, places and changes of state of one."""
    refuse_unless(perms.can_give_seats(request.user))
    found = get_object_or_404(Scheme, pk=code) if code else None
    form, status, conflict = SchemeForm(request.POST or None, scheme=found), 200, None
    if form.is_valid():
        try:
            save_scheme(scheme=found, fields=form.record(), read=form.cleaned_data["read"], by=signed_in(request))
            return saved(request)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
            if found and refusal.code == "scheme-edited-meanwhile":
                found.refresh_from_db()
                form.read_again(found)
                conflict = {"one": found, "places": map(place_words, found.places), "changes": changes_of(found)}
    status = 422 if status == 200 and form.errors else status
    context = {"form": form, "scheme": found, "conflict": conflict}
    return render(request, "desks/scheme_form.html", {**about(request), **context}, status=status)


def saved(request: HttpRequest) -> HttpResponse:
    """Say that it is saved, beside all that the law says."""
    messages.success(request, _("Saved. The trail keeps who changed it and what it said before."))
    return redirect("desks:law")


def asked(request: HttpRequest, form: Any, title: str) -> HttpResponse:
    """Answer with a form of one record."""
    context = {**about(request), "form": form, "title": title}
    return render(request, "desks/law_form.html", context, status=422 if form.errors else 200)


def place_words(code: str) -> str:
    """Return the name of a department, province or district."""
    if len(code) == 6:
        return label(code) or code
    if len(code) == 4 and (first := district(f"{code}01")):
        return _("province %(name)s (%(code)s)") % {"name": first.province, "code": code}
    found = department(code)
    return _("region %(name)s (%(code)s)") % {"name": found.name, "code": code} if found else code


def changes_of(scheme: Scheme) -> list[tuple[Any, list[Any]]]:
    """Return the states and what may follow each, in words."""
    transitions, names = scheme.transitions or DEFAULT, dict(State.choices)
    begins: tuple[Any, list[Any]] = (_("a registration begins"), [names[State(one)] for one in transitions.get("", [])])
    rest = [(state.label, [names[State(one)] for one in transitions.get(state.value, [])]) for state in State]
    return [begins, *rest]


def holds(row: Any, today: Any) -> str:
    """Say whether a record holds today: "now", "later" or "over"."""
    if row.valid_from and row.valid_from > today:
        return "later"
    return "over" if row.valid_to and row.valid_to < today else "now"
