"""Pages of one list: what was found in it, its columns, how far its import is, and the way back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.visitors import signed_in
from pallaq.places.rules import department
from pallaq.registry.models import State
from pallaq.registry.tabs import about
from pallaq.rolls import tasks
from pallaq.rolls.actions.bringing import discard_roll, stop_roll
from pallaq.rolls.actions.undoing import untouched
from pallaq.rolls.forms import ColumnsForm, SureForm
from pallaq.rolls.models import Roll, RollState
from pallaq.rolls.rules.fields import FIELDS, missing
from pallaq.rolls.rules.values import STATES
from pallaq.rolls.views.finding import roll_or_refuse
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def roll(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a list: how far it is, what was found in it, and what can be done next."""
    found = roll_or_refuse(request, key)
    return render(request, "rolls/roll.html", {**about(request), **described(found)})


def described(roll: Roll) -> dict[str, object]:
    """Return what the pages of a list show of it."""
    checked, imported = roll.counts.get("checked", {}), roll.counts.get("imported", {})
    states = dict(State.choices)
    return {
        "roll": roll,
        "checked": checked,
        "imported": imported,
        "good": sum(checked.values()) - checked.get("bad", 0),
        "bad": roll.bad_rows.filter(mended_at__isnull=True).count(),
        "mended": sum(roll.counts.get("mended", {}).values()),
        "taken_back": roll.counts.get("taken_back", 0),
        "regions": [one.name for code in roll.regions or () if (one := department(code))],
        "held": [(column, FIELDS.get(field_of(roll, number), "")) for number, column in enumerate(roll.columns)],
        "words": [
            (word, states.get(roll.states.get(word) or STATES.get(word, "")), rows) for word, rows in roll.words.items()
        ],
        "can_name": not roll.started_by_id and roll.state in (RollState.MAPPING, RollState.CHECKED, RollState.FAILED),
        "can_go_on": roll.started_by_id and not roll.ended_at and roll.state in (RollState.STOPPED, RollState.FAILED),
        "can_take_back": roll.state in (RollState.IMPORTED, RollState.STOPPED),
        "missing": missing(roll.fields),
    }


def field_of(roll: Roll, column: int) -> str:
    """Return the field that a column holds; "" for none."""
    return next((name for name, number in roll.fields.items() if number == column), "")


@require_safe
@login_required
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far the work is: for htmx the bar alone, and the whole page anew once it ends."""
    found = roll_or_refuse(request, key)
    if not request.headers.get("HX-Request"):
        return redirect("rolls:roll", key)
    response = render(request, "rolls/roll_progress.html", {"roll": found})
    if not found.running():
        response["HX-Refresh"] = "true"
    return response


@EDIT
@login_required
def columns(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say what the columns hold, and what the list's words for states mean; then it is checked."""
    found = roll_or_refuse(request, key)
    form = ColumnsForm(request.POST or None, roll=found)
    if form.is_valid():
        try:
            tasks.check(
                roll=found,
                fields=form.columns(),
                codes=form.cleaned_data["codes"],
                states=form.states(),
                by=signed_in(request),
            )
            return redirect("rolls:roll", key)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    status = 422 if form.errors else 200
    return render(request, "rolls/columns.html", {**about(request), "roll": found, "form": form}, status=status)


@require_POST
@login_required
def start(request: HttpRequest, key: UUID) -> HttpResponse:
    """Import a list, or go on with its import."""
    tasks.start_import(roll=roll_or_refuse(request, key), by=signed_in(request))
    return redirect("rolls:roll", key)


@require_POST
@login_required
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop an import between two batches."""
    found = stop_roll(roll=roll_or_refuse(request, key), by=signed_in(request))
    words = {"done": found.done, "rows": found.rows}
    messages.success(request, _("Stopped after %(done)d of %(rows)d rows. What is in stays in.") % words)
    return redirect("rolls:roll", key)


@require_POST
@login_required
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw away what waits of a list."""
    discard_roll(roll=roll_or_refuse(request, key), by=signed_in(request))
    messages.success(request, _("The file and the rows that waited are gone. What was imported stays."))
    return redirect("rolls:list")


@EDIT
@login_required
def back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back whom a list alone brought and nobody touched since, once it is said that this is meant."""
    found = roll_or_refuse(request, key)
    form = SureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        tasks.start_taking_back(roll=found, by=signed_in(request))
        return redirect("rolls:roll", key)
    imported = found.counts.get("imported", {})
    mended = found.counts.get("mended", {})
    gone = untouched(found).count() if found.state in (RollState.IMPORTED, RollState.STOPPED) else 0
    context = {
        "roll": found,
        "form": form,
        "gone": gone,
        "stay": found.entries.filter(outcome="created").count() - gone,
        "changed": sum(counts.get(name, 0) for counts in (imported, mended) for name in ("joined", "changed")),
    }
    return render(request, "rolls/back.html", {**about(request), **context}, status=422 if form.errors else 200)
