"""How likely two rows are one person: 0 to 100 from what agrees and what does not, with reasons that people read.

The points were set on lists generated with known errors (`bench/registry_matching.py`, which prints what other
thresholds would give). They are no probabilities: they put a queue in order for whoever decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from pallaq.registry.rules.names import sounds
from pallaq.shared.fields import plain

# At entry the registrar has her before her and can ask: a candidate too many costs a glance, one too few a second file.
SHOWN = 58
# In bulk each pair costs an officer minutes.
QUEUED = 66
# Below this no document and no phone lifts a pair over SHOWN, save the same document.
WORTH_A_LOOK = 28
ONE_DOCUMENT = 75  # of two rows with one document number, whatever else they say

PATERNAL, MATERNAL, GIVEN = 16, 14, 20
NEUTRAL = 0.45  # of a part's points where one of the rows lacks it
REASONS: dict[str, str | Promise] = {
    "document": _("same document"),
    "document-near": _("document numbers differ by one slip"),
    "document-other": _("each has another document number"),
    "names": _("same names"),
    "names-sound": _("names sound alike"),
    "names-like": _("names are spelled almost alike"),
    "surnames-swapped": _("surnames in the other order"),
    "name-missing": _("one of them lacks a name"),
    "born": _("born the same day"),
    "born-swapped": _("birth dates with day and month exchanged"),
    "born-digit": _("birth dates differ by one digit"),
    "born-other": _("other birth dates"),
    "phone": _("same phone"),
    "place": _("same district"),
    "sex-other": _("one is a woman, the other a man"),
}


@dataclass(frozen=True)
class Traits:
    """What is compared of a person: given names, paternal and maternal surname; a phone's blind index or digits."""

    names: tuple[str, str, str]
    birth_on: date | None = None
    place: str = ""
    phone: bytes | None = None
    sex: str = ""
    numbers: Mapping[str, frozenset[str]] = field(default_factory=dict)  # kind of identifier -> hers, old ones too

    def __post_init__(self) -> None:
        heard = tuple(sounds(name) for name in self.names)
        object.__setattr__(self, "heard", heard)
        object.__setattr__(self, "spelled", tuple(plain(name) for name in self.names))

    heard: tuple[list[str], list[str], list[str]] = field(init=False, repr=False, compare=False)
    spelled: tuple[str, str, str] = field(init=False, repr=False, compare=False)


@dataclass(frozen=True)
class Score:
    """Points from 0 to 100, and the codes of their reasons (`REASONS`)."""

    points: int
    reasons: list[str]


def compare(first: Traits, second: Traits) -> Score:
    """Return how likely two rows are one person."""
    names, why = name_points(first, second)
    points = names
    for part in (birth_points, number_points, other_points):
        more, reasons = part(first, second)
        points += more
        why += reasons
    if "document" in why:
        points = max(points, ONE_DOCUMENT)
    return Score(max(0, min(100, round(points))), why)


def name_points(first: Traits, second: Traits) -> tuple[float, list[str]]:
    """Return up to 50 points for names: surnames in their order or exchanged, given names word by word."""
    given, paternal, maternal = first.heard
    other_given, other_paternal, other_maternal = second.heard
    straight = alike(paternal, other_paternal), alike(maternal, other_maternal)
    points, reasons = total(straight), []
    if points < PATERNAL + MATERNAL:
        crossed = alike(paternal, other_maternal), alike(maternal, other_paternal)
        if None not in crossed and total(crossed) - 3 > points:
            straight, points = crossed, total(crossed) - 3
            reasons = ["surnames-swapped"]
    of_given = given_alike(given, other_given)
    points += GIVEN * scaled(of_given)
    if None in straight or len(given) != len(other_given):
        reasons.append("name-missing")
    worst = min(value for value in (*straight, of_given, 1.0) if value is not None)
    if first.spelled == second.spelled:
        reasons.append("names")
    elif worst == 1.0:
        reasons.append("names-sound")
    elif worst > 0.7:
        reasons.append("names-like")
    return points, reasons


def total(parts: tuple[float | None, float | None]) -> float:
    """Return the points of two surnames."""
    return PATERNAL * scaled(parts[0]) + MATERNAL * scaled(parts[1])


def scaled(likeness: float | None) -> float:
    """Return the share of a part's points: none at 0.65, all at 1, and as much taken away below."""
    return NEUTRAL if likeness is None else max(-1.0, (likeness - 0.65) / 0.35)


def alike(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Return how alike two surnames sound, 0 to 1; None where one is missing."""
    if not first or not second:
        return None
    if first == second or first[0] == second[0]:
        return 1.0
    return ratio("".join(first), "".join(second)) / 100


def given_alike(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Return how alike given names are: each word of the shorter row with the one it fits best in the other."""
    if not first or not second:
        return None
    if first == second:
        return 1.0
    few, many = sorted((first, second), key=len)
    words = sum(max(1.0 if word == other else ratio(word, other) / 100 for other in many) for word in few) / len(few)
    return max(words, ratio("".join(first), "".join(second)) / 100)  # "Rosaluz" is "Rosa Luz"


def birth_points(first: Traits, second: Traits) -> tuple[float, list[str]]:
    """Return up to 30 points for birth dates; a wrong digit or an exchange is a clerk's slip, not another person."""
    one, two = first.birth_on, second.birth_on
    if one is None or two is None:
        return 8, []
    if one == two:
        return 30, ["born"]
    if one.year == two.year and (one.day, one.month) == (two.month, two.day):
        return 24, ["born-swapped"]
    digits = sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{two:%Y%m%d}", strict=True))
    if digits == 1:
        return 18, ["born-digit"]
    if digits == 2 and OSA.distance(f"{one:%Y%m%d}", f"{two:%Y%m%d}") == 1:
        return 16, ["born-digit"]
    if (one.day, one.month) == (two.day, two.month):
        return 6, ["born-other"]
    return (2 if one.year == two.year else -18), ["born-other"]


def number_points(first: Traits, second: Traits) -> tuple[float, list[str]]:
    """Return points for numbers: one of the same kind that is the same, one slip away, or another."""
    shared = first.numbers.keys() & second.numbers.keys()
    if not shared:
        return 0, []
    both = [pair for kind in shared for pair in product(first.numbers[kind], second.numbers[kind])]
    slips = min(OSA.distance(one, other, score_cutoff=2) for one, other in both)
    if slips == 0:
        return 40, ["document"]
    return (12, ["document-near"]) if slips == 1 else (-16, ["document-other"])


def other_points(first: Traits, second: Traits) -> tuple[float, list[str]]:
    """Return points for phone, place and sex."""
    points, reasons = 0, []
    if first.phone and first.phone == second.phone:
        points, reasons = 12, ["phone"]
    if first.place and second.place:
        if first.place == second.place:
            points += 6
            reasons.append("place")
        elif first.place[:2] != second.place[:2]:
            points -= 3
    if {first.sex, second.sex} == {"female", "male"}:
        points -= 8
        reasons.append("sex-other")
    return points, reasons


def words_of(reasons: Sequence[str]) -> list[str]:
    """Return reasons as people read them."""
    return [str(REASONS.get(reason, reason)) for reason in reasons]
