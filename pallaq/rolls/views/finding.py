"""What an address names, if she may work with it."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pallaq.accounts.perms import refuse_unless
from pallaq.rolls import perms
from pallaq.rolls.models import Roll, RollRow
from pallaq.shared.errors import Refusal


def roll_or_refuse(request: HttpRequest, key: UUID) -> Roll:
    """Return the list with this key; to an officer of other regions it is not there."""
    refuse_unless(perms.can_bring(request.user))
    rolls = perms.rolls_of(request.user).select_related("scheme", "document_kind", "made_by", "started_by")
    if (roll := rolls.filter(pk=key).first()) is None:
        message = _("There is no such list that you may see. Look among the official lists.")
        raise Refusal(message, code="no-roll", status=404)
    return roll


def row_or_refuse(roll: Roll, key: UUID) -> RollRow:
    """Return a row that could not go in."""
    if (row := roll.bad_rows.select_related("roll", "mended_by").filter(pk=key).first()) is None:
        message = _("This row waits no longer: the list was checked anew, or thrown away. Look at the list's page.")
        raise Refusal(message, code="no-row", status=404)
    return row
