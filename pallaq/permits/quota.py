"""How much gold the law lets a person sell in a month, as a dated norm, and whether a certificate would pass it."""

from datetime import date
from decimal import Decimal

from pallaq.permits.models import Certificate
from pallaq.permits.models.authorisations import rows_of
from pallaq.permits.rules.grams import exceeds
from pallaq.registry.law import norm
from pallaq.registry.models import Norm, Person, Registration
from pallaq.registry.models import State as RegistrationState

QUOTA = "quota-grams-month"


def limit_for(person: Person, day: date) -> Norm | None:
    """Return the lowest quota of the schemes on which she is registered; None where no known norm sets one."""
    rows = Registration.objects.filter(person__in=rows_of(person), state=RegistrationState.REGISTERED)
    found = [norm(QUOTA, day, row.scheme) for row in rows.select_related("scheme")]
    known = [one for one in found if one is not None and one.value is not None]
    return min(known, key=lambda one: one.value or Decimal(0), default=None)


def passes(person: Person, day: date, grams: Decimal) -> bool:
    """Say whether with these grams her certificates of the month, of all holders, pass the quota.

    Only her certificates of that month are opened, and the sum is told to nobody: it says what she earns.
    """
    limit = limit_for(person, day)
    if limit is None or limit.value is None:
        return False
    return exceeds(
        limit.value, grams, (str(one.grams) for one in Certificate.objects.of_month(person, day).only("grams"))
    )
