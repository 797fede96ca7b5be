"""People looked up: by how names sound, by a year, by numbers."""

import pytest

from pallaq.registry.models import Person
from pallaq.registry.rules.numbers import check_character
from pallaq.registry.tests.samples import desks, registered, selector

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed",
    [
        "mamani quispe",
        "Juana  QISPI",
        "mamany",
        "rosa 1981",
        "juana de mamani",
        "40123456",
        "4012 3456",
        "951234567",
        "+51 951 234 567",
        "p-1",
    ],
)
def test_it_finds_her_by(typed: str) -> None:
    desks()
    juana = registered(selector())
    selector("40999999", given_names="Pedro", paternal_surname="Ccori", maternal_surname="Flores", phone="")
    assert list(Person.objects.search(typed)) == [juana]


def test_it_finds_her_by_the_number_of_the_registry_as_it_is_read_aloud() -> None:
    desks()
    juana = selector()
    assert Person.objects.search(f"{juana.number[:4]}-{juana.number[4:].lower()}").get() == juana


def test_it_finds_her_by_a_number_that_has_no_digit() -> None:
    desks()
    juana = selector()
    body = "ABCDEFGHJ"
    Person.objects.filter(pk=juana.pk).update(number=body + check_character(body))
    assert Person.objects.search(f"abcd efghj {check_character(body)}").get() == juana


@pytest.mark.parametrize(
    "typed", ["", "  ", "de la", "1981", "mamani 1982", "4012345", "mamani perez", "quispe 40123456"]
)
def test_it_finds_nobody_by(typed: str) -> None:
    desks()
    selector()
    assert not Person.objects.search(typed).exists()


def test_a_merged_row_stands_as_the_one_it_was_merged_into() -> None:
    desks()
    first, second, third = selector("40000001"), selector("40000002"), selector("40000003")
    Person.objects.filter(pk=first.pk).update(state="merged", merged_into=second)
    Person.objects.filter(pk=second.pk).update(state="merged", merged_into=third)
    assert Person.objects.get(pk=first.pk).standing() == third
    assert third.standing() == third
