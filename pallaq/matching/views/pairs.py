"""The queue of possible duplicates, a pair side by side, and what is decided of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.matching.actions import merging
from pallaq.matching.actions import pairs as actions
from pallaq.matching.comparing import documents_line, documents_of, lines, values_of
from pallaq.matching.forms import MergeForm, QueueForm, WhyForm
from pallaq.matching.models import STANDING, Merge, Pair, PairState, Scan
from pallaq.matching.perms import can_decide_pair, can_search_pairs, pairs_seen_by, sees
from pallaq.places.rules import department
from pallaq.registry.actions.reading import read_many
from pallaq.registry.actions.registrations import OPEN
from pallaq.registry.models import Person, What
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal

PAGE = 25


@require_safe
@login_required
def duplicates(request: HttpRequest) -> HttpResponse:
    """Show the queue, the likeliest pairs first, and how the search stands."""
    refuse_unless(can_search_pairs(request.user))
    form = QueueForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    state, number = asked.get("state") or PairState.OPEN, asked.get("page") or 1
    found = pairs_seen_by(request.user).filter(state=state).select_related("first", "second", "decided_by")
    if state != PairState.SAME:
        found = found.filter(STANDING)
    shown = list(found[(number - 1) * PAGE : number * PAGE + 1])
    rows = [row(request, pair) for pair in shown[:PAGE]]
    read_many({person for one in rows for person in one["seen"]}, by=signed_in(request), what=What.FOUND)
    values: dict[str, Any] = {
        "rows": rows,
        "states": [{"state": key, "label": words, "current": key == state} for key, words in PairState.choices],
        "state": state,
        "page": number,
        "previous": number - 1,
        "next": number + 1 if len(shown) > PAGE else None,
        "scan": Scan.objects.first(),
    }
    return render(request, "matching/duplicates.html", {**about(request), **values})


def row(request: HttpRequest, pair: Pair) -> dict[str, Any]:
    """Return a pair for the queue: names of those she may see, of others the region."""
    people = [(person, sees(request.user, person), department(person.region)) for person in (pair.first, pair.second)]
    return {"pair": pair, "people": people, "seen": [person for person, seen, _region in people if seen]}


@require_safe
@login_required
def pair(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a pair side by side."""
    return pair_page(request, pair_or_refuse(request, key))


def pair_page(request: HttpRequest, found: Pair, refusal: Refusal | None = None, **forms: Any) -> HttpResponse:
    """Show a pair, with the forms by which it is decided for whoever may."""
    may_decide = can_decide_pair(request.user, found)
    people = [person for person in (found.first, found.second) if sees(request.user, person)]
    read_many(people, by=signed_in(request), what=What.COMPARED)
    table = lines([values_of(person) for person in people])
    values: dict[str, Any] = {
        "pair": found,
        "people": people,
        "lines": [*table, documents_line([documents_of(person) for person in people])],
        "elsewhere": [department(p.region) for p in (found.first, found.second) if p not in people],
        "may_decide": may_decide,
        "standing": found.first.state == found.second.state == "current",
        "conflicts": conflicts(found) if may_decide else [],
        "merge": Merge.objects.filter(pair=found, undone_at=None).select_related("kept", "gone", "by").first(),
        "different": WhyForm(prefix="different"),
        "merging": MergeForm(pair=found, lines=table) if may_decide else None,
        "undoing": WhyForm(prefix="undo"),
        "refusal": refusal,
        **forms,
    }
    invalid = any(form.errors for form in forms.values())
    status = refusal.status if refusal else 422 if invalid else 200
    return render(request, "matching/pair.html", {**about(request), **values}, status=status)


@require_POST
@login_required
def different(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that a pair is two people."""
    found = to_decide(request, key)
    form = WhyForm(request.POST, prefix="different")
    if not form.is_valid():
        return pair_page(request, found, different=form)
    try:
        actions.decide_different(pair=found, why=form.cleaned_data["why"], by=signed_in(request))
    except Refusal as refusal:
        return pair_page(request, pair_or_refuse(request, key), refusal, different=form)
    messages.success(request, _("They are two people. This pair will not come up again."))
    return redirect("matching:duplicates")


@require_POST
@login_required
def open_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back that a pair is two people."""
    actions.open_again(pair=to_decide(request, key), by=signed_in(request))
    messages.success(request, _("The pair is open again."))
    return redirect("matching:pair", key=key)


@require_POST
@login_required
def merge(request: HttpRequest, key: UUID) -> HttpResponse:
    """Merge the rows of a pair; what was decided or edited meanwhile is said, and the choices stay."""
    found = to_decide(request, key)
    table = lines([values_of(found.first), values_of(found.second)])
    form = MergeForm(request.POST, pair=found, lines=table)
    if not form.is_valid():
        return pair_page(request, found, merging=form)
    try:
        merging.merge(pair=found, choice=form.choice(), why=form.cleaned_data["why"], by=signed_in(request))
    except Refusal as refusal:
        return pair_page(request, pair_or_refuse(request, key), refusal, merging=renewed(form, found))
    messages.success(request, _("They are one person now. The merge can be undone on this page."))
    return redirect("matching:pair", key=key)


def renewed(form: MergeForm, found: Pair) -> MergeForm:
    """Return the form with its choices, counted as made of the files as they are shown now."""
    now = Person.objects.in_bulk([found.first_id, found.second_id])
    sent: Any = form.data.copy()  # type: ignore[attr-defined] # a QueryDict: the stubs know only Mapping
    sent["editions"] = f"{now[found.first_id].edition} {now[found.second_id].edition}"
    form.data = sent
    return form


@require_POST
@login_required
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the merge of a pair back."""
    found = to_decide(request, key)
    form = WhyForm(request.POST, prefix="undo")
    made = Merge.objects.filter(pair=found, undone_at=None).first()
    if not form.is_valid():
        return pair_page(request, found, undoing=form)
    if made is None:
        raise Refusal(_("Nothing of this pair is merged. Look at it again."), code="no-merge", status=409)
    try:
        merging.undo(merge=made, why=form.cleaned_data["why"], by=signed_in(request))
    except Refusal as refusal:
        return pair_page(request, found, refusal, undoing=form)
    messages.success(request, _("The merge is undone: both files are as they were."))
    return redirect("matching:pair", key=key)


def conflicts(found: Pair) -> list[str]:
    """Return the schemes on which both are: the merged file keeps its own registration, and it is said so."""
    first, second = (person.registrations.filter(state__in=OPEN) for person in (found.first, found.second))
    both = first.filter(scheme__in=second.values("scheme")).select_related("scheme")
    return [str(registration.scheme) for registration in both]


def pair_or_refuse(request: HttpRequest, key: UUID) -> Pair:
    """Return the pair with this key; to whoever may not see it it is not there."""
    people = ("first", "second", "decided_by")
    found = pairs_seen_by(request.user).select_related(*people).filter(pk=key).first()
    if found is None:
        raise Refusal(_("There is no such pair in your regions. Look at the queue."), code="no-pair", status=404)
    return found


def to_decide(request: HttpRequest, key: UUID) -> Pair:
    """Return the pair if she is an officer of both regions."""
    found = pair_or_refuse(request, key)
    if not can_decide_pair(request.user, found):
        message = _("One of them lives in another region. An officer of both regions, or of the country, decides.")
        raise Refusal(message, code="other-region", status=403)
    return found
