"""Official lists: brought, looked at, stored or dropped."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.associations import perms
from pallaq.associations.actions.lists import bring_list, drop_list, preview, store_list
from pallaq.associations.errors import nothing_here
from pallaq.associations.forms.official import ListForm
from pallaq.associations.models import BroughtList, Standing
from pallaq.associations.rules.lists import HEADERS, MAY_BE_EMPTY, NEEDED
from pallaq.associations.rules.recpo import WORDS
from pallaq.associations.views.finding import EDIT
from pallaq.registry.tabs import about
from pallaq.shared.errors import Problem, Problems, Refusal

PAGE = 25
SHOWN = 50  # rows of a preview


@EDIT
@login_required
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists that were brought, and read a new one."""
    refuse_unless(perms.can_bring(request.user))
    form = ListForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    status = 200
    if form.is_valid():
        try:
            regions, by = perms.regions_to_bring(request.user), signed_in(request)
            return redirect("associations:list", bring_list(file=form.brought(), regions=regions, by=by).pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status, problems = refusal.status, refusal.problems if isinstance(refusal, Problems) else []
    rows = BroughtList.objects.select_related("by").defer("content")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    values = {"form": form, "problems": problems, "page": page, "columns": columns(), "states": states()}
    status = 422 if status == 200 and form.errors else status
    return render(request, "associations/lists.html", {**about(request), **values}, status=status)


def columns() -> list[tuple[str, str, bool]]:
    """Return the columns that lists have: the names that are understood, of which list, whether cells may be empty."""
    kinds = {"recpo": _("RECPO"), "rights": _("mining rights")}
    return [
        (", ".join(names), ", ".join(kinds[kind] for kind in NEEDED if column in NEEDED[kind]), column in MAY_BE_EMPTY)
        for column, names in HEADERS.items()
    ]


def states() -> list[tuple[str, str]]:
    """Return the table of states: what each means, and the words of lists for it."""
    return [(str(Standing(state).label), ", ".join(words)) for state, words in WORDS.items()]


@require_safe
@login_required
def one_list(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what storing a list would do; or, once that is decided, what became of it."""
    found = list_or_refuse(request, key)
    values: dict[str, Any] = {"list": found, "counts": None, "steps": [], "refusal": None}
    status = 200
    if found.content is not None:
        try:
            judged = preview(found, perms.regions_to_bring(request.user))
            values |= {
                "counts": judged.counts(),
                "steps": judged.steps[:SHOWN],
                "shown": SHOWN,
                "more": len(judged.steps) > SHOWN,
            }
        except Refusal as refusal:
            values["refusal"], status = refusal, refusal.status
    return render(request, "associations/list.html", {**about(request), **values}, status=status)


@require_POST
@login_required
def list_store(request: HttpRequest, key: UUID) -> HttpResponse:
    """Store a list."""
    found = list_or_refuse(request, key)
    counts = store_list(brought=found, regions=perms.regions_to_bring(request.user), by=signed_in(request))
    words = {"new": counts["new"], "changed": counts["changed"], "same": counts["same"]}
    message = _("The list is stored: %(new)d new, %(changed)d changed, %(same)d as they were.")
    messages.success(request, message % words)
    return redirect("associations:lists")


@require_POST
@login_required
def list_drop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drop a list that nobody stored."""
    found = list_or_refuse(request, key)
    drop_list(brought=found, by=signed_in(request))
    messages.success(request, _("The list is dropped. Nothing of it was stored."))
    return redirect("associations:lists")


def list_or_refuse(request: HttpRequest, key: UUID) -> BroughtList:
    """Return a list for whoever brings lists."""
    refuse_unless(perms.can_bring(request.user))
    found = BroughtList.objects.select_related("by").filter(pk=key).first()
    if found is None:
        raise nothing_here()
    return found
