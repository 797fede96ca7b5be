"""Refusals of the room that more than one verb gives; each has a stable code."""

from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal


def not_a_draft() -> Refusal:
    """Return the refusal to edit what was approved."""
    message = _("This version of the plan was approved and does not change. Open an amendment and edit that.")
    return Refusal(message, code="plan-not-a-draft", status=409)


def edited_meanwhile(code: str) -> Refusal:
    """Return the refusal of an edit that would overwrite somebody else's."""
    message = _("Somebody else changed %(code)s while you were editing. Yours was not saved: compare, then save again.")
    return Refusal(message % {"code": code}, code="plan-edited-meanwhile", status=409)
