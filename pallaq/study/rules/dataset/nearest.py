"""What a person most likely meant by a name or code that was declared nowhere."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from django.utils.translation import gettext as _

from pallaq.study.rules.definition import Answer, Level
from pallaq.study.rules.findings import hint

ALIKE = 0.75  # difflib's ratio: "profle" and "profile" have 0.92


def plain(text: str) -> str:
    """Return a text without case, accents, and spaces or marks between words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def nearest(value: str, names: Collection[str]) -> str:
    """Return the name that the value is most like, "" when it is like none."""
    by_plain = {plain(name): name for name in reversed(list(names))}
    match = get_close_matches(plain(value), by_plain, 1, ALIKE)
    return by_plain[match[0]] if match else ""


def remedy(value: str, options: Sequence[Level | Answer], others: Collection[str] = ()) -> str:
    """Return what to write instead of a value: a code, found by its digits, its title or its looks."""
    codes = {option.code: option.code for option in options}
    titles = {title: option.code for option in options for title in option.title.values()}
    if padded := zero_lost(value, codes):
        text = _('Write "%(code)s": the spreadsheet ate the zero in front; format the column as text first.')
        return text % {"code": padded}
    whole = value.removesuffix(".0")
    near = whole if whole in codes else codes.get(name := nearest(value, [*codes, *titles]), titles.get(name, ""))
    return hint(near or value, [near] if near else [*codes, *(other for other in others if other)])


def zero_lost(value: str, codes: Iterable[str]) -> str:
    """Return the code whose leading zeros a spreadsheet took away, or ""."""
    if not (value.isascii() and value.isdecimal()):
        return ""
    return next((code for code in codes if len(code) > len(value) and code.lstrip("0") == value.lstrip("0")), "")
