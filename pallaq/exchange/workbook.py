"""A version of a plan, read from the database into the rows of its files."""

from collections.abc import Iterable, Iterator
from typing import Any

from pallaq.exchange.rules.plan_file import SHEETS, Row, Sheets
from pallaq.places.models import Organisation
from pallaq.plan.models import Baseline, Indicator, Node, NodePlace, Part, Plan, Target, Version
from pallaq.progress.models import Value

TRANSLATION = "translation"  # in `Plan.source`, beside the words: whose it is


def sheets_of(version: Version, *, values: bool = False) -> Sheets:
    """Return a version as rows; `values` adds those that stand."""
    nodes = list(ordered(version.nodes.select_related("item", "parent__item")))
    indicators = version.indicators.select_related("item", "node__item", "responsible").order_by("node", "position")
    sheets: Sheets = {
        "plan": [header(version.plan)],
        "dimensions": list(dimensions(version.plan)),
        "organisations": [organisation(each) for each in Organisation.objects.filter(country=version.plan.country)],
        "chain": [node(each) for each in nodes],
        "parts": [part(each) for each in Part.objects.filter(node__version=version).select_related(*OF_A_NODE)],
        "places": [place(each) for each in NodePlace.objects.filter(node__version=version).select_related(*NODE)],
        "indicators": [indicator(each) for each in indicators],
        "baselines": [baseline(each) for each in figures(Baseline, version)],
        "targets": [target(each) for each in figures(Target, version).order_by("indicator", "cell", "year", "quarter")],
    }
    if values:
        rows = Value.objects.current().filter(item__indicators__version=version).select_related("item")
        sheets["values"] = [value(each) for each in rows.order_by("item__code", "cell", "year", "quarter")]
    return sheets


NODE = ("node__item",)
OF_A_NODE = ("node__item", "organisation")


def figures(model: type[Any], version: Version) -> Any:
    """Return the baselines or targets of a version."""
    return model.objects.filter(indicator__version=version).select_related("indicator__item")


def ordered(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the nodes as the plan reads: each before all that hangs under it."""
    below: dict[Any, list[Node]] = {}
    for each in nodes:
        below.setdefault(each.parent_id, []).append(each)
    waiting = below.get(None, [])[::-1]
    while waiting:
        yield (first := waiting.pop())
        waiting += below.get(first.pk, [])[::-1]


def plain_fields(sheet: str, row: Any) -> dict[str, Any]:
    """Return the values of the columns that a table's fields hold under the same name."""
    names = [column.name for column in SHEETS[sheet]]
    return {name: getattr(row, name) for name in names if hasattr(type(row), name)}


def header(plan: Plan) -> Row:
    """Return what is said of the whole plan."""
    source = {language: words for language, words in plan.source.items() if language != TRANSLATION}
    values = {**plain_fields("plan", plan), "source": source, TRANSLATION: plan.source.get(TRANSLATION, "")}
    return Row("plan", 0, {**values, "study": plan.study_id or ""})


def dimensions(plan: Plan) -> Iterator[Row]:
    """Yield the levels of a plan's dimensions."""
    for code, dimension in plan.dimensions.items():
        for level, title in dimension["levels"].items():
            values = {"dimension": code, "dimension_title": dimension["title"], "level": level, "title": title}
            yield Row("dimensions", 0, values)


def organisation(row: Organisation) -> Row:
    """Return an organisation."""
    return Row("organisations", 0, plain_fields("organisations", row))


def node(row: Node) -> Row:
    """Return a node of the chain."""
    marker = "" if row.gender_marker is None else str(row.gender_marker)
    parent = row.parent.item.code if row.parent else ""
    values = {**plain_fields("chain", row), "code": row.item.code, "kind": row.item.kind}
    return Row("chain", 0, {**values, "parent": parent, "gender_marker": marker})


def part(row: Part) -> Row:
    """Return an organisation's part."""
    values = {"code": row.node.item.code, "organisation": row.organisation.name, "role": row.role}
    return Row("parts", 0, values)


def place(row: NodePlace) -> Row:
    """Return where a node happens."""
    return Row("places", 0, {"code": row.node.item.code, "place": row.place})


def indicator(row: Indicator) -> Row:
    """Return an indicator's reference sheet."""
    responsible = row.responsible.name if row.responsible else ""
    values = {**plain_fields("indicators", row), "code": row.item.code, "node": row.node.item.code}
    return Row("indicators", 0, {**values, "responsible": responsible})


def baseline(row: Baseline) -> Row:
    """Return from where an indicator starts."""
    return Row("baselines", 0, {**plain_fields("baselines", row), "indicator": row.indicator.item.code})


def target(row: Target) -> Row:
    """Return what an indicator should be."""
    values = {"indicator": row.indicator.item.code, "cell": row.cell, "period": row.period(), "value": row.value}
    return Row("targets", 0, values)


def value(row: Value) -> Row:
    """Return what an indicator was."""
    values = {**plain_fields("values", row), "indicator": row.item.code, "period": row.period()}
    return Row("values", 0, values)
