"""The card on paper: two sides of an ID-1 card on A4, to cut out, fold and laminate."""

from pathlib import Path

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pallaq.credentials.models import Card
from pallaq.credentials.showing import card_page_values, code_svg, photo_of
from pallaq.shared.documents.typesetting import typeset

TEMPLATE = Path(__file__).with_name("card.typ")


def card_pdf(card: Card, address: str) -> bytes:
    """Return the card as PDF; `address` is where it is verified."""
    shown, photo = card_page_values(card, with_photo=False), photo_of(card)
    since = _("since %(day)s")
    values = {
        "language": (get_language() or "es")[:2],
        "title": _("Card of a gold selector"),
        "kind": _("Gold selector"),
        "issuer": shown["issuer"],
        "name": shown["name"],
        "number-label": _("Registry number"),
        "number": shown["number"],
        "document": shown["document"],
        "schemes": [f"{title}, {since % {'day': date_format(day)}}" for title, day in shown["schemes"]],
        "until": _("Valid until %(day)s") % {"day": date_format(shown["last_day"])},
        "photo": list(photo),  # Typst takes files in memory only if they are text
        "photo-alt": _("Photo of the holder"),
        "no-photo": _("No photo: ask for the document"),
        "photo-code": _("Photo %(code)s") % {"code": shown["photo_code"]} if shown["photo_code"] else "",
        "stamp": _("SYNTHETIC") if shown["synthetic"] else "",
        "code-alt": _("QR code with the signed contents of this card"),
        "how": _(
            "To verify: open %(address)s and show this code to the camera. It works without a network after the "
            "first visit."
        )
        % {"address": address},
        "limits": _(
            "This card does not prove that its bearer is this person: compare the photo, and ask for the document."
        ),
        "cut": _("Cut along the marks, fold in the middle, laminate. The two sides of one card:"),
        "lost": _("Lost or stolen? Tell the desk of the registry: the card is then revoked."),
    }
    return typeset(TEMPLATE, values, {"code.svg": code_svg(card)})
