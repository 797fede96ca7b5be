"""The scoreboard of a version at a period: what stands where, in groups, from one query over an index."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pallaq.places.models import Organisation
from pallaq.plan.models import Indicator, Part, Plan, Version
from pallaq.plan.perms import PARTS_OF_AN_ENTITY
from pallaq.plan.rules.cells import words
from pallaq.plan.rules.periods import Period
from pallaq.progress.models import Value
from pallaq.progress.rules.scoring import (
    Counts,
    Course,
    Score,
    Trend,
    counted,
    months_old,
    own_period,
    score,
    trend,
)
from pallaq.shared.fields import plain

# An indicator's total says its sense; `due` and `actual` are of the cells asked for. Each LATERAL is one step down an
# index: without LIMIT the planner reads all values of a period instead.
JOINS = """
FROM plan_indicator i
JOIN (VALUES ('yearly', %(year)s, 0), ('quarterly', %(quarter_year)s, %(quarter)s)) p(frequency, year, quarter)
    ON p.frequency = i.frequency
LEFT JOIN plan_baseline total ON total.indicator_id = i.id AND total.cell = ''
LEFT JOIN LATERAL (SELECT value, year, quarter FROM plan_target WHERE indicator_id = i.id AND cell = ''
    ORDER BY year DESC, quarter DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (SELECT value FROM plan_target WHERE indicator_id = i.id AND cell = '' AND total.value IS NULL
    AND (year, quarter) < (last.year, last.quarter) ORDER BY year, quarter LIMIT 1) first ON true
CROSS JOIN LATERAL ({due}) due
LEFT JOIN plan_baseline base ON base.indicator_id = i.id AND base.cell = due.cell
LEFT JOIN LATERAL (SELECT value FROM progress_value WHERE item_id = i.item_id AND cell = due.cell
    AND year = p.year AND quarter = p.quarter AND current LIMIT 1) actual ON true
"""
COURSE = "i.sense, coalesce(total.value, first.value), last.value, base.value, due.value"
ROW = "i.id, i.item_id, i.node_id, i.responsible_id, i.frequency, due.cell, base.year, due.year, due.quarter"
DUE_IN_ONE = """
    SELECT c.cell, t.value, t.year, t.quarter FROM (VALUES (%(cell)s)) c(cell) LEFT JOIN LATERAL (
        SELECT value, year, quarter FROM plan_target WHERE indicator_id = i.id AND cell = %(cell)s
        AND (year, quarter) <= (p.year, p.quarter) ORDER BY year DESC, quarter DESC LIMIT 1) t ON true"""
DUE_BY_REGION = """
    SELECT DISTINCT ON (cell) cell, value, year, quarter FROM plan_target
    WHERE indicator_id = i.id AND cell LIKE 'region=%%' AND cell NOT LIKE '%%;%%'
    AND (year, quarter) <= (p.year, p.quarter) ORDER BY cell DESC, year DESC, quarter DESC"""
LATEST = """
SELECT v.* FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::int[]) asked(item, cell, year, quarter)
CROSS JOIN LATERAL (SELECT * FROM progress_value WHERE item_id = asked.item AND cell = asked.cell AND current
    AND (year, quarter) <= (asked.year, asked.quarter) AND (quarter = 0) = (asked.quarter = 0)
    ORDER BY year DESC, quarter DESC LIMIT 2) v
"""
REST = "none"  # the key of the group of those that belong to none


@dataclass(frozen=True)
class Choice:
    """What a reader asks of the board."""

    period: Period
    by: str = "objective"  # or "level", "entity", "region"
    region: str = ""
    entity: UUID | None = None
    light: str = ""
    group: str = ""  # the one that is opened

    @property
    def every_region(self) -> bool:
        """Whether each region's cell counts for itself."""
        return self.by == "region" and not self.region


class Row(NamedTuple):
    """An indicator in a cell at its own period, as the query gives it."""

    indicator: UUID
    item: UUID
    node: UUID
    responsible: UUID | None
    frequency: str
    cell: str
    baseline_year: int | None
    due_year: int | None
    due_quarter: int | None
    course: Course
    value: Decimal | None


class Scored(NamedTuple):
    """A row and where it stands."""

    row: Row
    score: Score


@dataclass(frozen=True)
class Seen:
    """What a reporter sees: the nodes of her entities, and the indicators that they answer for."""

    nodes: frozenset[UUID]
    entities: frozenset[UUID]


@dataclass
class Group:
    """A level, objective, entity or region, with how its indicators stand and those that the reader asked for."""

    key: str
    code: str
    name: str
    counts: Counts
    members: list[Scored] = field(default_factory=list)


@dataclass
class Board:
    """Where a plan stands: all that the reader may see, and in groups."""

    choice: Choice
    counts: Counts
    groups: list[Group]
    rows: list[Scored]  # of the light asked for, each once; none where every region counts for itself
    entities: dict[UUID, str]


class Step(NamedTuple):
    """A node as a board needs it: a thousand of them are read for each page."""

    pk: UUID
    parent: UUID | None
    kind: str
    code: str
    position: int
    title: dict[str, str]


@dataclass
class Tree:
    """The nodes of a version by key, and the entities with a part in each."""

    nodes: dict[UUID, Step]
    parts: dict[UUID, set[UUID]]
    inherited: dict[UUID, frozenset[UUID]] = field(default_factory=dict)

    def above(self, pk: UUID | None) -> Iterator[Step]:
        """Return a node and all above it."""
        while pk is not None:
            node = self.nodes[pk]
            yield node
            pk = node.parent

    def of_kind(self, pk: UUID, kind: str) -> Step | None:
        """Return the node of a kind in or above a node."""
        return next((node for node in self.above(pk) if node.kind == kind), None)

    def order(self, node: Step) -> tuple[int, ...]:
        """Return where a node stands in its plan."""
        return tuple(step.position for step in self.above(node.pk))[::-1]

    def entities(self, row: Row) -> frozenset[UUID]:
        """Return who has a part in a row's node or above, and who is responsible for its indicator."""
        mine = self.entities_of(row.node)
        return mine if row.responsible is None else mine | {row.responsible}

    def entities_of(self, pk: UUID) -> frozenset[UUID]:
        """Return who has a part in a node or above."""
        if pk not in self.inherited:
            above = self.nodes[pk].parent
            own = self.parts.get(pk, set())
            self.inherited[pk] = self.entities_of(above) | own if above else frozenset(own)
        return self.inherited[pk]


def tree_of(version: Version) -> Tree:
    """Read the nodes of a version and who has a part in them."""
    columns = ("pk", "parent", "item__kind", "item__code", "position", "title")
    nodes = [Step(*row) for row in version.nodes.order_by().values_list(*columns)]
    parts: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Part.objects.filter(node__version=version, role__in=PARTS_OF_AN_ENTITY).order_by()
    for node, organisation in rows.values_list("node", "organisation"):
        parts[node].add(organisation)
    return Tree({node.pk: node for node in nodes}, parts)


def board_of(version: Version, choice: Choice, seen: Seen | None = None) -> Board:
    """Return a version's scoreboard, as far as the reader may see it."""
    tree = tree_of(version)
    known = {pk for pks in tree.parts.values() for pk in pks} | {
        pk for pk in version.indicators.order_by().values_list("responsible", flat=True).distinct() if pk
    }
    entities = {one.pk: str(one) for one in Organisation.objects.filter(pk__in=known)}
    if choice.every_region:
        groups, scored = by_region(version, choice, tree, seen), []
        counts = sum((group.counts for group in groups), Counts())
    else:
        scored = scored_of(version, choice, tree, seen)
        groups = by_entity(scored, tree, entities) if choice.by == "entity" else by_node(scored, tree, choice.by)
        counts = counted(one.score for one in scored)
    if choice.light:
        groups = [replace(group, members=of_light(group.members, choice.light)) for group in groups]
        groups = [group for group in groups if getattr(group.counts, choice.light)]
        scored = of_light(scored, choice.light)
    return Board(choice, counts, groups, scored, entities)


def scored_of(version: Version, choice: Choice, tree: Tree, seen: Seen | None) -> list[Scored]:
    """Return every indicator, in the total, in a region, or in each region that has a target, with where it stands."""
    thresholds = version.plan.thresholds()
    asked = asked_for(ROW, version, choice, tree, seen)
    rows = [Row._make((*row[:9], Course._make(row[9:14]), row[14])) for row in asked]
    return [Scored(row, score(row.course, row.value, thresholds)) for row in rows]


def asked_for(columns: str, version: Version, choice: Choice, tree: Tree, seen: Seen | None) -> list[tuple[Any, ...]]:
    """Ask the database once: the columns, then each cell's course, then its value."""
    yearly, quarterly = own_period(choice.period, "yearly"), own_period(choice.period, "quarterly")
    where, asked = conditions(version, choice, tree, seen)
    asked |= {
        "cell": f"region={choice.region}" if choice.region else "",
        "year": yearly.year,
        "quarter_year": quarterly.year,
        "quarter": quarterly.quarter,
    }
    joined = JOINS.replace("{due}", DUE_BY_REGION if choice.every_region else DUE_IN_ONE)
    order = "ORDER BY i.position, i.id" if columns == ROW else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}, {COURSE}, actual.value {joined} {where} {order}", asked)
        return list(cursor.fetchall())


def conditions(version: Version, choice: Choice, tree: Tree, seen: Seen | None) -> tuple[str, dict[str, Any]]:
    """Return which indicators count: those of the entity and with the regions asked for that the reader may see."""
    asked: dict[str, Any] = {"version": version.pk}
    found = ["WHERE i.version_id = %(version)s"]
    if choice.region or choice.every_region:
        found.append("""i.disaggregation @> '["region"]'""")
    if choice.entity:
        theirs = [pk for pk in tree.nodes if choice.entity in tree.entities_of(pk)]
        found.append("(i.node_id = ANY(%(theirs)s) OR i.responsible_id = %(entity)s)")
        asked |= {"theirs": theirs, "entity": choice.entity}
    if seen is not None:
        found.append("(i.node_id = ANY(%(nodes)s) OR i.responsible_id = ANY(%(entities)s))")
        asked |= {"nodes": list(seen.nodes), "entities": list(seen.entities)}
    return " AND ".join(found), asked


def of_light(scored: Sequence[Scored], light: str) -> list[Scored]:
    """Return those of a light."""
    return [one for one in scored if one.score.light == light]


def group(key: str, code: str, name: str, members: list[Scored], without_target: int = 0) -> Group:
    """Return a group with its counts."""
    return Group(key, code, name, counted((one.score for one in members), without_target), members)


def by_node(scored: Sequence[Scored], tree: Tree, kind: str) -> list[Group]:
    """Return a group for each level or objective, in the plan's order; last those above them."""
    found: dict[UUID | None, list[Scored]] = defaultdict(list)
    in_group = {pk: tree.of_kind(pk, kind) for pk in {one.row.node for one in scored}}
    for one in scored:
        node = in_group[one.row.node]
        found[node.pk if node else None].append(one)
    rest = found.pop(None, None)
    nodes = sorted((tree.nodes[pk] for pk in found if pk), key=tree.order)
    language = get_language() or "es"
    groups = [group(node.code, node.code, words(node.title, language), found[node.pk]) for node in nodes]
    return groups + ([group(REST, "", _("Others"), rest)] if rest else [])


def by_entity(scored: Sequence[Scored], tree: Tree, entities: Mapping[UUID, str]) -> list[Group]:
    """Return a group for each entity by name; an indicator is in that of each of its entities."""
    found: dict[UUID | None, list[Scored]] = defaultdict(list)
    for one in scored:
        for pk in tree.entities(one.row) or (None,):
            found[pk].append(one)
    rest = found.pop(None, None)
    named = sorted(((entities[pk], pk) for pk in found if pk), key=lambda pair: (plain(pair[0]), pair[1]))
    groups = [group(str(pk), "", name, found[pk]) for name, pk in named]
    return groups + ([group(REST, "", _("No entity"), rest)] if rest else [])


def by_region(version: Version, choice: Choice, tree: Tree, seen: Seen | None) -> list[Group]:
    """Return how each region stands, without its indicators; one that has no target there is grey there."""
    thresholds, found = version.plan.thresholds(), defaultdict(list)
    for cell, *course, value in asked_for("due.cell", version, choice, tree, seen):
        found[cell.removeprefix("region=")].append(score(Course(*course), value, thresholds))
    where, asked = conditions(version, choice, tree, seen)
    with connection.cursor() as cursor:
        counting = f"SELECT count(*) FROM plan_indicator i {where}"  # noqa: S608 - our own conditions; values are bound
        cursor.execute(counting, asked)
        measured = cursor.fetchone()[0]
    return [
        Group(code, "", name, counted(found[code], measured - len(found[code])))
        for code, name in region_names(version.plan).items()
    ]


def region_names(plan: Plan) -> dict[str, str]:
    """Return the plan's regions in the active language, by name."""
    levels = plan.dimensions.get("region", {}).get("levels", {})
    named = {code: words(level, get_language() or "es") or code for code, level in levels.items()}
    return dict(sorted(named.items(), key=lambda pair: plain(pair[1])))


@dataclass(frozen=True)
class Line:
    """An indicator as the board prints it: where it stands, its last two values, and of when."""

    indicator: Indicator
    scored: Scored
    period: Period
    value: Value | None
    before: Value | None  # the one before `value`, or the last one known where there is none
    age: int | None  # whole months of the newest value

    @property
    def trend(self) -> Trend:
        """Whether the value is better than the one before it."""
        now, before = (self.value, self.before) if self.value and self.before else (None, None)
        if now is None or before is None:
            return ""
        return trend(self.scored.score.sense, now.value, before.value, self.scored.row.course.due)

    @property
    def due_period(self) -> Period | None:
        """The period of the due target."""
        year, quarter = self.scored.row.due_year, self.scored.row.due_quarter
        return None if year is None or quarter is None else Period(year, quarter)


def lines_of(scored: Sequence[Scored], period: Period, today: date) -> list[Line]:
    """Return rows with what a page prints of them: two queries, however many rows."""
    periods = {frequency: own_period(period, frequency) for frequency in ("yearly", "quarterly")}
    known = Indicator.objects.select_related("item", "node__item", "responsible").in_bulk(
        {one.row.indicator for one in scored}
    )
    asked = [(one.row.item, one.row.cell, periods[one.row.frequency]) for one in scored]
    columns = [[row[0] for row in asked], [row[1] for row in asked]]
    columns += [[row[2].year for row in asked], [row[2].quarter for row in asked]]
    latest: dict[tuple[UUID, str | None], list[Value]] = defaultdict(list)
    for value in Value.objects.raw(LATEST, columns):
        latest[value.item_id, value.cell].append(value)
    lines = []
    for one, (item, cell, own) in zip(scored, asked, strict=True):
        values = latest[item, cell]
        now = values.pop(0) if values and values[0].period() == own else None
        newest = now or (values[0] if values else None)
        age = months_old(newest.measured_on, today) if newest else None
        lines.append(Line(known[one.row.indicator], one, own, now, values[0] if values else None, age))
    return lines
