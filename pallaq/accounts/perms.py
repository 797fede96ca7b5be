"""The one global right: an administrator manages people, and may do in every study what its researchers may."""

from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.shared.errors import Refusal

Person: TypeAlias = User | AnonymousUser


def is_administrator(user: Person) -> bool:
    """Say whether she administers the whole system."""
    return isinstance(user, User) and user.is_active and user.is_administrator


def refuse_unless(allowed: bool) -> None:
    """Refuse what her role does not allow."""
    if not allowed:
        message = _("Your role does not allow this. Ask an administrator if it should.")
        raise Refusal(message, code="not-allowed", status=403)
