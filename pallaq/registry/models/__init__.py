"""Tables of the room: people, schemes and norms, registrations, who works here, and the log."""

from pallaq.registry.models.desks import Role, Seat
from pallaq.registry.models.log import Consent, Purpose, Reading, What
from pallaq.registry.models.people import (
    Activity,
    ActivityKind,
    Identifier,
    PermissionKind,
    Person,
    PersonState,
    Photo,
    Sex,
)
from pallaq.registry.models.registrations import Registration, State, Transition
from pallaq.registry.models.schemes import Certainty, IdentifierKind, Norm, Scheme

__all__ = [
    "Activity",
    "ActivityKind",
    "Certainty",
    "Consent",
    "Identifier",
    "IdentifierKind",
    "Norm",
    "PermissionKind",
    "Person",
    "PersonState",
    "Photo",
    "Purpose",
    "Reading",
    "Registration",
    "Role",
    "Scheme",
    "Seat",
    "Sex",
    "State",
    "Transition",
    "What",
]
