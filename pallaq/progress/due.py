"""What an entity has to report now: the periods that ended and lack a value, the longest late first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from pallaq.places.models import Organisation
from pallaq.plan.models import Indicator, Seat, Target, Version
from pallaq.plan.perms import nodes_of
from pallaq.plan.rules.periods import Period, between
from pallaq.progress.lateness import expected_cells
from pallaq.progress.models import Value
from pallaq.progress.perms import Sight
from pallaq.progress.rules.lateness import deadline, is_closed

ASKED = r"^(region=[^;]*)?$"  # the cells that are asked for: the total, and each region that has a target


@dataclass(frozen=True)
class Due:
    """An indicator without a value for a period: how many of its cells she has to report, until when."""

    indicator: Indicator
    period: Period
    cells: int
    due_on: date
    days: int  # until then; below zero it is late

    @property
    def late(self) -> int:
        """By how many days it is late."""
        return max(0, -self.days)


def indicators_of(version: Version, entity: Organisation) -> QuerySet[Indicator]:
    """Return the indicators that an entity reports: of the nodes in which it has a part, or that it answers for."""
    nodes = nodes_of(version, Seat(plan=version.plan, organisation=entity))
    asked = Prefetch("targets", Target.objects.filter(cell__regex=ASKED).only("indicator", "cell", "year", "quarter"))
    rows = version.indicators.filter(Q(node__in=nodes) | Q(responsible=entity)).select_related("item", "node__item")
    return rows.prefetch_related(asked).order_by("item__code")


def due_of(sight: Sight, entity: Organisation, indicators: Iterable[Indicator], today: date) -> list[Due]:
    """Return what an entity should report of some indicators and she may: every period that began, the first due first.

    Another entity's answer is not waited for here: where the sheet names one, only that one is asked.
    """
    version = sight.version
    rows = [one for one in indicators if one.responsible_id in {None, entity.pk}]
    reported = reported_of(rows, today)
    closed = set(version.plan.closed_periods.values_list("year", "quarter"))
    found = []
    for one in rows:
        reach = sight.of(one.node, one)
        cells = {cell: day for cell, day in expected_cells(one, version).items() if reach and reach.can_write(cell)}
        last = min(version.plan.ends_on or today, today)
        missing: dict[Period, int] = {}
        for cell, first in cells.items():
            for period in between(first, last, one.frequency):
                at = (one.item_id, cell, period.year, period.quarter)
                if at not in reported and not is_closed(period, closed):
                    missing[period] = missing.get(period, 0) + 1
        for period, count in missing.items():
            due_on = deadline(period, one.deadline_days)
            found.append(Due(one, period, count, due_on, (due_on - today).days))
    return sorted(found, key=lambda due: (due.due_on, due.indicator.item.code, due.period))


def reported_of(rows: Iterable[Indicator], today: date) -> set[tuple[object, ...]]:
    """Return which cells and periods of some indicators have a value; read from the index alone."""
    values = Value.objects.current().filter(item__in=[row.item_id for row in rows], cell__regex=ASKED)
    keys = values.filter(year__lte=today.year).order_by().values_list("item", "cell", "year", "quarter")
    return set(keys)
