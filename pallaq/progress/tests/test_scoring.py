"""A light says where an indicator stands; no data is grey, and grey is counted."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pallaq.plan.rules.compliance import Thresholds
from pallaq.plan.rules.periods import Period
from pallaq.plan.rules.units import derived_sense
from pallaq.progress.rules.scoring import (
    Counts,
    Course,
    Score,
    counted,
    months_old,
    own_period,
    score,
    sense_of,
    trend,
)

RISING = Course("", Decimal(33), Decimal(60), Decimal(33), Decimal(43))
amounts = st.integers(0, 9).map(Decimal)


@pytest.mark.parametrize(
    ("chosen", "frequency", "own"),
    [
        (Period(2026), "yearly", "2026"),
        (Period(2026), "quarterly", "2026-Q4"),
        (Period(2026, 2), "quarterly", "2026-Q2"),
        (Period(2026, 4), "yearly", "2026"),
        (Period(2026, 3), "yearly", "2025"),
    ],
)
def test_each_indicator_is_looked_at_in_its_own_period(chosen: Period, frequency: str, own: str) -> None:
    assert str(own_period(chosen, frequency)) == own
    assert own_period(chosen, frequency).ends_on <= chosen.ends_on


@pytest.mark.parametrize(
    ("value", "light", "why", "compliance"),
    [
        (Decimal(43), "green", "", 100),
        (Decimal(42), "green", "", 90),
        (Decimal(40), "amber", "", 70),
        (Decimal(39), "red", "", 60),
        (Decimal(33), "red", "", 0),
        (Decimal(23), "red", "", -100),
        (None, "grey", "no data", None),
    ],
)
def test_the_light_follows_the_plans_thresholds(
    value: Decimal | None, light: str, why: str, compliance: int | None
) -> None:
    assert score(RISING, value, Thresholds())[:3] == (light, why, compliance)


def test_other_thresholds_give_another_light() -> None:
    assert score(RISING, Decimal(40), Thresholds(Decimal(70), Decimal(50))).light == "green"


def test_without_a_target_it_is_grey_even_with_a_value() -> None:
    assert score(RISING._replace(due=None), Decimal(50), Thresholds())[:2] == ("grey", "no target")


def test_a_falling_indicator_is_better_when_it_falls() -> None:
    course = Course("", Decimal(67), Decimal(40), Decimal(67), Decimal(57))
    assert score(course, Decimal(57), Thresholds()).light == "green"
    assert score(course, Decimal(70), Thresholds()).light == "red"


def test_a_declared_sense_stands_over_the_way_of_the_targets() -> None:
    assert sense_of(RISING._replace(declared="falling")) == "falling"


@given(st.lists(amounts, min_size=2, max_size=6), st.data())
def test_a_derived_sense_is_that_of_the_units_where_targets_never_turn(
    values: list[Decimal], data: st.DataObject
) -> None:
    baseline, *targets = values
    derived = derived_sense(values)
    found = sense_of(Course("", baseline, targets[-1], baseline, data.draw(st.sampled_from(targets))))
    assert derived is None or found == derived


def test_targets_that_turn_and_lead_nowhere_have_no_sense_until_it_is_declared() -> None:
    course = Course("", Decimal(5), Decimal(5), Decimal(5), Decimal(9))
    assert score(course, Decimal(9), Thresholds())[:2] == ("grey", "no sense")
    assert score(course._replace(declared="rising"), Decimal(9), Thresholds()).light == "green"


def test_one_target_without_a_baseline_shows_no_way() -> None:
    course = Course("", None, Decimal(50), None, Decimal(50))
    assert score(course, Decimal(58), Thresholds())[:2] == ("grey", "no sense")
    assert score(course._replace(declared="rising"), Decimal(58), Thresholds()).light == "green"


def test_a_region_without_targets_of_the_total_goes_its_own_way() -> None:
    assert sense_of(Course("", None, None, Decimal(9), Decimal(4))) == "falling"


@pytest.mark.parametrize(
    ("sense", "value", "before", "target", "said"),
    [
        ("rising", 5, 3, 9, "better"),
        ("rising", 3, 5, 9, "worse"),
        ("falling", 3, 5, 1, "better"),
        ("falling", 5, 5, 1, "same"),
        ("neutral", 6, 8, 5, "better"),
        ("neutral", 4, 6, 5, "same"),
        ("neutral", 4, 6, None, ""),
        (None, 4, 6, 5, ""),
        ("rising", 4, None, 5, ""),
    ],
)
def test_a_trend_is_said_in_the_indicators_sense(
    sense: str | None, value: int, before: int | None, target: int | None, said: str
) -> None:
    figures = [None if one is None else Decimal(one) for one in (value, before, target)]
    assert trend(sense, *figures) == said  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.none() | amounts, st.none() | amounts)))
def test_counts_never_lose_one(pairs: list[tuple[Decimal | None, Decimal | None]]) -> None:
    scores = [score(RISING._replace(due=due), value, Thresholds()) for due, value in pairs]
    counts = counted(scores)
    assert counts.total == len(scores)
    assert counts.grey == counts.no_data + counts.no_target
    assert counts.due == counts.reported + counts.no_data
    assert counts + counts == counted(scores * 2)


def test_the_share_reported_is_of_those_that_have_a_target() -> None:
    grey = [Score("grey", "no data", None, "rising"), Score("grey", "no target", None, None)]
    counts = counted([Score("green", "", Decimal(100), "rising"), *grey], without_target=7)
    assert (counts.total, counts.due, counts.reported) == (10, 2, 1)
    assert counts.share_reported == 0.5
    assert Counts().share_reported is None


def test_the_age_of_a_figure_is_in_whole_months() -> None:
    assert months_old(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert months_old(date(2025, 2, 1), date(2026, 2, 1)) == 12
    assert months_old(date(2027, 1, 1), date(2026, 1, 1)) == 0
