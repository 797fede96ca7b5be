"""A version's chain as a tree of branches, each with its indicators, filtered by what a reader looks for."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from pallaq.places.rules import department, district
from pallaq.plan.models import Indicator, Node, Part, Plan, Version
from pallaq.plan.rules.cells import words
from pallaq.shared.fields import plain

LONG = 300  # nodes on a page: more of them weigh too much on a phone


@dataclass
class Branch:
    """A node with what hangs under it; `hit` says that it is what was looked for, and not only on the way to it."""

    node: Node
    indicators: list[Indicator]
    places: list[str]
    children: list["Branch"] = field(default_factory=list)
    hit: bool = True
    hidden: int = 0  # how many hang under it that are left out, because the plan is long

    @property
    def note(self) -> str:
        """The editor's note in the reader's language."""
        return words(self.node.note, get_language() or "es")


@dataclass(frozen=True)
class Search:
    """What a reader looks for in a plan; empty for everything."""

    words: str = ""
    entity: str = ""  # key of an organisation
    region: str = ""
    level: str = ""  # code of a node of the first kind

    def __bool__(self) -> bool:
        return bool(self.words.strip() or self.entity or self.region or self.level)


def outline(version: Version, search: Search | None = None) -> list[Branch]:
    """Return the branches of the first kind, with all under them; five queries whatever the size."""
    search = search or Search()
    nodes = list(version.nodes.whole())
    measured: dict[UUID, list[Indicator]] = defaultdict(list)
    for indicator in version.indicators.select_related("item"):
        measured[indicator.node_id].append(indicator)
    regions = regions_of(version.plan)
    branches = {
        node.pk: Branch(node, measured[node.pk], [place_words(place.place, regions) for place in node.places.all()])
        for node in nodes
    }
    roots: list[Branch] = []
    for node in nodes:
        above = branches.get(node.parent_id) if node.parent_id else None
        (above.children if above else roots).append(branches[node.pk])
    roots = [branch for branch in roots if search.level in {"", branch.node.item.code}]
    return [branch for branch in roots if keep(branch, search, holds=False)] if search else roots


def keep(branch: Branch, search: Search, *, holds: bool, here: bool = False) -> bool:
    """Leave in a branch only what is looked for and the way to it.

    `holds` and `here`: the entity has a part above it, and the nearest places above it are in the region.
    """
    holds = holds or bool(search.entity and has_part(branch.node, search.entity))
    if places := branch.node.places.all():
        here = any(region_of(place.place) == search.region for place in places)
    found = (holds or not search.entity) and (here or not search.region)
    branch.hit = found and matches(branch, search)
    branch.children = [child for child in branch.children if keep(child, search, holds=holds, here=here)]
    return branch.hit or bool(branch.children)


def matches(branch: Branch, search: Search) -> bool:
    """Say whether a node's own words, and those of its indicators, are what is looked for."""
    node = branch.node
    sought = plain(search.words)
    texts = [node.item.code, *node.title.values(), *node.description.values(), node.legal_basis]
    texts += [word for indicator in branch.indicators for word in (indicator.item.code, *indicator.title.values())]
    return not sought or any(sought in plain(str(text)) for text in texts)


def is_long(branches: list[Branch]) -> bool:
    """Say whether this is too much for a page."""
    return sum(size(branch) for branch in branches) > LONG


def shorten(branch: Branch) -> None:
    """Leave out what hangs under results, which then say how many that are."""
    if branch.node.item.kind == "result":
        branch.hidden, branch.children = size(branch) - 1, []
    for child in branch.children:
        shorten(child)


def size(branch: Branch) -> int:
    """Return how many nodes a branch is."""
    return 1 + sum(size(child) for child in branch.children)


def has_part(node: Node, organisation: str) -> bool:
    """Say whether an organisation has a part in a node itself."""
    return any(str(part.organisation_id) == organisation for part in node.parts.all())


def inherited_parts(node: Node) -> list[Part]:
    """Return the parts of the nodes above, nearest first: they hold for this one too."""
    found: list[Part] = []
    above = node.parent
    while above:
        found += above.parts.select_related("organisation", "node__item")
        above = above.parent
    return found


def regions_of(plan: Plan) -> Mapping[str, Any]:
    """Return the regions that a plan knows, code -> words."""
    levels: Mapping[str, Any] = plan.dimensions.get("region", {}).get("levels", {})
    return levels


def region_of(place: str) -> str:
    """Return the region of a place: of a district's ubigeo the first two digits."""
    return place[:2] if len(place) == 6 and place.isdecimal() else place


def place_words(place: str, regions: Mapping[str, Any]) -> str:
    """Return a place's name: a region of the plan, or a district of Peru with its region."""
    if place in regions:
        return words(regions[place], get_language() or "es")
    if found := district(place):
        return f"{found.name} ({place_words(place[:2], regions)})"
    above = department(place)
    return above.name if above else place
