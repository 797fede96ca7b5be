"""Who may see and do what with people: by role and region; an administrator without a seat reads nobody."""

from django.db.models import QuerySet

from pallaq.accounts.models import User
from pallaq.accounts.perms import Person as Visitor
from pallaq.accounts.perms import is_administrator
from pallaq.registry.models import Person, Role, Seat

READS = (Role.REGISTRAR, Role.OFFICER, Role.AUDITOR)
EDITS = (Role.REGISTRAR, Role.OFFICER)


def seats(user: Visitor) -> list[Seat]:
    """Return her roles in the registry."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return list(user.desks.all())


def has_role(user: Visitor, *roles: Role) -> bool:
    """Say whether she holds one of the roles, in whatever region."""
    return any(seat.role in roles for seat in seats(user))


def regions(user: Visitor, *roles: Role) -> frozenset[str] | None:
    """Return the regions in which she holds one of the roles; None for the whole country."""
    found = {seat.region for seat in seats(user) if seat.role in roles}
    return None if "" in found else frozenset(found)


def holds_in(user: Visitor, region: str, *roles: Role) -> bool:
    """Say whether she holds one of the roles in a region (two digits)."""
    return any(seat.role in roles and seat.region in ("", region) for seat in seats(user))


def may_enter(user: Visitor) -> bool:
    """Say whether the registry is in her menu."""
    return bool(seats(user)) or is_administrator(user)


def can_search(user: Visitor) -> bool:
    """Registrars, officers and auditors look people up."""
    return has_role(user, *READS)


def people_seen_by(user: Visitor) -> QuerySet[Person]:
    """Return the people whose files she may open; `can_see` says the same of one."""
    if not can_search(user):
        return Person.objects.none()
    return Person.objects.in_regions(regions(user, *READS))


def can_see(user: Visitor, person: Person) -> bool:
    """Say whether she may open a person's file."""
    return holds_in(user, person.region, *READS)


def can_register(user: Visitor, region: str = "") -> bool:
    """Say whether she may register people of a region; of some region without one."""
    return holds_in(user, region, *EDITS) if region else has_role(user, *EDITS)


def can_edit(user: Visitor, person: Person) -> bool:
    """Registrars and officers of her region edit her file."""
    return holds_in(user, person.region, *EDITS)


def can_decide(user: Visitor, region: str = "") -> bool:
    """Officers decide of registrations, merges, imports, revocations and exports."""
    return holds_in(user, region, Role.OFFICER) if region else has_role(user, Role.OFFICER)


def can_read_log(user: Visitor, person: Person) -> bool:
    """Officers and auditors of her region see who read of her."""
    return holds_in(user, person.region, Role.OFFICER, Role.AUDITOR)


def can_read_logs(user: Visitor) -> bool:
    """Officers and auditors see what was read in their regions."""
    return has_role(user, Role.OFFICER, Role.AUDITOR)


def export_regions(user: Visitor) -> frozenset[str] | None:
    """Return the regions whose people an officer with the permission to export may take out; None for all."""
    found = {seat.region for seat in seats(user) if seat.role == Role.OFFICER and seat.may_export}
    return None if "" in found else frozenset(found)


def can_export(user: Visitor) -> bool:
    """Officers to whom it was given by itself take people out, in some region."""
    return any(seat.role == Role.OFFICER and seat.may_export for seat in seats(user))


def can_export_log(user: Visitor, person: Person) -> bool:
    """Officers and auditors of her region to whom exporting was given take out who read of her."""
    return any(seat.may_export and seat.region in ("", person.region) for seat in seats(user))


def sees_permits(user: Visitor) -> bool:
    """Whoever looks people up sees authorisations, and a concession holder those of her organisation."""
    return has_role(user, *READS, Role.HOLDER)


def sees_certificates(user: Visitor) -> bool:
    """Certificates say how much gold somebody sells: holders, officers and auditors see them, registrars do not."""
    return has_role(user, Role.HOLDER, Role.OFFICER, Role.AUDITOR)


def sees_retention(user: Visitor) -> bool:
    """Officers, auditors and administrators see what goes when: counts, nobody's data."""
    return can_read_logs(user) or is_administrator(user)


def sees_organisations(user: Visitor) -> bool:
    """Whoever looks people up sees organisations, and a treasurer her own association."""
    return has_role(user, *READS, Role.ASSOCIATION)


def can_give_seats(user: Visitor) -> bool:
    """Administrators give seats, keep schemes, norms and keys."""
    return is_administrator(user)
