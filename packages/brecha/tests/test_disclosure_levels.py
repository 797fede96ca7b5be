"""Any rule's cells stay as uncertain as it asks, in tables of any number of ways and levels."""

from itertools import combinations, product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brecha import BrechaError
from brecha.disclosure import Interval, Levels, audit, few, margins, protect, relations

TABLE = margins(
    {
        (region, sex, age): count
        for region, counts in {"P": (3, 20, 30, 40), "I": (15, 25, 35, 12), "A": (22, 31, 18, 27)}.items()
        for (sex, age), count in zip([("w", "y"), ("w", "o"), ("m", "y"), ("m", "o")], counts, strict=True)
    }
)


def short(values, sums, primary, hidden, floor):
    """Return the primary cells that a reader comes closer to than their levels allow."""
    ends = audit(values, sums, hidden, floor=floor)
    below = {cell: values[cell] - ends[cell].low + 1e-3 for cell in primary}
    above = {cell: ends[cell].high - values[cell] + 1e-3 for cell in primary}
    return {
        cell
        for cell, levels in primary.items()
        if below[cell] < levels.lower or above[cell] < levels.upper or max(below[cell], above[cell]) < levels.either
    }


def least_of(values, sums, primary, floor):
    """Try every choice of secondary cells, the fewest first, with levels of any kind; None if none protects."""
    others = [cell for cell, value in values.items() if cell not in primary and value > 0]
    for size in range(len(others) + 1):
        good = [
            sum(values[cell] for cell in choice)
            for choice in combinations(others, size)
            if not short(values, sums, primary, [*primary, *choice], floor)
        ]
        if good:
            return size, min(good)
    return None


amounts = st.lists(st.integers(0, 12), min_size=4, max_size=4)
demands = st.builds(Levels, lower=st.integers(0, 6), upper=st.integers(0, 9), either=st.integers(1, 4))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(amounts, st.lists(demands, min_size=1, max_size=2), st.sampled_from([0, 1]))
def test_it_hides_as_few_as_trying_every_choice_for_any_levels_in_a_table_with_sublevels(parts, asked, floor):
    """The towns a and b make up a province, c and d another: every cell is one of seven."""
    parents = {0: {"a": "ab", "b": "ab", "c": "cd", "d": "cd"}}
    values = margins({(town,): amount for town, amount in zip("abcd", parts, strict=True)}, parents)
    sums = relations(values, parents)
    primary = {cell: levels for cell, levels in zip([("a",), ("cd",)], asked, strict=False) if values[cell] >= floor}
    best = least_of(values, sums, primary, floor)
    if best is None:
        with pytest.raises(BrechaError, match="No choice of cells"):
            protect(values, sums, primary, floor=floor)
        return
    hidden = protect(values, sums, primary, floor=floor)
    secondary = [cell for cell, reason in hidden.items() if reason == "secondary"]
    assert short(values, sums, primary, list(hidden), floor) == set()
    assert (len(secondary), sum(values[cell] for cell in secondary)) == best


def test_enough_cells_are_hidden_to_reach_a_level():
    values = {"all": 130, "a": 100, "b": 10, "c": 11, "d": 9}
    sums = [("all", ["a", "b", "c", "d"])]
    hidden = protect(values, sums, {"a": Levels(upper=19)}, known=["all"], floor=0)
    assert hidden == {"a": "primary", "b": "secondary", "d": "secondary"}
    assert audit(values, sums, hidden, floor=0)["a"] == Interval(0, 119)
    filled = protect(values, sums, {"a": Levels(upper=19)}, known=["all"], floor=1)
    assert set(filled) == {"a", "b", "c"}, "9 and 10 can be taken from b and c, only 8 from d"


def test_a_level_below_needs_only_one_other_cell_to_take_what_it_loses():
    values = {"all": 130, "a": 100, "b": 10, "c": 11, "d": 9}
    hidden = protect(values, [("all", ["a", "b", "c", "d"])], {"a": Levels(lower=90)}, known=["all"], floor=0)
    assert hidden == {"a": "primary", "d": "secondary"}


def test_a_small_cell_of_three_ways_takes_a_cube():
    """All eight corners, for each line through a hidden cell needs another; and no margin, for they cost more."""
    counts = margins({cell: 2 if cell == ("a", "c", "e") else 20 for cell in product("ab", "cd", "ef")})
    hidden = protect(counts, relations(counts))
    assert set(hidden) == set(product("ab", "cd", "ef"))
    assert audit(counts, relations(counts), hidden)[("a", "c", "e")] == Interval(1, 21)


def test_a_table_of_three_ways_and_many_small_cells_is_protected():
    numbers = numpy.random.default_rng(7).integers(0, 60, (6, 4, 3))
    counts = margins({tuple(map(str, place)): int(number) for place, number in numpy.ndenumerate(numbers)})
    hidden = protect(counts, relations(counts))
    assert {cell for cell, why in hidden.items() if why == "primary"} == set(few(counts))
    assert short(counts, relations(counts), few(counts), list(hidden), 1) == set()


def test_only_the_cells_of_the_given_rule_are_primary():
    counts = {"all": 43, "a": 3, "b": 20, "c": 20}
    hidden = protect(counts, [("all", ["a", "b", "c"])], {"b": Levels(either=1)})
    assert hidden == {"b": "primary", "a": "secondary"}


def test_three_ways_are_protected_and_the_audit_shows_it():
    hidden = protect(TABLE, relations(TABLE))
    assert [cell for cell, why in hidden.items() if why == "primary"] == [("P", "w", "y")]
    found = audit(TABLE, relations(TABLE), list(hidden))
    low, high = found["P", "w", "y"]
    assert low <= 2 or high >= 4
    assert all(one.low <= TABLE[cell] <= one.high for cell, one in found.items())
    for needless in hidden:
        if hidden[needless] == "secondary":
            left = [cell for cell in hidden if cell != needless]
            ends = audit(TABLE, relations(TABLE), left)["P", "w", "y"]
            assert ends == pytest.approx((3, 3))


def test_levels_of_a_magnitude_are_kept():
    gold = margins({("P", "w"): 100.0, ("P", "m"): 50.0, ("I", "w"): 70.0, ("I", "m"): 80.0})
    primary = {("P", "w"): Levels(lower=10.0, upper=10.0)}
    hidden = protect(gold, relations(gold), primary, floor=0.0)
    low, high = audit(gold, relations(gold), list(hidden), floor=0.0)["P", "w"]
    assert low <= 90
    assert high >= 110


@pytest.mark.parametrize("levels", [Levels(lower=10.0), Levels(upper=10.0), Levels(lower=10.0, upper=10.0)])
def test_cells_too_small_to_hide_behind_are_not_chosen(levels):
    gold = margins(
        {("P", "w"): 100.0, ("P", "m"): 50.0, ("I", "w"): 70.0, ("I", "m"): 80.0, ("A", "w"): 2.0, ("A", "m"): 3.0}
    )
    hidden = protect(gold, relations(gold), {("P", "w"): levels}, floor=0.0)
    low, high = audit(gold, relations(gold), list(hidden), floor=0.0)["P", "w"]
    assert 100 - low >= levels.lower
    assert high - 100 >= levels.upper


def test_regions_of_provinces_are_one_way():
    parents = {0: {"Melgar": "Puno", "Sandia": "Puno", "Nasca": "Ica"}}
    counts = margins({("Melgar",): 3, ("Sandia",): 30, ("Nasca",): 40}, parents)
    hidden = protect(counts, relations(counts, parents))
    assert hidden == {("Melgar",): "primary", ("Sandia",): "secondary"}
