"""How likely two rows are one person, and what is said of it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from pallaq.matching.rules.scoring import QUEUED, SHOWN, Traits, compare, words_of

DNI = {"dni": frozenset({"40123456"})}
JUANA = Traits(("Juana Rosa", "Mamani", "Quispe"), date(1981, 5, 3), "211002", b"phone", "female", DNI)


def changed(**changes: Any) -> Traits:
    return replace(JUANA, **changes)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, {"names", "born", "document", "phone", "place"}),
        ({"names": ("Guana Rosa", "Mamany", "Kispi"), "numbers": {}}, {"names-like", "born"}),
        ({"names": ("Juana Rosa", "Mamany", "Qispi"), "numbers": {}}, {"names-sound"}),
        ({"names": ("Juana", "Quispe", "Mamani"), "phone": None}, {"surnames-swapped", "name-missing"}),
        ({"birth_on": date(1981, 3, 5), "numbers": {}, "phone": None}, {"born-swapped", "names"}),
        ({"birth_on": date(1981, 5, 8), "numbers": {}}, {"born-digit"}),
        ({"birth_on": date(1918, 5, 3), "numbers": {}}, {"born-digit"}),
        ({"numbers": {"dni": frozenset({"40123465"})}, "phone": None}, {"document-near"}),
        ({"names": ("Juana", "Mamani", ""), "numbers": {}}, {"name-missing"}),
        ({"numbers": {"dni": frozenset({"40999999", "40123456"})}, "birth_on": None}, {"document"}),
    ],
)
def test_rows_of_one_person_are_queued_with_reasons(changes: dict[str, Any], reasons: set[str]) -> None:
    score = compare(JUANA, changed(**changes))
    assert score.points >= QUEUED, score
    assert reasons <= set(score.reasons), score
    assert score == replace(compare(changed(**changes), JUANA), reasons=score.reasons)


@pytest.mark.parametrize(
    "changes",
    [
        {"names": ("Pedro", "Mamani", "Quispe"), "sex": "male", "numbers": {}},  # a twin at the same phone
        {"birth_on": date(1962, 11, 28), "numbers": {}, "phone": None, "place": "040309"},  # of the same common names
        {"numbers": {"dni": frozenset({"29555111"})}, "birth_on": date(1990, 1, 20), "phone": None},
        {"names": ("María", "Condori", "Flores"), "numbers": {}, "phone": None},
    ],
)
def test_other_people_are_not_queued(changes: dict[str, Any]) -> None:
    assert compare(JUANA, changed(**changes)).points < QUEUED


def test_one_document_is_always_shown_whatever_else_is_said() -> None:
    other = Traits(("Pedro", "Ccori", "Flores"), date(1950, 1, 1), "040309", None, "male", DNI)
    assert compare(JUANA, other).points >= SHOWN


def test_reasons_are_words() -> None:
    with override("en"):
        words = words_of(["document", "names-sound", "born"])
    assert words == ["same document", "names sound alike", "born the same day"]
