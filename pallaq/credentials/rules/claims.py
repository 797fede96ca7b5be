"""What a card says, and no more: docs/how-to/cards-and-keys.md gives the reason of each claim."""

from dataclasses import dataclass

from pallaq.credentials.rules.cbor import Malformed, Value, decode, encode

ISSUER, EXPIRES, ISSUED, SERIAL, CARD = 1, 4, 6, 7, -65537  # of a CBOR web token (RFC 8392), and one of our own
NUMBER, NAME, DOCUMENT, REGISTRATIONS, PHOTO, INDEX, SYNTHETIC = 1, 2, 3, 4, 5, 6, 7  # in our own
SERIAL_BYTES, PHOTO_BYTES = 8, 16


@dataclass(frozen=True)
class Claims:
    """A card's claims. Times are seconds since 1970; `registrations` are a scheme's code and a day as 20240301."""

    issuer: str
    issued_at: int
    expires_at: int
    serial: bytes
    number: str
    name: str
    registrations: tuple[tuple[str, int], ...]
    index: int  # her place on the status list
    document: tuple[str, str] | None = None  # kind, last three characters
    photo: bytes = b""  # the first 16 bytes of its sha256
    synthetic: bool = False

    def written(self) -> bytes:
        """Return the claims as they are signed."""
        card: dict[int | str, Value] = {NUMBER: self.number, NAME: self.name}
        if self.document:
            card[DOCUMENT] = list(self.document)
        card[REGISTRATIONS] = [[scheme, since] for scheme, since in self.registrations]
        if self.photo:
            card[PHOTO] = self.photo
        card[INDEX] = self.index
        if self.synthetic:
            card[SYNTHETIC] = 1
        claims: dict[int | str, Value] = {ISSUER: self.issuer, EXPIRES: self.expires_at, ISSUED: self.issued_at}
        return encode({**claims, SERIAL: self.serial, CARD: card})


def read_claims(payload: bytes) -> Claims:
    """Return what signed bytes claim; refuse whatever is not exactly a card."""
    claims = decode(payload)
    if not isinstance(claims, dict) or claims.keys() != {ISSUER, EXPIRES, ISSUED, SERIAL, CARD}:
        raise Malformed("not a card's claims")
    card = claims[CARD]
    if not isinstance(card, dict) or not {NUMBER, NAME, REGISTRATIONS, INDEX} <= card.keys() <= set(range(1, 8)):
        raise Malformed("not a card's claims")
    photo = card.get(PHOTO, b"")
    if card.get(SYNTHETIC, 1) != 1 or not isinstance(photo, bytes) or len(photo) not in (0, PHOTO_BYTES):
        raise Malformed("not a card's claims")
    serial = claims[SERIAL]
    if not isinstance(serial, bytes) or len(serial) != SERIAL_BYTES:
        raise Malformed("not a card's claims")
    return Claims(
        issuer=text(claims[ISSUER]),
        issued_at=number(claims[ISSUED]),
        expires_at=number(claims[EXPIRES]),
        serial=serial,
        number=text(card[NUMBER]),
        name=text(card[NAME]),
        registrations=tuple((text(one), number(two)) for one, two in pairs(card[REGISTRATIONS])),
        index=number(card[INDEX]),
        document=read_document(card),
        photo=photo,
        synthetic=SYNTHETIC in card,
    )


def read_document(card: dict[int | str, Value]) -> tuple[str, str] | None:
    """Return the kind of her document and its last characters, if the card names it."""
    if DOCUMENT not in card:
        return None
    ((kind, last),) = pairs([card[DOCUMENT]])
    return text(kind), text(last)


def text(value: Value) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise Malformed("not a text")
    return value


def number(value: Value) -> int:
    """Return a whole number from 0 on."""
    if not isinstance(value, int) or value < 0:
        raise Malformed("not a number")
    return value


def pairs(value: Value) -> list[tuple[Value, Value]]:
    """Return a list of pairs."""
    if not isinstance(value, list):
        raise Malformed("not a list")
    found = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise Malformed("not a pair")
        found.append((pair[0], pair[1]))
    return found
