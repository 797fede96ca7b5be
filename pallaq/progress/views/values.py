"""Values of an indicator: the grid, a report, a correction."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.plan.models import Indicator
from pallaq.plan.rules.cells import levels_of, words
from pallaq.plan.rules.periods import Period, parse
from pallaq.progress.actions.values import Report, correct_with_files, is_locked, report_values
from pallaq.progress.forms.values import CorrectForm, ReportForm
from pallaq.progress.grid import cells_to_report, grid_of, label, open_periods, windows
from pallaq.progress.models import Evidence, Value
from pallaq.progress.perms import Reach, seen_evidence, seen_values
from pallaq.progress.views.reach import indicator_or_refuse, value_or_refuse
from pallaq.shared.errors import Refusal

PAGE = 50
Groups = list[tuple[tuple[str, ...], list[str]]]  # the cells by the dimensions that break them down


@require_safe
@login_required
def values(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Show an indicator's values beside its targets, what they rest on, and what was corrected."""
    indicator, reach = indicator_or_refuse(request, plan, code)
    today = timezone.localdate()
    pages = windows(indicator, today)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() else today.year
    periods = next((page for page in pages if page[0].year <= year <= page[-1].year), pages[-1])
    rows = seen_values(Value.objects.filter(item=indicator.item_id), reach)
    shown = rows.filter(current=True, year__gte=periods[0].year, year__lte=periods[-1].year)
    old = rows.filter(current=False).select_related("replaced_by", "by").order_by("-at", "-pk")
    context = {
        "plan": indicator.version.plan,
        "indicator": indicator,
        "reach": reach,
        "pages": pages if len(pages) > 1 else [],
        "periods": periods,
        "rows": grid_of(indicator, periods, reach),
        "page": with_words(
            Paginator(with_evidence(shown, reach), PAGE).get_page(request.GET.get("page")), indicator, reach
        ),
        "old": with_words(Paginator(old, PAGE).get_page(request.GET.get("old")), indicator, reach),
        "next_period": next((one for one in open_periods(indicator, today)), None),
    }
    return render(request, "progress/values.html", context)


def with_evidence(rows: QuerySet[Value], reach: Reach) -> QuerySet[Value]:
    """Return values that know who recorded them, and the evidence that she may open."""
    files = seen_evidence(Evidence.objects.filter(removed_at=None), reach)
    return rows.select_related("by").prefetch_related(Prefetch("evidence", files, to_attr="files"))


def with_words(page: Page[Value], indicator: Indicator, reach: Reach) -> Page[Value]:
    """Return a page of values that know their cell in words, and whether they are hers to correct."""
    for value in page.object_list:
        value.words = label(indicator, value.cell)  # type: ignore[attr-defined] # for the template alone
        value.hers = reach.can_write(value.cell)  # type: ignore[attr-defined] # likewise
    return page


def sheet_of(indicator: Indicator) -> list[tuple[str, str]]:
    """Return what the reference sheet says to whoever reports."""
    language = get_language() or "es"
    texts = [
        (_("Definition"), indicator.definition),
        (_("Numerator"), indicator.numerator),
        (_("Denominator"), indicator.denominator),
        (_("Method"), indicator.method),
        (_("Limits"), indicator.limits),
    ]
    return [(title, said) for title, text in texts if (said := words(text, language))]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def value_new(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Report the values of a period, with what shows them."""
    indicator, reach = indicator_or_refuse(request, plan, code)
    refuse_unless(reach.can_report)
    choices = open_periods(indicator, timezone.localdate())
    period = period_asked(request, choices)
    if period is None:
        return render(request, "progress/value_none.html", {"plan": indicator.version.plan, "indicator": indicator})
    groups = cells_to_report(indicator, reach)
    cells = [(cell, label(indicator, cell)) for _names, found in groups for cell in found]
    form = ReportForm(request.POST or None, request.FILES or None, indicator=indicator, cells=cells)
    if form.is_valid():
        try:
            region = reach.region or shared_region(form.values())
            report = Report(period, form.values(), form.facts(), form.cleaned_data["attached"], region)
            made = report_values(indicator=indicator, report=report, by=signed_in(request))
        except Refusal as refusal:
            form.say(refusal)
        else:
            messages.success(request, said(made, period))
            return redirect("progress:values", plan, code)
    context = {"plan": indicator.version.plan, "indicator": indicator, "period": period, "choices": choices[:12]}
    context["closed"] = is_locked(indicator.version.plan, period)
    context["sheet"] = sheet_of(indicator)
    context |= {"form": form, "groups": fields_of(form, indicator, period, groups)}
    return render(request, "progress/value_form.html", context, status=422 if form.errors else 200)


def period_asked(request: HttpRequest, choices: list[Period]) -> Period | None:
    """Return the period that the address names, or the latest that is over, else that has begun."""
    today = timezone.localdate()
    if asked := request.GET.get("period", ""):
        try:
            return parse(asked)
        except ValueError as error:
            message = _("There is no period “%(period)s”. Write a year or a quarter, such as 2026 or 2026-Q2.")
            raise Refusal(message % {"period": asked[:20]}, code="no-period", status=404) from error
    return next((one for one in choices if one.ends_on < today), next(iter(choices), None))


def shared_region(cells: Iterable[str]) -> str:
    """Return the region that all of some cells are of; "" if they are not of one."""
    regions = {levels_of(cell).get("region", "") for cell in cells}
    return regions.pop() if len(regions) == 1 else ""


def said(made: list[Value], period: Period) -> str:
    """Return what was done."""
    return _("Recorded for %(period)s: %(count)d. Thank you.") % {"period": period, "count": len(made)}


def fields_of(form: ReportForm, indicator: Indicator, period: Period, groups: Groups) -> list[dict[str, object]]:
    """Return the fields by the dimensions that break them down, each with the value that stands there already."""
    at = {"item": indicator.item_id, "year": period.year, "quarter": period.quarter}
    known = {value.cell: value for value in Value.objects.current().filter(**at)}
    targets = {one.cell: one.value for one in indicator.targets.filter(year=period.year, quarter=period.quarter)}
    found = []
    for names, cells in groups:
        fields = [(form[form.field_of(cell)], known.get(cell), targets.get(cell)) for cell in cells]
        wrong = any(field.errors for field, _known, _target in fields)
        found.append(
            {"title": title_of(indicator, names), "fields": fields, "open": wrong or any(f[2] for f in fields)}
        )
    return found


def title_of(indicator: Indicator, names: tuple[str, ...]) -> str:
    """Return dimensions in the reader's words."""
    dimensions, language = indicator.version.plan.dimensions, get_language() or "es"
    return ", ".join(words(dimensions[name].get("title"), language) or name for name in names)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def value_correct(request: HttpRequest, plan: str, value: int) -> HttpResponse:
    """Correct a value with a reason; the old one stays beside it."""
    found, indicator, reach = value_or_refuse(request, plan, value)
    initial = {"measured_on": found.measured_on, "source": found.source}
    form = CorrectForm(request.POST or None, request.FILES or None, indicator=indicator, initial=initial)
    if form.is_valid():
        facts = {"value": form.cleaned_data["value"], **form.facts()}
        try:
            more = {"files": form.cleaned_data["attached"], "region": reach.region, "by": signed_in(request)}
            correct_with_files(value_row=found, **more, **facts)
        except Refusal as refusal:
            form.say(refusal)
        else:
            messages.success(request, _("Corrected. The value before it stays in the history."))
            return redirect("progress:values", plan, indicator.item.code)
    context = {
        "plan": indicator.version.plan,
        "indicator": indicator,
        "value": found,
        "words": label(indicator, found.cell),
        "form": form,
        "closed": is_locked(indicator.version.plan, found.period()),
        "stands": None
        if found.current
        else found.item.values.current().filter(cell=found.cell, year=found.year, quarter=found.quarter).first(),
    }
    return render(request, "progress/value_correct.html", context, status=422 if form.errors else 200)
