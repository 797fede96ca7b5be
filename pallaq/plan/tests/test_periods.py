"""Periods: years and quarters cover the calendar without gaps, are read as people write them, and sort in time."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pallaq.plan.rules.periods import Period, between, last_ended, parse, period_of, years

days = some.dates(date(1950, 1, 1), date(2150, 12, 31))
frequencies = some.sampled_from(["yearly", "quarterly"])


@some.composite
def periods(draw: some.DrawFn) -> Period:
    return Period(draw(some.integers(1950, 2150)), draw(some.integers(0, 4)))


@given(periods())
def test_a_period_follows_the_day_after_the_one_before(period: Period) -> None:
    assert period.previous.ends_on + timedelta(days=1) == period.starts_on
    assert period.previous.following == period == period.following.previous
    assert period.starts_on <= period.ends_on


@given(days, frequencies)
def test_every_day_lies_in_one_period_of_a_frequency(day: date, frequency: str) -> None:
    period = period_of(day, frequency)
    assert period.holds(day)
    assert period.frequency == frequency
    assert not period.previous.holds(day)
    assert not period.following.holds(day)
    assert last_ended(day, frequency).ends_on < day


@given(periods())
def test_a_period_is_read_as_it_is_written(period: Period) -> None:
    assert parse(str(period)) == period
    assert parse(f" {str(period).replace('Q', 't')} ") == period


@pytest.mark.parametrize(
    "text", ["", "20", "2027-Q5", "2027-Q0", "2027-Q", "Q1", "2027-13", "1899", "2201", "2027-Q1x"]
)
def test_what_is_no_period_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize("given_", [(1899, 0), (2201, 0), (2027, 5), (2027, -1)])
def test_there_is_no_such_period(given_: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no such period"):
        Period(*given_)


@given(days, days, frequencies)
def test_periods_between_two_days_touch_them_all_in_order(first: date, last: date, frequency: str) -> None:
    found = between(first, last, frequency)
    if last < first:
        assert found == []
        return
    assert found[0].holds(first)
    assert found[-1].holds(last)
    assert all(one.following == other for one, other in pairwise(found))


def test_years_may_reach_the_last_one_there_is() -> None:
    assert years(2200, 2200, "quarterly")[-1] == Period(2200, 4)
    assert [str(period) for period in years(2026, 2028, "yearly")] == ["2026", "2027", "2028"]


def test_a_year_sorts_before_its_quarters() -> None:
    assert sorted([Period(2027, 2), Period(2027), Period(2026, 4)]) == [Period(2026, 4), Period(2027), Period(2027, 2)]
