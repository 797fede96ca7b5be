"""Who may freeze, publish and import; published figures are anybody's."""

from pallaq.accounts.perms import Person, is_administrator
from pallaq.registry.models import Role
from pallaq.registry.perms import has_role


def can_freeze(user: Person) -> bool:
    """Statisticians and administrators freeze and publish; neither reads a person by it."""
    return has_role(user, Role.STATISTICIAN) or is_administrator(user)
