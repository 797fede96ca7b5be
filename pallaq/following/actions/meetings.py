"""Meetings of technical groups: planned, changed, held, cancelled."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.plan.errors import edited_meanwhile
from pallaq.plan.models import Item, Plan
from pallaq.progress.models import Attendance, Meeting, MeetingState
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

Came = Mapping[Organisation | None, tuple[int, int, int]]  # women, men, other or not said; None: of no entity


@transaction.atomic
def plan_meeting(*, plan: Plan, item: Item, held_on: date, by: User, **fields: Any) -> Meeting:
    """Plan a meeting; `fields` are those of the table: region, place, agenda, convened_by."""
    meeting = Meeting(plan=plan, item=item, held_on=held_on, made_by=by, **fields)
    refuse_misplaced(meeting)
    meeting.save(force_insert=True)
    record(by=by, action="meeting.plan", scope=plan.scope, **told(meeting))
    return meeting


@transaction.atomic
def edit_meeting(*, meeting: Meeting, edition: int, by: User, **fields: Any) -> Meeting:
    """Change when, where, about what; `edition` is the one that was read."""
    meeting = locked(meeting, edition)
    for name, value in fields.items():
        setattr(meeting, name, value)
    refuse_misplaced(meeting)
    if meeting.state == MeetingState.HELD:
        refuse_future(meeting.held_on)
    return saved(meeting, by, "meeting.edit")


@transaction.atomic
def hold_meeting(*, meeting: Meeting, edition: int, minutes: str, came: Came, by: User) -> Meeting:
    """Say that it was held, what was said and who came; said again, it corrects both."""
    meeting = locked(meeting, edition)
    refuse_future(meeting.held_on)
    if not any(sum(counts) for counts in came.values()):
        message = _("Nobody came, by what is written here. Write how many did, or cancel the meeting.")
        raise Refusal(message, code="meeting-empty")
    meeting.minutes, meeting.state = minutes.strip(), MeetingState.HELD
    meeting.attendance.all().delete()
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, organisation=entity, women=women, men=men, other=other)
        for entity, (women, men, other) in came.items()
        if women + men + other
    )
    return saved(meeting, by, "meeting.hold")


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, edition: int, reason: str, by: User) -> Meeting:
    """Call off a meeting that was not held yet; the reason stands where its minutes would."""
    meeting = locked(meeting, edition)
    if meeting.state == MeetingState.HELD:
        message = _("This meeting was held and cannot be cancelled any more. Correct its minutes instead.")
        raise Refusal(message, code="meeting-held", status=409)
    if not reason.strip():
        message = _("Write the reason: whoever was invited will read it.")
        raise Refusal(message, code="cancel-without-reason")
    meeting.minutes, meeting.state = reason.strip(), MeetingState.CANCELLED
    return saved(meeting, by, "meeting.cancel")


def locked(meeting: Meeting, edition: int) -> Meeting:
    """Return a meeting that is not cancelled, locked, if it is still as it was read."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("plan", "item").get(pk=meeting.pk)
    if meeting.state == MeetingState.CANCELLED:
        message = _("This meeting was cancelled and does not change any more. Plan another one.")
        raise Refusal(message, code="meeting-cancelled", status=409)
    if meeting.edition != edition:
        raise edited_meanwhile(_("this meeting"))
    return meeting


def saved(meeting: Meeting, by: User, action: str) -> Meeting:
    """Save a changed meeting under its next edition, and say so in the trail."""
    meeting.edition += 1
    meeting.save()
    record(by=by, action=action, scope=meeting.plan.scope, **told(meeting))
    return meeting


def told(meeting: Meeting) -> dict[str, str]:
    """Return what the trail keeps of a meeting."""
    return {"about": f"meeting {meeting.pk}", "held_on": str(meeting.held_on), "region": meeting.region}


def refuse_misplaced(meeting: Meeting) -> None:
    """Refuse a region that the plan does not know, and what is no action of it."""
    if meeting.region and meeting.region not in meeting.plan.dimensions.get("region", {}).get("levels", {}):
        message = _("The plan has no region “%(region)s”. Choose one of its own.")
        raise Refusal(message % {"region": meeting.region}, code="region-unknown")
    if meeting.item.plan_id != meeting.plan_id or meeting.item.kind != "action":
        raise Refusal(_("A meeting belongs to an action of its plan. Choose one."), code="meeting-of-no-action")


def refuse_future(day: date) -> None:
    """Refuse to have held what is still to come."""
    if day > timezone.localdate():
        message = _("The day of this meeting is still to come. Write its minutes then, or correct the date.")
        raise Refusal(message, code="meeting-to-come")
