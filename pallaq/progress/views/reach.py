"""Indicators, nodes and evidence that an address names, with what of them she may see and write."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pallaq.accounts.perms import refuse_unless
from pallaq.plan.models import Indicator, Item, Node
from pallaq.progress.models import Evidence, Value
from pallaq.progress.perms import Reach, Sight, reach_of, seen_evidence
from pallaq.progress.views.finding import plan_or_refuse
from pallaq.progress.views.scope import version_or_refuse
from pallaq.shared.errors import Refusal


def indicator_or_refuse(request: HttpRequest, plan: str, code: str) -> tuple[Indicator, Reach]:
    """Return an indicator of the version shown that she may see."""
    version = version_or_refuse(request, plan)
    indicator = version.indicators.filter(item__code=code).select_related("item", "node__item", "responsible").first()
    if indicator is None:
        raise nothing_there(code)
    indicator.version = version
    if (reach := Sight(request.user, version).of(indicator.node, indicator)) is None:
        raise nothing_there(code)
    return indicator, reach


def node_or_refuse(request: HttpRequest, plan: str, code: str) -> tuple[Node, Reach]:
    """Return a node of the version shown that she may see."""
    version = version_or_refuse(request, plan)
    node = version.nodes.filter(item__code=code).select_related("item").first()
    if node is None:
        raise nothing_there(code)
    node.version = version
    if (reach := Sight(request.user, version).of(node)) is None:
        raise nothing_there(code)
    return node, reach


def reach_or_refuse(request: HttpRequest, plan: str, code: str) -> tuple[Item, Reach]:
    """Return an item, also of a version before, that she may see."""
    item = plan_or_refuse(request, plan).items.filter(code=code).select_related("plan").first()
    if item is None or (reach := reach_of(request.user, item)) is None:
        raise nothing_there(code)
    return item, reach


def value_or_refuse(request: HttpRequest, plan: str, key: int) -> tuple[Value, Indicator, Reach]:
    """Return a value that she may correct, with its indicator."""
    value = Value.objects.filter(item__plan__code=plan, pk=key).select_related("item", "by").first()
    if value is None:
        plan_or_refuse(request, plan)
        raise nothing_there(str(key))
    indicator, reach = indicator_or_refuse(request, plan, value.item.code)
    if not reach.can_see(value.cell):
        raise nothing_there(str(key))
    refuse_unless(reach.can_write(value.cell))
    return value, indicator, reach


def evidence_or_refuse(request: HttpRequest, plan: str, key: UUID) -> tuple[Evidence, Reach]:
    """Return evidence that she may open."""
    found = plan_or_refuse(request, plan)
    evidence = Evidence.objects.filter(item__plan=found, pk=key).select_related("item__plan").first()
    if evidence is None or (reach := reach_of(request.user, evidence.item)) is None:
        raise no_evidence()
    if not seen_evidence(Evidence.objects.filter(pk=key), reach).exists():
        raise no_evidence()
    return evidence, reach


def no_evidence() -> Refusal:
    """Return the refusal of evidence that is not hers to see."""
    message = _("There is no such evidence that you may see. Look at the list beside the indicator or action.")
    return Refusal(message, code="no-evidence", status=404)


def nothing_there(code: str) -> Refusal:
    """Return the refusal of what is not there, or not hers to see."""
    message = _("There is no “%(code)s” in this plan that you may see. Look at your reports, or ask a planner.")
    return Refusal(message % {"code": code}, code="no-item", status=404)
