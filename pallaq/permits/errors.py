"""This room's refusals that several verbs share."""

from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal


def no_authorisation() -> Refusal:
    """Return the refusal of an authorisation that is not there, or not for her."""
    message = _("There is no authorisation here that you may see. Look for it in the list again.")
    return Refusal(message, code="no-authorisation", status=404)


def no_certificate() -> Refusal:
    """Return the refusal of a certificate that is not there, or not for her."""
    message = _("There is no certificate here that you may see. Look for it in the register again.")
    return Refusal(message, code="no-certificate", status=404)


def changed_meanwhile(who: object) -> Refusal:
    """Return the refusal of what was decided on an older reading."""
    message = _(
        "%(who)s changed this authorisation while you were at it. Nothing of yours is lost: look at how it stands now, "
        "then send again what still holds."
    )
    return Refusal(message % {"who": who or _("Somebody")}, code="permit-changed-meanwhile", status=409)


def terms_changed() -> Refusal:
    """Return the refusal of a signature under words that are no longer the terms."""
    message = _("The terms changed after you read them. Nothing was signed: read them again as they are now.")
    return Refusal(message, code="terms-changed", status=409)
