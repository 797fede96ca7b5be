"""Who may do what: administrators keep keys and see no person; desks keep the cards of their region."""

from pallaq.accounts.perms import Person as Visitor
from pallaq.registry import perms
from pallaq.registry.models import Person


def can_keep_keys(user: Visitor) -> bool:
    """Administrators make, rotate and withdraw keys."""
    return perms.can_give_seats(user)


def can_issue(user: Visitor, person: Person) -> bool:
    """Registrars and officers of her region issue and print cards."""
    return perms.can_edit(user, person)


def can_revoke(user: Visitor, person: Person) -> bool:
    """Officers of her region revoke cards."""
    return perms.can_decide(user, person.region)


def can_list(user: Visitor) -> bool:
    """Whoever registers people sees which of their cards need another."""
    return perms.can_register(user)
