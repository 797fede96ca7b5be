"""Who of the registry does what about rights; she herself comes in by her slip."""

from pallaq.accounts.perms import Person as Visitor
from pallaq.registry.models import Role
from pallaq.registry.perms import can_read_logs, regions
from pallaq.rights.models import Request, RequestQuerySet

READS = (Role.OFFICER, Role.AUDITOR)


def requests_seen_by(user: Visitor) -> RequestQuerySet:
    """Return the requests of people of her regions: officers answer them, auditors read them."""
    return Request.objects.in_regions(regions(user, *READS)) if can_read_logs(user) else Request.objects.none()
