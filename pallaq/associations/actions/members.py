"""Members of associations: added by the number on their card, and their membership ended."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.actions.files import change
from pallaq.associations.models import Membership
from pallaq.associations.rules.dates import check_past, check_span
from pallaq.places.models import Kind, Organisation
from pallaq.registry.actions.people import locked as person_locked
from pallaq.registry.models import Person, PersonState
from pallaq.registry.rules.numbers import cleaned_number, is_number
from pallaq.shared.errors import Refusal


def person_of(typed: str) -> Person:
    """Return whom a number of the registry names; the number stays out of refusals."""
    number = cleaned_number(typed)
    if not is_number(number):
        message = _("This is no number of the registry: it has ten letters and digits. Look at her card again.")
        raise Refusal(message, code="person-number")
    person = Person.objects.filter(number=number).first()
    person = person.standing() if person else None
    if person is None or person.state != PersonState.CURRENT:
        message = _("Nobody of the registry has this number. Look at her card again, or ask the registry's desk.")
        raise Refusal(message, code="no-person-number", status=404)
    return person


def add_member(
    *, organisation: Organisation, edition: int | None, person: Person, since: date, by: User | None
) -> Membership:
    """Write down that a person is a member from a day on."""
    refuse_others(organisation)
    check_span(since, None)
    check_past(timezone.localdate(), since)
    with transaction.atomic():
        person = person_locked(person, None)
        with change(organisation, edition, action="association.member_add", by=by) as facts:
            facts["person"] = person.number
            if Membership.objects.of(person).on(since).filter(organisation=organisation).exists():
                message = _("She is a member on this day already. Look at the list of members.")
                raise Refusal(message, code="membership-once", status=409)
            membership: Membership = Membership.objects.create(
                person=person, organisation=organisation, starts_on=since, changed_by=by
            )
    return membership


def end_member(*, membership: Membership, edition: int | None, on: date, by: User | None) -> None:
    """Write down the last day of a membership; it stays in the list of former members."""
    organisation = membership.organisation
    with change(organisation, edition, action="association.member_end", by=by) as facts:
        membership = Membership.objects.select_for_update(of=("self",)).select_related("person").get(pk=membership.pk)
        if membership.ends_on is not None:
            raise Refusal(_("Her membership has its last day already."), code="membership-over", status=409)
        check_span(membership.starts_on, on)
        check_past(timezone.localdate(), on)
        facts["person"] = membership.person.number
        membership.ends_on, membership.changed_by, membership.changed_at = on, by, timezone.now()
        membership.save()


def refuse_others(organisation: Organisation) -> None:
    """Refuse members, boards and statutes of what is no association of selectors."""
    if organisation.kind != Kind.SELECTORS:
        message = _("Only selectors' associations have members, boards and statutes here.")
        raise Refusal(message, code="not-an-association")
