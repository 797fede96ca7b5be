"""The slip on paper: where her page is, her number, and the code that is shown this once."""

import io
from pathlib import Path

import segno
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pallaq.registry.rules.numbers import shown_number
from pallaq.rights.models import Slip
from pallaq.rights.rules.codes import shown_code
from pallaq.shared.documents.typesetting import typeset

TEMPLATE = Path(__file__).with_name("slip.typ")


def slip_pdf(slip: Slip, code: str, address: str) -> bytes:
    """Return the slip; its QR holds the address alone, never her number or the code."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, scale=4, light="#fff")
    until = date_format(timezone.localdate(slip.expires_at), "DATE_FORMAT")
    values = {
        "language": (get_language() or "es")[:2],
        "title": _("To see what the registry holds on you"),
        "stamp": _("SYNTHETIC") if slip.person.synthetic else "",
        "address-label": _("Open on a phone, or at a desk:"),
        "address": address,
        "qr-alt": _("QR code with that address"),
        "number-label": _("Your registry number"),
        "number": shown_number(slip.person.number),
        "code-label": _("Your secret code"),
        "code": shown_code(code),
        "keep": _("Keep it like money: whoever has this paper can read what is held on you. Give it to nobody."),
        "until": _("Good until %(day)s.") % {"day": until},
        "lost": _("Lost? Ask any desk for a new one: this one then opens nothing."),
    }
    return typeset(TEMPLATE, values, {"address.svg": drawn.getvalue()})
