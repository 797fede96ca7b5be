"""Units allow their range, numbers are read as Peru writes them, the sense follows from the targets, cells are keys."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pallaq.plan.rules.cells import breakdowns, cell_fault, cell_of, cell_words, cells_by, levels_of
from pallaq.plan.rules.units import RANGES, derived_sense, is_storable, parse_value, value_fault
from pallaq.plan.tests.samples import DIMENSIONS

NAMES = list(DIMENSIONS)
numbers = some.decimals(-1000, 1000, places=2)


@some.composite
def levels(draw: some.DrawFn) -> dict[str, str]:
    names = draw(some.lists(some.sampled_from(NAMES), unique=True))
    return {name: draw(some.sampled_from(list(DIMENSIONS[name]["levels"]))) for name in names}


def test_there_are_ceplans_seven_units() -> None:
    assert set(RANGES) == {"quantity", "number", "percentage", "ratio", "rate", "index", "variation_rate"}


@pytest.mark.parametrize(
    ("unit", "value", "fault"),
    [
        ("percentage", "0", ""),
        ("percentage", "100", ""),
        ("percentage", "100.01", "above"),
        ("percentage", "-0.01", "below"),
        ("number", "3", ""),
        ("number", "3.0", ""),
        ("number", "2.5", "whole"),
        ("number", "-1", "below"),
        ("quantity", "-61", ""),
        ("ratio", "-0.1", "below"),
        ("rate", "1000.5", ""),
        ("index", "0", ""),
        ("variation_rate", "-100", ""),
        ("variation_rate", "-101", "below"),
        ("variation_rate", "250", ""),
    ],
)
def test_a_unit_allows_its_range(unit: str, value: str, fault: str) -> None:
    assert value_fault(unit, Decimal(value)) == fault  # type: ignore[arg-type] # one of the seven


@given(numbers)
def test_a_number_is_read_as_it_is_printed(value: Decimal) -> None:
    assert parse_value(f"{value:,f}") == value
    assert parse_value(f" {value:,f}\N{NO-BREAK SPACE}%") == value


@pytest.mark.parametrize("text", ["33,5", "1,00", "", " ", "many", "1.2.3", "NaN", "inf", "1e5", "--1", "٣٣", "1_000"])
def test_what_is_no_number_or_could_be_two_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        parse_value(text)


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "1e14", "0.0000001"])
def test_what_the_database_would_change_is_not_storable(text: str) -> None:
    assert not is_storable(Decimal(text))


@given(some.lists(numbers, min_size=2, max_size=6))
def test_the_sense_is_that_of_every_step_or_none(values: list[Decimal]) -> None:
    steps = [later - earlier for earlier, later in pairwise(values)]
    sense = derived_sense(values)
    if sense == "rising":
        assert min(steps) >= 0 < max(steps)
    elif sense == "falling":
        assert max(steps) <= 0 > min(steps)
    elif sense == "neutral":
        assert not any(steps)
    else:
        assert min(steps) < 0 < max(steps)


@given(some.lists(numbers, min_size=2, max_size=6))
def test_a_mirrored_way_has_the_mirrored_sense(values: list[Decimal]) -> None:
    mirrored = {"rising": "falling", "falling": "rising", "neutral": "neutral", None: None}
    assert derived_sense([-value for value in values]) == mirrored[derived_sense(values)]


@given(levels())
def test_a_cell_is_one_key_whatever_the_order_of_its_levels(chosen: dict[str, str]) -> None:
    cell = cell_of(chosen)
    assert cell_of(dict(reversed(chosen.items()))) == cell
    assert levels_of(cell) == chosen
    assert cell_fault(cell, DIMENSIONS, NAMES) == ""
    assert cell_words(cell, DIMENSIONS, "en").count(",") == max(0, len(chosen) - 1)


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("profile", "form:profile"),
        ("profile=", "form:profile="),
        ("age=20", "dimension:age"),
        ("sex=women", "dimension:sex"),
        ("profile=nobody", "level:nobody"),
        ("region=21;profile=men", "form:region=21;profile=men"),
        ("profile=men;profile=men", "form:profile=men;profile=men"),
        ("profile=men;", "form:"),
    ],
)
def test_a_cell_that_the_indicator_lacks_has_a_fault(cell: str, fault: str) -> None:
    assert cell_fault(cell, DIMENSIONS, ["profile", "region"]) == fault


@given(some.text(max_size=40))
def test_any_text_is_a_cell_or_has_a_fault(text: str) -> None:
    fault = cell_fault(text, DIMENSIONS, NAMES)
    assert fault.partition(":")[0] in {"", "form", "dimension", "level"}
    assert (fault == "") is (cell_of(levels_of(text)) == text and text in every_cell())


def every_cell() -> set[str]:
    ways = [*breakdowns(NAMES), tuple(NAMES)]
    return {cell for way in ways for cell in cells_by(DIMENSIONS, way)}


def test_a_breakdown_has_every_combination_once() -> None:
    cells = cells_by(DIMENSIONS, ["profile", "region"])
    assert len(cells) == len(set(cells)) == 4
    assert all(cell_fault(cell, DIMENSIONS, NAMES) == "" for cell in cells)
    assert len(breakdowns(NAMES)) == 1 + 3 + 3
