"""How names sound, and the keys that rows of one person share."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pallaq.registry.rules.names import block_keys, name_words, sound, sounds

JUANA = ("Juana Rosa", "Mamani", "Quispe", date(1981, 5, 3))


@pytest.mark.parametrize(
    "written",
    [
        "quispe qispi kispe quispi",
        "huaman waman guaman",
        "condori kunturi cunturi",
        "mamani mamany",
        "ccori qori cori",
        "choque chuqui chuki",
        "huanca wanka guanca",
        "huillca willca wilka",
        "apaza apasa apassa",
        "yanos llanos",
        "ttito tito",
        "chambi champi chanbi",
        "inca inka inga",
        "phocco pocco poqo",
        "zea cea sea",
        "pacsi paxi pakci",
        "sofia sophia",
        "jhon john jon",
        "elizabeth elisabet elizabet",
        "roxana rocsana",
        "ximena jimena",
        "stefany estefani",
        "wilber huilber wilver",
        "cruz delacruz",
        "ma maria",
        "caceres kaseres caseres",
    ],
)
def test_spellings_of_one_name_sound_alike(written: str) -> None:
    assert len({sound(word) for word in written.split()}) == 1


@pytest.mark.parametrize("different", ["quispe quispes", "mamani mamana", "guerra jara", "rosa roca", "choque coque"])
def test_other_names_do_not(different: str) -> None:
    first, second = different.split()
    assert sound(first) != sound(second)


def test_what_stands_between_the_words_of_a_surname_says_nothing() -> None:
    assert sounds("De la Cruz") == sounds("Delacruz") == sounds("de  LA crúz") == ["krus"]
    assert name_words("Ma. Juana", "Ñahui", "Quispe-Qispi") == name_words("juana maria", "nahui quispe")


@pytest.mark.parametrize(
    ("given", "paternal", "maternal", "birth_on"),
    [
        ("Juana Rosa", "Mamani", "Quispe", None),
        ("Juana", "Mamani", "Quispe", date(1979, 1, 1)),  # the second name left out, another birth date
        ("Rosa Juana", "Quispe", "Mamani", date(1981, 3, 5)),  # all that can be exchanged
        ("Guana", "Mamany", "Kispi", date(1981, 5, 3)),
        ("Juana Rosa", "Mamani", "", date(1981, 5, 3)),
        ("Juana Rosa", "Mamani", "", None),
        ("Juana", "Mamari", "Quispe", date(1981, 11, 30)),  # a surname and the day wrong
        ("Juana Rosa", "Flores", "Chura", date(1981, 5, 3)),
    ],
)
def test_rows_of_one_person_share_a_key(given: str, paternal: str, maternal: str, birth_on: date | None) -> None:
    assert set(block_keys(*JUANA)) & set(block_keys(given, paternal, maternal, birth_on))


@pytest.mark.parametrize(
    ("given", "paternal", "maternal", "birth_on"),
    [("Pedro", "Mamani", "Flores", date(1981, 5, 4)), ("Juana", "Huanca", "Flores", date(1981, 6, 3))],
)
def test_other_people_share_none(given: str, paternal: str, maternal: str, birth_on: date) -> None:
    assert not set(block_keys(*JUANA)) & set(block_keys(given, paternal, maternal, birth_on))


names = st.text(max_size=60)


@given(names, names, names, st.none() | st.dates())
def test_keys_are_few_and_short_whatever_is_written(first: str, second: str, third: str, day: date | None) -> None:
    keys = block_keys(first, second, third, day)
    assert len(keys) <= 9
    assert all(len(key) == 8 for key in keys)
    assert keys == block_keys(first.upper().lower(), second, third, day)
