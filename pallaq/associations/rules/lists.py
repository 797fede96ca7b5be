"""The columns of official lists, by the names that lists give them, and what is wrong in a row by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from pallaq.associations.rules.recpo import state_of
from pallaq.places.rules import district, districts_named
from pallaq.registry.rules.identifiers import cleaned, ruc_checks
from pallaq.shared.fields import plain

# Column -> the headers that mean it, as `plain` writes them.
HEADERS: dict[str, tuple[str, ...]] = {
    "organisation": ("organisation", "organizacion", "razon social", "nombre"),
    "ruc": ("ruc",),
    "number": ("number", "numero", "numero recpo"),
    "state": ("state", "estado"),
    "code": ("code", "codigo", "codigo unico"),
    "right": ("right", "derecho", "derecho minero", "nombre derecho minero"),
    "part": ("part", "calidad"),
    "district": ("district", "distrito", "ubigeo"),
    "from": ("from", "desde"),
    "to": ("to", "hasta"),
}
NEEDED = {
    "recpo": ("organisation", "ruc", "number", "state", "district", "from"),
    "rights": ("code", "right", "district", "organisation", "ruc", "part", "from", "to"),
}
MAY_BE_EMPTY = frozenset({"ruc", "number", "from", "to"})
PARTS = {"holder": "holder", "titular": "holder", "operator": "operator", "operador": "operator"}
SECRET = frozenset({"ruc", "number"})  # never repeated in a message
LONGEST = {"organisation": 200, "right": 150, "code": 40, "number": 40}


@dataclass(frozen=True)
class Row:
    """A row that can be read: its number in the file, and its values."""

    number: int
    organisation: str
    ruc: str
    district: str
    starts_on: date | None
    ends_on: date | None = None
    recpo_number: str = ""
    state: str = ""
    code: str = ""
    right: str = ""
    part: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row: its number, the column, a code, what to do; the value, where it may be repeated."""

    row: int
    column: str
    code: str
    message: str
    value: str = ""


def columns_of(kind: str, header: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return which header of the file means which column, and the columns that no header means."""
    by_name = {plain(name.replace("_", " ")): name for name in header}
    found = {
        column: by_name[known] for column in NEEDED[kind] for known in reversed(HEADERS[column]) if known in by_name
    }
    return found, [column for column in NEEDED[kind] if column not in found]


def judged(kind: str, number: int, cells: Mapping[str, str], said_on: date) -> tuple[Row | None, list[Fault]]:
    """Return a row as it can be stored, or all that is wrong in it; `cells` are by column, "" where empty."""
    faults = [
        Fault(number, column, "empty", _("Nothing is written here."))
        for column in NEEDED[kind]
        if not cells[column] and column not in MAY_BE_EMPTY
    ]
    faults += [
        Fault(number, column, "too-long", _("At most %(most)d characters.") % {"most": most})
        for column, most in LONGEST.items()
        if len(cells.get(column, "")) > most
    ]
    ruc, place = cleaned(cells["ruc"]), district_of(cells["district"])
    if ruc and (wrong := wrong_ruc(ruc)):
        faults.append(Fault(number, "ruc", "ruc", wrong))
    if cells["district"] and not place:
        message = _("No one district fits: write INEI's six digits.")
        faults.append(Fault(number, "district", "district", message, cells["district"]))
    days = {column: day_of(cells.get(column, "")) for column in ("from", "to")}
    faults += wrong_days(number, cells, days, said_on)
    state, part = state_of(cells.get("state", "")), PARTS.get(plain(cells.get("part", "")), "")
    if kind == "recpo" and cells["state"] and not state:
        message = _("The table of states does not have this word. Write one that it has.")
        faults.append(Fault(number, "state", "state", message, cells["state"]))
    if kind == "rights" and cells["part"] and not part:
        message = _("Write titular or operador (holder or operator).")
        faults.append(Fault(number, "part", "part", message, cells["part"]))
    if faults:
        return None, faults
    own = {"code": cleaned(cells.get("code", "")), "right": cells.get("right", ""), "part": part, "state": state}
    number_of = cleaned(cells.get("number", ""))
    return Row(number, cells["organisation"], ruc, place, days["from"], days["to"], number_of, **own), []


def wrong_ruc(ruc: str) -> str:
    """Return what is wrong with a RUC: its shape, or that it is a person's; "" for nothing."""
    if not (len(ruc) == 11 and ruc.isdecimal() and ruc_checks(ruc)):
        return _("This is no RUC: it has eleven digits, the last a check digit.")
    if not ruc.startswith("20"):
        return _("This is a natural person's RUC. Only organisations are brought here: take the row out.")
    return ""


def wrong_days(number: int, cells: Mapping[str, str], days: Mapping[str, date | None], said_on: date) -> list[Fault]:
    """Return what is wrong with the days of a row."""
    faults = [
        Fault(number, column, "date", _("Write the date as 31/12/2025 or 2025-12-31."), cells[column])
        for column, day in days.items()
        if cells.get(column) and day is None
    ]
    if days["from"] and days["from"] > said_on:
        message = _("This is after the day of the list.")
        faults.append(Fault(number, "from", "date-later", message, cells["from"]))
    if days["from"] and days["to"] and days["to"] < days["from"]:
        message = _("It ends before it starts.")
        faults.append(Fault(number, "to", "dates", message, cells["to"]))
    return faults


def day_of(text: str) -> date | None:
    """Return a day as lists and spreadsheets write it, or None."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"):
        try:
            found = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found if found.year >= 1900 else None
    return None


def district_of(text: str) -> str:
    """Return the one district that a text names, or ""."""
    if text.isdecimal():
        return text if district(text) else ""
    found = districts_named(text)
    return found[0].ubigeo if len(found) == 1 else ""
