"""Who may see and do what with meetings, agreements and comments; of what is reported: `perms`."""

from django.db.models import Q, QuerySet

from pallaq.accounts.perms import Person
from pallaq.plan.models import Plan, Role
from pallaq.plan.perms import can_edit, can_see_everything, regions_of, seats
from pallaq.progress.models import Agreement, Comment, Meeting


def meeting_regions(user: Person, plan: Plan) -> list[str]:
    """Return the regions whose meetings she may plan and hold, "" for national ones; a planner's are all.

    A reporter's is her seat's: who reports for no region in particular holds the national ones.
    """
    if can_edit(user, plan):
        return ["", *plan.dimensions.get("region", {}).get("levels", {})]
    return [seat.region for seat in seats(user, plan) if seat.role == Role.REPORTER]


def meetings_seen(user: Person, plan: Plan) -> QuerySet[Meeting]:
    """Return the meetings whose pages she may open: all, or the national ones and those of her regions."""
    regions = regions_of(user, plan)
    return plan.meetings.all() if regions is None else plan.meetings.filter(region__in=["", *regions])


def agreements_of(user: Person, plan: Plan) -> Q:
    """Return what picks the agreements that her entities have to keep, in her regions."""
    mine = Q(pk__in=[])
    for seat in seats(user, plan):
        if seat.role == Role.REPORTER:
            here = Q(region__in=["", seat.region]) if seat.region else Q()
            mine |= Q(responsible=seat.organisation_id) & here
    return mine


def agreements_seen(user: Person, plan: Plan) -> QuerySet[Agreement]:
    """Return the agreements she may see: all, or her entities' and those of meetings she may hold."""
    if can_see_everything(user, plan):
        return plan.agreements.all()
    held = Q(meeting__isnull=False, region__in=meeting_regions(user, plan))
    return plan.agreements.filter(agreements_of(user, plan) | held)


def can_keep(user: Person, agreement: Agreement) -> bool:
    """Say whether she may mark it done or open it again: a planner, or a reporter of the entity that agreed."""
    plan = agreement.plan
    return can_edit(user, plan) or plan.agreements.filter(agreements_of(user, plan), pk=agreement.pk).exists()


def can_remove(user: Person, comment: Comment) -> bool:
    """Say whether she may remove a comment: her own, or any as a planner."""
    return comment.by_id == user.pk or can_edit(user, comment.item.plan)
