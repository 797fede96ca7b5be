"""People looked up, a person's file, and her numbers for whoever says why."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.registry import perms
from pallaq.registry.actions.reading import read, read_many
from pallaq.registry.forms.people import LANGUAGES
from pallaq.registry.forms.searching import SearchForm, WhyForm
from pallaq.registry.history import history
from pallaq.registry.models import Identifier, Person, PersonState, Registration, What
from pallaq.registry.notices import notices
from pallaq.registry.rules.ages import age_on
from pallaq.registry.tabs import about, about_person
from pallaq.registry.views.finding import person_or_refuse

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Look people up. What is asked is posted, so that no name or number stands in an address."""
    refuse_unless(perms.can_search(request.user))
    user = signed_in(request)
    form = SearchForm(request.POST or None, user=user)
    values: dict[str, Any] = {"form": form, "can_register": perms.can_register(user)}
    if form.is_valid():
        number = form.cleaned_data["page"] or 1
        found = list(found_by(form, user)[(number - 1) * PAGE : number * PAGE + 1])
        read_many(found[:PAGE], by=user, what=What.FOUND)
        values |= {"found": found[:PAGE], "page": number, "previous": number - 1}
        values["next"] = number + 1 if len(found) > PAGE else None
    template = "registry/people_found.html" if request.headers.get("HX-Request") else "registry/people.html"
    return render(request, template, {**about(request), **values}, status=422 if form.errors else 200)


@require_safe
@login_required
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a person's file; her numbers are masked."""
    found = person_or_refuse(request, key)
    read(found, by=signed_in(request), what=What.FILE)
    today = timezone.localdate()
    values = {
        "age": age_on(found.birth_on, today) if found.birth_on else None,
        "languages": [LANGUAGES.get(code, code) for code in found.languages],
        "identifiers": found.identifiers.select_related("kind"),
        "activities": found.activities.select_related("organisation"),
        "registrations": found.registrations.select_related("scheme").prefetch_related("transitions__by"),
        "consents": found.consents.all(),
        "history": history(found),
        "notices": notices(found, today),
        "can_edit": found.state == PersonState.CURRENT and perms.can_edit(request.user, found),
        "form": WhyForm(),
    }
    return render(request, "registry/person.html", {**about_person(request, found), **values})


@require_POST
@login_required
def numbers(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show her numbers, phone and address once to whoever says why; she can read the reason."""
    found = person_or_refuse(request, key)
    form = WhyForm(request.POST)
    values: dict[str, Any] = {"form": form, "why": ""}
    if form.is_valid():
        why: str = form.cleaned_data["why"]
        read(found, by=signed_in(request), what=What.NUMBERS, why=why)
        values |= {"why": why, "identifiers": found.identifiers.select_related("kind")}
        values["registrations"] = [one for one in found.registrations.select_related("scheme") if one.number]
    else:
        read(found, by=signed_in(request), what=What.FILE)
    status = 422 if form.errors else 200
    return render(request, "registry/person_numbers.html", {**about_person(request, found), **values}, status=status)


def found_by(form: SearchForm, user: Any) -> QuerySet[Person]:
    """Return the people whom the form asks for, among those whom she may see."""
    asked = form.cleaned_data
    found = perms.people_seen_by(user)
    if asked["words"]:
        found = found.search(asked["words"])  # type: ignore[attr-defined] # a PersonQuerySet
    if not any(map(str.isdigit, asked["words"])):
        found = found.filter(state=PersonState.CURRENT)  # whoever has a number may find that it was merged or erased
    filters = {"region": asked["region"], "place": asked["district"]}
    found = found.filter(**{name: value for name, value in filters.items() if value})
    if asked["scheme"] or asked["state"]:
        found = found.filter(pk__in=registered(asked).values("person"))
    held = Identifier.objects.select_related("kind")
    rows = Registration.objects.select_related("scheme")
    links = (Prefetch("identifiers", held), Prefetch("registrations", rows))
    return found.defer("address", "phone").select_related("merged_into").prefetch_related(*links)


def registered(asked: dict[str, Any]) -> QuerySet[Registration]:
    """Return the registrations that the form asks for."""
    filters = {name: asked[name] for name in ("scheme", "state") if asked[name]}
    return Registration.objects.filter(**filters)
