"""The scoreboard of a plan: a page, and the same as CSV."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pallaq.plan.models import Version
from pallaq.plan.perms import regions_of
from pallaq.plan.rules.periods import Period, parse
from pallaq.progress.rules.scoring import LIGHTS
from pallaq.progress.scoreboard import (
    Board,
    Choice,
    Group,
    Line,
    Scored,
    Seen,
    board_of,
    lines_of,
    of_light,
    scored_of,
    tree_of,
)
from pallaq.progress.views.scope import seen_of, seen_regions, uuid_or_none, version_or_refuse
from pallaq.shared.errors import Refusal
from pallaq.shared.tabular import Cell, csv_text

KINDS_OF_GROUP = ("objective", "level", "entity", "region")
INLINE = 60  # indicators that a page holds at once; of more, one group is opened at a time
PAGE = 25
GROUPS = 100
COLUMNS = (
    *("code", "title", "node", "region", "period", "value", "n", "low", "high", "measured_on", "light", "why"),
    *("compliance", "trend", "target", "target_period", "baseline", "baseline_year", "last_known", "last_known_period"),
)


@require_safe
@login_required
def board(request: HttpRequest, plan: str) -> HttpResponse:
    """Show where a plan stands at a period, in groups that open."""
    version, today = version_or_refuse(request, plan), timezone.localdate()
    asked = chosen(request, version, today)
    found = board_of(version, asked, seen_of(request.user, version))
    groups = Paginator(found.groups, GROUPS).get_page(request.GET.get("groups"))
    context = {
        "plan": version.plan,
        "version": version,
        "board": found,
        "choice": asked,
        "groups": groups,
        "opened": opened(found, list(groups), request.GET.get("page"), today),
        "lights": [(light, getattr(found.counts, light)) for light in LIGHTS],
        "periods": periods(version, found, today),
        "regions": seen_regions(request.user, version.plan),
        "entities": sorted(found.entities.items(), key=lambda pair: pair[1].casefold()),
        "sees_total": regions_of(request.user, version.plan) is None,
    }
    return render(request, "progress/board.html", context)


@require_safe
@login_required
def board_csv(request: HttpRequest, plan: str) -> HttpResponse:
    """Give every indicator that the board shows as CSV."""
    version, today = version_or_refuse(request, plan), timezone.localdate()
    asked = chosen(request, version, today)
    lines = lines_of(listed(version, asked, seen_of(request.user, version)), asked.period, today)
    response = HttpResponse(csv_text(COLUMNS, csv_rows(lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{plan}-{asked.period}.csv"'
    return response


def listed(version: Version, asked: Choice, seen: Seen | None) -> list[Scored]:
    """Return what a board lists: of an opened group, or each indicator once, or once for each region."""
    if asked.every_region:
        rows = scored_of(version, asked, tree_of(version), seen)
        return of_light(rows, asked.light) if asked.light else rows
    found = board_of(version, asked, seen)
    return [one for group in found.groups if group.key == asked.group for one in group.members] or found.rows


def chosen(request: HttpRequest, version: Version, today: date) -> Choice:
    """Return what the address asks for; a region's reporter always sees a region of hers."""
    asked, regions = request.GET, seen_regions(request.user, version.plan)
    by, light, region = asked.get("by", ""), asked.get("light", ""), asked.get("region", "")
    if region not in regions:
        region = "" if regions_of(request.user, version.plan) is None else next(iter(regions), "")
    return Choice(
        period=period_of(asked.get("period", ""), version, today),
        by=by if by in KINDS_OF_GROUP else KINDS_OF_GROUP[0],
        region=region,
        entity=uuid_or_none(asked.get("entity", "")),
        light=light if light in LIGHTS else "",
        group=asked.get("group", ""),
    )


def period_of(text: str, version: Version, today: date) -> Period:
    """Return the period asked for, or the last year that ended, of those in which the plan is in force."""
    if text:
        try:
            return parse(text)
        except ValueError as error:
            message = _("There is no period “%(period)s”. Write a year or a quarter, such as 2026 or 2026-Q2.")
            raise Refusal(message % {"period": text[:20]}, code="no-period", status=404) from error
    first = first_year(version)
    last = version.plan.ends_on.year if version.plan.ends_on else today.year
    return Period(max(first, min(today.year - 1, last)))


def first_year(version: Version) -> int:
    """Return the first year of a plan."""
    return (version.plan.starts_on or version.approved_at or version.made_at).year


def periods(version: Version, found: Board, today: date) -> list[Period]:
    """Return the years to choose from, and the quarters where something is counted by quarters."""
    last = max((one.row.due_year or 0 for one in found.rows), default=0)
    years = range(first_year(version), max(today.year, last, found.choice.period.year) + 1)
    quarterly = version.indicators.filter(frequency="quarterly").exists()
    quarters = (0, 1, 2, 3, 4) if quarterly else (0,)
    return [Period(year, quarter) for year in years for quarter in quarters]


def opened(found: Board, groups: list[Group], number: str | None, today: date) -> dict[str, Any]:
    """Return the lines of the groups that are open, by the group's key: all of a small plan, else a page of one."""
    asked = found.choice
    small = sum(len(group.members) for group in groups) <= INLINE
    pages: dict[str, Any] = {}
    if asked.every_region:
        return pages
    for group in groups:
        if small or group.key == asked.group:
            page = Paginator(group.members, INLINE if small else PAGE).get_page(number)
            pages[group.key] = {"page": page, "lines": lines_of(list(page.object_list), asked.period, today)}
    return pages


def csv_rows(lines: list[Line]) -> Iterator[list[Cell]]:
    """Return the cells of each line."""
    for line in lines:
        row, score, value, last = line.scored.row, line.scored.score, line.value, line.before
        yield [
            *(line.indicator.item.code, line.indicator.name(), line.indicator.node.item.code),
            *(row.cell.removeprefix("region="), str(line.period), number(row.value)),
            *((value.n, number(value.low), number(value.high), value.measured_on) if value else (None,) * 4),
            *(
                score.light,
                score.why,
                number(score.compliance),
                line.trend,
                number(row.course.due),
                str(line.due_period or ""),
            ),
            *(number(row.course.baseline), row.baseline_year),
            *((number(last.value), str(last.period())) if last and not value else (None, "")),
        ]


def number(value: Decimal | None) -> float | None:
    """Return a figure as a CSV holds it."""
    return None if value is None else round(float(value), 6)
