"""What an address of this room names, if she may see it."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from pallaq.following import perms
from pallaq.places.models import Organisation
from pallaq.plan.models import Item, Part, Plan
from pallaq.plan.views.finding import plan_or_refuse
from pallaq.progress.models import Agreement, Meeting
from pallaq.progress.perms import reach_of
from pallaq.shared.errors import Refusal


def meeting_or_refuse(request: HttpRequest, code: str, key: UUID) -> Meeting:
    """Return a meeting whose page she may open."""
    seen = perms.meetings_seen(request.user, plan_or_refuse(request, code))
    meeting = seen.select_related("plan", "item", "convened_by").filter(pk=key).first()
    if meeting is None:
        message = _("There is no such meeting that you may see. Look at the list of meetings.")
        raise Refusal(message, code="no-meeting", status=404)
    return meeting


def agreement_or_refuse(request: HttpRequest, code: str, key: UUID) -> Agreement:
    """Return an agreement that she may see."""
    seen = perms.agreements_seen(request.user, plan_or_refuse(request, code))
    agreement = seen.select_related("plan", "responsible").filter(pk=key).first()
    if agreement is None:
        message = _("There is no such agreement that you may see. Look at the list of agreements.")
        raise Refusal(message, code="no-agreement", status=404)
    return agreement


def item_or_refuse(request: HttpRequest, code: str, item: str) -> Item:
    """Return an item whose records she may see."""
    found = plan_or_refuse(request, code).items.select_related("plan").filter(code=item).first()
    if found is None or reach_of(request.user, found) is None:
        message = _("There is no “%(item)s” in this plan that you may see. Look at the plan.")
        raise Refusal(message % {"item": item}, code="no-item", status=404)
    return found


def entities_of(plan: Plan) -> QuerySet[Organisation]:
    """Return the entities that have to do with a plan."""
    keys: set[UUID | None] = set(Part.objects.filter(node__version__plan=plan).values_list("organisation", flat=True))
    keys |= set(plan.seats.values_list("organisation", flat=True))
    keys |= set(plan.agreements.order_by().values_list("responsible", flat=True))
    return Organisation.objects.filter(pk__in=[key for key in keys if key])
