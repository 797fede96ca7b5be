"""What an address names, if she may see it."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pallaq.accounts.perms import refuse_unless
from pallaq.plan import perms
from pallaq.plan.models import Plan, Version
from pallaq.shared.errors import Refusal


def plan_or_refuse(request: HttpRequest, code: str) -> Plan:
    """Return the plan with this code; to whoever may not see it, it does not exist."""
    plan = Plan.objects.filter(code=code).first()
    if plan is None or not perms.can_see_plan(request.user, plan):
        message = _("There is no plan “%(plan)s” that you may see. Look at the list of plans, or log in.")
        raise Refusal(message % {"plan": code}, code="no-plan", status=404)
    return plan


def version_or_refuse(request: HttpRequest, plan: Plan) -> Version:
    """Return the version that `?version=` names, else the one in force (or the first draft); drafts are planners'."""
    asked = request.GET.get("version", "")
    if asked:
        version = plan.versions.filter(number=int(asked)).first() if asked.isdecimal() and len(asked) < 6 else None
    else:
        version = plan.shown()
    if version is None or (version.state == "draft" and not perms.can_edit(request.user, plan)):
        if not asked:
            message = _("This plan was not approved yet: its planners are still writing it. Come back later.")
            raise Refusal(message, code="no-version", status=404)
        message = _("There is no such version of the plan that you may see. Look at the plan's page.")
        raise Refusal(message, code="no-version", status=404)
    version.plan = plan
    return version


def draft_or_refuse(request: HttpRequest, plan: Plan) -> Version:
    """Return the plan's draft for whoever edits it."""
    refuse_unless(perms.can_edit(request.user, plan))
    draft = plan.draft()
    if draft is None:
        message = _("The plan has no draft. Open an amendment, then edit that.")
        raise Refusal(message, code="no-draft", status=409)
    draft.plan = plan
    return draft
