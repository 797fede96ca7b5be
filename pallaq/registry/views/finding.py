"""What an address names, if she may see it."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pallaq.registry import perms
from pallaq.registry.models import Person
from pallaq.shared.errors import Refusal


def person_or_refuse(request: HttpRequest, key: UUID) -> Person:
    """Return the person with this key; to whoever may not see her she is not there. Reading is the view's to log."""
    person = Person.objects.filter(pk=key).first()
    if person is None or not perms.can_see(request.user, person):
        message = _("There is nobody here that you may see. Look her up again; she may be of another region.")
        raise Refusal(message, code="no-person", status=404)
    return person
