"""Places are found by INEI's codes alone."""

import pytest

from pallaq.places.rules import department, district, districts, districts_named, from_reniec, label


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


def test_it_turns_reniec_s_code_into_inei_s() -> None:
    assert [from_reniec(code) for code in ("201104", "040408", "190210")] == ["211002", "040308", "200207"]
    assert from_reniec("999999") == from_reniec("") == ""


def test_every_code_of_reniec_is_one_district_of_inei() -> None:
    found = [district(from_reniec(code)) for code in map("{:06}".format, range(260000)) if from_reniec(code)]
    assert len(found) > 1850
    assert all(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "words", ["Ananea", "ANANEA", "ananea, putina", "211002", "Ananea · San Antonio de Putina · Puno (211002)"]
)
def test_it_finds_a_district_by_what_people_write(words: str) -> None:
    assert [place.ubigeo for place in districts_named(words)] == ["211002"]


@pytest.mark.parametrize("words", ["", "  ", "·", "Aná nea", "999999"])
def test_it_finds_no_district_in_other_words(words: str) -> None:
    assert districts_named(words) == []


def test_a_name_that_several_districts_bear_finds_each() -> None:
    found = districts_named("Santa Rosa")
    assert len(found) > 3
    assert {place.name for place in found} == {"Santa Rosa"}


def test_it_lists_the_districts_of_some_departments() -> None:
    found = districts(frozenset({"21"}))
    assert {place.ubigeo[:2] for place in found} == {"21"}
    assert len(districts()) == 1892
    assert label("211002") == "Ananea · San Antonio de Putina · Puno (211002)"
    assert label("201104") == ""
