"""Consents given and withdrawn, each purpose by itself: by her on her page, or at a desk from a paper she signed."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.registry.actions.people import SCOPE, locked, touch
from pallaq.registry.models import Consent, Person, Purpose
from pallaq.rights.rules.wording import current
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record


@transaction.atomic
def give_consent(*, person: Person, purpose: Purpose, on: date | None = None, by: User | None) -> Consent:
    """Note that she agrees to a purpose, to today's words; `on` is the day that her paper says."""
    moment = moment_of(on)
    person = locked(person, None)
    if Consent.objects.filter(person=person, purpose=purpose, withdrawn_at__isnull=True).exists():
        message = _("She agreed to that already, and has not taken it back. Nothing was changed.")
        raise Refusal(message, code="consent-given", status=409)
    wording = current(purpose).version
    given = Consent.objects.create(person=person, purpose=purpose, wording=wording, given_at=moment, given_to=by)
    touch(person, by)
    facts = {"purpose": purpose, "wording": wording}
    record(by=by, action="consent.give", scope=SCOPE, about=f"person {person.number}", **facts)
    return given


@transaction.atomic
def withdraw_consent(*, person: Person, purpose: Purpose, on: date | None = None, by: User | None) -> Consent:
    """Note that she takes a consent back. To leave the registry is a request, which an officer answers."""
    moment = moment_of(on)
    if purpose == Purpose.REGISTRY:
        message = _("To leave the registry is a request of its own: some registrations end only by their authority.")
        raise Refusal(message, code="leave-by-request")
    person = locked(person, None)
    found = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at__isnull=True).first()
    if found is None:
        message = _("She has not agreed to that, so there is nothing to take back.")
        raise Refusal(message, code="consent-none", status=409)
    if on is not None and moment < found.given_at:
        message = _("She agreed on %(day)s: it cannot be taken back on an earlier day. Look at the paper's date.")
        raise Refusal(message % {"day": timezone.localdate(found.given_at).isoformat()}, code="consent-before")
    found.withdrawn_at = moment
    found.save(update_fields=["withdrawn_at"])
    touch(person, by)
    record(by=by, action="consent.withdraw", scope=SCOPE, about=f"person {person.number}", purpose=purpose)
    return found


def moment_of(on: date | None) -> datetime:
    """Return the moment of a paper's day: its noon, and now for today; refuse a day to come."""
    today = timezone.localdate()
    if on is not None and on > today:
        raise Refusal(_("The day is in the future. Write the day on which she signed."), code="day-in-future")
    return timezone.now() if on in (None, today) else timezone.make_aware(datetime.combine(on, time(12)))
