"""Organisations listed, shown, added and corrected."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.associations import perms
from pallaq.associations.actions.organisations import add_organisation, edit_organisation
from pallaq.associations.board import board_today
from pallaq.associations.forms.organisations import AddForm, EditForm, SearchForm
from pallaq.associations.history import history
from pallaq.associations.models import Board, Holding, Membership, Plant, RecpoState, Statute
from pallaq.associations.views.finding import EDIT, Words, about_organisation, answered, organisation_or_refuse
from pallaq.places.models import Kind, Organisation
from pallaq.registry.actions.reading import read_many
from pallaq.registry.models import What
from pallaq.registry.perms import can_search
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal
from pallaq.shared.fields import plain

PAGE = 25


@require_safe
@login_required
def organisations(request: HttpRequest) -> HttpResponse:
    """List organisations by what they are; a treasurer of one association goes to its page."""
    refuse_unless(perms.may_enter(request.user))
    own = perms.own(request.user)
    if len(own) == 1 and not can_search(request.user):
        return redirect("associations:organisation", next(iter(own)))
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"kind": "", "words": ""}
    page = Paginator(listed(perms.seen_by(request.user), **asked), PAGE).get_page(request.GET.get("page"))
    values = {"form": form, "page": page, "asked": asked, "recpo": recpo_of(page.object_list)}
    values |= {"can_add": perms.can_add(request.user), "can_bring": perms.can_bring(request.user)}
    return render(request, "associations/organisations.html", {**about(request), **values})


def listed(found: QuerySet[Organisation], kind: str, words: str) -> QuerySet[Organisation]:
    """Return the organisations of a kind whose name holds some words, with how many members each has today."""
    here = OuterRef("pk")
    if kind == "associations":
        found = found.filter(kind=Kind.SELECTORS)
    elif kind == "holders":
        found = found.filter(Q(kind=Kind.MINING) | Exists(Holding.objects.filter(organisation=here)))
    elif kind == "traders":
        found = found.filter(Exists(RecpoState.objects.filter(organisation=here)))
    elif kind == "plants":
        found = found.filter(Exists(Plant.objects.filter(organisation=here)))
    else:
        of_registry = Q(kind__in=[Kind.SELECTORS, Kind.MINING]) | Q(dossier__isnull=False)
        found = found.filter(of_registry)
    if words.strip():
        found = found.filter(Q(name_key__contains=plain(words)) | Q(short__icontains=words.strip()))
    today = timezone.localdate()
    now = Q(memberships__starts_on__lte=today) & (
        Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=today)
    )
    return found.annotate(members=Count("memberships", filter=now)).order_by("name_key", "pk")


def recpo_of(found: Any) -> dict[UUID, RecpoState]:
    """Return today's states in the RECPO of some organisations."""
    states = RecpoState.objects.on(timezone.localdate()).filter(organisation__in=list(found))
    return {state.organisation_id: state for state in states.defer("number")}


@require_safe
@login_required
def organisation(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what the registry knows of an organisation; whoever is named in it is noted as read."""
    found = organisation_or_refuse(request, key)
    today = timezone.localdate()
    board = board_today(found, today) if found.kind == Kind.SELECTORS else None
    if board:
        named = {post.person_id: post.person for post in board.named() if post.person}
        read_many(named.values(), by=signed_in(request), what=What.FOUND)
    values = {
        "is_association": found.kind == Kind.SELECTORS,
        "members": Membership.objects.on(today).filter(organisation=found).count(),
        "board": board,
        "boards": Board.objects.filter(organisation=found),
        "statutes": Statute.objects.filter(organisation=found),
        "holdings": Holding.objects.filter(organisation=found).select_related("right"),
        "recpo": RecpoState.objects.recpo_on(found, today),
        "recpo_states": RecpoState.objects.filter(organisation=found),
        "plants": Plant.objects.filter(organisation=found),
        "history": history(found),
        "edits_facts": perms.can_edit_facts(request.user, found),
        "edits_people": perms.can_edit_people(request.user, found),
        "today": today,
    }
    return render(request, "associations/organisation.html", {**about(request), **about_organisation(found), **values})


@EDIT
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    refuse_unless(perms.can_add(request.user))
    form = AddForm(request.POST or None, regions=perms.regions_to_edit(request.user))
    status = 200
    if form.is_valid():
        try:
            made = add_organisation(fields=form.fields_of(), ruc=form.cleaned_data["ruc"], by=signed_in(request))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            messages.success(request, _("The organisation is on the registry."))
            return redirect("associations:organisation", made.pk)
    words = Words(_("Add an organisation"), "", _("Add"), _("Search for it first: it may be there under another name."))
    status = 422 if status == 200 and form.errors else status
    return render(request, "associations/form.html", {**about(request), "form": form, "words": words}, status=status)


@EDIT
@login_required
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct an organisation's name, kind, place and RUC."""
    found = organisation_or_refuse(request, key)
    refuse_unless(perms.can_edit_facts(request.user, found))
    form = EditForm(request.POST or None, organisation=found, regions=perms.regions_to_edit(request.user))
    words = Words(_("Correct what it is called"), _("The organisation is saved."), _("Save"))
    return answered(
        request,
        found,
        form,
        lambda: edit_organisation(
            organisation=found,
            edition=form.read_edition(),
            fields=form.fields_of(),
            ruc=form.cleaned_data["ruc"],
            by=signed_in(request),
        ),
        words,
    )
