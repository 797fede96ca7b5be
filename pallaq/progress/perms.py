"""Who may see and write what is reported: by entity, by region, by cell. Who may do what in a plan: `plan.perms`."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from pallaq.accounts.perms import Person
from pallaq.plan.models import Indicator, Item, Node, Role, Version
from pallaq.plan.perms import can_edit, can_see_everything, nodes_of, places_by_node, seats
from pallaq.plan.rules.cells import levels_of
from pallaq.progress.models import Evidence, Value

Regions = frozenset[str] | None  # None: all of them


@dataclass(frozen=True)
class Reach:
    """What somebody sees and writes of a node: the cells of some regions; those without a region are totals."""

    sees: Regions
    writes: Regions
    totals: bool  # writes totals, money and evidence that is nobody's in particular

    def can_see(self, cell: str) -> bool:
        """Say whether she may see a cell; totals show nobody's region."""
        return self.sees is None or levels_of(cell).get("region", "") in {"", *self.sees}

    def can_write(self, cell: str) -> bool:
        """Say whether she may record a cell."""
        region = levels_of(cell).get("region", "")
        return self.writes is None or (region in self.writes if region else self.totals)

    @property
    def can_report(self) -> bool:
        """Say whether she may record anything."""
        return self.writes is None or bool(self.writes)

    def can_change(self, evidence: Evidence) -> bool:
        """Say whether she may remove a file: one of her regions', or anybody's of what is hers whole."""
        return self.writes is None or evidence.region in self.writes or (self.totals and not evidence.region)

    @property
    def region(self) -> str:
        """The region that her files are of; of several the first, which the others' people do not see."""
        return min(self.writes) if self.writes else ""


ALL = Reach(None, None, totals=True)
READING = Reach(None, frozenset(), totals=False)


class Sight:
    """What somebody sees and writes of a version; asks once for the nodes of each of her seats.

    A reporter's are the nodes in which her entity has a part, and the indicators that it answers for.
    """

    def __init__(self, user: Person, version: Version) -> None:
        self.version = version
        self.edits = can_edit(user, version.plan)
        self.everything = can_see_everything(user, version.plan)
        mine = [] if self.edits else [seat for seat in seats(user, version.plan) if seat.role == Role.REPORTER]
        self.seats = [(seat, nodes_of(version, seat)) for seat in mine]

    @cached_property
    def places(self) -> dict[UUID, frozenset[str]]:
        """The regions of each node."""
        return places_by_node(self.version)

    def of(self, node: Node, indicator: Indicator | None = None) -> Reach | None:
        """Return what she may see and write of a node, or of an indicator beside it; None: it is not hers to see."""
        if self.edits:
            return ALL
        answers_for = indicator.responsible_id if indicator else None
        regions = frozenset(
            seat.region
            for seat, nodes in self.seats
            if (answers_for and seat.organisation_id == answers_for) or node.pk in nodes
        )
        if "" in regions:
            return ALL
        if not regions:
            return READING if self.everything else None
        here = self.places[node.pk]
        return Reach(None if self.everything else regions, regions, totals=bool(here) and here <= regions)


def placed(item: Item) -> tuple[Version, Node, Indicator | None] | None:
    """Return where an item stands: in the version shown, or else in the last one that had it."""
    shown = item.plan.shown()
    others = item.plan.versions.order_by("-number")
    for version in [shown, *others] if shown else others:
        if item.kind == "indicator":
            indicator = version.indicators.filter(item=item).select_related("node__item").first()
            if indicator:
                return version, indicator.node, indicator
        elif node := version.nodes.filter(item=item).select_related("item").first():
            return version, node, None
    return None


def reach_of(user: Person, item: Item) -> Reach | None:
    """Return what she may see and write of an item, wherever it stands."""
    found = placed(item)
    return Sight(user, found[0]).of(*found[1:]) if found else None


def seen_values(rows: QuerySet[Value], reach: Reach) -> QuerySet[Value]:
    """Return the values that she may see."""
    if reach.sees is None:
        return rows
    hers = "|".join(re.escape(region) for region in sorted(reach.sees))
    return rows.filter(~Q(cell__contains="region=") | Q(cell__regex=rf"(^|;)region=({hers})(;|$)"))


def seen_evidence(rows: QuerySet[Evidence], reach: Reach) -> QuerySet[Evidence]:
    """Return the evidence of an item that she may open."""
    return rows if reach.sees is None else rows.filter(region__in={"", *reach.sees})
