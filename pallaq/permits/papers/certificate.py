"""The constancia de origen: its words are made once, kept, and set again as they were."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.permits.models import Certificate
from pallaq.permits.papers.words import Row, in_spanish, norm_words, place_rows, set_paper, written
from pallaq.registry.models import Person
from pallaq.registry.rules.numbers import shown_number


def certificate_words(made: Certificate, seller: Person) -> dict[str, Any]:
    """Return every word of a certificate that is about to be kept, in Spanish."""
    with in_spanish():
        found = made.authorisation
        facts = {"day": written(found.signed_on), "from": written(found.starts_on), "until": written(found.ends_on)}
        rows: list[Row] = [
            (_("Date"), written(made.issued_on), False),
            (_("Issued by (concession holder or operator)"), made.holder.name, True),
            *place_rows(found),
            (_("Seller"), seller.name(), True),
            (_("Identity document"), f"{made.document_kind} {made.document_number}", True),
            (_("Number in the registry"), shown_number(seller.number), False),
            (_("Gold to be sold"), f"{made.grams} g", True),
            (_("Authorisation to select"), _("signed on %(day)s, from %(from)s until %(until)s") % facts, False),
        ]
        return {
            "title": _("Certificate of origin of gold"),
            "number": _("No. %(number)06d") % {"number": made.number},
            "author": made.holder.name,
            "seller": {"name": seller.name(), "number": shown_number(seller.number)},  # for the register
            "stamp": _("SYNTHETIC") if found.synthetic else "",
            "lead": _("The holder certifies from where the gold comes that the seller offers to sell."),
            "heads": (_("What is stated"), _("What it says")),
            "rows": rows,
            "sign": [_("Signature and seal of the holder or operator"), _("Signature or fingerprint of the seller")],
            "notes": [
                norm_words(made.issued_on),
                _("Sum of the authorisation's terms (SHA-256): %(sum)s") % {"sum": found.sha256()},
                who_words(made),
                _("The holder keeps a copy for inspections."),
            ],
            "footer": f"Pallaq · {made.holder.name}",
        }


def who_words(made: Certificate) -> str:
    """Return who wrote it."""
    if made.on_paper:
        return _("Written by hand by the holder; recorded by %(by)s.") % {"by": made.issued_by}
    return _("Issued by %(by)s for the holder.") % {"by": made.issued_by}


def certificate_pdf(made: Certificate) -> bytes:
    """Return a certificate as it was issued; a cancelled one says so, with the reason, and is the same below."""
    words = made.words()
    if made.cancelled_at is None:
        return set_paper(words)
    with in_spanish():
        facts = {"day": written(timezone.localdate(made.cancelled_at)), "why": made.why_cancelled}
        banner = _("CANCELLED on %(day)s: %(why)s") % facts
        return set_paper({**words, "stamp": " ".join((str(words["stamp"]), _("CANCELLED"))).strip(), "banner": banner})
