"""The authorisation on paper: both sides, where, on which terms, until when, and who signed what."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.permits.models import Authorisation, Side, Signature, State
from pallaq.permits.papers.words import Row, in_spanish, place_rows, set_paper, written
from pallaq.registry.rules.numbers import shown_number


def authorisation_pdf(found: Authorisation) -> bytes:
    """Return an authorisation as PDF."""
    with in_spanish():
        return set_paper(authorisation_words(found))


def authorisation_words(found: Authorisation) -> dict[str, Any]:
    """Return the words of the paper, in the language that is active."""
    rows: list[Row] = [
        (_("Concession holder or operator"), found.holder.name, True),
        (_("Selector"), found.person.name(), True),
        (_("Number in the registry"), shown_number(found.person.number), False),
        *place_rows(found),
        (_("First day"), written(found.starts_on), False),
        (_("Last day"), written(found.ends_on), True),
        *[signature_row(one) for one in found.signatures.filter(fell_at=None, sha256=found.sha256())],
    ]
    signed = found.state == State.IN_FORCE
    return {
        "title": _("Authorisation to select"),
        "number": "",
        "author": found.holder.name,
        "stamp": _("SYNTHETIC") if found.synthetic else "",
        "banner": "" if signed else _("NOT IN FORCE: it is “%(state)s”.") % {"state": found.standing_words()},
        "lead": _("The holder authorises the selector to select at this place, on these terms."),
        "heads": (_("What is stated"), _("What it says")),
        "rows": rows,
        "texts": [(_("Terms"), [line for line in found.terms.splitlines() if line.strip()])],
        "sign": []
        if signed
        else [_("Signature of the concession holder"), _("Signature or fingerprint of the selector")],
        "notes": [
            _("Both sides sign the same words. Their sum (SHA-256): %(sum)s") % {"sum": found.sha256()},
            _("It holds by itself until its last day, unless it is taken back before: ask the holder or the desk."),
        ],
        "footer": "Pallaq",
    }


def signature_row(one: Signature) -> Row:
    """Return who signed, when and how."""
    labels = {
        Side.HOLDER: _("Signed for the holder"),
        Side.SELECTOR: _("Signed by the selector"),
        Side.WITNESS: _("Witness"),
    }
    return labels[Side(one.side)], signature_words(one), False


def signature_words(one: Signature) -> str:
    """Return how a signature was given."""
    day = written(one.signed_on)
    if one.on_paper:
        words = _("on paper on %(day)s, recorded by %(by)s on %(recorded)s")
        how = words % {"day": day, "by": one.by, "recorded": written(timezone.localdate(one.at))}
    elif one.by is None:
        how = _("on her own page on %(day)s") % {"day": day}
    else:
        how = _("%(by)s, on screen on %(day)s") % {"by": one.by, "day": day}
    return f"{one.name}, {how}" if one.name else how
