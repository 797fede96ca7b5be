"""Who sees organisations and changes what: the desks of their region, and a treasurer for her own association."""

from uuid import UUID

from django.db.models import Q, QuerySet

from pallaq.accounts.perms import Person as Visitor
from pallaq.places.models import Kind, Organisation
from pallaq.registry import perms as registry
from pallaq.registry.models import Role


def own(user: Visitor) -> frozenset[UUID]:
    """Return the associations whose treasurer she is."""
    return frozenset(
        seat.organisation_id
        for seat in registry.seats(user)
        if seat.role == Role.ASSOCIATION and seat.organisation_id is not None
    )


def may_enter(user: Visitor) -> bool:
    """Desks that look people up, and treasurers, see organisations."""
    return registry.sees_organisations(user)


def seen_by(user: Visitor) -> QuerySet[Organisation]:
    """Return the organisations that she may see; `can_see` says the same of one."""
    one_each = Organisation.objects.filter(stands_for_many=False)
    if not registry.can_search(user):
        return one_each.filter(pk__in=own(user))
    regions = registry.regions(user, *registry.READS)
    if regions is None:
        return one_each
    places = Q(pk__in=own(user))
    for region in regions:
        places |= Q(place__startswith=region)
    return one_each.filter(places)


def can_see(user: Visitor, organisation: Organisation) -> bool:
    """Registrars, officers and auditors of its region see an organisation, and a treasurer her own."""
    return registry.holds_in(user, organisation.place[:2], *registry.READS) or organisation.pk in own(user)


def can_edit_facts(user: Visitor, organisation: Organisation) -> bool:
    """Registrars and officers of its region write what the registry knows of it."""
    return registry.holds_in(user, organisation.place[:2], *registry.EDITS)


def can_edit_people(user: Visitor, organisation: Organisation) -> bool:
    """A treasurer keeps members, board and statutes of her own association; its desk can, too."""
    if organisation.kind != Kind.SELECTORS:
        return False
    return organisation.pk in own(user) or can_edit_facts(user, organisation)


def can_add(user: Visitor) -> bool:
    """Registrars and officers add organisations of their regions."""
    return registry.has_role(user, *registry.EDITS)


def regions_to_edit(user: Visitor) -> frozenset[str] | None:
    """Return the regions whose organisations she may add and move; None for all."""
    return registry.regions(user, *registry.EDITS)


def can_bring(user: Visitor) -> bool:
    """Officers bring official lists."""
    return registry.can_decide(user)


def regions_to_bring(user: Visitor) -> frozenset[str] | None:
    """Return the regions whose organisations an officer's list may name; None for all."""
    return registry.regions(user, Role.OFFICER)
