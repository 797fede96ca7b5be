"""A version read whole, as everything that goes out needs it: the chain in its order, its parts, what it measures."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, Q

from pallaq.places.models import Organisation
from pallaq.plan.models import Baseline, Indicator, Node, Plan, Target, Version
from pallaq.plan.rules.cells import TOTAL
from pallaq.progress.rules.scoring import Course, sense_of


@dataclass(frozen=True)
class Contents:
    """A version with its nodes by parent (None: the levels) and its indicators by node, both in the plan's order."""

    version: Version
    nodes: dict[UUID, Node]
    below: dict[UUID | None, list[Node]]
    indicators: dict[UUID, list[Indicator]]

    @property
    def plan(self) -> Plan:
        """The plan it is a version of."""
        return self.version.plan

    def under(self, node: Node | None = None) -> Iterator[Node]:
        """Yield all that hangs under a node, in the plan's order; under none, everything."""
        for child in self.below[node.pk if node else None]:
            yield child
            yield from self.under(child)

    def of_kind(self, kind: str, node: Node | None = None) -> list[Node]:
        """Return the nodes of a kind under a node, in the plan's order."""
        return [one for one in self.under(node) if one.item.kind == kind]

    def above(self, node: Node) -> Iterator[Node]:
        """Yield a node and all above it."""
        found: Node | None = node
        while found is not None:
            yield found
            found = self.nodes[found.parent_id] if found.parent_id else None

    def parts_of(self, node: Node) -> list[tuple[Organisation, str]]:
        """Return who has which part in a node, the nearest first: a part above holds below."""
        found = [(part.organisation, part.role) for one in self.above(node) for part in one.parts.all()]
        return list(dict.fromkeys(found))

    def dates_of(self, node: Node) -> tuple[date | None, date | None]:
        """Return when a node starts and ends, or what is above it, or the plan."""
        starts = next((one.starts_on for one in self.above(node) if one.starts_on), self.plan.starts_on)
        ends = next((one.ends_on for one in self.above(node) if one.ends_on), self.plan.ends_on)
        return starts, ends

    def budget_of(self, node: Node) -> Decimal | None:
        """Return what a node is planned to cost: its own budget, or the sum of those below it; None if nobody said."""
        if node.budget is not None:
            return node.budget
        below = [budget for child in self.below[node.pk] if (budget := self.budget_of(child)) is not None]
        return sum(below, Decimal(0)) if below else None


def has_more_targets(version: Version, most: int) -> bool:
    """Say whether a version has more targets than may be read at once."""
    return Target.objects.filter(indicator__version=version).order_by()[most : most + 1].exists()


def contents_of(version: Version, measured: bool = True, cells: Q | None = None, targets: Q | None = None) -> Contents:
    """Read a version in eight queries whatever its size; its indicators only if it is to be told what is `measured`.

    `cells` limits their baselines and targets, `targets` these alone: a large plan has half a million.
    """
    wanted = Target.objects.filter(cells or Q(), targets or Q()).order_by("year", "quarter", "cell")
    chain = {node.pk: node for node in version.nodes.whole()}
    contents = Contents(version, chain, defaultdict(list), defaultdict(list))
    for node in chain.values():
        contents.below[node.parent_id].append(node)
    rows = version.indicators.select_related("item", "responsible").prefetch_related(
        Prefetch("baselines", Baseline.objects.filter(cells or Q()).order_by("cell")),
        Prefetch("targets", wanted),
    )
    for indicator in rows if measured else ():
        contents.indicators[indicator.node_id].append(indicator)
    return contents


def sense_of_indicator(indicator: Indicator) -> str | None:
    """Return where an indicator should go, as the scoreboard says it; None where its targets do not say."""
    base = next((one.value for one in indicator.baselines.all() if one.cell == TOTAL), None)
    targets = [one.value for one in indicator.targets.all() if one.cell == TOTAL]
    start = base if base is not None else (targets[0] if targets else None)
    last = targets[-1] if targets else None
    return sense_of(Course(indicator.sense, start, last, base, None))
