"""Who works in a plan: seats given and taken."""

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.plan.models import Plan, Role, Seat
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record


@transaction.atomic
def give_seat(
    *, plan: Plan, user: User, role: Role, organisation: Organisation | None = None, region: str = "", by: User | None
) -> Seat:
    """Give her a role in a plan; for the same entity and region it replaces the one she had."""
    if (role == Role.REPORTER) != (organisation is not None):
        message = _("A reporter reports for an entity, and nobody else is bound to one. Choose accordingly.")
        raise Refusal(message, code="seat-entity")
    if organisation and organisation.stands_for_many:
        message = _("“%(name)s” is a kind of organisations: nobody reports for it. Add the organisation itself first.")
        raise Refusal(message % {"name": organisation.name}, code="seat-of-many")
    if region and (role != Role.REPORTER or region not in plan.dimensions.get("region", {}).get("levels", {})):
        message = _("Only a reporter is bound to a region, and it must be one of the plan's. Choose another one.")
        raise Refusal(message, code="seat-region")
    seat, _made = Seat.objects.update_or_create(
        plan=plan, user=user, organisation=organisation, region=region, defaults={"role": role}
    )
    facts = {"role": role, "region": region, "organisation": str(organisation.pk) if organisation else ""}
    record(by=by, action="seat.give", scope=plan.scope, about=f"user {user.pk}", **facts)
    return seat


@transaction.atomic
def take_seat(*, seat: Seat, by: User) -> None:
    """Take a role from her."""
    record(by=by, action="seat.take", scope=seat.plan.scope, about=f"user {seat.user_id}", role=seat.role)
    seat.delete()
