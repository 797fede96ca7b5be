"""What a column can hold, and the guess which one does, from how authorities head their lists."""

import re
from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pallaq.shared.fields import plain

FIELDS: dict[str, str | Promise] = {
    "document": _("number of the identity document"),
    "document_kind": _("kind of document"),
    "names": _("surnames and given names, in one column"),
    "paternal_surname": _("paternal surname"),
    "maternal_surname": _("maternal surname"),
    "given_names": _("given names"),
    "sex": _("sex"),
    "birth_on": _("date of birth"),
    "place": _("district's code (ubigeo)"),
    "department": _("department"),
    "province": _("province"),
    "district": _("district"),
    "number": _("number of registration"),
    "state": _("state on the list"),
    "since": _("date of registration"),
    "activity": _("activity"),
    "centre": _("mining centre"),
    "holder": _("concession holder"),
}
# In order: the first field whose pattern finds a heading takes it, and each takes one.
HEADINGS: tuple[tuple[str, str], ...] = (
    ("document_kind", r"tipo.*doc|tipo de identific|clase.*doc"),
    ("names", r"apellidos? y nombres?|nombres? y apellidos?|nombre completo|full name"),
    ("paternal_surname", r"pater|primer apellido|ape.*1|first surname"),
    ("maternal_surname", r"mater|segundo apellido|ape.*2|second surname"),
    ("birth_on", r"nacim|f.*nac\b|birth"),
    ("since", r"fec.*(inscrip|registro|ingreso|acredit)|f\.? ?inscrip|registered on"),
    ("number", r"(n|nro|num|numero|cod|codigo|no)\b.*(inscrip|registro|padron|acredit|expediente)|registration number"),
    ("document", r"\bdni\b|\bd\.n\.i|(n|nro|num|numero|no)\b.*(doc|ident)|documento|\bruc\b|^ce$|document"),
    ("given_names", r"nombre|given"),
    ("sex", r"sexo|genero|^sex$"),
    ("place", r"ubigeo|ubi geo|cod.*distrito"),
    ("department", r"^dep|departamento|^region$"),
    ("province", r"^prov"),
    ("holder", r"titular|concesion|holder"),
    ("centre", r"centro|^zona|mina$|cerro|mining centre"),
    ("district", r"^dist|^lugar|district"),
    ("state", r"estado|situacion|condicion|^state$"),
    ("activity", r"actividad|labor|activity"),
)


def guess(columns: Sequence[str]) -> dict[str, int]:
    """Return which column seems to hold which field."""
    found: dict[str, int] = {}
    for number, column in enumerate(columns):
        heading = " ".join(re.sub(r"[^a-z0-9. ]", " ", plain(column).replace("°", " ").replace("º", " ")).split())
        for field, pattern in HEADINGS:
            if field not in found and re.search(pattern, heading):
                found[field] = number
                break
    if "names" in found and "paternal_surname" in found:
        del found["names"]
    return found


def guess_codes(columns: Sequence[str]) -> str:
    """Return whose district codes a list seems to hold."""
    return "reniec" if any("reniec" in plain(column) for column in columns) else "inei"


def missing(fields: Mapping[str, int]) -> list[str | Promise]:
    """Return in words what a list needs and has no column for."""
    needs: list[tuple[str | Promise, bool]] = [
        (
            _("her names: surnames and given names, in one column or several"),
            "names" in fields or {"paternal_surname", "given_names"} <= fields.keys(),
        ),
        (
            _("something to know her by: a document's number, or the number of registration"),
            "document" in fields or "number" in fields,
        ),
        (_("her district: its code, or its name"), "place" in fields or "district" in fields),
    ]
    return [words for words, given in needs if not given]
