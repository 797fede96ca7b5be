"""How a paper prints figures, sources, money and people; a dash says that nobody decided yet, and never means zero."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pallaq.exchange.contents import Contents
from pallaq.exchange.rules.telling import MINIMUM, is_of_few
from pallaq.plan.models import Baseline, Indicator, Node, Plan, Version, VersionState
from pallaq.plan.rules.cells import words
from pallaq.progress.models import Value
from pallaq.progress.templatetags.lights import amount, limit
from pallaq.shared import numbers
from pallaq.shared.documents.blocks import Block, Paragraph

NOTHING = "–"


def language() -> str:
    """Return the language that is active, as two letters."""
    return (get_language() or "es")[:2]


def money(value: Decimal | None, plan: Plan) -> str:
    """Return an amount in the plan's currency, to the cent and exact; a dash where nobody said."""
    return NOTHING if value is None else f"{value:,.2f}{numbers.SPACE}{plan.currency}"


def figure(found: Baseline | Value | None, indicator: Indicator) -> str:
    """Return a value with its interval; of few people nothing but that."""
    if found is None:
        return NOTHING
    if is_of_few(found, indicator.unit):
        return _("fewer than 10 people")
    said = amount(found.value, indicator)
    if found.low is None or found.high is None:
        return said
    return f"{said} ({limit(found.low)}-{limit(found.high)})"


def source(found: Baseline | Value | None) -> str:
    """Return where a figure is from and its base, which is not told where it is of few people."""
    if found is None:
        return NOTHING
    said = [found.source.strip()] if found.source.strip() else []
    if found.n is not None and found.n >= MINIMUM:
        said.append(f"n{numbers.SPACE}={numbers.SPACE}{numbers.count(found.n)}")
    return ", ".join(said) or NOTHING


def titled(one: Node | Indicator) -> str:
    """Return a code and a title in the language that is active."""
    return f"{one.item.code} {one.name()}"


def entities(contents: Contents, node: Node) -> Iterable[Block]:
    """Yield who has which part in a node, a line for each role."""
    roles = {
        "responsible": _("Responsible: %(who)s."),
        "takes_part": _("Take part: %(who)s."),
        "funds": _("Fund: %(who)s."),
    }
    for role, says in roles.items():
        who = [part.organisation.name for part in node.parts.all() if part.role == role]
        if who:
            yield Paragraph((says % {"who": ", ".join(who)},), "item")


def version_words(version: Version) -> str:
    """Return which version a paper is of, and since when."""
    if version.state == VersionState.APPROVED and version.approved_at:
        day = date_format(localdate(version.approved_at), "SHORT_DATE_FORMAT")
        said = _("Version %(number)s, in force since %(day)s.") % {"number": version.number, "day": day}
    else:
        said = _("Version %(number)s, not approved yet.") % {"number": version.number}
    return said


def source_words(plan: Plan) -> str:
    """Return where the plan is from, in the language that is active."""
    return words({key: text for key, text in plan.source.items() if len(key) == len("es")}, language())
