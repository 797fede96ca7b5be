"""A small registry to test with: the law, people who work in it, and selectors of Ananea."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import person as user_named
from pallaq.places.models import Organisation
from pallaq.registry.actions.law import load_law
from pallaq.registry.actions.people import Numbered, register_person
from pallaq.registry.actions.registrations import Entry, open_registration
from pallaq.registry.actions.seats import give_seat
from pallaq.registry.models import Person, Role, Scheme, State

ANANEA, MOLLEHUACA = "211002", "040309"
JUANA: dict[str, Any] = {
    "given_names": "Juana Rosa",
    "paternal_surname": "Mamani",
    "maternal_surname": "Quispe",
    "sex": "female",
    "birth_on": date(1981, 5, 3),
    "languages": ["qu", "es"],
    "place": ANANEA,
    "address": "Jr. Lunar 12",
    "phone": "951 234 567",
}
HOLDER = "Corporación Minera Ananea (ficticia)"


@dataclass
class Desks:
    """Who works in the small registry, and the holder's organisation."""

    registrar: User
    officer: User
    holder: Organisation


def desks(region: str = "21") -> Desks:
    """Load the law; make a registrar and an officer of Puno, and a concession holder's organisation."""
    load_law()
    registrar, officer = user_named("Rita"), user_named("Ofelia")
    give_seat(user=registrar, role=Role.REGISTRAR, region=region, by=None)
    give_seat(user=officer, role=Role.OFFICER, region=region, by=None)
    holder = Organisation.objects.create(name=HOLDER, kind="mining", place=ANANEA)
    return Desks(registrar, officer, holder)


def seated(name: str, role: Role, region: str = "", organisation: Organisation | None = None) -> User:
    """Return a user with one seat."""
    user = user_named(name)
    give_seat(user=user, role=role, region=region, organisation=organisation, by=None)
    return user


def selector(dni: str = "40123456", *, by: User | None = None, **changes: Any) -> Person:
    """Register Juana Mamani of Ananea, or somebody who differs from her."""
    fields: Mapping[str, Any] = {**JUANA, **changes}
    numbers = [Numbered("dni", dni)] if dni else []
    activity = {"kind": "pallaqueo", "place": fields["place"], "permission": "verbal", "centre": "La Rinconada"}
    return register_person(fields=fields, identifiers=numbers, activity=activity, by=by)


def registered(person: Person, scheme: str = "selectors-puno", *, by: User | None = None) -> Person:
    """Put her on a scheme, and return her as she is then."""
    found = Scheme.objects.get(pk=scheme)
    entry = Entry(State.REGISTERED, "P-1", on=date(2024, 3, 1))
    open_registration(person=person, scheme=found, entry=entry, by=by)
    person.refresh_from_db()
    return person
