"""Which cells tell on somebody: by few, by few of a share, by few contributors; and what a reader can work out."""

import math

import pyarrow
import pytest

from brecha import BrechaError
from brecha.disclosure import (
    Contributors,
    Interval,
    Levels,
    audit,
    contributors,
    dominance,
    few,
    few_of_share,
    margins,
    p_percent,
    protect,
    relations,
    strictest,
)


def refusal(function, *arguments, **options):
    with pytest.raises(BrechaError) as caught:
        function(*arguments, **options)
    assert str(caught.value)
    return caught.value.code


def test_a_zero_is_few_only_where_it_is_said_to_be():
    counts = {"a": 0, "b": 9, "c": 10}
    assert list(few(counts)) == ["b"]
    assert list(few(counts, hide_zero=True)) == ["a", "b"]


def test_a_share_tells_on_those_counted_and_on_the_others():
    bases = dict.fromkeys("abcd", 40) | {"e": 0}
    counted = {"a": 2, "b": 38, "c": 20, "d": 0, "e": 0}
    assert list(few_of_share(counted, bases)) == ["a", "b"]
    assert list(few_of_share(counted, bases, hide_zero=True)) == ["a", "b", "d"]


def test_the_largest_contributors_are_found_in_the_engine():
    rows = pyarrow.table(
        {"region": ["P", "P", "P", "I", None], "sex": ["w", "w", "m", "w", "w"], "gold": [5.0, 3.0, 2.0, 0.0, 4.0]}
    )
    found = contributors(rows, ["region", "sex"], "gold")
    assert found == {
        ("", "w"): Contributors(4.0, (4.0, 0.0)),
        ("I", "w"): Contributors(0.0, (0.0, 0.0)),
        ("P", "m"): Contributors(2.0, (2.0, 0.0)),
        ("P", "w"): Contributors(8.0, (5.0, 3.0)),
    }
    total = margins({cell: found[cell] for cell in found if cell[0]})[(None, None)]
    assert total == Contributors(10.0, (5.0, 3.0))


@pytest.mark.parametrize(
    ("value", "code"), [(-1.0, "value_negative"), (math.nan, "value_not_numeric"), (math.inf, "value_not_numeric")]
)
def test_contributions_that_are_none_are_refused(value, code):
    assert refusal(contributors, {"r": ["a", "a"], "y": [1.0, value]}, ["r"], "y") == code


def test_dominance_asks_for_what_the_rule_lacks():
    cells = {"one": Contributors(100.0, (90.0, 5.0)), "two": Contributors(100.0, (50.0, 30.0))}
    assert list(dominance(cells)) == ["one"]
    assert dominance(cells, number=1, percent=80)["one"] == Levels(lower=12.5, upper=12.5)
    assert refusal(dominance, cells, number=3) == "too_few_kept"
    assert refusal(dominance, cells, percent=100) == "percent_out_of_range"


def test_the_second_contributor_must_not_come_within_p_per_cent_of_the_first():
    cells = {"unsafe": Contributors(100.0, (60.0, 36.0)), "safe": Contributors(100.0, (60.0, 30.0))}
    found = p_percent(cells)
    assert list(found) == ["unsafe"]
    assert found["unsafe"].upper == pytest.approx(2.0)


def test_rules_join_by_the_strictest_level():
    found = strictest({"a": Levels(upper=2.0), "b": Levels(lower=1.0)}, {"a": Levels(lower=4.0)})
    assert found == {"a": Levels(lower=4.0, upper=2.0), "b": Levels(lower=1.0)}


@pytest.mark.parametrize("levels", [{}, {"lower": -1.0, "upper": 1.0}])
def test_a_level_that_asks_for_nothing_is_refused(levels):
    assert refusal(Levels, **levels) == "no_level"


TABLE = margins(
    {
        (region, sex, age): count
        for region, counts in {"P": (3, 20, 30, 40), "I": (15, 25, 35, 12), "A": (22, 31, 18, 27)}.items()
        for (sex, age), count in zip([("w", "y"), ("w", "o"), ("m", "y"), ("m", "o")], counts, strict=True)
    }
)


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


def test_a_primary_cell_alone_is_worked_out():
    assert audit(TABLE, relations(TABLE), [("P", "w", "y")]) == {("P", "w", "y"): pytest.approx((3, 3))}


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
    assert refusal(margins, {("a",): 1}, {0: {"a": "b", "b": "a"}}) == "hierarchy_loops"


def test_nothing_bounds_a_hidden_cell_whose_total_is_hidden_too():
    found = audit({"all": 7, "a": 3, "b": 4}, [("all", ["a", "b"])], ["all", "a"])
    assert found["a"] == Interval(1.0, math.inf)


def test_what_cannot_be_audited_is_refused():
    counts, sums = {"all": 7, "a": 3, "b": 4}, [("all", ["a", "b"])]
    assert refusal(audit, counts, sums, ["c"]) == "no_such_cell"
    assert refusal(audit, counts, sums, ["a"], floor=5.0) == "below_floor"
    assert refusal(audit, counts, [("all", ["a", "c"])], ["a"]) == "unknown_cell"
    assert refusal(audit, {**counts, "b": 5}, sums, ["a"]) == "not_additive"
    assert refusal(protect, counts, sums, minimum=4, known=["b", "all"]) == "cannot_protect"
