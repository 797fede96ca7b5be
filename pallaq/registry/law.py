"""What the law says on a day: the one place where rooms ask for a limit, a rate or a period."""

import calendar
from datetime import date

from django.db.models import F, Q

from pallaq.registry.models import Norm, Scheme


def norm(code: str, on: date, scheme: Scheme | None = None) -> Norm | None:
    """Return the norm in force on a day: the scheme's own before the one for all, the newest before older ones.

    None: nobody wrote one down. A norm whose `value` is None is not known either; no caller may take it for 0.
    """
    mine = Q(scheme__isnull=True) if scheme is None else Q(scheme__isnull=True) | Q(scheme=scheme)
    found = Norm.objects.on(on).filter(mine, code=code)
    own_first, newest_first = F("scheme").desc(nulls_last=True), F("valid_from").desc(nulls_last=True)
    first: Norm | None = found.order_by(own_first, newest_first).first()
    return first


def months_later(day: date, months: int) -> date:
    """Return the same day some months later; the month's last day where it has no such day (31 January, 1: 28/29)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
