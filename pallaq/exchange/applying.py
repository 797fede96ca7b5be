"""The changes that a file brings, made in a draft by the plan's own verbs; everything or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.accounts.models import User
from pallaq.exchange.rules.merging import MERGED, Change
from pallaq.exchange.rules.plan_file import SHEETS, Row, period_of
from pallaq.places.models import Organisation
from pallaq.plan.actions.indicators import (
    add_indicator,
    edit_indicator,
    remove_indicator,
    set_baseline,
    set_target,
    touch,
)
from pallaq.plan.actions.nodes import add_node, edit_node, remove_node
from pallaq.plan.actions.organisations import save_organisation
from pallaq.plan.models import Indicator, Node, Version
from pallaq.plan.models.indicators import Origin
from pallaq.plan.rules.chain import KINDS
from pallaq.progress.actions.values import correct_value, record_value
from pallaq.progress.models import Value
from pallaq.shared.errors import Problem, Problems, Refusal
from pallaq.shared.fields import plain
from pallaq.shared.models import record

AROUND = ("parts", "places")  # set with their node, not row by row
ESTIMATED = ("value", "n", "low", "high", "design", "sha256")  # of a baseline; without them it is no estimate any more


@dataclass
class Work:
    """What codes and names stand for while the changes of one file are made in one draft."""

    version: Version
    by: Any  # a User; None where the machine loads a new plan
    name: str
    nodes: dict[str, Node] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    around: dict[str, list[Change]] = field(default_factory=dict)  # code of a node -> its parts and places
    touched: set[str] = field(default_factory=set)  # codes of indicators whose baselines or targets were changed


@transaction.atomic
def apply(*, version: Version, changes: Iterable[Change], name: str, by: User | None) -> None:
    """Make a file's changes in a draft, and record or correct its values; all that is refused is said at once."""
    steps, work, problems = sorted(changes, key=order), started(version, name, by), []
    for change in steps:
        if change.row.sheet in AROUND:
            work.around.setdefault(change.row.values["code"], []).append(change)
    for change in steps:
        try:
            VERBS[change.row.sheet](work, change)
        except Refusal as refusal:
            row = change.row
            problems.append(Problem(refusal.code, refusal.message, name, row.number or None, row.sheet))
    refuse_problems(name, problems)
    for code in work.touched & set(work.indicators):
        touch(work.indicators[code])
    about = f"version {version.number}"
    record(by=by, action="plan.import", scope=version.plan.scope, about=about, rows=len(steps))


def refuse_problems(name: str, problems: list[Problem]) -> None:
    """Refuse a file with everything that is wrong in it, if something is."""
    if problems:
        text = ngettext(
            "%(file)s has %(count)d problem; nothing was stored.",
            "%(file)s has %(count)d problems; nothing was stored.",
            len(problems),
        )
        raise Problems(text % {"file": name, "count": len(problems)}, problems)


def started(version: Version, name: str, by: User | None) -> Work:
    """Return what is known before the first change."""
    work = Work(version, by, name)
    work.nodes = {row.item.code: row for row in version.nodes.select_related("item", "version__plan")}
    rows = version.indicators.select_related("item", "version__plan")
    work.indicators = {row.item.code: row for row in rows}
    known = list(Organisation.objects.filter(country=version.plan.country))
    work.organisations = {plain(row.short): row for row in known if row.short}
    work.organisations |= {plain(row.name): row for row in known}
    return work


def order(change: Change) -> tuple[int, int]:
    """Return when a change is made: first what goes, from the leaves; then what comes, from the root."""
    sheet = MERGED.index(change.row.sheet)
    depth = KINDS.index(change.row.values["kind"]) if change.row.sheet == "chain" else 0
    return (-sheet - 100, -depth) if change.what == "removed" else (sheet, depth)


def fields_of(row: Row, left_out: Iterable[str]) -> dict[str, Any]:
    """Return a row's values as the table's fields; a number that is left empty and has a default is left out."""
    names = [column.name for column in SHEETS[row.sheet] if column.name not in left_out]
    found = {name: row.values[name] for name in names if name in row.values}
    return {name: value for name, value in found.items() if value is not None or name not in DEFAULTS}


DEFAULTS = ("position", "deadline_days")


def apply_organisation(work: Work, change: Change) -> None:
    """Make an organisation that is not known yet; others are edited on their own page."""
    if change.mine is None or change.theirs is not None or plain(change.mine.values["name"]) in work.organisations:
        return
    fields = {"country": work.version.plan.country, **fields_of(change.mine, ())}
    row = save_organisation(organisation=None, by=work.by, **fields)
    work.organisations |= {plain(row.short): row} if row.short else {}
    work.organisations[plain(row.name)] = row


def apply_node(work: Work, change: Change) -> None:
    """Add, edit or remove a node; a new one comes with its parts and places."""
    code = change.row.values["code"]
    if change.mine is None:
        remove_node(node=work.nodes.pop(code), by=work.by)
        work.around.pop(code, None)
        return
    marker, parent = change.mine.values.get("gender_marker"), work.nodes.get(change.mine.values.get("parent") or "")
    fields = fields_of(change.mine, ("code", "kind", "parent", "gender_marker"))
    fields["gender_marker"] = int(marker) if marker else None
    if change.theirs is None:
        fields |= around(work, code, [], [])
        kind = change.mine.values["kind"]
        node = add_node(version=work.version, kind=kind, code=code, parent=parent, by=work.by, **fields)
    else:
        if change.theirs.values["kind"] != change.mine.values["kind"]:
            message = _("%(code)s cannot become another kind of node. Remove it, and add one with a new code.")
            raise Refusal(message % {"code": code}, code="kind-changed")
        old = work.nodes[code]
        node = edit_node(node=old, edition=old.edition, by=work.by, parent=parent, **fields)
    work.nodes[code] = node


def around(work: Work, code: str, parts: list[Any], places: list[str]) -> dict[str, Any]:
    """Return the parts and places of a node, given those it had, once its changes are made."""
    wanted: dict[str, dict[Any, None]] = {"parts": dict.fromkeys(parts), "places": dict.fromkeys(places)}
    for change in work.around.pop(code, []):
        values, sheet = change.row.values, change.row.sheet
        one = values["place"] if sheet == "places" else (named(work, values["organisation"]), values["role"])
        if change.mine is None:
            wanted[sheet].pop(one, None)
        else:
            wanted[sheet][one] = None
    return {sheet: list(rows) for sheet, rows in wanted.items()}


def apply_around(work: Work, change: Change) -> None:
    """Set the parts and places of a node that was there before, once for all its changes."""
    code = change.row.values["code"]
    if code not in work.around or (node := work.nodes.get(code)) is None:
        return
    parts = [(part.organisation, part.role) for part in node.parts.select_related("organisation")]
    places = list(node.places.values_list("place", flat=True))
    wanted = around(work, code, parts, places)
    work.nodes[code] = edit_node(node=node, edition=node.edition, by=work.by, **wanted)


def named(work: Work, name: str) -> Organisation:
    """Return the organisation of this name or short name."""
    if found := work.organisations.get(plain(name)):
        return found
    message = _("There is no organisation “%(name)s”. Add it to the sheet “organisations”.")
    raise Refusal(message % {"name": name}, code="organisation-unknown")


def apply_indicator(work: Work, change: Change) -> None:
    """Add, edit or remove an indicator."""
    code = change.row.values["code"]
    if change.mine is None:
        remove_indicator(indicator=work.indicators.pop(code), by=work.by)
        return
    fields, responsible = fields_of(change.mine, ("code", "node", "responsible")), change.mine.values.get("responsible")
    fields["responsible"] = named(work, responsible) if responsible else None
    node = needed(work.nodes, change.mine.values["node"])
    if change.theirs is None:
        indicator = add_indicator(node=node, code=code, by=work.by, **fields)
    else:
        old = work.indicators[code]
        indicator = edit_indicator(indicator=old, edition=old.edition, by=work.by, node=node, **fields)
    work.indicators[code] = indicator


def needed(known: dict[str, Any], code: str) -> Any:
    """Return what a code stands for; refused where its own row was."""
    if code not in known:
        message = _("%(code)s is not in the plan: see what is said of its own row.")
        raise Refusal(message % {"code": code}, code="code-unknown")
    return known[code]


def apply_baseline(work: Work, change: Change) -> None:
    """Set or remove a baseline; one whose figures were edited is no estimate of a release any more."""
    values = change.row.values
    indicator, cell = needed(work.indicators, values["indicator"]), values.get("cell") or ""
    work.touched.add(values["indicator"])
    old = indicator.baselines.filter(cell=cell).first()
    if change.mine is None:
        old.delete()
        about, scope = f"indicator {values['indicator']}", work.version.plan.scope
        record(by=work.by, action="baseline.remove", scope=scope, about=about, cell=cell)
        return
    fields = {**fields_of(change.mine, ("indicator", "cell")), "origin": Origin.IMPORTED}
    if change.theirs and all(values.get(name) == change.theirs.values.get(name) for name in ESTIMATED):
        fields |= {name: getattr(old, name) for name in ("origin", "release", "estimate", "se", "df")}
    set_baseline(indicator=indicator, cell=cell, by=work.by, **fields)


def apply_target(work: Work, change: Change) -> None:
    """Set or remove a target."""
    values = change.row.values
    indicator, cell = needed(work.indicators, values["indicator"]), values.get("cell") or ""
    work.touched.add(values["indicator"])
    value = change.mine.values["value"] if change.mine else None
    set_target(indicator=indicator, cell=cell, period=period_of(change.row), value=value, by=work.by)


def apply_value(work: Work, change: Change) -> None:
    """Record a value, or correct the one that stands; nothing that was reported is removed."""
    values, period = change.row.values, period_of(change.row)
    if change.mine is None:
        message = _("A reported value is not removed. Put the row back, with the corrected figure and a note.")
        raise Refusal(message, code="value-removed")
    indicator, cell = needed(work.indicators, values["indicator"]), values.get("cell") or ""
    fields = {**fields_of(change.mine, ("indicator", "cell", "period")), "origin": Origin.IMPORTED}
    if change.theirs is None:
        fields["measured_on"] = fields.get("measured_on") or min(period.ends_on, timezone.localdate())
        record_value(indicator=indicator, period=period, cell=cell, by=work.by, **fields)
        return
    at = {"item": indicator.item, "cell": cell, "year": period.year, "quarter": period.quarter}
    if not fields.get("note") or fields["note"] == change.theirs.values.get("note"):
        fields["note"] = _("Corrected in the workbook %(name)s.") % {"name": work.name}
    fields["measured_on"] = fields.get("measured_on") or change.theirs.values["measured_on"]
    correct_value(value_row=Value.objects.current().get(**at), by=work.by, **fields)


VERBS: dict[str, Callable[[Work, Change], None]] = {
    "organisations": apply_organisation,
    "chain": apply_node,
    "parts": apply_around,
    "places": apply_around,
    "indicators": apply_indicator,
    "baselines": apply_baseline,
    "targets": apply_target,
    "values": apply_value,
}
