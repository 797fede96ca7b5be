"""Departments and districts of Peru by INEI ubigeo; RENIEC numbers most districts otherwise."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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


@cache
def _places(file: str) -> dict[str, Place]:
    with (DATA / file).open(encoding="utf-8", newline="") as rows:
        return {row["ubigeo"]: Place(**row) for row in csv.DictReader(rows)}
