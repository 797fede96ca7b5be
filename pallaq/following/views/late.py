"""What is late in a plan and who must be asked: a page, and the same as CSV."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pallaq.plan.perms import can_edit
from pallaq.progress.lateness import late_of
from pallaq.progress.rules.lateness import Asked
from pallaq.progress.scoreboard import region_names
from pallaq.progress.views.scope import version_or_refuse
from pallaq.shared.tabular import Cell, csv_text

GROUPS, SHOWN = 10, 10  # entities on a page, and what it shows of each; the CSV has all
COLUMNS = ("entity", "kind", "code", "title", "region", "periods", "due_on", "days_late", "people")


@require_safe
@login_required
def late(request: HttpRequest, plan: str) -> HttpResponse:
    """Show what is late by the entity to be asked, the oldest first; names to planners only."""
    version, today = version_or_refuse(request, plan), timezone.localdate()
    groups = late_of(version.plan, today, request.user)
    page = Paginator(groups, GROUPS).get_page(request.GET.get("page"))
    context = {
        "plan": version.plan,
        "version": version,
        "page": page,
        "groups": [(group, group.late[:SHOWN], len(group.late[SHOWN:])) for group in page.object_list],
        "things": len({(one.kind, one.item, one.region, one.agreement) for group in groups for one in group.late}),
        "regions": region_names(version.plan),
        "today": today,
        "sees_people": can_edit(request.user, version.plan),
    }
    return render(request, "following/late.html", context)


@require_safe
@login_required
def late_csv(request: HttpRequest, plan: str) -> HttpResponse:
    """Give everything that is late as CSV."""
    version, today = version_or_refuse(request, plan), timezone.localdate()
    text = csv_text(COLUMNS, csv_rows(late_of(version.plan, today, request.user)))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{plan}-late-{today.isoformat()}.csv"'
    return response


def csv_rows(groups: list[Asked]) -> Iterator[list[Cell]]:
    """Return a row for each thing that an entity is late with."""
    for group in groups:
        people = "; ".join(f"{one.name} ({one.region})" if one.region else one.name for one in group.people)
        for one in group.late:
            periods = " ".join(str(period) for period in one.periods)
            yield [group.name, one.kind, one.code, one.title, one.region, periods, one.due_on, one.days, people]
