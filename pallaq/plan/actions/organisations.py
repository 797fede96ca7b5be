"""Organisations are added and corrected."""

from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.places.rules import department, district
from pallaq.plan.errors import edited_meanwhile
from pallaq.shared.errors import Refusal
from pallaq.shared.fields import plain
from pallaq.shared.models import record

FIELDS = ("name", "short", "kind", "country", "place", "stands_for_many")


def reading(organisation: Organisation) -> str:
    """Return a mark of what an organisation says, so that nobody overwrites what she has not read."""
    return sha256(repr([getattr(organisation, name) for name in FIELDS]).encode()).hexdigest()[:16]


@transaction.atomic
def save_organisation(
    *, organisation: Organisation | None, by: User | None, read: str = "", **fields: Any
) -> Organisation:
    """Add an organisation, or change one whose `reading` was `read`; a country never has two of the same name."""
    made = organisation is None
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk) if organisation else Organisation()
    if not made and reading(organisation) != read:
        raise edited_meanwhile(organisation.name)
    for name, value in fields.items():
        setattr(organisation, name, value)
    same = Organisation.objects.filter(country=organisation.country, name_key=plain(organisation.name))
    if same.exclude(pk=organisation.pk).exists():
        message = _("There is an organisation “%(name)s” already. Search for it and use that one.")
        raise Refusal(message % {"name": organisation.name}, code="organisation-known", status=409)
    place = organisation.place
    if place and organisation.country == "PE" and not (department(place) or district(place)):
        message = _("There is no place “%(place)s” in Peru. Write the two digits of a department or six of a district.")
        raise Refusal(message % {"place": place}, code="place-unknown")
    organisation.save()
    record(by=by, action="organisation.add" if made else "organisation.edit", about=f"organisation {organisation.pk}")
    return organisation
