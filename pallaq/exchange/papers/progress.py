"""A period's progress on paper: how many are on track first, then money, each objective, agreements, what is late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.exchange.contents import Contents, contents_of
from pallaq.exchange.papers.figures import (
    NOTHING,
    figure,
    language,
    money,
    source,
    source_words,
    titled,
    version_words,
)
from pallaq.exchange.rules.telling import is_of_few
from pallaq.plan.models import Node, Version
from pallaq.plan.rules.periods import Period
from pallaq.progress.lateness import late_of
from pallaq.progress.models import Agreement, Spending
from pallaq.progress.rules.lateness import Asked
from pallaq.progress.scoreboard import Board, Choice, Group, Line, board_of, lines_of
from pallaq.progress.templatetags.lights import amount, compliance, counts_words, plain_number, score_words, trend_words
from pallaq.shared import numbers
from pallaq.shared.documents.blocks import Block, Heading, Paper, Paragraph, Table

INDICATOR_PARTS = (74, 44, 45, 40, 44, 46, 42)  # widths of the columns, each as its longest word wants it
MOST_LATE = 200  # printed one by one, the longest late; the table before them counts all


@dataclass(frozen=True)
class Told:
    """What a paper of a period is written from."""

    contents: Contents
    period: Period
    today: date
    board: Board
    lines: dict[UUID, Line]  # by indicator
    spent: dict[UUID, Decimal]  # in the period, by item
    spent_before: dict[UUID, Decimal]  # from the beginning to its end


def progress_paper(version: Version, period: Period, today: date) -> Paper:
    """Return what became of a version in a period, as a paper in the language that is active."""
    board = board_of(version, Choice(period))
    lines = {one.indicator.pk: one for one in lines_of(board.rows, period, today)}
    contents = contents_of(version, measured=False)
    told = Told(contents, period, today, board, lines, spending(contents, period), spending(contents, period, True))
    title = _("Progress in %(period)s: %(plan)s") % {"period": period, "plan": version.plan.name()}
    return Paper(
        title=title,
        author=source_words(version.plan) or version.plan.code,
        language=language(),
        blocks=[Heading(1, title), *opening(told), *objectives(told), *agreements(told), *lateness(told)],
        charts={},
        footer=f"{version_words(version)} {date_format(today, 'SHORT_DATE_FORMAT')}",
    )


def spending(contents: Contents, period: Period, from_the_start: bool = False) -> dict[UUID, Decimal]:
    """Return what was spent on each item in a period, or until its end."""
    inside = Q(year=period.year, quarter=period.quarter) if period.quarter else Q(year=period.year)
    if from_the_start:
        last = Q(year=period.year, quarter__range=(1, period.quarter)) if period.quarter else inside
        inside = Q(year__lt=period.year) | last
    rows = Spending.objects.filter(inside, item__plan=contents.plan, current=True).order_by()
    return dict(rows.values_list("item").annotate(Sum("amount")))


def opening(told: Told) -> Iterator[Block]:
    """Yield the answer, how to read it, and how every objective stands."""
    counts, plan = told.board.counts, told.contents.plan
    said = {"green": numbers.count(counts.green), "total": numbers.count(counts.due)}
    answer = _("%(green)s of %(total)s indicators with a target are on track.") % said
    yield Paragraph((answer if counts.due else _("No indicator had a target in this period."),), "lead")
    yield Paragraph((counts_words(counts) or _("The plan measures nothing yet."),))
    thresholds = {"green": plain_number(plan.green_from), "amber": plain_number(plan.amber_from)}
    reads = _(
        "Compliance is the part of the way from baseline to target that was made. From %(green)s %% on an indicator is"
        " on track, from %(amber)s %% close, below that behind. No data is never counted as zero."
    )
    yield Paragraph((reads % thresholds,), "note")
    closed = plan.closed_periods.filter(year=told.period.year, quarter__in={0, told.period.quarter}).exists()
    state = _("The period is closed.") if closed else _("The period is open: figures may still change.")
    yield Paragraph((f"{version_words(told.contents.version)} {state}",), "note")
    if told.board.groups:
        heads = (_("Objective"), _("Status of its indicators"), _("Planned in all"), _("Spent in the period"))
        rows = tuple(group_row(told, group) for group in told.board.groups)
        note = _("What is planned is for the whole plan; a dash stands where nobody said, and never means zero.")
        yield Table(
            _("How each objective stands"), (*heads, _("Spent so far")), rows, note, True, parts=(5, 4, 2, 2, 2)
        )


def group_row(told: Told, group: Group) -> tuple[tuple[str], ...]:
    """Return an objective with its counts and its money."""
    plan = told.contents.plan
    node = next((one for one in told.contents.nodes.values() if one.item.code == group.code), None)
    planned = told.contents.budget_of(node) if node else None
    sums = [spent_on(told.contents, node, spent) if node else None for spent in (told.spent, told.spent_before)]
    cells = (f"{group.code} {group.name}".strip(), counts_words(group.counts), money(planned, plan))
    return tuple((text,) for text in (*cells, *(money(one, plan) for one in sums)))


def spent_on(contents: Contents, node: Node, spent: dict[UUID, Decimal]) -> Decimal | None:
    """Return what was spent on a node and all below it; None where nobody reported any."""
    found = [spent[one.item_id] for one in (node, *contents.under(node)) if one.item_id in spent]
    return sum(found, Decimal(0)) if found else None


def objectives(told: Told) -> Iterator[Block]:
    """Yield the indicators of each objective."""
    heads = (
        *(_("Indicator"), _("Source"), _("Baseline"), _("Target"), _("Value"), _("Compliance")),
        _("Status"),
    )
    for group in told.board.groups:
        title = f"{group.code} {group.name}".strip()
        yield Heading(2, title)
        rows = tuple(indicator_row(told, told.lines[one.row.indicator]) for one in group.members)
        caption = _("Indicators: %(status)s") % {"status": counts_words(group.counts)}
        yield Table(caption, heads, rows, wide_first=True, parts=INDICATOR_PARTS)


def indicator_row(told: Told, line: Line) -> tuple[tuple[str], ...]:
    """Return an indicator with its way and where it stands."""
    row, score, indicator = line.scored.row, line.scored.score, line.indicator
    base = NOTHING if row.course.baseline is None else f"{row.baseline_year}: {amount(row.course.baseline, indicator)}"
    target = NOTHING if row.course.due is None else f"{line.due_period}: {amount(row.course.due, indicator)}"
    status = score_words(score, line.period)
    if line.value is None and line.before is not None:
        status += "; " + _("last known: %(period)s") % {"period": line.before.period()}
    if trend := trend_words(line.trend):
        status += f", {trend.split(' ', 1)[1]}"  # without its mark, which the printed face does not have
    # From compliance, baseline and target anybody computes the value.
    few = line.value is not None and is_of_few(line.value, indicator.unit)
    done = NOTHING if few else compliance(score.compliance) or NOTHING
    cells = (titled(indicator), source(line.value), base, target, figure(line.value, indicator))
    return tuple((text,) for text in (*cells, done, NOTHING if few else status))


def agreements(told: Told) -> Iterator[Block]:
    """Yield how many of the period's agreements were kept, and those that were not."""
    yield Heading(2, _("Agreements"))
    first, last = told.period.starts_on, told.period.ends_on
    due = list(
        Agreement.objects.filter(plan=told.contents.plan, due_on__range=(first, last)).select_related("responsible")
    )
    if not due:
        yield Paragraph((_("No agreement was due in this period."),))
        return
    kept = sum(1 for one in due if one.done_on)
    said = ngettext(
        "%(kept)s of %(count)s agreement due in this period was kept.",
        "%(kept)s of %(count)s agreements due in this period were kept.",
        len(due),
    )
    yield Paragraph((said % {"kept": kept, "count": len(due)},))
    rows = tuple(
        ((one.words,), (str(one.responsible),), (date_format(one.due_on, "SHORT_DATE_FORMAT"),), (agreed(told, one),))
        for one in due
    )
    heads = (_("Agreement"), _("Responsible"), _("Until"), _("Status"))
    yield Table(_("Agreements due in this period"), heads, rows, words=True, parts=(6, 3, 2, 3))


def agreed(told: Told, one: Agreement) -> str:
    """Return where an agreement stands."""
    if one.done_on:
        return _("done on %(day)s") % {"day": date_format(one.done_on, "SHORT_DATE_FORMAT")}
    return _("late") if one.is_late(told.today) else _("open")


def lateness(told: Told) -> Iterator[Block]:
    """Yield what is late today: how much of whom, and the longest of it one by one."""
    asked = late_of(told.contents.plan, told.today)
    yield Heading(2, _("What is late"))
    if not asked:
        yield Paragraph((_("Nothing is late."),))
        return
    yield Paragraph((_("On %(day)s.") % {"day": date_format(told.today, "SHORT_DATE_FORMAT")},), "note")
    kinds = ("value", "action", "agreement")
    rows = tuple(
        (
            (group.name or _("Nobody is responsible"),),
            *((numbers.count(sum(1 for one in group.late if one.kind == kind)),) for kind in kinds),
            (date_format(group.oldest, "SHORT_DATE_FORMAT"),),
        )
        for group in asked
    )
    heads = (_("Who has to be asked"), _("Values"), _("Actions"), _("Agreements"), _("Since"))
    yield Table(_("Late, by entity"), heads, rows)
    yield late_table(told, asked)


def late_table(told: Told, asked: list[Asked]) -> Table:
    """Return what is late one by one, the oldest deadline first."""
    found = sorted(((one, group) for group in asked for one in group.late), key=lambda pair: pair[0].due_on)
    regions = told.contents.plan.dimensions.get("region", {}).get("levels", {})
    rows = []
    for late, group in found[:MOST_LATE]:
        where = regions.get(late.region, {}).get(language(), late.region)
        what = " ".join(part for part in (late.code, late.title, f"({where})" if where else "") if part)
        since = date_format(late.due_on, "SHORT_DATE_FORMAT")
        days = ngettext("%(count)s day", "%(count)s days", late.days) % {"count": numbers.count(late.days)}
        rows.append(((what,), (group.name or NOTHING,), (since,), (days,)))
    note = ""
    if len(found) > MOST_LATE:
        said = {"shown": MOST_LATE, "all": numbers.count(len(found))}
        note = _("The %(shown)s longest late of %(all)s; the page of what is late shows them all.") % said
    heads = (_("What"), _("Who has to be asked"), _("Since"), _("Late by"))
    return Table(_("The longest late"), heads, tuple(rows), note, words=True, parts=(6, 3, 2, 2))
