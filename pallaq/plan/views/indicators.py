"""Pages of indicators: the list of a version, the reference sheet, and what a planner edits in a draft."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.visitors import signed_in
from pallaq.plan import perms
from pallaq.plan.actions import indicators as actions
from pallaq.plan.forms.grids import BaselinesForm, RangeForm, TargetsForm
from pallaq.plan.forms.indicators import FilterForm, SheetForm
from pallaq.plan.models import Baseline, Indicator, Target, Version
from pallaq.plan.models.indicators import SenseChoice
from pallaq.plan.rules.cells import TOTAL, cell_words, words
from pallaq.plan.rules.periods import Period
from pallaq.plan.rules.units import Sense, derived_sense
from pallaq.plan.views.finding import draft_or_refuse, plan_or_refuse, version_or_refuse
from pallaq.shared.errors import Refusal

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Row:
    """An indicator as the list shows it: from where it starts, and its next target."""

    indicator: Indicator
    baseline: Baseline | None
    target: Target | None


@dataclass(frozen=True)
class GridRow:
    """A cell of the sheet's grid: its name, its baseline, and a target or None for each period."""

    words: str
    baseline: Baseline | None
    targets: list[Target | None]


@require_safe
@login_required
def indicators(request: HttpRequest, plan: str) -> HttpResponse:
    """Show all indicators of a version, searched and filtered as the address says."""
    version = version_or_refuse(request, plan_or_refuse(request, plan))
    form = FilterForm(request.GET, version=version)
    found = form.of(
        version.indicators.select_related("item", "node__item").order_by("node__position", "position", "id")
    )
    page = Paginator(found.prefetch_related("baselines", "targets").distinct(), 50).get_page(request.GET.get("page"))
    values = {"page": page, "rows": [row_of(indicator) for indicator in page], "form": form}
    return render(request, "plan/indicators.html", {**about(request, version), **values})


@require_safe
@login_required
def indicator(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Show the reference sheet of an indicator, with its baselines and targets."""
    found = indicator_or_refuse(version_or_refuse(request, plan_or_refuse(request, plan)), code)
    periods = sorted({target.period() for target in found.targets.all()})
    values = {"indicator": found, "periods": periods, "grid": grid_of(found, periods), **sheet(found)}
    return render(request, "plan/indicator.html", {**about(request, found.version), **values})


@EDIT
@login_required
def add(request: HttpRequest, plan: str) -> HttpResponse:
    """Add an indicator to the draft."""
    version = draft_or_refuse(request, plan_or_refuse(request, plan))
    form = SheetForm(request.POST or None, version=version, node=request.GET.get("node", ""))
    if form.is_valid():
        try:
            made = actions.add_indicator(by=signed_in(request), **form.values())
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The indicator is in the draft. Now give it a baseline and targets."))
            return to_sheet(made)
    return render(request, "plan/indicator_form.html", {**about(request, version), "form": form})


@EDIT
@login_required
def edit(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Change a reference sheet of the draft; what somebody else saved meanwhile is shown beside what was typed."""
    found = indicator_or_refuse(draft_or_refuse(request, plan_or_refuse(request, plan)), code)
    form, conflict, status = SheetForm(request.POST or None, version=found.version, indicator=found), [], 200
    if form.is_valid():
        try:
            edition = form.cleaned_data["edition"] or 0
            actions.edit_indicator(indicator=found, edition=edition, by=signed_in(request), **form.values())
            messages.success(request, _("The sheet is saved."))
            return to_sheet(found)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
            if refusal.code == "plan-edited-meanwhile":
                conflict = form.compare(found)
    values = {"form": form, "indicator": found, "conflict": conflict}
    return render(request, "plan/indicator_form.html", {**about(request, found.version), **values}, status=status)


@EDIT
@login_required
def remove(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Ask whether an indicator shall leave the draft, and take it out."""
    found = indicator_or_refuse(draft_or_refuse(request, plan_or_refuse(request, plan)), code)
    if request.method != "POST":
        return render(request, "plan/indicator_remove.html", {**about(request, found.version), "indicator": found})
    actions.remove_indicator(indicator=found, by=signed_in(request))
    messages.success(request, _("%(code)s is no longer in the draft.") % {"code": code})
    return redirect_to("plan:indicators", found.version)


@EDIT
@login_required
def targets(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Set the targets of a draft's indicator in a grid of cells and periods, all or none."""
    found = indicator_or_refuse(draft_or_refuse(request, plan_or_refuse(request, plan)), code)
    choice = RangeForm(request.GET, indicator=found, today=timezone.localdate())
    values = {**about(request, found.version), "indicator": found, "choice": choice}
    if not choice.is_valid():
        return render(request, "plan/targets.html", values)
    grid = partial(TargetsForm, indicator=found, cells=choice.cells(), periods=choice.periods())
    form = grid(request.POST or None)
    if "block" in request.POST and request.POST.get("do") == "paste":
        form = grid(form.pasted(request.POST["block"]))
        form.is_valid()
    elif form.is_valid() and saved(request, form, partial(actions.set_targets, indicator=found, targets=form.changes)):
        return to_sheet(found)
    return render(request, "plan/targets.html", {**values, "form": form}, status=status_of(form))


@EDIT
@login_required
def baselines(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Set the baselines of a draft's indicator, a row for each cell, all or none."""
    found = indicator_or_refuse(draft_or_refuse(request, plan_or_refuse(request, plan)), code)
    choice = RangeForm(request.GET, indicator=found, today=timezone.localdate())
    cells = choice.cells() if choice.is_valid() else [TOTAL]
    form = BaselinesForm(request.POST or None, indicator=found, cells=cells)
    if form.is_valid() and saved(
        request, form, partial(actions.set_baselines, indicator=found, baselines=form.changes)
    ):
        return to_sheet(found)
    values = {"indicator": found, "choice": choice, "form": form}
    return render(request, "plan/baselines.html", {**about(request, found.version), **values}, status=status_of(form))


def saved(request: HttpRequest, form: TargetsForm | BaselinesForm, verb: Callable[..., None]) -> bool:
    """Save a grid, or note beside it why not."""
    try:
        verb(edition=form.cleaned_data["edition"], by=signed_in(request))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        form.refused = refusal
        return False
    messages.success(request, _("Saved."))
    return True


def status_of(form: TargetsForm | BaselinesForm) -> int:
    """Return the status of a grid's page: a conflict says that it is one."""
    return form.refused.status if form.refused else 200


def indicator_or_refuse(version: Version, code: str) -> Indicator:
    """Return a version's indicator with all that its sheet prints."""
    rows = version.indicators.select_related("item", "node__item", "responsible", "version__plan__study")
    found = rows.prefetch_related("baselines__release__study", "targets").filter(item__code=code).first()
    if found is None:
        message = _("This version of the plan has no indicator “%(code)s”. Look at the list of its indicators.")
        raise Refusal(message % {"code": code}, code="no-indicator", status=404)
    return found


def about(request: HttpRequest, version: Version) -> dict[str, object]:
    """Return what every page of indicators needs."""
    plan = version.plan
    can_edit = perms.can_edit(request.user, plan)
    return {
        "plan": plan,
        "version": version,
        "at": f"?version={version.number}" if version != plan.shown() else "",  # for links to pages of this version
        "can_edit": can_edit and version.state == "draft",
        "can_amend": can_edit and version.state == "approved",
        "draft": plan.draft() if can_edit else None,
    }


def row_of(indicator: Indicator) -> Row:
    """Return an indicator with its total's baseline and the first target from now on, or else the last one."""
    baseline = next((one for one in indicator.baselines.all() if one.cell == TOTAL), None)
    ahead = [target for target in indicator.targets.all() if target.cell == TOTAL]
    coming = [target for target in ahead if target.period().ends_on >= timezone.localdate()]
    return Row(indicator, baseline, next(iter(coming or ahead[-1:]), None))


def grid_of(indicator: Indicator, periods: list[Period]) -> list[GridRow]:
    """Return baselines and targets, a row for each cell that has any."""
    started = {baseline.cell: baseline for baseline in indicator.baselines.all()}
    aimed = {(target.cell, target.period()): target for target in indicator.targets.all()}
    return [
        GridRow(
            cell_name(indicator, cell),
            started.get(cell),
            [aimed.get((cell, period)) for period in periods],
        )
        for cell in sorted({*started, *(cell for cell, _period in aimed)}, key=partial(cell_order, indicator))
    ]


def cell_order(indicator: Indicator, cell: str) -> tuple[int, str]:
    """Return where a cell stands in a table: the total first, then by name, what is broken down twice last."""
    return cell.count("="), cell_name(indicator, cell)


def sheet(indicator: Indicator) -> dict[str, object]:
    """Return what the reference sheet says that no field holds as it is."""
    sense, dimensions = sense_of(indicator), indicator.version.plan.dimensions
    named = [
        words(dimensions.get(name, {}).get("title"), get_language() or "es") or name
        for name in indicator.disaggregation
    ]
    found = list(indicator.baselines.all())
    return {
        "sense": sense,
        "sense_words": SenseChoice(sense).label if sense else "",
        "breakdown": ", ".join(named),
        "study": next((one.release.study for one in found if one.release), indicator.version.plan.study),
        "total": next((baseline for baseline in found if baseline.cell == TOTAL), None),
        "sources": list({(baseline.source, baseline.release_id): baseline for baseline in found}.values()),
    }


def cell_name(indicator: Indicator, cell: str) -> str:
    """Return a cell as people say it."""
    return cell_words(cell, indicator.version.plan.dimensions, get_language() or "es") or _("Total")


def sense_of(indicator: Indicator) -> Sense | None:
    """Return the declared sense, or that of the total (or of the first cell that has targets)."""
    if indicator.sense:
        return indicator.sense  # type: ignore[return-value] # the column holds known senses
    aimed = list(indicator.targets.all())
    cell = next((target.cell for target in aimed if target.cell == TOTAL), aimed[0].cell if aimed else TOTAL)
    start: list[Decimal] = [baseline.value for baseline in indicator.baselines.all() if baseline.cell == cell]
    return derived_sense([*start, *(target.value for target in aimed if target.cell == cell)])


def redirect_to(name: str, version: Version, **values: str) -> HttpResponse:
    """Go to a page of a version; a draft is named in the address, since without it the one in force is shown."""
    query = {"version": str(version.number)} if version.state == "draft" else {}
    return redirect(reverse(name, kwargs={"plan": version.plan.code, **values}, query=query))


def to_sheet(indicator: Indicator) -> HttpResponse:
    """Go to an indicator's sheet in its own version."""
    return redirect_to("plan:indicator", indicator.version, code=indicator.item.code)
