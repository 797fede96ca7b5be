"""Who works in the registry: seats given and taken."""

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.places.rules import department
from pallaq.registry.models import Role, Seat
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

OF_AN_ORGANISATION = (Role.HOLDER, Role.ASSOCIATION)
MAY_EXPORT = (Role.OFFICER, Role.AUDITOR)


@transaction.atomic
def give_seat(
    *, user: User, role: Role, region: str = "", organisation: Organisation | None = None, by: User | None
) -> Seat:
    """Give somebody a role, in one region or in all."""
    if (role in OF_AN_ORGANISATION) != (organisation is not None):
        message = _("A concession holder and a treasurer act for an organisation, and nobody else does. Choose so.")
        raise Refusal(message, code="seat-organisation")
    if region and department(region) is None:
        message = _("There is no region %(region)s. Choose one from the list.")
        raise Refusal(message % {"region": region[:6]}, code="seat-region")
    seat, _made = Seat.objects.get_or_create(user=user, role=role, region=region, organisation=organisation)
    facts = {"role": role, "region": region, "organisation": str(organisation.pk) if organisation else ""}
    record(by=by, action="desk.give", scope="registry", about=f"user {user.pk}", **facts)
    return seat


@transaction.atomic
def take_seat(*, seat: Seat, by: User) -> None:
    """Take a role from somebody."""
    facts = {"role": seat.role, "region": seat.region}
    record(by=by, action="desk.take", scope="registry", about=f"user {seat.user_id}", **facts)
    seat.delete()


@transaction.atomic
def allow_export(*, seat: Seat, allowed: bool, by: User) -> None:
    """Let a seat take people out of the registry, or no longer; it comes with no role by itself."""
    if allowed and seat.role not in MAY_EXPORT:
        message = _("Only officers and auditors can be allowed to export. Give that role first.")
        raise Refusal(message, code="seat-export")
    seat.may_export = allowed
    seat.save(update_fields=["may_export"])
    facts = {"role": seat.role, "region": seat.region, "allowed": allowed}
    record(by=by, action="desk.export", scope="registry", about=f"user {seat.user_id}", **facts)
