"""The weekly e-mail of a seat: wanted or not."""

from collections.abc import Iterable

from django.db import transaction

from pallaq.accounts.models import User
from pallaq.shared.models import record


@transaction.atomic
def want_digests(*, user: User, wanted: Iterable[str]) -> None:
    """Keep which of her own seats send her the weekly e-mail: those whose keys are given, and no other."""
    keys = set(wanted)
    for seat in user.seats.select_for_update(of=("self",)).select_related("plan"):
        digest = str(seat.pk) in keys
        if digest != seat.digest:
            seat.digest = digest
            seat.save(update_fields=["digest"])
            record(by=user, action="digest.want", scope=seat.plan.scope, about=f"user {user.pk}", digest=digest)
