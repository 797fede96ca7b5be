"""Departments and districts of Peru by INEI ubigeo; RENIEC numbers most districts otherwise."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pallaq.shared.fields import plain

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Place:
    """A department (two digits) or a district (six digits); a district names its province."""

    ubigeo: str
    name: str
    province: str = ""


def department(ubigeo: str) -> Place | None:
    """Return the department with this INEI code, such as "04" for Arequipa, or None."""
    return _places("departments.csv").get(ubigeo)


def district(ubigeo: str) -> Place | None:
    """Return the district with this INEI code, such as "211002" for Ananea, or None."""
    return _places("districts.csv").get(ubigeo)


def from_reniec(code: str) -> str:
    """Return INEI's code of the district that RENIEC numbers so, as identity documents print it; "" for none."""
    return _from_reniec().get(code, "")


def districts(regions: frozenset[str] | None = None) -> list[Place]:
    """Return the districts of some departments, or of all, by name."""
    return [place for place in _by_name() if regions is None or place.ubigeo[:2] in regions]


def label(ubigeo: str) -> str:
    """Return a district as people choose it: "Ananea · San Antonio de Putina · Puno (211002)"; "" for none."""
    place, region = district(ubigeo), department(ubigeo[:2])
    return f"{place.name} · {place.province} · {region.name} ({ubigeo})" if place and region else ""


def districts_named(words: str) -> list[Place]:
    """Return the districts that words can mean: an INEI code anywhere in them, else a whole name, else all the words.

    "Ananea", "ananea, putina" and what `label` gives all find Ananea; a name that several districts bear finds each.
    """
    if code := re.search(r"\d{6}", words):
        place = district(code[0])
        return [place] if place else []
    asked = plain(re.sub(r"[^\w\s]", " ", words))
    if not asked:
        return []
    same = [place for place in _by_name() if plain(place.name) == asked]
    return same or [place for place in _by_name() if set(asked.split()) <= _words(place)]


@cache
def _by_name() -> list[Place]:
    return sorted(_places("districts.csv").values(), key=lambda place: (plain(place.name), place.ubigeo))


@cache
def _words(place: Place) -> frozenset[str]:
    return frozenset(plain(re.sub(r"[^\w\s]", " ", label(place.ubigeo))).split())


@cache
def _from_reniec() -> dict[str, str]:
    with (DATA / "reniec.csv").open(encoding="utf-8", newline="") as rows:
        return {row["reniec"]: row["inei"] for row in csv.DictReader(rows)}


@cache
def _places(file: str) -> dict[str, Place]:
    with (DATA / file).open(encoding="utf-8", newline="") as rows:
        return {row["ubigeo"]: Place(**row) for row in csv.DictReader(rows)}
