"""A plan's objectives and actions as IATI activities."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from lxml import etree

from pallaq.exchange.contents import Contents, contents_of, has_more_targets
from pallaq.exchange.iati import codes
from pallaq.exchange.iati.elements import LANGUAGE, in_each_language, narratives, worded
from pallaq.exchange.iati.results import MOST, Actuals, actuals_of, first_language, results, titled
from pallaq.exchange.iati.schema import checked
from pallaq.exchange.models import Publisher
from pallaq.places.rules import department, district
from pallaq.plan.models import Node, Version, VersionState
from pallaq.plan.rules.cells import TOTAL, words
from pallaq.plan.rules.periods import Period
from pallaq.progress.models import Spending
from pallaq.shared.xml import Element, element, exact

DRAFT = "DRAFT"  # no organisation has this identifier: it marks what may not be published yet
DRAFT_SAYS = (
    "DRAFT, NOT FOR PUBLICATION. Nobody wrote down the IATI identifier of the organisation that reports, so every"
    " identifier in this file begins with DRAFT. Write it on the page of files of the plan."
)
TOTALS_SAYS = "More than %s targets or values: only totals are given, no figures by part."
FORBIDDEN = re.compile(r"[/&|?\s]")  # in an identifier
YEAR = 366  # days; the standard allows no budget that is longer


@dataclass(frozen=True)
class Telling:
    """What every activity is written from."""

    contents: Contents
    publisher: Publisher | None
    actuals: Actuals
    spending: Mapping[UUID, list[Spending]]
    today: date

    def identifier(self, node: Node | None = None) -> str:
        """Return the identifier of the reporting organisation, or of one of its activities."""
        ours = self.publisher.identifier if self.publisher else DRAFT
        return f"{ours}-{self.contents.plan.code}-{FORBIDDEN.sub('_', node.item.code)}" if node else ours

    @property
    def starts_without_dates(self) -> date:
        """The planned start of what nobody dated: when the version was approved, a draft made."""
        return timezone.localdate(self.contents.version.approved_at or self.contents.version.made_at)


def iati_file(version: Version, now: datetime) -> bytes:
    """Return a version as an IATI 2.03 file that keeps the official schema; InvalidIati is our fault."""
    large = has_more_targets(version, MOST)
    contents = contents_of(version, cells=Q(cell=TOTAL) if large else None)
    spending: dict[UUID, list[Spending]] = {}
    for one in Spending.objects.filter(item__plan=version.plan, current=True).order_by("year", "quarter"):
        spending.setdefault(one.item_id, []).append(one)
    publisher = Publisher.objects.filter(plan=version.plan).first()
    telling = Telling(contents, publisher, actuals_of(contents, large), spending, timezone.localdate(now))
    root = etree.Element("iati-activities", {"version": "2.03", "generated-datetime": now.isoformat("T", "seconds")})
    for objective in contents.of_kind("objective"):
        add_activity(root, telling, objective)
        for action in contents.of_kind("action", objective):
            add_activity(root, telling, action)
    for says, is_so in ((DRAFT_SAYS, not publisher), (TOTALS_SAYS % MOST, not telling.actuals.whole)):
        if is_so:
            root.addprevious(etree.Comment(f" {says} "))
    tree = checked(root).getroottree()
    written: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def add_activity(root: Element, telling: Telling, node: Node) -> None:
    """Add an objective or an action, its elements in the order that the schema wants."""
    contents, is_action = telling.contents, node.item.kind == "action"
    activity = element(root, "iati-activity", default_currency=contents.plan.currency, hierarchy=str(1 + is_action))
    activity.set(LANGUAGE, first_language(contents.plan))
    element(activity, "iati-identifier", telling.identifier(node))
    reporting(activity, telling)
    titled(activity, node.item.code, node.title)
    descriptions(activity, telling, node)
    organisations(activity, telling, node)
    dates(activity, telling, node)
    places(activity, telling, node)
    if node.gender_marker is not None:
        significance = str(node.gender_marker)
        element(activity, "policy-marker", vocabulary=codes.DAC, code=codes.GENDER, significance=significance)
    if is_action:
        money(activity, telling, node)
    related(activity, telling, node)
    results(activity, contents, node, telling.actuals)


def reporting(activity: Element, telling: Telling) -> None:
    """Say who reports; a draft says that nobody is named yet."""
    publisher = telling.publisher
    kind = publisher.kind if publisher else codes.OTHER
    made = element(activity, "reporting-org", ref=telling.identifier(), type=kind)
    if publisher:
        element(made, "narrative", publisher.name)
    else:
        narratives(made, in_each_language(lambda _language: _("Not named yet: this file is a draft")))


def descriptions(activity: Element, telling: Telling, node: Node) -> None:
    """Say what it is, what an objective wants to reach, and all that the standard has no place for."""
    contents = telling.contents
    said = {language: text for language, text in node.description.items() if str(text).strip()}
    narratives(element(activity, "description", type=codes.GENERAL), said or node.title)
    if node.item.kind == "objective":
        aims = in_each_language(lambda language: listed(contents.of_kind("result", node), language))
        worded(activity, "description", aims, type=codes.OBJECTIVES)
    worded(activity, "description", in_each_language(lambda language: more(telling, node, language)), type=codes.MORE)


def more(telling: Telling, node: Node, language: str) -> str:
    """Return legal basis, note, activities and a budget of years in one text."""
    contents, said = telling.contents, []
    if node.legal_basis:
        said.append(_("Legal basis: %(basis)s.") % {"basis": node.legal_basis})
    if note := words(node.note, language):
        said.append(note)
    if node.item.kind == "action" and contents.below[node.pk]:
        said.append(_("Activities: %(list)s") % {"list": listed(contents.below[node.pk], language)})
    budget = contents.budget_of(node)
    if budget is not None and (node.item.kind == "objective" or not one_year(telling, node)):
        money = {"amount": f"{budget:,.2f}", "currency": contents.plan.currency}
        said.append(_("Planned in all: %(amount)s %(currency)s.") % money)
    return " ".join(said)


def listed(nodes: Iterable[Node], language: str) -> str:
    """Return nodes with their codes, one after another."""
    return "; ".join(f"{node.item.code} {words(node.title, language)}" for node in nodes)


def organisations(activity: Element, telling: Telling, node: Node) -> None:
    """Say who takes part and how; where nobody does, whoever reports is accountable."""
    parts = telling.contents.parts_of(node)
    for organisation, role in parts:
        kind = codes.ORGANISATIONS.get(organisation.kind, codes.OTHER)
        made = element(activity, "participating-org", role=codes.ROLES[role], type=kind)
        element(made, "narrative", organisation.name)
    if not parts:
        accountable = codes.ROLES["responsible"]
        made = element(activity, "participating-org", role=accountable, ref=telling.identifier())
        if telling.publisher:
            element(made, "narrative", telling.publisher.name)


def dates(activity: Element, telling: Telling, node: Node) -> None:
    """Say where it stands, and when it should start and end."""
    starts, ends = telling.contents.dates_of(node)
    approved = telling.contents.version.state == VersionState.APPROVED
    element(activity, "activity-status", code=codes.status(starts, ends, telling.today, approved))
    starts = starts or min(telling.starts_without_dates, ends or date.max)
    element(activity, "activity-date", type=codes.PLANNED_START, iso_date=starts.isoformat())
    if ends:
        element(activity, "activity-date", type=codes.PLANNED_END, iso_date=ends.isoformat())


def places(activity: Element, telling: Telling, node: Node) -> None:
    """Say how wide it is, in which country and where, and under which objective."""
    contents = telling.contents
    found = [place.place for place in node.places.all()]
    element(activity, "activity-scope", code=codes.scope(found))
    element(activity, "recipient-country", code=contents.plan.country)
    regions = contents.plan.dimensions.get("region", {}).get("levels", {})
    for code in found:
        location = element(activity, "location", ref=code)
        element(location, "location-reach", code="1")
        known = district(code) or department(code) if contents.plan.country == "PE" else None
        narratives(element(location, "name"), regions.get(code) or {"es": known.name if known else code})
    objective = next(one for one in contents.above(node) if one.item.kind == "objective")
    sector = element(activity, "sector", vocabulary=codes.OWN_VOCABULARY, code=objective.item.code)
    narratives(sector, objective.title)


def one_year(telling: Telling, node: Node) -> tuple[date, date] | None:
    """Return the dates of a node that lasts no more than a year."""
    starts, ends = telling.contents.dates_of(node)
    return (starts, ends) if starts and ends and 0 <= (ends - starts).days <= YEAR else None


def money(activity: Element, telling: Telling, action: Node) -> None:
    """Add an action's budget, and what was spent on it and its activities."""
    contents = telling.contents
    budget, span = contents.budget_of(action), one_year(telling, action)
    if budget is not None and span:
        kind = codes.ORIGINAL if contents.version.number == 1 else codes.REVISED
        approved = contents.version.state == VersionState.APPROVED
        made = element(activity, "budget", type=kind, status=codes.COMMITTED if approved else codes.INDICATIVE)
        element(made, "period-start", iso_date=span[0].isoformat())
        element(made, "period-end", iso_date=span[1].isoformat())
        element(made, "value", exact(budget), value_date=span[0].isoformat())
    for node in (action, *contents.under(action)):
        for spent in telling.spending.get(node.item_id, ()):
            transaction(activity, node, spent)


def transaction(activity: Element, node: Node, spent: Spending) -> None:
    """Add what was spent in a period; no day of it lies in the future."""
    period_ends = Period(spent.year, spent.quarter).ends_on
    on = min(period_ends, timezone.localdate(spent.at)).isoformat()
    made = element(activity, "transaction")
    element(made, "transaction-type", code=codes.EXPENDITURE)
    element(made, "transaction-date", iso_date=on)
    element(made, "value", exact(spent.amount), value_date=on)
    about = {language: f"{node.item.code} {title}" for language, title in node.title.items()}
    ends = in_each_language(lambda _language: date_format(period_ends, "SHORT_DATE_FORMAT"))
    worded(made, "description", {key: f"{text} ({ends.get(key, period_ends)})" for key, text in about.items()})


def related(activity: Element, telling: Telling, node: Node) -> None:
    """Name the objective of an action, or the actions of an objective."""
    contents = telling.contents
    if node.item.kind == "objective":
        others, kind = contents.of_kind("action", node), codes.CHILD
    else:
        others, kind = [one for one in contents.above(node) if one.item.kind == "objective"], codes.PARENT
    for other in others:
        element(activity, "related-activity", ref=telling.identifier(other), type=kind)
