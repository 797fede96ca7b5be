"""Lists of authorisations, the page of one, and its paper."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.permits import perms
from pallaq.permits.actions.signing import standing
from pallaq.permits.forms.authorisations import WITHIN, FilterForm
from pallaq.permits.models import Authorisation
from pallaq.permits.models.authorisations import AuthorisationQuerySet, people_of
from pallaq.permits.papers.authorisation import authorisation_pdf, signature_words
from pallaq.permits.views.finding import authorisation_or_refuse, shown
from pallaq.permits.views.offering import doors, next_words
from pallaq.registry.actions.reading import read, read_many
from pallaq.registry.models.log import What
from pallaq.registry.perms import can_edit
from pallaq.registry.tabs import about, about_person
from pallaq.registry.views.finding import person_or_refuse
from pallaq.shared.fields import plain

PAGE = 25


@require_safe
@login_required
def authorisations(request: HttpRequest) -> HttpResponse:
    """List the authorisations that she may see: of her organisation, or of her regions; those that end soon first."""
    refuse_unless(perms.may_enter(request.user))
    today = timezone.localdate()
    seen = perms.authorisations_seen_by(request.user)
    form = FilterForm(request.GET)
    rows = chosen(seen, form) if form.is_valid() else seen.none()
    page = Paginator(rows.select_related("person", "holder"), PAGE).get_page(request.GET.get("page"))
    read_many(people_of(page.object_list), by=signed_in(request), what=What.PERMIT)
    soon = [(days, seen.ending(today, today + timedelta(days)).count()) for days in WITHIN]
    context = {"page": page, "form": form, "soon": soon, "only_holder": perms.only_holder(request.user)}
    return render(request, "permits/list.html", {**about(request), **context})


def chosen(seen: AuthorisationQuerySet, form: FilterForm) -> AuthorisationQuerySet:
    """Return those that a filter asks for."""
    today, asked = timezone.localdate(), form.cleaned_data
    rows = seen.standing(asked["standing"], today)
    if asked["within"]:
        rows = rows.ending(today, today + timedelta(asked["within"])).order_by("ends_on", "id")
    return rows.filter(holder__name_key__contains=plain(asked["holder"])) if asked["holder"] else rows


@require_safe
@login_required
def of_person(request: HttpRequest, key: UUID) -> HttpResponse:
    """List a person's authorisations, with what can be done."""
    person = person_or_refuse(request, key)
    read(person, by=signed_in(request), what=What.PERMIT)
    rows = Authorisation.objects.of_person(person).select_related("person", "holder")
    context = {"rows": rows, "can_request": can_edit(request.user, person)}
    return render(request, "permits/person.html", {**about_person(request, person), **context})


@require_safe
@login_required
def authorisation(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show an authorisation: how it stands, what it says, who signed, what happened, and what can be done."""
    found = authorisation_or_refuse(request, key)
    counting = {one.pk for one in standing(found)}
    signatures = [(one, signature_words(one), one.pk in counting) for one in found.signatures.select_related("by")]
    sees = perms.can_see_certificates(request.user, found)
    context = {
        "signatures": signatures,
        "earlier": earlier_terms(found),
        "steps": found.steps.select_related("by"),
        "doors": doors(request.user, found),
        "next": next_words(found),
        "certificates": found.certificates.all() if sees else None,
        "renewals": [one for one in found.renewals.all() if perms.can_see(request.user, one)],
    }
    return shown(request, found, "permits/one.html", context)


def earlier_terms(found: Authorisation) -> list[tuple[datetime, str]]:
    """Return what its terms were before, each with the moment of the change, the last first."""
    rows = found.events.order_by("pgh_id")  # type: ignore[attr-defined] # pghistory adds it
    rows = rows.values_list("pgh_created_at", "terms")
    said = [*rows, (found.changed_at, found.terms)]
    changed = [(at, terms) for (at, terms), (_at, then) in pairwise(said) if terms and terms != then]
    return changed[::-1]


@require_safe
@login_required
def authorisation_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give an authorisation on paper."""
    found = authorisation_or_refuse(request, key)
    read(perms.whose(found), by=signed_in(request), what=What.PERMIT)
    return attached(authorisation_pdf(found), "application/pdf", "autorizacion.pdf")


def attached(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """Return a file that a browser saves under its name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
