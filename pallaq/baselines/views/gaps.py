"""From a gap, one click: what a study measured becomes an indicator; and what a follow-up says of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.baselines.actions.gaps import take_figures
from pallaq.baselines.forms.gaps import FromGapForm, PeopleForm
from pallaq.baselines.rules import followup as rules
from pallaq.baselines.rules.sheets import source, study_sheet
from pallaq.baselines.rules.taking import Figure, figures
from pallaq.baselines.statistics import Proposal, change_since, needed, smallest_change, study_value
from pallaq.diagnosis.readable import Shown, newest_or_refuse
from pallaq.plan import perms
from pallaq.plan.models import Baseline, Indicator, Target
from pallaq.plan.models.indicators import Origin
from pallaq.plan.rules.cells import levels_of
from pallaq.plan.templatetags.sheets import measured
from pallaq.plan.views.finding import plan_or_refuse, version_or_refuse
from pallaq.plan.views.indicators import about, cell_name, cell_order, indicator_or_refuse, sense_of, to_sheet
from pallaq.report.rules import words
from pallaq.shared.errors import Refusal
from pallaq.shared.numbers import probability


@dataclass(frozen=True)
class Taken:
    """A figure of the release as the page shows it: whose it is, in words, and why it is not taken if it is not."""

    figure: Figure
    words: str
    why: str


@dataclass(frozen=True)
class Followed:
    """One cell's follow-up: its baseline, the newer figure with change and target, or the sample that would show it."""

    words: str
    baseline: Baseline
    now: Proposal | None
    target: Target | None
    said: tuple[str, ...]
    p: str = ""
    size: rules.Size | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def from_gap(request: HttpRequest, plan: str, study: str, indicator: str) -> HttpResponse:
    """Show what a plan would take from a study's indicator, and take it once it is confirmed."""
    found = plan_or_refuse(request, plan)
    refuse_unless(perms.can_edit(request.user, found))
    shown, version = newest_or_refuse(study, request.user), found.draft() or version_or_refuse(request, found)
    refuse_unknown(shown, indicator)
    form, status = FromGapForm(request, version=version, shown=shown, indicator=indicator), 200
    taken = figures(shown.document, indicator, form.chosen(), found.dimensions, form.with_regions())
    if request.POST.get("do") == "take" and form.is_valid():
        try:
            return to_sheet(take(request, shown, indicator, taken, form))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
    lines = [Taken(figure, whose(shown, figure), why_words(shown, figure)) for figure in taken]
    values = {"form": form, "lines": lines, **asked(shown, indicator)}
    return render(request, "baselines/gap.html", {**about(request, version), **values}, status=status)


def refuse_unknown(shown: Shown, indicator: str) -> None:
    """Refuse an indicator that the study does not have."""
    if indicator not in {info.code for info in shown.document.indicators}:
        message = _("The study has no indicator “%(code)s”. Look for it on the gap board.")
        raise Refusal(message % {"code": indicator}, code="no-indicator", status=404)


def take(request: HttpRequest, shown: Shown, indicator: str, taken: list[Figure], form: FromGapForm) -> Indicator:
    """Make the indicator that the form confirms."""
    document, release = shown.document, shown.release
    named = release.number, release.sha256
    made = take_figures(
        node=form.cleaned_data["node"],
        code=form.cleaned_data["code"],
        release=release,
        figures=taken,
        by=signed_in(request),
        year=form.cleaned_data["year"],
        source=source(document, named),
        design=document.design.kind,
        **study_sheet(document, indicator, form.chosen(), taken, named),
    )
    messages.success(request, _("The indicator is in the draft, with its baseline. Now give it targets."))
    return made


def asked(shown: Shown, indicator: str) -> dict[str, object]:
    """Return what was asked and of whom, and what the intervals mean."""
    document = shown.document
    info = document.indicator(indicator)
    return {
        "shown": shown,
        "title": words.say(info.title),
        "question": words.say(info.question),
        "universe": words.say(info.universe_text),
        "gaps": [words.gap_words(document, gap) for gap in document.gaps_of(indicator) if not gap.within],
        "meaning": words.interval_meaning(document),
        "sample": words.sample_kind(document),
        "study_indicator": indicator,
    }


def whose(shown: Shown, figure: Figure) -> str:
    """Return whom a figure is of, in the study's words: the plan may not know them."""
    levels = levels_of(figure.cell).items()
    return ", ".join(words.level_name(shown.document, name, level) for name, level in levels) or _("Total, pooled")


def why_words(shown: Shown, figure: Figure) -> str:
    """Return why a figure is not taken."""
    return {
        "": "",
        "hidden": _("hidden: too few people, or it would give away a smaller figure"),
        "assumed": _("assumed by the reconstruction, not measured"),
        "unknown": _("the plan does not know this group"),
    }[figure.why]


@require_safe
@login_required
def followup(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Show the change since the baseline where a newer release tells it, else the sample that would."""
    found = indicator_or_refuse(version_or_refuse(request, plan_or_refuse(request, plan)), code)
    form = PeopleForm(request.GET if "people" in request.GET else None)
    people = form.cleaned_data["people"] if form.is_valid() else None
    started = [baseline for baseline in found.baselines.all() if baseline.origin == Origin.STUDY]
    started.sort(key=lambda one: cell_order(found, one.cell))
    rows = [followed(request, found, baseline, people) for baseline in started]
    size = next((row.size for row in rows if row.size), None)
    values = {
        "indicator": found,
        "rows": rows,
        "form": form,
        "waiting": any(row.now is None for row in rows),
        "assumption": rules.assumption_words(size) if size else "",
    }
    return render(request, "baselines/indicator_followup.html", {**about(request, found.version), **values})


def followed(request: HttpRequest, indicator: Indicator, baseline: Baseline, people: int | None) -> Followed:
    """Return the follow-up of one cell."""
    baseline.indicator = indicator  # prefetched already
    now = study_value(indicator, baseline.cell, request.user)
    assert baseline.release is not None  # a constraint says so of study baselines
    if now and now.release.number <= baseline.release.number:
        now = None
    target = target_of(indicator, baseline.cell, now.release.frozen_at.year if now else None)
    name = cell_name(indicator, baseline.cell)
    if now is None:
        said, size = planned(baseline, targets_ahead(indicator, baseline.cell), people)
        return Followed(name, baseline, None, target, said, size=size)
    try:
        change = change_since(baseline, now)
    except Refusal as refusal:
        return Followed(name, baseline, now, target, (refusal.message,))
    said = (rules.change_words(change), *reached(indicator, now, target))
    return Followed(name, baseline, now, target, said, "" if change.p is None else probability(change.p))


def targets_ahead(indicator: Indicator, cell: str) -> list[Target]:
    """Return the targets of a cell that a follow-up may still see: the next few, or else the last one."""
    aimed = [target for target in indicator.targets.all() if target.cell == cell]
    return [one for one in aimed if one.period().ends_on >= timezone.localdate()][:5] or aimed[-1:]


def target_of(indicator: Indicator, cell: str, year: int | None) -> Target | None:
    """Return the target that a figure of a year is held against: the first due from then on, else the last of all."""
    aimed = [target for target in indicator.targets.all() if target.cell == cell]
    return next((target for target in aimed if year and target.year >= year), aimed[-1] if aimed else None)


def reached(indicator: Indicator, now: Proposal, target: Target | None) -> tuple[str, ...]:
    """Return whether the target was reached, in words; nothing where there is none."""
    if target is None:
        return ()
    low, high = (None if limit is None else float(limit) for limit in (now.low, now.high))
    found = rules.reach(sense_of(indicator), float(target.value), float(now.value), low, high)
    return (rules.reach_words(found),)


def planned(baseline: Baseline, targets: list[Target], people: int | None) -> tuple[tuple[str, ...], rules.Size | None]:
    """Return in words the samples that would show the targets reached, and what so many people would show."""
    said: list[str] = []
    size: rules.Size | None = None
    for target in targets:
        aim = measured(target.value, baseline.indicator)
        try:
            size = needed(baseline, target.value)
            said.append(rules.needed_words(size, aim, str(target.period())))
        except Refusal as refusal:
            said.append(f"{aim} ({target.period()}): {refusal.message}")
    try:
        if people:
            size = smallest_change(baseline, targets[0].value if targets else None, people)
            said.append(rules.detectable_words(size))
    except Refusal as refusal:
        said.append(refusal.message)
    return tuple(dict.fromkeys(said)), size
