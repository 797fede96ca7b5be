"""Members of an association: listed, added by the number on a card, their membership ended."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.associations import perms
from pallaq.associations.actions.members import add_member, end_member
from pallaq.associations.forms.people import EndForm, MemberForm
from pallaq.associations.models import Membership
from pallaq.associations.views.finding import (
    EDIT,
    Words,
    about_organisation,
    answered,
    organisation_or_refuse,
    row_or_refuse,
)
from pallaq.registry.actions.reading import read, read_many
from pallaq.registry.models import PersonState, What
from pallaq.registry.perms import can_see
from pallaq.registry.tabs import about

PAGE = 50
ADD = Words(
    lazy("Add a member"),
    lazy("She is a member."),
    lazy("Add"),
    lazy("Ask for her card and type the number on it. Nobody is looked up by name here."),
    "associations:members",
)
END = Words(
    lazy("End a membership"), lazy("Her membership has its last day."), lazy("End"), back="associations:members"
)


@require_safe
@login_required
def members(request: HttpRequest, key: UUID) -> HttpResponse:
    """List an association's members, of today or former ones; each one shown is noted as read."""
    found = organisation_or_refuse(request, key)
    former, today = request.GET.get("former") == "1", timezone.localdate()
    rows = Membership.objects.filter(organisation=found).exclude(person__state=PersonState.ERASED)
    rows = rows.filter(ends_on__lt=today) if former else rows.on(today)
    ordered = rows.select_related("person__merged_into").order_by("person__name_key", "starts_on", "pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    shown = [shown_row(request, row) for row in page.object_list]
    read_many({row["person"].pk: row["person"] for row in shown}.values(), by=signed_in(request), what=What.FOUND)
    values = {
        "page": page,
        "rows": shown,
        "former": former,
        "query": {"former": 1} if former else {},
        "edits": perms.can_edit_people(request.user, found),
    }
    return render(request, "associations/members.html", {**about(request), **about_organisation(found), **values})


def shown_row(request: HttpRequest, row: Membership) -> dict[str, Any]:
    """Return a membership with the person as she stands today, and whether her file may be opened."""
    person = row.person.standing()
    return {"one": row, "person": person, "opens": can_see(request.user, person)}


@EDIT
@login_required
def member_add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add a member by the number on her card."""
    found = organisation_or_refuse(request, key)
    refuse_unless(perms.can_edit_people(request.user, found))
    form = MemberForm(request.POST or None, organisation=found, since=timezone.localdate())

    def verb() -> None:
        given = form.cleaned_data
        person, by = given["person"], signed_in(request)
        add_member(organisation=found, edition=form.read_edition(), person=person, since=given["since"], by=by)

    return answered(request, found, form, verb, ADD)


@EDIT
@login_required
def member_end(request: HttpRequest, key: UUID, membership: UUID) -> HttpResponse:
    """End a membership; the page names her, which is noted."""
    found = organisation_or_refuse(request, key)
    refuse_unless(perms.can_edit_people(request.user, found))
    rows = Membership.objects.filter(organisation=found).exclude(person__state=PersonState.ERASED)
    row = row_or_refuse(rows.select_related("person__merged_into"), membership)
    by = signed_in(request)
    person = row.person.standing()
    read(person, by=by, what=What.FOUND)
    form = EndForm(request.POST or None, organisation=found, on=timezone.localdate())
    words = Words(END.title, END.saved, END.button, person.name(), END.back)

    def verb() -> None:
        end_member(membership=row, edition=form.read_edition(), on=form.cleaned_data["on"], by=by)

    return answered(request, found, form, verb, words)
