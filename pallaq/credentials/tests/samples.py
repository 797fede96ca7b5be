"""A key, a selector who agreed to a card, and cards made without a database."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pallaq.credentials.actions.cards import issue_card
from pallaq.credentials.actions.keys import make_key
from pallaq.credentials.models import Card
from pallaq.credentials.rules.claims import Claims
from pallaq.credentials.rules.lists import Key, KeyList, StatusList, bits_of
from pallaq.credentials.rules.tokens import packed, sign
from pallaq.registry.models import Consent, Person, Purpose
from pallaq.registry.tests.samples import Desks, desks, registered, selector

NOW = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
DAY = 24 * 60 * 60
PRIVATE = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
KID = bytes.fromhex("0102030405060708")
KEY = Key(KID, PUBLIC, "DREM Puno", NOW - 100 * DAY)
OTHER_PRIVATE, OTHER_KID = bytes(range(1, 33)), bytes.fromhex("a1a2a3a4a5a6a7a8")
OTHER_PUBLIC = Ed25519PrivateKey.from_private_bytes(OTHER_PRIVATE).public_key().public_bytes_raw()
CLAIMS = Claims(
    issuer="DREM Puno",
    issued_at=NOW - 10 * DAY,
    expires_at=NOW + 700 * DAY,
    serial=b"serial 1",
    number="7KD4M2XH9C",
    name="Juana Rosa Mamani Ñahui",
    registrations=(("selectors-puno", 20240301), ("reinfo", 20250115)),
    index=4711,
    document=("dni", "456"),
    photo=bytes(range(16)),
)


def keys_at(moment: int = NOW, *keys: Key) -> KeyList:
    """Return a list of the one key, or of others."""
    return KeyList(moment, {key.kid: key for key in keys or (KEY,)}, frozenset([KID]))


def status_at(moment: int = NOW - DAY, *revoked: int) -> StatusList:
    """Return a status list of a moment, good for seven days."""
    return StatusList(moment, moment + 7 * DAY, bits_of(revoked, 1 << 14))


def text_of(private: bytes = PRIVATE, kid: bytes = KID, **changes: Any) -> str:
    """Return the text of a card that differs from the usual one."""
    return packed(sign(replace(CLAIMS, **changes).written(), private, kid))


def ready(dni: str = "40123456", **changes: Any) -> tuple[Desks, Person]:
    """Return desks and a selector on a scheme who agreed to a card; a key signs."""
    made = desks()
    make_key(issuer="DREM Puno", synthetic=True, by=None)
    return made, agreed(registered(selector(dni, **changes)))


def agreed(person: Person) -> Person:
    """Let her agree to a card."""
    Consent.objects.create(person=person, purpose=Purpose.CARD)
    return person


def carded() -> tuple[Desks, Person, Card]:
    """Return desks, a selector, and her card."""
    made, person = ready()
    return made, person, issue_card(person=person, by=made.officer)
