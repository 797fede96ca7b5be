"""Days that can be true: nothing ends before it starts, and what is said to have happened is not of tomorrow."""

from datetime import date

from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal

OLDEST = date(1900, 1, 1)


def check_span(starts_on: date | None, ends_on: date | None) -> None:
    """Refuse what ends before it starts."""
    if starts_on and ends_on and ends_on < starts_on:
        message = _("It ends on %(to)s, before it starts on %(from)s. Correct one of the dates.")
        raise Refusal(message % {"to": shown(ends_on), "from": shown(starts_on)}, code="dates")
    for day in (starts_on, ends_on):
        if day and day < OLDEST:
            message = _("The date %(day)s is too long ago. Look at the year.")
            raise Refusal(message % {"day": shown(day)}, code="date-too-old")


def check_past(today: date, *days: date | None) -> None:
    """Refuse days of the future."""
    for day in days:
        if day and day > today:
            message = _("The date %(day)s is in the future. Write today's or an earlier one.")
            raise Refusal(message % {"day": shown(day)}, code="date-in-future")


def check_within(day: date | None, starts_on: date, ends_on: date | None) -> None:
    """Refuse a day outside of a time."""
    if day and (day < starts_on or (ends_on and day > ends_on)):
        message = _("The date %(day)s is not within the board's time, from %(from)s to %(to)s.")
        words = {"day": shown(day), "from": shown(starts_on), "to": shown(ends_on) if ends_on else _("today")}
        raise Refusal(message % words, code="date-outside")


def shown(day: date) -> str:
    """Return a day as refusals write it."""
    return day.strftime("%d/%m/%Y")
