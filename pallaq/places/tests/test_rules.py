"""Places are found by INEI's codes alone."""

import pytest

from pallaq.places.rules import department, district


def test_it_knows_the_twenty_five_departments() -> None:
    known = [department(f"{number:02}") for number in range(100)]
    assert len([place for place in known if place]) == 25


@pytest.mark.parametrize(("ubigeo", "name"), [("04", "Arequipa"), ("03", "Apurímac"), ("17", "Madre de Dios")])
def test_it_finds_a_department(ubigeo: str, name: str) -> None:
    assert department(ubigeo).name == name


def test_it_finds_a_district_and_its_province() -> None:
    ananea = district("211002")
    assert (ananea.name, ananea.province) == ("Ananea", "San Antonio de Putina")


def test_it_does_not_take_reniec_for_inei() -> None:
    reniec_ananea = "201104"
    assert district(reniec_ananea) is None


@pytest.mark.parametrize("ubigeo", ["", "4", "NA", "211002 ", "99"])
def test_it_finds_nothing_under_another_code(ubigeo: str) -> None:
    assert department(ubigeo) is None
    assert district(ubigeo) is None
