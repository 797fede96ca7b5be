"""Cards that every verifier must decide alike: Python's and the browser's are held to the same."""

import base64
import zlib
from dataclasses import dataclass, replace
from typing import Any

import base45

from pallaq.credentials.rules.cbor import encode
from pallaq.credentials.rules.lists import KeyList, StatusList, signed_keys, signed_status
from pallaq.credentials.rules.tokens import packed, sign, unpacked
from pallaq.credentials.rules.verifying import Outcome
from pallaq.credentials.tests.samples import (
    CLAIMS,
    DAY,
    KEY,
    KID,
    NOW,
    OTHER_KID,
    OTHER_PRIVATE,
    OTHER_PUBLIC,
    PRIVATE,
    keys_at,
    status_at,
    text_of,
)

HELPER = replace(KEY, kid=OTHER_KID, public=OTHER_PUBLIC)  # signs the lists where KEY must not


@dataclass
class Vector:
    """A card, what the device knows, when it reads, and what must come out."""

    name: str
    text: str
    outcome: Outcome
    since: int | None = None
    keys: KeyList | None = None
    status: StatusList | None = None
    now: int = NOW

    @property
    def shows(self) -> bool:
        """Say whether the card's contents are shown."""
        return self.outcome not in (Outcome.NOT_PALLAQ, Outcome.UNREADABLE, Outcome.UNKNOWN_KEY, Outcome.FORGED)

    def as_json(self) -> dict[str, Any]:
        """Return it for the browser, lists signed as they are served."""
        keys = self.keys and signed_keys(self.keys, {OTHER_KID: OTHER_PRIVATE})
        status = self.status and signed_status(self.status, OTHER_PRIVATE, OTHER_KID)
        return {
            "name": self.name,
            "text": self.text,
            "keys": base64.b64encode(keys).decode() if keys else None,
            "status": base64.b64encode(status).decode() if status else None,
            "now": self.now,
            "outcome": str(self.outcome),
            "since": self.since,
            "shows": {"name": CLAIMS.name, "number": CLAIMS.number} if self.shows else None,
        }


def squeezed(data: bytes) -> str:
    """Return bytes as a card's text, whatever they are."""
    return "PQ1:" + base45.b45encode(data).decode()


def flipped(text: str, bit: int) -> str:
    """Return a card with one bit of what is signed turned."""
    token = bytearray(unpacked(text))
    token[bit // 8] ^= 1 << bit % 8
    return packed(bytes(token))


def vectors() -> list[Vector]:
    """Return all of them."""
    given = [*good_ones(), *wrong_ones(), *broken_ones()]
    card, status = text_of(), status_at()
    bits = range(0, len(unpacked(card)) * 8, 37)
    for bit in bits:
        outcome = of_flip(bit, card)
        given.append(Vector(f"bit {bit} flipped", flipped(card, bit), outcome, None, keys_at(NOW, KEY, HELPER), status))
    for end in range(4, len(card)):
        given.append(Vector(f"cut at {end}", card[:end], Outcome.UNREADABLE, None, keys_at(NOW, KEY, HELPER), status))
    return given


def of_flip(bit: int, card: str) -> Outcome:
    """Return what a flipped bit must give: its place says it."""
    token = unpacked(card)
    kid_at, payload_at = token.index(KID), token.index(CLAIMS.written())
    place = bit // 8
    if kid_at <= place < kid_at + len(KID):
        return Outcome.UNKNOWN_KEY
    return (
        Outcome.FORGED
        if payload_at <= place < payload_at + len(CLAIMS.written()) or place >= len(token) - 64
        else Outcome.UNREADABLE
    )


def good_ones() -> list[Vector]:
    """Return cards whose signature is right."""
    keys, status, made = keys_at(NOW, KEY, HELPER), status_at(), NOW - DAY
    ends, begins = CLAIMS.expires_at, CLAIMS.issued_at
    old, stolen = status_at(NOW - 20 * DAY), keys_at(NOW, replace(KEY, revoked_at=NOW - 5), HELPER)
    before = keys_at(begins - DAY, KEY, HELPER)
    early = status_at(begins - 1000)
    return [
        Vector("valid", text_of(), Outcome.VALID, made, keys, status),
        Vector("valid with air around", f"\n {text_of()}\r\n", Outcome.VALID, made, keys, status),
        Vector(
            "valid by a retired key",
            text_of(),
            Outcome.VALID,
            made,
            keys_at(NOW, replace(KEY, retired_at=NOW - 9), HELPER),
            status,
        ),
        Vector("revoked", text_of(), Outcome.REVOKED, made, keys, status_at(made, CLAIMS.index)),
        Vector(
            "revoked by an old list",
            text_of(),
            Outcome.REVOKED,
            NOW - 20 * DAY,
            keys,
            status_at(NOW - 20 * DAY, CLAIMS.index),
        ),
        Vector(
            "a neighbour is revoked",
            text_of(),
            Outcome.VALID,
            made,
            keys,
            status_at(made, CLAIMS.index - 1, CLAIMS.index + 1),
        ),
        Vector("expired", text_of(), Outcome.EXPIRED, ends, keys, status_at(ends - DAY), ends),
        Vector("good to its last second", text_of(), Outcome.VALID, ends - DAY, keys, status_at(ends - DAY), ends - 1),
        Vector("expired and revoked", text_of(), Outcome.EXPIRED, ends, keys, status_at(ends, CLAIMS.index), ends),
        Vector(
            "expired although the clock is set back", text_of(), Outcome.EXPIRED, ends, keys, status_at(ends + 5), NOW
        ),
        Vector("stale list", text_of(), Outcome.STALE, NOW - 20 * DAY, keys, old),
        Vector("no list", text_of(), Outcome.STALE, None, keys, None),
        Vector("no place on the list", text_of(index=1 << 14), Outcome.STALE, made, keys, status),
        Vector("not yet", text_of(), Outcome.NOT_YET, begins, before, early, begins - 601),
        Vector("a clock a little behind", text_of(), Outcome.VALID, begins - 1000, before, early, begins - 600),
        Vector("key withdrawn", text_of(), Outcome.KEY_WITHDRAWN, NOW - 5, stolen, status),
        Vector("key withdrawn, and expired", text_of(), Outcome.KEY_WITHDRAWN, NOW - 5, stolen, status, ends),
    ]


def wrong_ones() -> list[Vector]:
    """Return cards that are no cards of this registry."""
    keys, status = keys_at(NOW, KEY, HELPER), status_at()
    renamed = text_of().replace("PQ1:", "HC1:")
    stretched = bytearray(unpacked(text_of()))
    return [
        Vector("unknown key", text_of(OTHER_PRIVATE, bytes(8)), Outcome.UNKNOWN_KEY, None, keys, status),
        Vector("no keys at all", text_of(), Outcome.UNKNOWN_KEY),
        Vector("forged: signed by another", text_of(OTHER_PRIVATE, KID), Outcome.FORGED, None, keys, status),
        Vector(
            "forged: another name",
            packed(bytes(stretched).replace(b"Juana", b"Elena")),
            Outcome.FORGED,
            None,
            keys,
            status,
        ),
        Vector(
            "forged by a withdrawn key's name",
            text_of(OTHER_PRIVATE),
            Outcome.FORGED,
            None,
            keys_at(NOW, replace(KEY, revoked_at=1), HELPER),
            status,
        ),
        Vector("wrong prefix", renamed, Outcome.NOT_PALLAQ, None, keys, status),
        Vector("small letters", text_of().lower(), Outcome.NOT_PALLAQ, None, keys, status),
        Vector("an address", "https://example.org/card", Outcome.NOT_PALLAQ, None, keys, status),
        Vector("nothing", "", Outcome.NOT_PALLAQ, None, keys, status),
    ]


def broken_ones() -> list[Vector]:
    """Return what is broken, by chance or on purpose."""
    token = unpacked(text_of())
    other = {
        "prefix alone": "PQ1:",
        "not base45": "PQ1:abc",
        "a letter beyond": "PQ1:::::",
        "too long": "PQ1:" + "0" * 5000,
    }
    broken = {
        "a bomb": zlib.compress(bytes(10_000_000), 9),
        "a bomb of the largest code": zlib.compress(bytes(2_000_000), 9),
        "not compressed": token,
        "bytes after the stream": zlib.compress(token) + b"\0",
        "no check sum": zlib.compress(token)[:-4],
        "raw deflate": zlib.compress(token)[2:-4],
    }
    texts = {
        **other,
        **{name: squeezed(data) for name, data in broken.items()},
        **{name: packed(data) for name, data in signed_wrongly(token).items()},
    }
    return [
        Vector(name, text, Outcome.UNREADABLE, None, keys_at(NOW, KEY, HELPER), status_at())
        for name, text in texts.items()
    ]


def signed_wrongly(token: bytes) -> dict[str, bytes]:
    """Return tokens whose form is wrong, or whose signature is right and claims are not."""
    written = CLAIMS.written()
    return {
        "bytes after the token": token + b"\0",
        "no tag": token[1:],
        "another tag": b"\xd1" + token[1:],
        "a tag twice": b"\xd8\x3d" + token,
        "bytes after the claims": sign(written + b"\0", PRIVATE, KID),
        "no claims": sign(b"", PRIVATE, KID),
        "claims that are a number": sign(encode(7), PRIVATE, KID),
        "a claim too many": sign(encode({1: "x", 4: 5, 6: 1, 7: bytes(8), 8: 1, -65537: {}}), PRIVATE, KID),
        "a card without a name": sign(
            encode({1: "x", 4: 5, 6: 1, 7: bytes(8), -65537: {1: "x", 4: [], 6: 1}}), PRIVATE, KID
        ),
        "a name that is a number": sign(
            encode({1: "x", 4: 5, 6: 1, 7: bytes(8), -65537: {1: "x", 2: 3, 4: [], 6: 1}}), PRIVATE, KID
        ),
        "an empty document": sign(
            encode({1: "x", 4: 5, 6: 1, 7: bytes(8), -65537: {1: "x", 2: "y", 3: [], 4: [], 6: 1}}), PRIVATE, KID
        ),
        "a place below zero": sign(
            encode({1: "x", 4: 5, 6: 1, 7: bytes(8), -65537: {1: "x", 2: "y", 4: [], 6: -1}}), PRIVATE, KID
        ),
        "an end below zero": sign(
            encode({1: "x", 4: -5, 6: 1, 7: bytes(8), -65537: {1: "x", 2: "y", 4: [], 6: 1}}), PRIVATE, KID
        ),
    }
