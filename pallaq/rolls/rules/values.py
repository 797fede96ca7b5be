"""Cells as lists write them, read: dates, names, sex, states, activities."""

import re
from datetime import date, timedelta

from pallaq.shared.fields import plain

STATES = {
    "vigente": "registered",
    "activo": "registered",
    "activa": "registered",
    "inscrito": "registered",
    "inscrita": "registered",
    "registrado": "registered",
    "registrada": "registered",
    "habilitado": "registered",
    "habilitada": "registered",
    "acreditado": "registered",
    "acreditada": "registered",
    "en tramite": "applied",
    "solicitado": "applied",
    "pendiente": "applied",
    "suspendido": "suspended",
    "suspendida": "suspended",
    "suspension": "suspended",
    "excluido": "excluded",
    "excluida": "excluded",
    "cancelado": "excluded",
    "cancelada": "excluded",
    "baja": "ended",
    "retirado": "ended",
    "retirada": "ended",
    "vencido": "ended",
    "vencida": "ended",
    "caduco": "ended",
    "fallecido": "ended",
    "fallecida": "ended",
}
SEXES = {
    **dict.fromkeys(("f", "fem", "femenino", "femenina", "mujer", "female", "woman"), "female"),
    **dict.fromkeys(("m", "masc", "masculino", "masculina", "hombre", "varon", "male", "man"), "male"),
    **dict.fromkeys(("", "-", "no indica", "sin dato", "s/d"), "unstated"),
}
ACTIVITIES = (("cachorr", "cachorreo"), ("pallaq", "pallaqueo"), ("pallac", "pallaqueo"), ("seleccion", "pallaqueo"))
DOCUMENTS = {
    **dict.fromkeys(("dni", "documento nacional de identidad", "libreta electoral", "1", "01"), "dni"),
    **dict.fromkeys(("ce", "carne de extranjeria", "carnet de extranjeria", "carnet ext", "4", "04"), "ce"),
    **dict.fromkeys(("pasaporte", "pas", "passport", "7", "07"), "passport"),
    **dict.fromkeys(("ruc", "6", "06"), "ruc"),
}
PARTICLES = frozenset({"de", "del", "la", "las", "los", "da", "do", "dos", "san", "santa", "y", "van", "von"})
LOWER = PARTICLES - {"san", "santa"}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?(?:\.0+)?)?")
PERUVIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
SERIAL = re.compile(r"\d{5}")  # from 1927 on; four digits are a year alone, which is no date
EXCEL_ZERO = date(1899, 12, 30)  # Excel's day 0, as it counts from March 1900 on


def read_date(text: str) -> date | None:
    """Return the day that a cell says: 03/05/1981, 1981-05-03, or the number by which Excel keeps a day."""
    try:
        if found := ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := PERUVIAN.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
    if SERIAL.fullmatch(text):
        return EXCEL_ZERO + timedelta(days=int(text))
    return None


def read_sex(text: str) -> str | None:
    """Return the sex that a cell says; None for a word nobody knows."""
    return SEXES.get(plain(text).rstrip("."))


def read_activity(text: str) -> str:
    """Return the activity that a cell says; "" for another, or none."""
    said = plain(text)
    return next((activity for stem, activity in ACTIVITIES if stem in said), "")


def read_document_kind(text: str, default: str) -> str | None:
    """Return the kind of document that a cell says; None for one nobody knows."""
    said = plain(text).replace(".", "")
    return DOCUMENTS.get(said) if said else default


def shown_name(text: str) -> str:
    """Return a name as a file keeps it: one written in capitals alone gets small letters."""
    text = " ".join(text.split())
    if text != text.upper():
        return text
    first, *rest = text.split() or [""]
    return " ".join([capital(first), *(word.lower() if plain(word) in LOWER else capital(word) for word in rest)])


def capital(word: str) -> str:
    """Return a word with a capital after each hyphen or apostrophe too."""
    return "".join(part.capitalize() for part in re.split(r"([-'’])", word))


def split_names(text: str) -> tuple[str, str, str] | None:
    """Return paternal surname, maternal surname and given names of one cell; None if they cannot be told apart.

    "MAMANI QUISPE, JUANA ROSA" or the same without the comma; "DE LA CRUZ" is one surname. Without a comma the first
    two surnames are taken, so that two words are a surname and a given name.
    """
    surnames, comma, given = (" ".join(part.split()) for part in text.partition(","))
    if comma:
        paternal, rest = first_surname(surnames.split())
        return (paternal, " ".join(rest), given) if paternal and given else None
    paternal, rest = first_surname(surnames.split())
    if not rest:
        return None
    maternal, names = first_surname(rest)
    return (paternal, maternal, " ".join(names)) if names else (paternal, "", " ".join(rest))


def first_surname(words: list[str]) -> tuple[str, list[str]]:
    """Return the first surname of some words, with the particles before it, and the words after it."""
    length = 0
    while length < len(words) and plain(words[length]) in PARTICLES:
        length += 1
    length = min(length + 1, len(words))
    return " ".join(words[:length]), words[length:]
