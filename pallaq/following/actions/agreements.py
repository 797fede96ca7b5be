"""Agreements of meetings as tasks: made, corrected, done, opened again."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.progress.models import Agreement, Meeting, MeetingState
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record


@transaction.atomic
def agree(*, meeting: Meeting, words: str, responsible: Organisation, due_on: date, by: User) -> Agreement:
    """Write down what a meeting agreed: who will do it, until when."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("plan").get(pk=meeting.pk)
    if meeting.state != MeetingState.HELD:
        message = _("This meeting was not held yet. Write its minutes first, then what was agreed.")
        raise Refusal(message, code="meeting-not-held", status=409)
    if not words.strip():
        raise Refusal(_("Write what was agreed."), code="agreement-empty")
    if due_on < meeting.held_on:
        message = _("The date lies before the meeting. Write a later one.")
        raise Refusal(message, code="due-before-meeting")
    agreement = Agreement.objects.create(
        plan=meeting.plan,
        meeting=meeting,
        item_id=meeting.item_id,
        region=meeting.region,
        words=words.strip(),
        responsible=responsible,
        due_on=due_on,
        made_by=by,
    )
    note(agreement, by, "agreement.make", due_on=str(due_on), responsible=str(responsible.pk))
    return agreement


@transaction.atomic
def mark_done(*, agreement: Agreement, done_on: date, words: str, by: User) -> Agreement:
    """Say that it was done: when, and what shows it."""
    agreement = locked(agreement)
    if agreement.done_on:
        message = _("Somebody marked this as done already. Open it again if it is not.")
        raise Refusal(message, code="agreement-done", status=409)
    if done_on > timezone.localdate():
        raise Refusal(_("That day is still to come. Write the day on which it was done."), code="done-to-come")
    if agreement.meeting and done_on < agreement.meeting.held_on:
        message = _("That day lies before the meeting. Write the day on which it was done.")
        raise Refusal(message, code="done-before-meeting")
    agreement.done_on, agreement.done_by, agreement.done_note = done_on, by, words.strip()
    agreement.save(update_fields=["done_on", "done_by", "done_note"])
    note(agreement, by, "agreement.done", done_on=str(done_on))
    return agreement


@transaction.atomic
def reopen(*, agreement: Agreement, reason: str, by: User) -> Agreement:
    """Take back that it was done; the trail keeps when it was said to be, and why not."""
    agreement = locked(agreement)
    if not agreement.done_on:
        raise Refusal(_("This is open already. Reload the page."), code="agreement-open", status=409)
    if not reason.strip():
        raise Refusal(_("Write why it is not done."), code="reopen-without-reason")
    facts = {"done_on": str(agreement.done_on), "reason": reason.strip()}
    agreement.done_on, agreement.done_by, agreement.done_note = None, None, ""
    agreement.save(update_fields=["done_on", "done_by", "done_note"])
    note(agreement, by, "agreement.reopen", **facts)
    return agreement


def locked(agreement: Agreement) -> Agreement:
    """Return an agreement, locked for this transaction."""
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("plan", "meeting")
    return rows.get(pk=agreement.pk)


def note(agreement: Agreement, by: User, action: str, **facts: str) -> None:
    """Add what was done with an agreement to the trail."""
    record(by=by, action=action, scope=agreement.plan.scope, about=f"agreement {agreement.pk}", **facts)
