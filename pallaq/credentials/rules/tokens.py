"""Signed bytes: COSE_Sign1 with Ed25519 (RFC 9052, 9053), and a card's text in a QR code: "PQ1:", base45, zlib."""

import zlib
from dataclasses import dataclass

import base45
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cwt import COSE, COSEKey

from pallaq.credentials.rules.cbor import Malformed, decode, encode

PREFIX = "PQ1:"
LONGEST_TEXT = 4296  # what the largest QR code holds
LARGEST_TOKEN = 4096  # bytes of a card when it is unpacked
SIGN1 = 0xD2  # tag 18
ALGORITHM, KEY_ID = 1, 4  # in the protected header
EDDSA = -8
AIR = " \t\r\n"


class NotPallaq(ValueError):  # noqa: N818 - it says what the text is
    """The text is no card of ours."""


@dataclass(frozen=True)
class Token:
    """Signed bytes taken apart: nothing of it is true before its signature was checked."""

    kid: bytes
    protected: bytes
    payload: bytes
    signature: bytes


def sign(payload: bytes, private: bytes, kid: bytes) -> bytes:
    """Return the payload signed by a key of 32 bytes."""
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    key = COSEKey.new({1: 1, 3: EDDSA, -1: 6, -2: public, -4: private})
    made: bytes = COSE.new().encode(payload, key, protected={ALGORITHM: EDDSA, KEY_ID: kid})
    return made


def opened(data: bytes) -> Token:
    """Take signed bytes apart; refuse whatever is not exactly of the one form."""
    if data[:1] != bytes([SIGN1]):
        raise Malformed("it is not signed as cards are")
    parts = decode(data[1:])
    if not isinstance(parts, list) or len(parts) != 4 or parts[1] != {}:
        raise Malformed("it is not signed as cards are")
    protected, _none, payload, signature = parts
    if not (isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise Malformed("it is not signed as cards are")
    header = decode(protected)
    if not isinstance(header, dict) or header.keys() != {ALGORITHM, KEY_ID} or header[ALGORITHM] != EDDSA:
        raise Malformed("it is not signed as cards are")
    kid = header[KEY_ID]
    if not isinstance(kid, bytes) or len(kid) != 8 or len(signature) != 64:
        raise Malformed("it is not signed as cards are")
    return Token(kid, protected, payload, signature)


def signed_by(token: Token, public: bytes) -> bool:
    """Say whether the signature is the key's."""
    signed = encode(["Signature1", token.protected, b"", token.payload])
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(token.signature, signed)
    except InvalidSignature:
        return False
    return True


def packed(token: bytes) -> str:
    """Return the text of a QR code."""
    letters: bytes = base45.b45encode(zlib.compress(token, 9))
    return PREFIX + letters.decode("ascii")


def unpacked(text: str) -> bytes:
    """Return the signed bytes of a QR code's text."""
    text = text.strip(AIR)
    if not text.startswith(PREFIX):
        raise NotPallaq
    if len(text) > LONGEST_TEXT:
        raise Malformed("too long")
    try:
        squeezed = base45.b45decode(text[len(PREFIX) :])
    except ValueError as error:
        raise Malformed("not base45") from error
    return inflated(squeezed, LARGEST_TOKEN)


def inflated(squeezed: bytes, limit: int) -> bytes:
    """Return what was compressed, all of it and nothing after it, if it is not larger than the limit."""
    machine = zlib.decompressobj()
    try:
        data = machine.decompress(squeezed, limit + 1)
    except zlib.error as error:
        raise Malformed("not compressed as cards are") from error
    if len(data) > limit or not machine.eof or machine.unused_data:
        raise Malformed("too large, too short, or with something after it")
    return data


def survives_copying(text: str) -> bool:
    """Say whether a text comes through a page or a message unchanged: base45 has spaces, and these lose them."""
    return text == " ".join(text.split())
