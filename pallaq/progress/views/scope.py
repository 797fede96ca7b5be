"""How much of a plan a reader sees: the version in force, her nodes, her regions."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pallaq.accounts.perms import Person
from pallaq.plan.models import Plan, Version, VersionState
from pallaq.plan.perms import can_edit, can_see_everything, own_nodes, regions_of, seats
from pallaq.progress.scoreboard import Seen, region_names
from pallaq.progress.views.finding import plan_or_refuse
from pallaq.shared.errors import Refusal


def version_or_refuse(request: HttpRequest, code: str) -> Version:
    """Return the version in force of a plan that she may see; to its planners also a draft, if none ever was."""
    plan = plan_or_refuse(request, code)
    version = plan.shown()
    if version is None or (version.state == VersionState.DRAFT and not can_edit(request.user, plan)):
        raise Refusal(_("This plan has no version yet. Ask its planner to write one."), code="no-version", status=404)
    version.plan = plan
    return version


def seen_of(user: Person, version: Version) -> Seen | None:
    """Return what she may see of a version; None for all of it."""
    if can_see_everything(user, version.plan):
        return None
    entities = frozenset(seat.organisation_id for seat in seats(user, version.plan) if seat.organisation_id)
    return Seen(frozenset(own_nodes(user, version).values_list("pk", flat=True)), entities)


def seen_regions(user: Person, plan: Plan) -> dict[str, str]:
    """Return the regions whose figures she may see, by code."""
    allowed = regions_of(user, plan)
    return {code: name for code, name in region_names(plan).items() if allowed is None or code in allowed}


def uuid_or_none(text: str) -> UUID | None:
    """Return the key that a text holds, None where it holds none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def year_or(text: str, otherwise: int) -> int:
    """Return the year that a text holds, or another one."""
    return int(text) if text.isdecimal() and 1900 <= int(text) <= 2200 else otherwise
