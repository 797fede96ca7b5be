"""What the room offers as measures: meetings, who came to them, agreements made and kept, money spent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from pallaq.plan.models import Plan
from pallaq.plan.rules.cells import TOTAL, cell_of
from pallaq.plan.rules.periods import Period
from pallaq.progress.models import Agreement, Attendance, Meeting, MeetingState, Spending
from pallaq.shared.measures import Cells, Measure
from pallaq.shared.statistics import Codes, safe_counts

SEXES = ("women", "men", "other")  # the levels that a plan's dimension "sex" should have


def levels(plan: Plan, dimension: str) -> list[str]:
    """Return the codes of a dimension's levels in a plan."""
    return list(plan.dimensions.get(dimension, {}).get("levels", {}))


def held(plan: Plan, period: Period) -> Q:
    """Return what picks the meetings that were held in a period."""
    days = (period.starts_on, period.ends_on)
    return Q(plan=plan, state=MeetingState.HELD, held_on__range=days)


def by_region(plan: Plan, counts: Mapping[str, int], by: Sequence[str]) -> dict[str, Decimal | None]:
    """Return numbers of things by region, and their total with the national ones; things are not hidden."""
    cells: dict[str, Decimal | None] = {TOTAL: Decimal(sum(counts.values()))}
    if "region" in by:
        cells |= {cell_of({"region": code}): Decimal(counts.get(code, 0)) for code in levels(plan, "region")}
    return cells


def meetings_held(plan: Plan, period: Period, by: Sequence[str]) -> Cells:
    """Count meetings."""
    regions = Meeting.objects.filter(held(plan, period)).order_by().values_list("region", flat=True)
    return by_region(plan, Counter(regions), by)


def people_at_meetings(plan: Plan, period: Period, by: Sequence[str]) -> Cells:
    """Count who came, by sex and region, hiding what is small and what would give it away."""
    rows = Attendance.objects.filter(meeting__in=Meeting.objects.filter(held(plan, period))).order_by()
    nobody = [(region, 0, 0, 0) for region in ("", *levels(plan, "region"))]
    counts: Counter[tuple[str, ...]] = Counter()
    for region, *came in [*nobody, *rows.values_list("meeting__region", *SEXES)]:
        for sex, number in zip(SEXES, came, strict=True):
            chosen = {"region": region, "sex": sex}
            counts[tuple(chosen[name] for name in by)] += number
    found: dict[str, Decimal | None] = {}
    for codes, count in safe_counts(counts).items():
        if (cell := known_cell(plan, by, codes)) is not None:
            found[cell] = None if count is None else Decimal(count)
    return found


def known_cell(plan: Plan, by: Sequence[str], codes: Codes) -> str | None:
    """Return the key of a table's cell; None for what is no cell of the plan: national meetings, a level it lacks."""
    chosen = {name: code for name, code in zip(by, codes, strict=True) if code is not None}
    if any(code not in levels(plan, name) for name, code in chosen.items()):
        return None
    return cell_of(chosen)


def agreements_made(plan: Plan, period: Period, by: Sequence[str]) -> Cells:
    """Count what the meetings of a period agreed."""
    meetings = Meeting.objects.filter(held(plan, period))
    regions = Agreement.objects.filter(meeting__in=meetings).order_by().values_list("region", flat=True)
    return by_region(plan, Counter(regions), by)


def agreements_kept(plan: Plan, period: Period, by: Sequence[str]) -> Cells:
    """Return the part of what was due in a period that was done by its date, in per cent; nothing due, no figure."""
    due = plan.agreements.filter(due_on__range=(period.starts_on, period.ends_on)).order_by()
    all_due = Counter(due.values_list("region", flat=True))
    kept = Counter(due.filter(done_on__lte=F("due_on")).values_list("region", flat=True))
    dues, keeps = by_region(plan, all_due, by), by_region(plan, kept, by)
    return {cell: 100 * (keeps[cell] or Decimal(0)) / number for cell, number in dues.items() if number}


def budget_spent(plan: Plan, period: Period, by: Sequence[str]) -> Cells:
    """Add up what was spent; a year's spending is what was recorded for it and for its quarters."""
    rows = Spending.objects.filter(item__plan=plan, current=True, year=period.year)
    if period.quarter:
        rows = rows.filter(quarter=period.quarter)
    total: Decimal | None = rows.aggregate(all=Sum("amount"))["all"]
    return {} if total is None else {TOTAL: total}


MEASURES = (
    Measure(
        "progress.meetings_held",
        _("Meetings held"),
        _("Meetings of the plan's technical groups whose minutes were written, by the day on which they were held."),
        _("meetings"),
        ("region",),
        meetings_held,
    ),
    Measure(
        "progress.people_at_meetings",
        _("People at meetings"),
        _(
            "Women, men, and others or not said, who came to the meetings held in the period. Nobody is named, so"
            " whoever came to two meetings counts twice. Fewer than 10 people are not shown."
        ),
        _("attendances"),
        ("region", "sex"),
        people_at_meetings,
    ),
    Measure(
        "progress.agreements_made",
        _("Agreements made"),
        _("What the meetings held in the period agreed, each with an entity and a date."),
        _("agreements"),
        ("region",),
        agreements_made,
    ),
    Measure(
        "progress.agreements_kept",
        _("Agreements kept in time"),
        _("Of the agreements whose date lies in the period, the part that was done by that date."),
        _("per cent"),
        ("region",),
        agreements_kept,
    ),
    Measure(
        "progress.budget_spent",
        _("Budget spent"),
        _("All that was recorded as spent on the plan's actions and activities, in its currency."),
        _("the plan's currency"),
        (),
        budget_spent,
    ),
)
