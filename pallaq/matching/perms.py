"""Who sees possible duplicates and decides of them: officers, in their regions."""

from django.db.models import QuerySet

from pallaq.accounts.perms import Person as Visitor
from pallaq.matching.models import Pair
from pallaq.registry.models import Person, Role
from pallaq.registry.perms import can_decide, holds_in, regions


def can_search_pairs(user: Visitor) -> bool:
    """Officers see the queue, and start a search of the whole registry."""
    return can_decide(user)


def pairs_seen_by(user: Visitor) -> QuerySet[Pair]:
    """Return the pairs of which at least one row lives in a region of hers."""
    if not can_search_pairs(user):
        return Pair.objects.none()
    return Pair.objects.in_regions(regions(user, Role.OFFICER))


def sees(user: Visitor, person: Person) -> bool:
    """Say whether she sees a row of a pair in full; of one elsewhere she sees the number and the region alone."""
    return holds_in(user, person.region, Role.OFFICER)


def can_decide_pair(user: Visitor, pair: Pair) -> bool:
    """Say whether she is an officer of both rows' regions."""
    return sees(user, pair.first) and sees(user, pair.second)
