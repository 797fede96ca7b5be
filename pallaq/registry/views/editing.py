"""A person's file edited: herself, her documents, what she does. What another desk saved meanwhile is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.registry import perms
from pallaq.registry.actions import people as actions
from pallaq.registry.actions.reading import read
from pallaq.registry.forms import activities, people
from pallaq.registry.forms.comparing import Difference, EditionForm
from pallaq.registry.history import Change, as_read, history, row_at
from pallaq.registry.models import Activity, Person, PersonState, What
from pallaq.registry.tabs import about_person
from pallaq.registry.views.finding import person_or_refuse
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])
ThenAndNow = Callable[[Any], tuple[Mapping[str, Any], Mapping[str, Any]]]  # what a form showed, and would show now


@dataclass
class Outcome:
    """What came of saving: done, or why not, what changed meanwhile, and what both changed."""

    done: bool = False
    status: int = 200
    meanwhile: list[Change] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


@EDIT
@login_required
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what is said of a person. The form shows her phone and address: that is logged as their reading."""
    found = to_edit(request, key)
    by = signed_in(request)
    read(found, by=by, what=What.NUMBERS, why=_("to edit her file"))
    form = people.EditForm(request.POST or None, user=by, person=found)
    outcome = Outcome()
    if form.is_valid():
        outcome = save(
            form,
            found,
            lambda: actions.edit_person(person=found, edition=edition(form), fields=form.fields_of(), by=by),
            lambda before: (people.shown(before or found), people.shown(found)),
        )
    if outcome.done:
        messages.success(request, _("The file is saved."))
        return to_file(request, found)
    return shown(request, found, "registry/person_form.html", form, outcome)


@EDIT
@login_required
def identifier_add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Add a document or number."""
    found = to_edit(request, key)
    read(found, by=signed_in(request), what=What.FILE)
    form = activities.IdentifierForm(request.POST or None, person=found)
    outcome = Outcome()
    if form.is_valid():
        by = signed_in(request)
        outcome = save(
            form,
            found,
            lambda: actions.add_identifier(person=found, edition=edition(form), numbered=form.numbered(), by=by),
        )
    if outcome.done:
        messages.success(request, _("The document is in her file."))
        return to_file(request, found)
    return shown(request, found, "registry/identifier_form.html", form, outcome)


@EDIT
@login_required
def identifier_end(request: HttpRequest, key: UUID, identifier: UUID) -> HttpResponse:
    """Say until when a document was hers."""
    found = to_edit(request, key)
    held = found.identifiers.select_related("kind").filter(pk=identifier).first()
    if held is None:
        raise Refusal(_("This document is not in her file. Look at the file again."), code="no-identifier", status=404)
    read(found, by=signed_in(request), what=What.FILE)
    form = activities.EndForm(request.POST or None, initial={"edition": found.edition})
    outcome = Outcome()
    if form.is_valid():
        on, by = form.cleaned_data["on"], signed_in(request)
        outcome = save(
            form,
            found,
            lambda: actions.end_identifier(identifier=held, edition=edition(form), on=on, by=by),
        )
    if outcome.done:
        messages.success(request, _("The document has its last day. It stays in her file."))
        return to_file(request, found)
    return shown(request, found, "registry/identifier_end.html", form, outcome, identifier=held)


@EDIT
@login_required
def activity(request: HttpRequest, key: UUID, activity: UUID | None = None) -> HttpResponse:
    """Add what she does, or change it."""
    found = to_edit(request, key)
    said = found.activities.select_related("organisation").filter(pk=activity).first() if activity else None
    if activity and said is None:
        raise Refusal(_("This activity is not in her file. Look at the file again."), code="no-activity", status=404)
    read(found, by=signed_in(request), what=What.FILE)
    form = activities.ActivityForm(request.POST or None, person=found, activity=said)
    outcome = Outcome()
    if form.is_valid():
        by = signed_in(request)
        outcome = save(
            form,
            found,
            lambda: actions.save_activity(
                person=found, edition=edition(form), activity=said, fields=form.fields_of(), by=by
            ),
            lambda before: as_then_and_now(found, said, before),
        )
    if outcome.done:
        messages.success(request, _("What she does is saved."))
        return to_file(request, found)
    return shown(request, found, "registry/activity_form.html", form, outcome, activity=said)


def to_edit(request: HttpRequest, key: UUID) -> Person:
    """Return the person with this key for whoever edits her file."""
    found = person_or_refuse(request, key)
    refuse_unless(perms.can_edit(request.user, found))
    if found.state != PersonState.CURRENT:
        message = _("This file is closed: it was merged into another, or erased. Look her up again.")
        raise Refusal(message, code="person-closed", status=409)
    return found


def edition(form: EditionForm) -> int:
    """Return the edition of her file that the form was filled over."""
    read_edition: int = form.cleaned_data["edition"]
    return read_edition


def save(
    form: EditionForm,
    person: Person,
    verb: Callable[[], object],
    then_and_now: ThenAndNow | None = None,
) -> Outcome:
    """Save what a form says; if her file changed meanwhile say what, and let the next sending overwrite it knowingly.

    `then_and_now` takes the row of her file as it was read; fields that were not touched here take over what stands
    there now.
    """
    try:
        verb()
    except Refusal as refusal:
        outcome = Outcome(status=refusal.status)
        if refusal.code == "person-edited-meanwhile":
            tell(form, person, outcome, then_and_now)
        form.add_error(None, forms.ValidationError(refusal.message, code=refusal.code))
        return outcome
    return Outcome(done=True)


def tell(form: EditionForm, person: Person, outcome: Outcome, then_and_now: ThenAndNow | None) -> None:
    """Put into the outcome what changed since the form was read, and make the form one of the file as it is now."""
    before = as_read(person, edition(form))
    person.refresh_from_db()
    then, now = then_and_now(before) if then_and_now else ({}, {})
    outcome.differences = form.differences(then, now) if then_and_now else []
    outcome.meanwhile = history(person, since=before.pgh_created_at) if before else []
    form.read_again(then, {**now, "edition": person.edition})


def as_then_and_now(person: Person, said: Activity | None, before: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an activity as the form showed it and as it is now; a new one has no other words than those typed."""
    if said is None:
        return {}, {}
    then = row_at(said, before.pgh_created_at) if before else said
    return activities.shown(person, then), activities.shown(person, Activity.objects.get(pk=said.pk))


def shown(
    request: HttpRequest, person: Person, template: str, form: EditionForm, outcome: Outcome, **more: Any
) -> HttpResponse:
    """Show a form of her file, with what came of saving it."""
    values = {"form": form, "outcome": outcome, **more}
    status = outcome.status if outcome.status != 200 else 422 if form.errors else 200
    return render(request, template, {**about_person(request, person), **values}, status=status)


def to_file(request: HttpRequest, person: Person) -> HttpResponse:
    """Go to her file; if it went to a region that this desk does not see, to the list."""
    person.refresh_from_db()
    if perms.can_see(request.user, person):
        return redirect("registry:person", person.pk)
    messages.info(request, _("Her file went to another region: a desk there reads it now."))
    return redirect("registry:people")
