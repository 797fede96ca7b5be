"""Pages of registrations: a person's, a new one, another state, and the list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.registry import perms
from pallaq.registry.actions.reading import read, read_many
from pallaq.registry.actions.registrations import move_registration, open_registration
from pallaq.registry.forms.registrations import ChangeForm, FilterForm, OfAFile, OpenForm
from pallaq.registry.forms.searching import WhyForm
from pallaq.registry.history import Change, as_read, history
from pallaq.registry.models import Person, Registration, What
from pallaq.registry.rules.states import allowed
from pallaq.registry.tabs import about, about_person
from pallaq.registry.views.finding import person_or_refuse
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50


@require_safe
@login_required
def of_person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a person's registrations with all that happened to them; their numbers are masked."""
    person = person_or_refuse(request, key)
    read(person, by=signed_in(request), what=What.FILE)
    found = person.registrations.select_related("scheme").prefetch_related("transitions__by")
    decides, today = perms.can_decide(request.user, person.region), timezone.localdate()
    rows = [
        {
            "one": one,
            "over": one.valid_to is not None and one.valid_to < today,
            "moves": decides and bool(allowed(one.state, one.scheme.transitions)),
        }
        for one in found
    ]
    context = {"rows": rows, "decides": decides, "form": WhyForm()}
    context |= {"edits": perms.can_edit(request.user, person) and person.state == "current"}
    return render(request, "registry/registrations.html", {**about_person(request, person), **context})


@EDIT
@login_required
def open_one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a person on a scheme: registrars enter applications, officers also what an authority registered."""
    person = person_or_refuse(request, key)
    refuse_unless(perms.can_edit(request.user, person))
    form = OpenForm(request.POST or None, person=person, decides=perms.can_decide(request.user, person.region))
    meanwhile, status = list[Change](), 200
    if form.is_valid():
        try:
            said = form.cleaned_data
            open_registration(
                person=person,
                scheme=said["scheme"],
                entry=form.entry(),
                edition=said["edition"],
                by=signed_in(request),
            )
            messages.success(request, _("The registration is entered."))
            return redirect("registry:person_registrations", person.pk)
        except Refusal as refusal:
            meanwhile, status = told(form, refusal, person), refusal.status
    read(person, by=signed_in(request), what=What.FILE)
    context = {"form": form, "meanwhile": meanwhile, "schemes": form.fields["scheme"].queryset.exists()}  # type: ignore[attr-defined]
    return shown(request, "registry/registration_open.html", person, context, status)


@EDIT
@login_required
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Move a registration to another state."""
    registration = registration_or_refuse(request, key)
    person = registration.person
    refuse_unless(perms.can_decide(request.user, person.region))
    form = ChangeForm(request.POST or None, registration=registration)
    meanwhile, status = list[Change](), 200
    if form.is_valid():
        try:
            edition = form.cleaned_data["edition"]
            move_registration(registration=registration, move=form.move(), edition=edition, by=signed_in(request))
            messages.success(request, _("The registration has its new state."))
            return redirect("registry:person_registrations", person.pk)
        except Refusal as refusal:
            meanwhile, status = told(form, refusal, person), refusal.status
            registration = registration_or_refuse(request, key)
            form.offer(registration)
    read(person, by=signed_in(request), what=What.FILE)
    context = {"form": form, "registration": registration, "meanwhile": meanwhile}
    context["moves"] = bool(allowed(registration.state, registration.scheme.transitions))
    return shown(request, "registry/registration_change.html", person, context, status)


@require_safe
@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """List registrations by scheme, state and region, the newest first; the next page begins after the last row."""
    refuse_unless(perms.can_search(request.user))
    form = FilterForm(request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows, more = page_of(request, asked) if asked.keys() & {"scheme", "state"} else ([], False)
    read_many({row.person_id: row.person for row in rows}.values(), by=signed_in(request), what=What.FOUND)
    context = {"form": form, "rows": rows, "asked": asked, "after": request.GET.get("after", "")}
    context["last"] = rows[-1].pk if more else None
    return render(request, "registry/registrations_list.html", {**about(request), **context})


def page_of(request: HttpRequest, asked: dict[str, Any]) -> tuple[list[Registration], bool]:
    """Return a page of the registrations that she may see, and whether more follow; nothing is counted."""
    found = Registration.objects.of_people_in(perms.regions(request.user, *perms.READS)).filter(**asked)
    try:
        if after := request.GET.get("after", ""):
            found = found.filter(pk__lt=UUID(after))
    except ValueError:
        pass  # not an address that this page gave: it begins with the first row
    rows = list(
        found.select_related("person", "scheme")
        .defer("number", "person__phone", "person__address")
        .order_by("-pk")[: PAGE + 1]
    )
    return rows[:PAGE], len(rows) > PAGE


def registration_or_refuse(request: HttpRequest, key: UUID) -> Registration:
    """Return the registration with this key; to whoever may not see the person it is not there."""
    found = Registration.objects.select_related("person", "scheme").filter(pk=key).first()
    if found is None or not perms.can_see(request.user, found.person):
        message = _("There is no such registration that you may see. Look the person up again.")
        raise Refusal(message, code="no-registration", status=404)
    return found


def told(form: OfAFile, refusal: Refusal, person: Person) -> list[Change]:
    """Say a refusal beside what was typed; after a change by somebody else the next save is a knowing one."""
    form.add_error(None, refusal.message)
    if refusal.code != "person-edited-meanwhile":
        return []
    person.refresh_from_db()
    then = as_read(person, form.cleaned_data["edition"])
    form.read_again(person.edition)
    return history(person, since=then.pgh_created_at) if then else []


def shown(request: HttpRequest, template: str, person: Person, context: dict[str, Any], status: int) -> HttpResponse:
    """Answer with a form of her file: 422 where something typed is wrong."""
    status = 422 if status == 200 and context["form"].errors else status
    return render(request, template, {**about_person(request, person), **context}, status=status)
