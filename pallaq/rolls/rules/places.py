"""Districts by their names, as lists write them."""

import re
from collections import defaultdict
from functools import cache

from pallaq.places.rules import department, district, districts, from_reniec
from pallaq.shared.fields import plain


def by_code(code: str, codes: str) -> str:
    """Return INEI's code of a district whose code a list gives, INEI's or RENIEC's; "" for none."""
    code = code.strip()
    if not code.isdigit():
        return ""
    code = code.zfill(6)  # a spreadsheet drops the zero of 010101
    return from_reniec(code) if codes == "reniec" else code if district(code) else ""


def by_name(named: str, province: str, region: str) -> list[str]:
    """Return INEI's codes of the districts with a name, in a province and department where they are given."""
    found = _named().get(key(named), ())
    return [
        ubigeo
        for ubigeo, in_province, in_region in found
        if (not province or key(province) == in_province) and (not region or key(region) == in_region)
    ]


def key(name: str) -> str:
    """Return a name as districts are compared by."""
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", plain(name)).split())


@cache
def _named() -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for place in districts():
        region = department(place.ubigeo[:2])
        found[key(place.name)].append((place.ubigeo, key(place.province), key(region.name if region else "")))
    return dict(found)
