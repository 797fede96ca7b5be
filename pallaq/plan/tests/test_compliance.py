"""Compliance: rising and falling mirror each other, base equal to target is guarded, grey is never red or zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pallaq.plan.rules.compliance import Thresholds, is_reached, percentage, standing
from pallaq.plan.rules.units import Sense

numbers = some.decimals(-1000, 1000, places=2)
perhaps = some.none() | numbers
senses: some.SearchStrategy[Sense] = some.sampled_from(["rising", "neutral", "falling"])
MIRRORED: dict[Sense, Sense] = {"rising": "falling", "falling": "rising", "neutral": "neutral"}
USUAL = Thresholds()


def mirror(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


@given(senses, numbers, perhaps, perhaps)
def test_falling_is_rising_in_a_mirror(
    sense: Sense, baseline: Decimal, target: Decimal | None, actual: Decimal | None
) -> None:
    here = standing(sense, baseline, target, actual, USUAL)
    there = standing(MIRRORED[sense], -baseline, mirror(target), mirror(actual), USUAL)
    assert here == there


@given(senses, perhaps, perhaps, perhaps)
def test_no_data_or_no_target_is_grey_and_nothing_else_is(
    sense: Sense, baseline: Decimal | None, target: Decimal | None, actual: Decimal | None
) -> None:
    found = standing(sense, baseline, target, actual, USUAL)
    assert (found.light == "grey") is (target is None or actual is None)
    if found.light == "grey":
        assert found.compliance is None
        assert found.reached is None


@given(senses, perhaps, numbers, numbers)
def test_what_reached_its_target_is_green_and_what_is_red_did_not(
    sense: Sense, baseline: Decimal | None, target: Decimal, actual: Decimal
) -> None:
    found = standing(sense, baseline, target, actual, USUAL)
    assert found.reached is is_reached(sense, target, actual)
    if found.reached:
        assert found.light == "green"
        assert found.compliance is None or found.compliance >= 100
    elif found.compliance is not None:
        assert found.compliance < 100


@given(senses, numbers, numbers)
def test_base_equal_to_target_has_no_percentage(sense: Sense, target: Decimal, actual: Decimal) -> None:
    found = standing(sense, target, target, actual, USUAL)
    assert found.compliance is None
    assert found.light == ("green" if found.reached else "red")


@pytest.mark.parametrize(
    ("sense", "baseline", "target", "actual", "compliance"),
    [
        ("rising", 33, 53, 43, 50),
        ("rising", 33, 53, 33, 0),
        ("rising", 33, 53, 23, -50),
        ("rising", 33, 53, 63, 150),
        ("falling", 80, 40, 60, 50),
        ("falling", 80, 40, 30, 125),
        ("rising", None, 50, 40, 80),
        ("falling", None, 40, 50, 80),
        ("rising", None, 0, 5, None),
        ("falling", None, 40, 0, None),
        ("rising", None, -5, -3, None),
        ("neutral", 5, 5, 5, None),
        ("rising", 60, 40, 50, None),
    ],
)
def test_the_formula_is_ceplans(
    sense: Sense, baseline: int | None, target: int, actual: int, compliance: int | None
) -> None:
    base = None if baseline is None else Decimal(baseline)
    assert percentage(sense, base, Decimal(target), Decimal(actual)) == compliance


@pytest.mark.parametrize(
    ("actual", "light"), [("95", "green"), ("90", "green"), ("89.99", "amber"), ("70", "amber"), ("69.99", "red")]
)
def test_a_light_changes_at_the_stored_thresholds(actual: str, light: str) -> None:
    found = standing("rising", Decimal(0), Decimal(100), Decimal(actual), USUAL)
    assert found.light == light


def test_thresholds_are_the_plans_own() -> None:
    strict = Thresholds(green=Decimal(100), amber=Decimal(95))
    assert standing("rising", Decimal(0), Decimal(100), Decimal(95), strict).light == "amber"
    assert standing("rising", Decimal(0), Decimal(100), Decimal(94), strict).light == "red"
