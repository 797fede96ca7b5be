"""Organisations added and corrected: their name and place (in `places`), and their RUC here."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.actions.files import change, one_line
from pallaq.associations.models import Dossier
from pallaq.places.models import Kind, Organisation
from pallaq.places.rules import department, district
from pallaq.registry.rules.identifiers import cleaned, ruc_checks
from pallaq.shared.errors import Refusal
from pallaq.shared.fields import plain

KINDS = (Kind.SELECTORS, Kind.MINING, Kind.OTHER)  # that the registry adds; the others come with plans
FIELDS = ("name", "short", "kind", "place")
LEGAL = "20"  # with which the RUC of a legal person begins


@transaction.atomic
def add_organisation(*, fields: Mapping[str, Any], ruc: str = "", by: User | None) -> Organisation:
    """Add an organisation to the registry."""
    organisation = Organisation(**checked(fields))
    refuse_known(organisation)
    organisation.save(force_insert=True)
    with change(organisation, None, action="organisation.add", by=by) as facts:
        set_ruc(organisation, ruc)
        facts |= {"kind": organisation.kind, "place": organisation.place}
    return organisation


def edit_organisation(
    *, organisation: Organisation, edition: int, fields: Mapping[str, Any], ruc: str, by: User | None
) -> Organisation:
    """Correct an organisation's name, kind, place and RUC."""
    with change(organisation, edition, action="organisation.edit", by=by) as facts:
        organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
        before = {name: getattr(organisation, name) for name in FIELDS}
        for name, value in checked(fields).items():
            setattr(organisation, name, value)
        refuse_known(organisation)
        organisation.save()
        set_ruc(organisation, ruc)
        after = {name: getattr(organisation, name) for name in FIELDS}
        facts["changes"] = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    return organisation


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be said of an organisation, or refuse it."""
    values = {name: fields[name] for name in FIELDS if name in fields}
    for name in ("name", "short"):
        if name in values:
            values[name] = one_line(values[name])
    place = values.get("place", "")
    if place and not (department(place) or district(place)):
        message = _("There is no place “%(place)s”. Choose a district from the list, or a region.")
        raise Refusal(message % {"place": place[:12]}, code="place-unknown")
    return values


def refuse_known(organisation: Organisation) -> None:
    """Refuse a name that another organisation has."""
    same = Organisation.objects.filter(country=organisation.country, name_key=plain(organisation.name))
    if same.exclude(pk=organisation.pk).exists():
        message = _("There is an organisation “%(name)s” already. Search for it and use that one.")
        raise Refusal(message % {"name": organisation.name}, code="organisation-known", status=409)


def set_ruc(organisation: Organisation, typed: str) -> None:
    """Write down an organisation's RUC, if it can be a legal person's."""
    ruc = checked_ruc(typed)
    Dossier.objects.filter(pk=organisation.pk).update(ruc=ruc)


def checked_ruc(typed: str) -> str:
    """Return a RUC cleaned; refuse what is none, and a natural person's: people belong in the registry of people."""
    ruc = cleaned(typed)
    if ruc and not (len(ruc) == 11 and ruc.isdecimal() and ruc_checks(ruc)):
        message = _("This is no RUC: it has eleven digits, the last a check digit. Look at it again.")
        raise Refusal(message, code="ruc-shape")
    if ruc and not ruc.startswith(LEGAL):
        message = _("This is a natural person's RUC. Only organisations stand here: a legal person's begins with 20.")
        raise Refusal(message, code="ruc-of-a-person")
    return ruc
