"""What papers share: their language, dates, and how a norm is quoted with how sure we are of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pallaq.permits.models import Authorisation
from pallaq.registry.law import norm
from pallaq.registry.models import Norm
from pallaq.shared.documents.typesetting import typeset

TEMPLATE = Path(__file__).with_name("permit.typ")
LANGUAGE = "es"
NORM = "certificate-of-origin"
Row = tuple[str, str, bool]  # label, value, whether it stands out


@contextmanager
def in_spanish() -> Iterator[None]:
    """Speak Spanish, whatever the reader's language: Peruvian authorities read these papers."""
    with translation.override(LANGUAGE):
        yield


def written(day: date | None) -> str:
    """Return a date in words that nobody reads two ways."""
    return date_format(day, "j \\d\\e F \\d\\e Y") if day else ""


def norm_of_certificates(day: date) -> Norm | None:
    """Return the norm that orders certificates of origin, as it is written down here."""
    return norm(NORM, day)


def norm_words(day: date) -> str:
    """Return the norm under which certificates are issued, where we read of it and how sure that is."""
    found = norm_of_certificates(day)
    if found is None:
        return _("Nobody wrote down yet which norm orders this paper.")
    words = _("Norm: %(norm)s (%(certainty)s).") % {
        "norm": found.norm or found,
        "certainty": found.get_certainty_display(),
    }
    return " ".join(part for part in (words, found.words("note")) if part)


def place_rows(found: Authorisation) -> list[Row]:
    """Return where she selects."""
    return [(_("Mining right"), found.right_words(), False), (_("Place"), found.place_words(), False)]


def set_paper(words: dict[str, Any]) -> bytes:
    """Return the PDF of a paper's words: the same words give the same bytes."""
    empty = {"stamp": "", "banner": "", "texts": [], "sign": [], "notes": []}
    return typeset(TEMPLATE, {**empty, **words, "language": LANGUAGE, "region": "PE"}, {})
