"""A card as pages and paper show it: its words, its photo, its QR code."""

import base64
import io
from datetime import datetime, timedelta
from typing import Any

import segno
from django.utils import timezone

from pallaq.credentials.models import Card
from pallaq.credentials.rules.claims import Claims, read_claims
from pallaq.credentials.rules.tokens import opened, unpacked
from pallaq.registry.models import Photo, Scheme
from pallaq.registry.rules.numbers import shown_number


def card_page_values(card: Card, *, with_photo: bool = True) -> dict[str, Any]:
    """Return what `credentials/card_fragment.html` shows of a card; logging the reading is the caller's."""
    claims = claims_of(card)
    return {
        "card": card,
        "state": card.state(),
        "name": claims.name,
        "number": shown_number(claims.number),
        "issuer": claims.issuer,
        "document": document_words(claims),
        "schemes": scheme_words(claims),
        "last_day": last_day(card),
        "photo": photo_address(card) if with_photo else "",
        "photo_code": photo_code(claims),
        "code": segno.make(card.text, error="m", boost_error=False).svg_data_uri(border=4, light="#fff"),
        "synthetic": claims.synthetic,
    }


def claims_of(card: Card) -> Claims:
    """Return what the card says: what was signed, not what her file says today."""
    return read_claims(opened(unpacked(card.text)).payload)


def scheme_words(claims: Claims) -> list[tuple[str, Any]]:
    """Return the names of her schemes, each with its first day."""
    titles = {scheme.code: str(scheme) for scheme in Scheme.objects.all()}
    return [(titles.get(code, code), day_of(since)) for code, since in claims.registrations]


def document_words(claims: Claims) -> str:
    """Return her document as the card names it: "DNI •••456"."""
    return f"{claims.document[0].upper()} •••{claims.document[1]}" if claims.document else ""


def photo_code(claims: Claims) -> str:
    """Return the beginning of the photo's sha256, in two groups to compare by eye."""
    return f"{claims.photo.hex()[:4]}-{claims.photo.hex()[4:8]}" if claims.photo else ""


def photo_of(card: Card) -> bytes:
    """Return her photo if it is still the one that the card was made with."""
    found = Photo.objects.filter(person=card.person_id).first()
    same = found is not None and found.sha256.startswith(claims_of(card).photo.hex()) and claims_of(card).photo
    return bytes(found.image) if found is not None and same else b""


def photo_address(card: Card) -> str:
    """Return the photo as an address that holds it, or ""."""
    photo = photo_of(card)
    return f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}" if photo else ""


def last_day(card: Card) -> Any:
    """Return the last day on which the card is good."""
    return timezone.localdate(card.expires_at - timedelta(seconds=1))


def day_of(number: int) -> Any:
    """Return the day that claims write as 20240301."""
    return datetime.strptime(str(number), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


def code_svg(card: Card) -> bytes:
    """Return the QR code as a drawing for paper: a quarter of it may be dirty or worn."""
    drawn = io.BytesIO()
    segno.make(card.text, error="m", boost_error=False).save(drawn, kind="svg", border=4, scale=4, light="#fff")
    return drawn.getvalue()
