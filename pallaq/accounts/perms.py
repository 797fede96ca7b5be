"""The one global right: an administrator manages people, and may do in every study what its researchers may."""

from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser

from pallaq.accounts.models import User

Person: TypeAlias = User | AnonymousUser


def is_administrator(user: Person) -> bool:
    """Say whether she administers the whole system."""
    return isinstance(user, User) and user.is_active and user.is_administrator
