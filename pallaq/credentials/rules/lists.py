"""The two public lists that a verifier keeps: keys, and which cards are revoked."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pallaq.credentials.rules.cbor import Malformed, Value, decode, encode
from pallaq.credentials.rules.claims import number, text
from pallaq.credentials.rules.tokens import inflated, opened, sign, signed_by

ISSUED, EXPIRES, STATUS, KEYS = 6, 4, 65533, -65538  # the status list stands where the draft Token Status List puts it
KID, PUBLIC, ISSUER, FROM, RETIRED, REVOKED, SYNTHETIC = 1, 2, 3, 4, 5, 6, 7
SIZES = [1 << power for power in (14, 16, 18, 20, 22, 24)]  # bits: a list's size tells a count only to a factor of four
LARGEST_LIST = SIZES[-1] // 8


@dataclass(frozen=True)
class Key:
    """A public key. Times are seconds since 1970; None: not so."""

    kid: bytes
    public: bytes
    issuer: str
    active_from: int
    retired_at: int | None = None
    revoked_at: int | None = None
    synthetic: bool = False


@dataclass(frozen=True)
class KeyList:
    """The keys as they were said to be at a moment, and who signed that."""

    issued_at: int
    keys: Mapping[bytes, Key]
    signers: frozenset[bytes] = field(default=frozenset())


@dataclass(frozen=True)
class StatusList:
    """A bit for each card, set when it is revoked: number 0 is the lowest bit of the first byte."""

    issued_at: int
    expires_at: int
    bits: bytes

    def revoked(self, index: int) -> bool | None:
        """Say whether the card at a place is revoked; None if the list has no such place."""
        return None if index >= len(self.bits) * 8 else bool(self.bits[index // 8] >> index % 8 & 1)


def size_for(cards: int) -> int:
    """Return how many places a list has that so many cards fill at most half."""
    return next((size for size in SIZES if cards <= size // 2), SIZES[-1])


def bits_of(indexes: Iterable[int], size: int) -> bytes:
    """Return the bits of a list with these places set."""
    bits = bytearray(size // 8)
    for index in indexes:
        bits[index // 8] |= 1 << index % 8
    return bytes(bits)


def signed_status(status: StatusList, private: bytes, kid: bytes) -> bytes:
    """Return the status list as it is served."""
    squeezed = zlib.compress(status.bits, 9)
    claims: Value = {EXPIRES: status.expires_at, ISSUED: status.issued_at, STATUS: {"bits": 1, "lst": squeezed}}
    return sign(encode(claims), private, kid)


def read_status(data: bytes, keys: KeyList) -> StatusList:
    """Return a status list that a key signed which is known and was not withdrawn."""
    token = opened(data)
    key = keys.keys.get(token.kid)
    if key is None or key.revoked_at is not None or not signed_by(token, key.public):
        raise Malformed("signed by no key that counts")
    claims = decode(token.payload)
    if not isinstance(claims, dict) or claims.keys() != {ISSUED, EXPIRES, STATUS}:
        raise Malformed("not a status list")
    inner = claims[STATUS]
    if not isinstance(inner, dict) or inner.keys() != {"bits", "lst"} or inner["bits"] != 1:
        raise Malformed("not a status list")
    squeezed = inner["lst"]
    if not isinstance(squeezed, bytes):
        raise Malformed("not a status list")
    return StatusList(number(claims[ISSUED]), number(claims[EXPIRES]), inflated(squeezed, LARGEST_LIST))


def signed_keys(keys: KeyList, signers: Mapping[bytes, bytes]) -> bytes:
    """Return the list of keys as it is served: the same words signed by each key that still can (kid to private)."""
    payload = encode({ISSUED: keys.issued_at, KEYS: [key_values(key) for key in keys.keys.values()]})
    return encode([sign(payload, private, kid) for kid, private in signers.items()])


def key_values(key: Key) -> Value:
    """Return a key as the list writes it."""
    values: dict[int | str, Value] = {KID: key.kid, PUBLIC: key.public, ISSUER: key.issuer, FROM: key.active_from}
    if key.retired_at is not None:
        values[RETIRED] = key.retired_at
    if key.revoked_at is not None:
        values[REVOKED] = key.revoked_at
    if key.synthetic:
        values[SYNTHETIC] = 1
    return values


def read_keys(data: bytes) -> KeyList:
    """Return a list of keys whose every signature is by a key that it names and does not withdraw."""
    tokens = decode(data)
    if not isinstance(tokens, list) or not tokens:
        raise Malformed("not a list of keys")
    read = [opened(token) for token in tokens if isinstance(token, bytes)]
    if len(read) != len(tokens) or len({token.payload for token in read}) != 1:
        raise Malformed("not a list of keys")
    claims = decode(read[0].payload)
    if not isinstance(claims, dict) or claims.keys() != {ISSUED, KEYS}:
        raise Malformed("not a list of keys")
    listed = claims[KEYS]
    if not isinstance(listed, list):
        raise Malformed("not a list of keys")
    found = {key.kid: key for key in map(read_key, listed)}
    for token in read:
        key = found.get(token.kid)
        if key is None or key.revoked_at is not None or not signed_by(token, key.public):
            raise Malformed("signed by no key that counts")
    return KeyList(number(claims[ISSUED]), found, frozenset(token.kid for token in read))


def read_key(value: Value) -> Key:
    """Return a key of the list."""
    if not isinstance(value, dict) or not {KID, PUBLIC, ISSUER, FROM} <= value.keys() <= set(range(1, 8)):
        raise Malformed("not a key")
    kid, public = value[KID], value[PUBLIC]
    if not isinstance(kid, bytes) or not isinstance(public, bytes) or len(public) != 32:
        raise Malformed("not a key")
    retired, revoked = (number(value[name]) if name in value else None for name in (RETIRED, REVOKED))
    return Key(kid, public, text(value[ISSUER]), number(value[FROM]), retired, revoked, SYNTHETIC in value)


def goes_on(new: KeyList, known: KeyList | None) -> bool:
    """Say whether a key that was trusted before vouches for the new list; the first list of all is trusted as it comes.

    Where nothing vouches, as after the last private key was lost, a person decides: the verifier keeps what it had and
    asks.
    """
    if known is None:
        return True
    old = (known.keys.get(kid) for kid in new.signers)
    return any(key is not None and key.revoked_at is None and key.public == new.keys[key.kid].public for key in old)
