"""The plan on paper: how much it holds first, then level by level its objectives, results, actions and indicators."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.exchange.contents import Contents, contents_of, has_more_targets
from pallaq.exchange.papers.figures import (
    NOTHING,
    entities,
    figure,
    language,
    money,
    source,
    source_words,
    titled,
    version_words,
)
from pallaq.exchange.rules.telling import told
from pallaq.plan.models import Baseline, Indicator, Node, Target, Version, VersionState
from pallaq.plan.rules.cells import TOTAL, cell_words, words
from pallaq.progress.templatetags.lights import amount
from pallaq.shared import numbers
from pallaq.shared.documents.blocks import Block, Heading, Line, Paper, Paragraph, Table

MOST_TARGETS_READ = 20_000  # of more, only those of totals at the end of each year
MOST_CELLS = 2000  # figures by part in one paper; of more, only totals
ACTION_PARTS = (6, 3, 2, 2, 2, 1)  # widths of action, who, where, when, budget, gender marker
MOST_TARGETS = 12  # in one cell; of more, the last of each year


def plan_paper(version: Version) -> Paper:
    """Return a version of a plan as a paper, in the language that is active."""
    large, draft = has_more_targets(version, MOST_TARGETS_READ), version.state == VersionState.DRAFT
    totals, year_ends = (Q(cell=TOTAL), Q(quarter__in=(0, 4))) if large else (None, None)
    contents = contents_of(version, cells=totals, targets=year_ends)
    return Paper(
        title=version.plan.name(),
        author=source_words(version.plan) or version.plan.code,
        language=language(),
        blocks=list(outline(contents, large)),
        charts={},
        stamp=_("DRAFT") if draft else "",
        stamp_meaning=_("This version was not approved.") if draft else "",
        footer=version_words(version),
    )


def outline(contents: Contents, large: bool) -> Iterator[Block]:
    """Yield the whole paper."""
    plan = contents.plan
    yield Heading(1, plan.name())
    yield Paragraph((size_words(contents),), "lead")
    if summary := words(plan.summary, language()):
        yield Paragraph((summary,))
    yield Paragraph((f"{version_words(contents.version)} {source_words(plan)}".strip(),), "note")
    if contents.version.reason:
        yield Paragraph((_("Amended because: %(reason)s") % {"reason": contents.version.reason},), "note")
    cells = sum(1 for each in contents.indicators.values() for one in each for cell in cells_of(one) if cell)
    parts = cells <= MOST_CELLS and not large
    yield Paragraph((_("A dash stands where nothing is decided yet; it never means zero."),), "note")
    if not parts:
        yield Paragraph(
            (_("The plan has too many figures for a paper: here are totals, the workbook holds them all."),), "note"
        )
    for level in contents.below[None]:
        yield Heading(2, level.name())
        for objective in contents.below[level.pk]:
            yield from objective_blocks(contents, objective, parts)


def size_words(contents: Contents) -> str:
    """Return how much the plan holds, and how much of it can be followed."""
    objectives, results = len(contents.of_kind("objective")), len(contents.of_kind("result"))
    actions = len(contents.of_kind("action"))
    indicators = [one for each in contents.indicators.values() for one in each]
    ready = sum(1 for one in indicators if one.baselines.all() and one.targets.all())
    said = [
        ngettext("%(count)s objective", "%(count)s objectives", objectives) % {"count": objectives},
        ngettext("%(count)s result", "%(count)s results", results) % {"count": results},
        ngettext("%(count)s action", "%(count)s actions", actions) % {"count": actions},
        _("indicators: %(count)s (%(ready)s with baseline and target)")
        % {"count": numbers.count(len(indicators)), "ready": numbers.count(ready)},
    ]
    budgets = [found for one in contents.below[None] if (found := contents.budget_of(one)) is not None]
    if budgets:
        said.append(_("%(money)s planned") % {"money": money(sum(budgets, Decimal(0)), contents.plan)})
    return ", ".join(said) + "."


def objective_blocks(contents: Contents, objective: Node, parts: bool) -> Iterator[Block]:
    """Yield an objective with its results, actions and indicators."""
    yield Heading(3, titled(objective))
    for text in node_words(objective):
        yield Paragraph((text,), "note")
    yield from entities(contents, objective)
    for result in contents.below[objective.pk]:
        if actions := contents.below[result.pk]:
            yield action_table(contents, result, actions)
        else:
            yield Paragraph((titled(result),))
        for node in (result, *contents.under(result)):
            for text in node_words(node):
                yield Paragraph((f"{node.item.code}: {text}",), "note")
    nodes = (objective, *contents.under(objective))
    indicators = [one for node in nodes for one in contents.indicators.get(node.pk, [])]
    if indicators:
        yield indicator_table(contents, objective, indicators, parts)


def node_words(node: Node) -> Iterator[str]:
    """Yield what stands beside a title: legal basis, description, the editor's note."""
    if node.legal_basis:
        yield _("Legal basis: %(basis)s.") % {"basis": node.legal_basis}
    for text in (node.description, node.note):
        if said := words(text, language()):
            yield said


def action_table(contents: Contents, result: Node, actions: list[Node]) -> Table:
    """Return the actions of a result, each with its activities; columns that nobody filled are left out."""
    nodes = [one for action in actions for one in (action, *contents.under(action))]
    regions = contents.plan.dimensions.get("region", {}).get("levels", {})
    columns = {
        _("Action"): [titled(node) for node in nodes],
        _("Who"): [", ".join(dict.fromkeys(str(part.organisation) for part in node.parts.all())) for node in nodes],
        _("Where"): [
            ", ".join(words(regions.get(place.place), language()) or place.place for place in node.places.all())
            for node in nodes
        ],
        _("When"): [when(node) for node in nodes],
        _("Budget"): ["" if node.budget is None else money(node.budget, contents.plan) for node in nodes],
        _("Gender marker"): ["" if node.gender_marker is None else str(node.gender_marker) for node in nodes],
    }
    filled = {head: cells for head, cells in columns.items() if any(cells)}
    parts = tuple(part for part, cells in zip(ACTION_PARTS, columns.values(), strict=True) if any(cells))
    rows = tuple(tuple((cell or NOTHING,) for cell in row) for row in zip(*filled.values(), strict=True))
    return Table(titled(result), tuple(filled), rows, words=True, parts=parts)


def when(node: Node) -> str:
    """Return the dates of a node that it says itself."""
    days = [date_format(day, "SHORT_DATE_FORMAT") if day else "…" for day in (node.starts_on, node.ends_on)]
    return "-".join(days) if node.starts_on or node.ends_on else ""


def cells_of(indicator: Indicator) -> list[str]:
    """Return the cells of which something is planned, the total first."""
    baselines, targets = indicator.baselines.all(), indicator.targets.all()
    return sorted({TOTAL, *(one.cell for one in baselines), *(one.cell for one in targets)})


def indicator_table(contents: Contents, objective: Node, indicators: list[Indicator], parts: bool) -> Table:
    """Return the indicators of an objective, a row for each cell with a baseline or a target."""
    rows: list[tuple[Line, ...]] = []
    for indicator in indicators:
        baselines = {one.cell: one for one in told(list(indicator.baselines.all()), indicator.unit)}
        targets: dict[str, list[Target]] = defaultdict(list)
        for target in indicator.targets.all():
            targets[target.cell].append(target)
        for cell in cells_of(indicator) if parts else [TOTAL]:
            base = baselines.get(cell)
            if cell and not base and not targets[cell]:
                continue
            whose = cell_words(cell, contents.plan.dimensions, language())
            row = (f"{indicator.item.code} · {whose}" if cell else titled(indicator), source(base))
            said = (*row, base_words(base, indicator), targets_words(targets[cell], indicator))
            rows.append(tuple((text,) for text in said))
    heads = (_("Indicator"), _("Source"), _("Baseline"), _("Targets"))
    caption = _("Indicators of %(code)s") % {"code": objective.item.code}
    return Table(caption, heads, tuple(rows), words=True, parts=(4, 3, 2, 3))


def base_words(base: Baseline | None, indicator: Indicator) -> str:
    """Return a baseline with its year."""
    return NOTHING if base is None else f"{base.year}: {figure(base, indicator)}"


def targets_words(targets: list[Target], indicator: Indicator) -> str:
    """Return targets with their periods; of very many, the last of each year."""
    if len(targets) > MOST_TARGETS:
        targets = list({target.year: target for target in targets}.values())
    return "; ".join(f"{one.period()}: {amount(one.value, indicator)}" for one in targets) or NOTHING
