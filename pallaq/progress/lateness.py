"""What is late in a plan, and which entity must be asked: values, actions and agreements."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from pallaq.accounts.perms import Person
from pallaq.places.models import Organisation
from pallaq.plan.models import Indicator, Node, Part, PartRole, Plan, Role, Seat, Version
from pallaq.plan.perms import can_edit, can_see_everything, can_see_plan, own_nodes, regions_of, seats
from pallaq.plan.rules.cells import levels_of
from pallaq.plan.rules.periods import Period
from pallaq.progress.models import Agreement, Evidence, Spending, Value
from pallaq.progress.rules.lateness import Asked, Late, Seated, deadline, due_periods, is_closed, sorted_late

ASKED = r"^(region=[^;]*)?$"  # the cells that are asked for: the total, and each region that has a target
REPORTS = """
SELECT i.id, coalesce(c.cell, ''), c.first, ARRAY(SELECT 10 * year + quarter FROM progress_value
    WHERE item_id = i.item_id AND cell = coalesce(c.cell, '') AND current)
FROM plan_indicator i LEFT JOIN LATERAL (
    SELECT cell, min(10 * year + quarter) AS first FROM plan_target
    WHERE indicator_id = i.id AND (cell = '' OR cell LIKE 'region=%%' AND cell NOT LIKE '%%;%%') GROUP BY cell
) c ON true
WHERE i.version_id = %s
"""
DONE_BY_REPORTING = ("action", "activity")
Found = tuple[UUID | None, Late]  # whom to ask


def late_of(plan: Plan, today: date, user: Person | None = None) -> list[Asked]:
    """Return what is late on a day, by the entity to be asked, the longest late first; titles in the active language.

    With a user: what she may see. A reporter sees her own entities, of her regions; names are for planners only.
    """
    version = plan.approved()
    if version is None or (user is not None and not can_see_plan(user, plan)):
        return []
    chain, hers = Chain.of(version), user is not None and not can_see_everything(user, plan)
    items = items_of(user, version) if user is not None and hers else None
    found: dict[UUID | None, list[Late]] = defaultdict(list)
    values, actions = late_values(version, chain, today, items), late_actions(chain, today)
    for asked, late in [*values, *actions, *late_agreements(plan, today)]:
        found[asked].append(late)
    if user is not None and items is not None:
        found = only_hers(found, user, plan, items)
    people = seated(plan) if user is None or can_edit(user, plan) else {}
    names = {one.pk: str(one) for one in Organisation.objects.filter(pk__in=[pk for pk in found if pk])}
    groups = [
        Asked(pk, names[pk] if pk else "", sorted_late(late), tuple(people.get(pk, ())) if pk else ())
        for pk, late in found.items()
    ]
    return sorted(groups, key=lambda group: (group.oldest, group.name))


@dataclass
class Chain:
    """The nodes of a version, with whom to ask about each: the responsible entities of it or the nearest above."""

    nodes: dict[UUID, Node]
    parts: dict[UUID, list[UUID | None]]
    below: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, version: Version) -> "Chain":
        """Read the chain of a version."""
        parts: dict[UUID, list[UUID | None]] = defaultdict(list)
        rows = Part.objects.filter(node__version=version, role=PartRole.RESPONSIBLE).order_by()
        for node, organisation in rows.values_list("node", "organisation"):
            parts[node].append(organisation)
        chain = cls({node.pk: node for node in version.nodes.select_related("item").order_by()}, parts)
        for one in chain.nodes.values():
            if one.parent_id:
                chain.below[one.parent_id].append(one.pk)
        return chain

    def responsible(self, pk: UUID | None) -> list[UUID | None]:
        """Return whom to ask about a node; [None] where nobody is."""
        while pk is not None:
            if mine := self.parts.get(pk):
                return mine
            pk = self.nodes[pk].parent_id
        return [None]

    def under(self, pk: UUID) -> Iterator[UUID]:
        """Return a node's key and those of all below it."""
        yield pk
        for child in self.below[pk]:
            yield from self.under(child)


def late_values(version: Version, chain: Chain, today: date, items: set[UUID] | None) -> list[Found]:
    """Return the values without which a deadline passed, one for each indicator and region; of some items if told."""
    rows = version.indicators.select_related("item").defer("definition", "method")
    indicators = {one.pk: one for one in (rows if items is None else rows.filter(item__in=items))}
    titles = {pk: one.name() for pk, one in indicators.items()}
    closed = set(version.plan.closed_periods.values_list("year", "quarter"))
    last, due_in = version.plan.ends_on or today, cache(due_periods)
    found: list[Found] = []
    for pk, cell, first, reported in reports_of(version, items):
        indicator, codes = indicators[pk], set(reported)
        missing = tuple(
            period
            for period in due_in(indicator.frequency, first, last, indicator.deadline_days, today)
            if 10 * period.year + period.quarter not in codes and not (closed and is_closed(period, closed))
        )
        if missing:
            due_on = deadline(missing[0], indicator.deadline_days)
            late = Late(
                *("value", indicator.item_id, indicator.item.code, titles[pk], due_on),
                days=(today - due_on).days,
                region=levels_of(cell).get("region", ""),
                periods=missing,
            )
            asked = [indicator.responsible_id] if indicator.responsible_id else chain.responsible(indicator.node_id)
            found += [(one, late) for one in asked]
    return found


def reports_of(version: Version, items: set[UUID] | None) -> Iterator[tuple[UUID, str, date, list[int]]]:
    """Return each indicator's cells to report, from when, and the periods reported: what `expected_cells` says of one.

    A period is 10 times its year and its quarter here. One query, and of the values it reads an index alone.
    """
    sql = REPORTS if items is None else f"{REPORTS} AND i.item_id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [version.pk] if items is None else [version.pk, list(items)])
        for pk, cell, first, reported in cursor.fetchall():
            known = {cell: Period(*divmod(first, 10)).starts_on} if first else {}
            yield pk, cell, starts(known, version)[cell], reported


def expected_cells(indicator: Indicator, version: Version) -> dict[str, date]:
    """Return the cells to report, those with a target or else the total, with the day from which they are due."""
    first: dict[str, date] = {}
    for target in indicator.targets.all():
        if re.match(ASKED, target.cell):
            first[target.cell] = min(first.get(target.cell, date.max), target.period().starts_on)
    return starts(first, version)


def starts(first: dict[str, date], version: Version) -> dict[str, date]:
    """Return from when cells are due, given their first targets: from the plan's first day if it has one.

    A plan with neither is due from the day on which it was approved.
    """
    approved_on = timezone.localdate(version.approved_at) if version.approved_at else date.max
    return {cell: version.plan.starts_on or day for cell, day in (first or {"": approved_on}).items()}


def late_actions(chain: Chain, today: date) -> list[Found]:
    """Return actions and activities past their end of which nothing was reported: no value, money or evidence."""
    over = [
        node
        for node in chain.nodes.values()
        if node.item.kind in DONE_BY_REPORTING and node.ends_on and node.ends_on < today
    ]
    heard = items_heard_of([pk for node in over for pk in chain.under(node.pk)])
    found: list[Found] = []
    for node in over:
        if not any(pk in heard for pk in chain.under(node.pk)) and node.ends_on:
            days = (today - node.ends_on).days
            late = Late("action", node.item_id, node.item.code, node.name(), node.ends_on, days)
            found += [(one, late) for one in chain.responsible(node.pk)]
    return found


def items_heard_of(nodes: Iterable[UUID]) -> set[UUID]:
    """Return those of the nodes of which something was reported."""
    pks = list(nodes)
    items = dict(Node.objects.filter(pk__in=pks).values_list("item", "pk"))
    measured = dict(Indicator.objects.filter(node__in=pks).values_list("item", "node"))
    spent = Spending.objects.filter(item__in=items, current=True).values_list("item", flat=True)
    shown = Evidence.objects.filter(item__in=[*items, *measured], removed_at=None).values_list("item", flat=True)
    valued = Value.objects.current().filter(item__in=measured).order_by().values_list("item", flat=True).distinct()
    whose = {**items, **measured}
    return {whose[item] for item in (*spent, *shown, *valued)}


def late_agreements(plan: Plan, today: date) -> list[Found]:
    """Return what was agreed, is not done, and should be."""
    rows = Agreement.objects.filter(plan=plan, done_on=None, due_on__lt=today).select_related("item")
    return [
        (
            one.responsible_id,
            Late(
                *("agreement", one.item_id, one.item.code if one.item else "", one.words, one.due_on),
                days=(today - one.due_on).days,
                region=one.region,
                agreement=one.pk,
            ),
        )
        for one in rows
    ]


def items_of(user: Person, version: Version) -> set[UUID]:
    """Return the items that a reporter may see: of her entities' nodes, and the indicators that they answer for."""
    entities = [seat.organisation_id for seat in seats(user, version.plan) if seat.organisation_id]
    mine = own_nodes(user, version)
    theirs = version.indicators.filter(Q(node__in=mine) | Q(responsible__in=entities))
    return {*mine.values_list("item", flat=True), *theirs.values_list("item", flat=True)}


def only_hers(
    found: dict[UUID | None, list[Late]], user: Person, plan: Plan, items: set[UUID]
) -> dict[UUID | None, list[Late]]:
    """Return what her entities are late with, in her regions: of items that she may see, and what they agreed to."""
    entities, regions = {seat.organisation_id for seat in seats(user, plan)}, regions_of(user, plan)
    kept = {
        pk: [
            one
            for one in late
            # What her entity agreed to is hers to know, also about an action in which it has no part.
            if (one.kind == "agreement" or one.item in items) and (regions is None or one.region in {"", *regions})
        ]
        for pk, late in found.items()
        if pk in entities
    }
    return defaultdict(list, {pk: late for pk, late in kept.items() if late})


def seated(plan: Plan) -> dict[UUID, list[Seated]]:
    """Return who reports for each entity."""
    people: dict[UUID, list[Seated]] = defaultdict(list)
    rows = Seat.objects.filter(plan=plan, role=Role.REPORTER, user__is_active=True).select_related("user")
    for seat in rows.order_by("user__name_key", "region"):
        if seat.organisation_id:
            people[seat.organisation_id].append(Seated(seat.user_id, seat.user.name or seat.user.email, seat.region))
    return people
