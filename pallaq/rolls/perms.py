"""Who brings official lists: officers, each for her regions."""

from django.db.models import Q, QuerySet

from pallaq.accounts.perms import Person as Visitor
from pallaq.registry import perms as registry
from pallaq.registry.models import Role
from pallaq.rolls.models import Roll


def can_bring(user: Visitor) -> bool:
    """Officers bring lists, of some region or of all."""
    return registry.can_decide(user)


def regions(user: Visitor) -> frozenset[str] | None:
    """Return the regions whose rows she may bring; None for all."""
    return registry.regions(user, Role.OFFICER)


def rolls_of(user: Visitor) -> QuerySet[Roll]:
    """Return the lists she works with: those whose every region is hers."""
    if not can_bring(user):
        return Roll.objects.none()
    hers = regions(user)
    if hers is None:
        return Roll.objects.all()
    return Roll.objects.filter(Q(regions__isnull=False) & Q(regions__contained_by=sorted(hers)))


def can_download(user: Visitor, roll: Roll) -> bool:
    """Bad rows leave Pallaq only with the permission to export, for every region of the list."""
    if not registry.can_export(user):
        return False
    hers = registry.export_regions(user)
    return hers is None or (roll.regions is not None and set(roll.regions) <= hers)
