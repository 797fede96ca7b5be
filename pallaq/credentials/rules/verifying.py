"""What a card is worth, decided without a network: from its text, the keys and the status list at hand, and the time.

The page `/verify/` decides the same in the browser (`verifier/verdict.js`); vectors hold the two together.
"""

from dataclasses import dataclass
from enum import StrEnum

from pallaq.credentials.rules.cbor import Malformed
from pallaq.credentials.rules.claims import Claims, read_claims
from pallaq.credentials.rules.lists import Key, KeyList, StatusList
from pallaq.credentials.rules.tokens import NotPallaq, opened, signed_by, unpacked

AHEAD = 600  # seconds by which the clock that signed may be before the one that reads


class Outcome(StrEnum):
    """What can come out; each has its own words, colour and mark."""

    VALID = "valid"
    STALE = "stale"  # right as it stands, but who was revoked since the list is not known
    EXPIRED = "expired"
    REVOKED = "revoked"
    NOT_YET = "not-yet"
    KEY_WITHDRAWN = "key-withdrawn"
    UNKNOWN_KEY = "unknown-key"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    NOT_PALLAQ = "not-pallaq"


@dataclass(frozen=True)
class Verdict:
    """What came out. `claims` only where the signature is right; `since` is the moment that the words speak of."""

    outcome: Outcome
    claims: Claims | None = None
    key: Key | None = None
    since: int | None = None


def verdict(text: str, keys: KeyList | None, status: StatusList | None, now: int) -> Verdict:
    """Return what a card is worth at a time in seconds; a clock that is behind the lists is taken to be at them."""
    try:
        token = opened(unpacked(text))
    except NotPallaq:
        return Verdict(Outcome.NOT_PALLAQ)
    except Malformed:
        return Verdict(Outcome.UNREADABLE)
    key = keys.keys.get(token.kid) if keys else None
    if key is None:
        return Verdict(Outcome.UNKNOWN_KEY)
    if not signed_by(token, key.public):
        return Verdict(Outcome.FORGED)
    try:
        claims = read_claims(token.payload)
    except Malformed:
        return Verdict(Outcome.UNREADABLE)
    known_now = max(now, keys.issued_at if keys else 0, status.issued_at if status else 0)
    return of_claims(claims, key, status, known_now)


def of_claims(claims: Claims, key: Key, status: StatusList | None, now: int) -> Verdict:
    """Return what a card is worth whose signature is right: the gravest thing first."""
    revoked = status.revoked(claims.index) if status else None
    if key.revoked_at is not None:
        return Verdict(Outcome.KEY_WITHDRAWN, claims, key, key.revoked_at)
    if revoked and claims.expires_at > now:
        return Verdict(Outcome.REVOKED, claims, key, status.issued_at if status else None)
    if claims.expires_at <= now:
        return Verdict(Outcome.EXPIRED, claims, key, claims.expires_at)
    if claims.issued_at > now + AHEAD:
        return Verdict(Outcome.NOT_YET, claims, key, claims.issued_at)
    if status is None or revoked is None or status.expires_at <= now:
        return Verdict(Outcome.STALE, claims, key, status.issued_at if status else None)
    return Verdict(Outcome.VALID, claims, key, status.issued_at)
