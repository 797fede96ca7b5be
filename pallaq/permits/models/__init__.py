"""Tables of the room: authorisations with their steps and signatures, and certificates of origin."""

from pallaq.permits.models.authorisations import Authorisation, Side, Signature, State, Step
from pallaq.permits.models.certificates import Certificate

__all__ = ["Authorisation", "Certificate", "Side", "Signature", "State", "Step"]
