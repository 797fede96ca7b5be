"""Refusals of the room that more than one verb gives; each has a stable code."""

from django.utils.translation import gettext as _

from pallaq.plan.rules.periods import Period
from pallaq.shared.errors import Refusal


def period_closed(period: Period) -> Refusal:
    """Return the refusal to change what a closed period holds."""
    message = _("%(period)s is closed, so nothing in it changes. Ask a planner to reopen it, with the reason.")
    return Refusal(message % {"period": period}, code="period-closed", status=409)


def period_not_begun(code: str, period: Period) -> Refusal:
    """Return the refusal to report of the future."""
    message = _("%(code)s: %(period)s has not begun, so nothing was measured in it. Choose an earlier period.")
    return Refusal(message % {"code": code, "period": period}, code="period-not-begun")


def not_in_force(code: str) -> Refusal:
    """Return the refusal to report of what no approved plan holds."""
    message = _("%(code)s is not in the version of the plan in force. Approve the draft first, or report another one.")
    return Refusal(message % {"code": code}, code="not-in-force", status=409)


def without_reason() -> Refusal:
    """Return the refusal of a change that does not say why."""
    message = _("Write the reason: it stays beside the change for whoever reads it.")
    return Refusal(message, code="reason-missing")
