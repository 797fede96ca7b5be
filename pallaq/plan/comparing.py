"""Two versions of a plan laid side by side, in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.plan.models import Indicator, Node, Version
from pallaq.plan.rules.cells import cell_words
from pallaq.plan.rules.differences import Difference, Rows, differences

LABELS = {
    "title": lazy("title"),
    "description": lazy("description"),
    "note": lazy("editor's note"),
    "legal_basis": lazy("legal basis"),
    "gender_marker": lazy("gender marker"),
    "starts_on": lazy("starts on"),
    "ends_on": lazy("ends on"),
    "budget": lazy("budget"),
    "definition": lazy("definition"),
    "unit": lazy("unit"),
    "measured_in": lazy("measured in"),
    "numerator": lazy("numerator"),
    "denominator": lazy("denominator"),
    "disaggregation": lazy("broken down by"),
    "method": lazy("source and method"),
    "responsible": lazy("responsible entity"),
    "frequency": lazy("frequency"),
    "deadline_days": lazy("days to report"),
    "limits": lazy("quality controls and limits"),
    "sense": lazy("sense"),
    "study_indicator": lazy("indicator of the study"),
    "study_share": lazy("answer of the study"),
    "measure": lazy("named measure"),
}


def compare(before: Version | None, after: Version) -> list[Difference]:
    """Return what changed from one version to another; of a first version, everything is new."""
    return differences(rows_of(before) if before else {}, rows_of(after))


def rows_of(version: Version) -> Rows:
    """Return the nodes and indicators of a version as plain values in words, by kind and code."""
    language = get_language() or "es"  # of cells; titles and the like are compared in every language they have
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for node in version.nodes.whole():
        found[node.item.kind, node.item.code] = node_row(node)
    indicators = version.indicators.select_related("item", "node__item", "responsible")
    for indicator in indicators.prefetch_related("baselines", "targets"):
        found["indicator", indicator.item.code] = indicator_row(indicator, language)
    return found


def node_row(node: Node) -> dict[str, Any]:
    """Return what a node says."""
    row = own_fields(node)
    row[_("under")] = node.parent.item.code if node.parent else ""
    parts = [f"{part.organisation} ({part.get_role_display()})" for part in node.parts.all()]
    row[_("entities")] = ", ".join(sorted(parts))
    row[_("places")] = ", ".join(sorted(place.place for place in node.places.all()))
    return row


def indicator_row(indicator: Indicator, language: str) -> dict[str, Any]:
    """Return what an indicator says, with its baselines and targets."""
    dimensions = indicator.version.plan.dimensions
    row = own_fields(indicator)
    row[_("beside")] = indicator.node.item.code
    for baseline in indicator.baselines.all():
        cell = cell_words(baseline.cell, dimensions, language) or _("everybody")
        row[_("baseline, %(cell)s") % {"cell": cell}] = f"{baseline.value.normalize():,f} ({baseline.year})"
    for target in indicator.targets.all():
        cell = cell_words(target.cell, dimensions, language) or _("everybody")
        named = _("target %(period)s, %(cell)s") % {"period": target.period(), "cell": cell}
        row[named] = f"{target.amount():,f}"
    return row


def own_fields(row: Node | Indicator) -> dict[str, Any]:
    """Return the fields of a table's row under their names; words once for each language."""
    found: dict[str, Any] = {}
    for name, label in LABELS.items():
        if not hasattr(row, name):
            continue
        value = getattr(row, f"get_{name}_display", lambda name=name: getattr(row, name))()
        if isinstance(value, dict):
            first = (get_language() or "es")[:2]
            said = sorted(value.items(), key=lambda pair: (pair[0] != first, pair[0]))
            found |= {f"{label} ({language})": text for language, text in said}
        elif isinstance(value, list):
            found[str(label)] = ", ".join(value)
        elif isinstance(value, Decimal):
            found[str(label)] = f"{value:,.2f}"
        else:
            found[str(label)] = "" if value is None else str(value)
    return found
