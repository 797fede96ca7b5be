"""A row of a list, read: what it says of a person and her registration, or all that is wrong with it."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pallaq.registry.rules.identifiers import cleaned, fits
from pallaq.rolls.rules.places import by_code, by_name
from pallaq.rolls.rules.values import (
    STATES,
    read_activity,
    read_date,
    read_document_kind,
    read_sex,
    shown_name,
    split_names,
)
from pallaq.shared.fields import plain

ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
UNSHOWN = frozenset({"document", "number"})  # their values stay out of messages and downloads
SHOWN = 40  # characters of a value that a message repeats
LONGEST = {"given_names": 100, "paternal_surname": 60, "maternal_surname": 60, "centre": 100, "document": 60}
LONGEST |= {"number": 60, "names": 220, "holder": 200}


@dataclass(frozen=True)
class Wrong:
    """One thing wrong with a row: its code, the field, the value where it may be shown, what else the words need."""

    code: str
    field: str = ""
    value: str = ""
    more: dict[str, Any] = dataclasses.field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept with the row."""
        return asdict(self)


@dataclass(frozen=True)
class Setting:
    """What every row of a list is held against."""

    fields: Mapping[str, int]
    width: int  # columns of the header
    codes: str  # whose district codes: inei or reniec
    document_kind: str
    kinds: Mapping[str, tuple[str, str]]  # code of an identifier's kind -> pattern, check
    states: Mapping[str, str]  # the list's own words -> State
    regions: frozenset[str] | None
    places: Sequence[str]  # where the scheme holds
    issued_on: date
    today: date
    oldest: int  # years


@dataclass
class Row:
    """What a row says."""

    row: int
    document_kind: str = ""
    document: str = ""
    given_names: str = ""
    paternal_surname: str = ""
    maternal_surname: str = ""
    sex: str = "unstated"
    birth_on: date | None = None
    place: str = ""
    number: str = ""
    state: str = "registered"
    since: date | None = None
    activity: str = ""
    other_activity: str = ""  # as the list says it, where it is none of ours
    centre: str = ""
    holder: str = ""


def named_cells(cells: Sequence[str | None], setting: Setting) -> dict[str, str]:
    """Return the cells of a row by field."""
    there = len(cells)
    return {name: (cells[column] or "").strip() if column < there else "" for name, column in setting.fields.items()}


def is_ragged(cells: Sequence[str | None], setting: Setting) -> bool:
    """Say whether a row has cells beyond the header: a separator too many has moved them."""
    return any(cells[setting.width :])


def read_row(number: int, cells: Mapping[str, str], setting: Setting) -> tuple[Row, list[Wrong]]:
    """Return what a row says, and what is wrong with it; nothing of it counts if anything is."""
    row, wrong = Row(number), spoiled(cells)
    if wrong:
        return row, wrong
    for read in (read_document, read_names, read_person, read_place, read_registration):
        wrong += read(row, cells, setting)
    row.activity, row.centre = read_activity(cells.get("activity", "")), shown_name(cells.get("centre", ""))
    row.other_activity = "" if row.activity else cells.get("activity", "")
    row.holder = " ".join(cells.get("holder", "").split())
    return row, wrong


def spoiled(cells: Mapping[str, str]) -> list[Wrong]:
    """Return the cells that no list can mean: formulas, a spreadsheet's errors, texts that fit nowhere."""
    wrong = []
    for name, value in cells.items():
        if value.startswith("="):
            wrong.append(Wrong("formula", name, shown(name, value)))
        elif value in ERRORS:
            wrong.append(Wrong("error-value", name, value))
        elif len(value) > LONGEST.get(name, 100):
            wrong.append(Wrong("too-long", name, "", {"length": len(value), "longest": LONGEST.get(name, 100)}))
    return wrong


def shown(name: str, value: str) -> str:
    """Return a value as a message may repeat it."""
    return "" if name in UNSHOWN else value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


def read_document(row: Row, cells: Mapping[str, str], setting: Setting) -> list[Wrong]:
    """Read the document's kind and number, and the number of registration."""
    row.number = cleaned(cells.get("number", ""))
    typed = cells.get("document", "")
    if not typed:
        return [] if row.number else [Wrong("nothing-to-know-her-by", "document")]
    said = cells.get("document_kind", "")
    kind = read_document_kind(said, setting.document_kind)
    if kind is None or kind not in setting.kinds:
        return [Wrong("document-kind-unknown", "document_kind", shown("document_kind", said))]
    row.document_kind, row.document = kind, cleaned(typed)
    if not fits(row.document, *setting.kinds[kind]):
        return [Wrong("document-shape", "document", "", {"kind": kind, "count": len(row.document)})]
    return []


def read_names(row: Row, cells: Mapping[str, str], setting: Setting) -> list[Wrong]:
    """Read her names, of one column or of several."""
    if "names" in setting.fields:
        together = cells.get("names", "")
        parts = split_names(together)
        if parts is None:
            return [Wrong("names-unclear" if together else "names-missing", "names", shown("names", together))]
        paternal, maternal, given = parts
    else:
        paternal, maternal, given = (
            cells.get(name, "") for name in ("paternal_surname", "maternal_surname", "given_names")
        )
    if not paternal and maternal:  # who has one surname may have it in the second column
        paternal, maternal = maternal, ""
    row.paternal_surname, row.maternal_surname, row.given_names = map(shown_name, (paternal, maternal, given))
    absent = [name for name in ("paternal_surname", "given_names") if not getattr(row, name)]
    too_long = [
        name
        for name in ("paternal_surname", "maternal_surname", "given_names")
        if len(getattr(row, name)) > LONGEST[name]
    ]
    wrong = [Wrong("names-missing", name) for name in absent]
    more = [
        Wrong("too-long", name, "", {"length": len(getattr(row, name)), "longest": LONGEST[name]}) for name in too_long
    ]
    return wrong + more


def read_person(row: Row, cells: Mapping[str, str], setting: Setting) -> list[Wrong]:
    """Read sex and date of birth."""
    wrong = []
    sex = read_sex(cells.get("sex", ""))
    if sex is None:
        wrong.append(Wrong("sex-unknown", "sex", shown("sex", cells["sex"])))
    row.sex = sex or "unstated"
    if born := cells.get("birth_on", ""):
        row.birth_on = read_date(born)
        if row.birth_on is None:
            wrong.append(Wrong("date-unreadable", "birth_on", shown("birth_on", born)))
        elif row.birth_on > setting.today:
            wrong.append(Wrong("birth-in-future", "birth_on", shown("birth_on", born)))
        elif setting.today.year - row.birth_on.year > setting.oldest:
            wrong.append(Wrong("birth-too-long-ago", "birth_on", shown("birth_on", born), {"years": setting.oldest}))
    return wrong


def read_place(row: Row, cells: Mapping[str, str], setting: Setting) -> list[Wrong]:
    """Read her district, by its code where there is one, else by its name."""
    code, named = cells.get("place", ""), cells.get("district", "")
    if code:
        row.place = by_code(code, setting.codes)
        if not row.place:
            return [Wrong("ubigeo-unknown", "place", shown("place", code), {"codes": setting.codes})]
        wrong_field = "place"
    elif named:
        found = by_name(named, cells.get("province", ""), cells.get("department", ""))
        if len(found) != 1:
            what = "district-several" if found else "district-unknown"
            return [Wrong(what, "district", shown("district", named))]
        row.place, wrong_field = found[0], "district"
    else:
        return [Wrong("place-missing", "place" if "place" in setting.fields else "district")]
    if setting.regions is not None and row.place[:2] not in setting.regions:
        return [Wrong("other-region", wrong_field, shown(wrong_field, code or named))]
    if setting.places and not any(row.place.startswith(prefix) for prefix in setting.places):
        return [Wrong("scheme-elsewhere", wrong_field, shown(wrong_field, code or named))]
    return []


def read_registration(row: Row, cells: Mapping[str, str], setting: Setting) -> list[Wrong]:
    """Read her state on the list, and since when."""
    wrong = []
    if "state" in setting.fields:
        said = cells.get("state", "")
        state = known_state(said, setting)
        if state is None:
            wrong.append(Wrong("state-unknown", "state", shown("state", said)))
        row.state = state or row.state
    if since := cells.get("since", ""):
        row.since = read_date(since)
        if row.since is None:
            wrong.append(Wrong("date-unreadable", "since", shown("since", since)))
        elif row.since > setting.today:
            wrong.append(Wrong("since-in-future", "since", shown("since", since)))
    return wrong


def known_state(said: str, setting: Setting) -> str | None:
    """Return the state that a word of the list means; the person's own table goes before ours."""
    word = plain(said)
    return setting.states.get(word) or STATES.get(word)
