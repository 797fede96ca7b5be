"""Under whose name a plan is published to IATI."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.exchange.models import Publisher
from pallaq.plan.models import Plan
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

# A register's code of IATI's list, a hyphen, the number there; without what its rules forbid in an identifier.
IDENTIFIER = re.compile(r"[A-Z]{2,}-[A-Z0-9_]+-[^/&|?\s]+")


@transaction.atomic
def publish_as(*, plan: Plan, identifier: str, name: str, kind: str, by: User) -> Publisher:
    """Write down which organisation reports the plan to IATI. What was published under another name stays out there."""
    if not IDENTIFIER.fullmatch(identifier):
        message = _("“%(identifier)s” is no identifier of IATI. Write it as its registry does, such as XI-IATI-1234.")
        raise Refusal(message % {"identifier": identifier}, code="iati-identifier")
    values = {"identifier": identifier, "name": name, "kind": kind}
    publisher, _made = Publisher.objects.update_or_create(plan=plan, defaults=values)
    record(by=by, action="plan.publisher", scope=plan.scope, about=f"plan {plan.code}", identifier=identifier)
    return publisher
