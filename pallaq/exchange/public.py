"""What anybody may read of a public plan: its chain, and how it stands, in totals only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from pallaq.exchange.contents import contents_of
from pallaq.exchange.papers.figures import figure
from pallaq.exchange.rules.telling import is_of_few
from pallaq.plan.models import Baseline, Indicator, Node, Version
from pallaq.plan.rules.cells import TOTAL
from pallaq.plan.rules.periods import Period
from pallaq.progress.rules.scoring import Counts, Score
from pallaq.progress.scoreboard import Board, Choice, Scored, board_of, lines_of

MOST = 250  # nodes and indicators on one page; a longer plan opens one objective at a time


@dataclass(frozen=True)
class PublicLine:
    """An indicator's total: no cells, no sources, nobody's name."""

    indicator: Indicator
    period: Period
    score: Score | None  # None where it is about few people
    baseline: str
    baseline_year: int | None
    target: Decimal | None
    target_period: Period | None
    value: str


@dataclass(frozen=True)
class PublicObjective:
    """An objective with how its indicators stand; `results` and `lines` where it is opened."""

    node: Node
    counts: Counts
    opened: bool
    results: list[tuple[Node, list[Node]]]
    lines: list[PublicLine]


@dataclass(frozen=True)
class PublicPlan:
    """What the public page shows of a plan."""

    board: Board
    objectives: list[PublicObjective]
    actions: int
    one_at_a_time: bool


def public_plan(version: Version, period: Period, opened: str, today: date) -> PublicPlan:
    """Return a version as anybody may read it; of a long plan only the objective `opened` (its code) is told whole."""
    contents, board = contents_of(version, measured=False), board_of(version, Choice(period))
    one_at_a_time = len(contents.nodes) + len(board.rows) > MOST
    groups = {group.code: group for group in board.groups if not one_at_a_time or group.code == opened}
    lines = public_lines([one for group in groups.values() for one in group.members], period, today)
    counts = {group.code: group.counts for group in board.groups}
    found = []
    for objective in contents.of_kind("objective"):
        code = objective.item.code
        shown = not one_at_a_time or code == opened
        results = [(result, contents.below[result.pk]) for result in contents.below[objective.pk]] if shown else []
        mine = [lines[one.row.indicator] for one in groups[code].members] if code in groups else []
        found.append(PublicObjective(objective, counts.get(code, Counts()), shown, results, mine))
    return PublicPlan(board, found, len(contents.of_kind("action")), one_at_a_time)


def public_lines(scored: Sequence[Scored], period: Period, today: date) -> dict[UUID, PublicLine]:
    """Return totals by indicator, with nothing of few people."""
    rows = Baseline.objects.filter(cell=TOTAL, indicator__in=[one.row.indicator for one in scored])
    bases = {one.indicator_id: one for one in rows}
    found = {}
    for line in lines_of(scored, period, today):
        indicator, value, base = line.indicator, line.value, bases.get(line.indicator.pk)
        found[indicator.pk] = PublicLine(
            indicator=indicator,
            period=line.period,
            score=None if value and is_of_few(value, indicator.unit) else line.scored.score,
            baseline=figure(base, indicator) if base else "",
            baseline_year=base.year if base else None,
            target=line.scored.row.course.due,
            target_period=line.due_period,
            value=figure(value, indicator) if value else "",
        )
    return found
