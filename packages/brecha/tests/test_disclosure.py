"""What must stay hidden stays so, whatever the margins say, at the least cost."""

import math
from itertools import combinations, product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brecha import BrechaError
from brecha.disclosure import Interval, Levels, audit, few, margins, protect, relations

PROFILES = ("pallaqueras", "women", "men")
REGIONS = {
    "Arequipa": (123, 65, 94),
    "Piura": (9, 3, 35),
    "Puno": (44, 51, 108),
    "Ayacucho": (65, 33, 69),
    "Madre de Dios": (0, 11, 34),
    "Ica": (20, 0, 18),
    "Ancash": (0, 3, 1),
    "Cusco": (10, 4, 24),
    "Apurimac": (10, 8, 12),
}
SAMPLE = margins(
    {
        (region, profile): count
        for region, counts in REGIONS.items()
        for profile, count in zip(PROFILES, counts, strict=True)
    }
)


def changes(counts, sums, hidden):
    """Return every change of the hidden cells, by one at most each, that keeps all sums and no cell empty.

    In a two-way table a cell that can change at all can change by one so.
    """
    hidden = list(hidden)
    signs = numpy.array(list(product((-1, 0, 1), repeat=len(hidden))), dtype=numpy.int8)
    for total, parts in sums:
        change = sum(signs[:, i] * ((cell == total) - parts.count(cell)) for i, cell in enumerate(hidden))
        signs = signs[change == 0] if numpy.ndim(change) else signs
    filled = numpy.array([counts[cell] for cell in hidden]) + signs > 0
    return signs[filled.all(axis=1)]


def exposed(counts, sums, hidden):
    """Return the hidden cells that nobody can doubt."""
    possible = changes(counts, sums, hidden)
    return {cell for i, cell in enumerate(hidden) if not possible[:, i].any()}


def least(counts, sums, minimum):
    """Try every choice of secondary cells, the fewest first; None if none protects."""
    primary = [cell for cell, count in counts.items() if 0 < count < minimum]
    others = [cell for cell, count in counts.items() if count >= minimum]
    for size in range(len(others) + 1):
        good = [
            sum(counts[cell] for cell in choice)
            for choice in combinations(others, size)
            if not exposed(counts, sums, [*primary, *choice])
        ]
        if good:
            return size, min(good)
    return None


def test_the_study_s_sample_hides_its_small_cells_and_the_fewest_others():
    hidden = protect(SAMPLE, relations(SAMPLE), minimum=10)
    primary = {cell for cell, reason in hidden.items() if reason == "primary"}
    assert primary == {cell for cell, count in SAMPLE.items() if 0 < count < 10}
    assert ("Ancash", None) in primary
    assert not any(SAMPLE[cell] == 0 for cell in hidden)
    assert exposed(SAMPLE, relations(SAMPLE), list(hidden)) == set()
    assert len(hidden) - len(primary) == 3


def test_each_secondary_cell_of_the_study_s_sample_is_needed():
    hidden = protect(SAMPLE, relations(SAMPLE), minimum=10)
    for cell in [cell for cell, reason in hidden.items() if reason == "secondary"]:
        assert exposed(SAMPLE, relations(SAMPLE), [other for other in hidden if other != cell])


def test_margins_that_are_public_already_are_not_hidden():
    public = [cell for cell in SAMPLE if None in cell]
    hidden = protect(SAMPLE, relations(SAMPLE), minimum=10, known=public)
    assert not set(public) & set(hidden)
    assert exposed(SAMPLE, relations(SAMPLE), list(hidden)) == set()


counts_of_a_table = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 9, 20]), min_size=2, max_size=2), min_size=2, max_size=3
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(counts_of_a_table)
def test_it_hides_as_few_as_trying_every_choice(rows):
    counts = margins({(f"r{i}", f"c{j}"): n for i, row in enumerate(rows) for j, n in enumerate(row)})
    sums = relations(counts)
    best = least(counts, sums, minimum=3)
    if best is None:
        with pytest.raises(BrechaError, match="No choice of cells"):
            protect(counts, sums, minimum=3)
        return
    hidden = protect(counts, sums, minimum=3)
    secondary = [cell for cell, reason in hidden.items() if reason == "secondary"]
    assert exposed(counts, sums, list(hidden)) == set()
    assert (len(secondary), sum(counts[cell] for cell in secondary)) == best


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


def test_of_as_many_cells_those_of_the_least_sum_are_hidden():
    values = {"all": 150, "a": 5, "b": 40, "c": 30, "d": 35, "e": 40}
    assert protect(values, [("all", ["a", "b", "c", "d", "e"])]) == {"a": "primary", "c": "secondary"}


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


def test_a_cell_that_is_public_already_is_not_primary():
    counts = {"all": 43, "a": 3, "b": 20, "c": 20}
    assert protect(counts, [("all", ["a", "b", "c"])], known=["a"]) == {}


def test_a_zero_can_be_hidden_where_readers_do_not_know_that_hidden_cells_are_filled():
    counts = {"all": 43, "a": 0, "b": 20, "c": 23}
    sums = [("all", ["a", "b", "c"])]
    assert protect(counts, sums, few(counts, hide_zero=True), floor=0) == {"a": "primary", "b": "secondary"}
    with pytest.raises(BrechaError, match="Lower the floor") as refusal:
        protect(counts, sums, few(counts, hide_zero=True))
    assert refusal.value.values == {"cell": "a", "value": 0, "floor": 1}


def test_a_table_of_zeros_alone_can_be_hidden():
    counts = {"all": 0, "a": 0, "b": 0}
    hidden = protect(counts, [("all", ["a", "b"])], few(counts, hide_zero=True), floor=0)
    assert set(hidden.values()) == {"primary"}
    assert len(hidden) == 3


def test_an_audit_finds_the_bounds_of_the_handbook_s_example():
    """Handbook on Statistical Disclosure Control, section 4.2, example 3 (Geurts 1992): x11 from 3 to 6."""
    cells = {(1, 1): 5, (1, 2): 2, (2, 1): 1, (2, 2): 2, (3, 1): 3, (3, 2): 3}
    table = margins({tuple(map(str, cell)): value for cell, value in cells.items()})
    hidden = [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2")]
    found = audit(table, relations(table), hidden, floor=0)
    assert found == {
        ("1", "1"): Interval(3, 6),
        ("1", "2"): Interval(1, 4),
        ("2", "1"): Interval(0, 3),
        ("2", "2"): Interval(0, 3),
    }


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 3), min_size=6, max_size=6), st.sets(st.integers(0, 5), min_size=1, max_size=4))
def test_an_audit_finds_the_same_bounds_as_trying_every_table(numbers, places):
    inner = list(product("ab", "xyz"))
    table = margins(dict(zip(inner, numbers, strict=True)))
    hidden = [inner[i] for i in places]
    fills = numpy.array(list(product(range(1, 8), repeat=len(hidden))))
    for total, parts in relations(table):
        shown = table[total] - sum(table[part] for part in parts if part not in hidden)
        fills = fills[fills[:, [cell in parts for cell in hidden]].sum(axis=1) == shown]
    ends = zip(fills.min(axis=0), fills.max(axis=0), strict=True)
    assert audit(table, relations(table), hidden) == dict(zip(hidden, ends, strict=True))


def test_nothing_bounds_a_cell_whose_total_is_hidden_too():
    counts = {"all": 23, "a": 3, "b": 20}
    assert audit(counts, [("all", ["a", "b"])], ["all", "a"]) == {"all": (21, math.inf), "a": (1, math.inf)}


def test_an_audit_of_nothing_hidden_is_empty():
    assert audit({"all": 23, "a": 3, "b": 20}, [("all", ["a", "b"])], []) == {}


def test_it_refuses_to_hide_a_cell_that_is_not_there():
    with pytest.raises(BrechaError) as refusal:
        audit({"all": 3, "a": 3}, [("all", ["a"])], ["b"])
    assert (refusal.value.code, refusal.value.values) == ("no_such_cell", {"cell": "b"})


def test_two_ones_that_sum_to_two_need_a_third_cell():
    counts = {"all": 23, "a": 1, "b": 1, "c": 21}
    hidden = protect(counts, [("all", ["a", "b", "c"])], minimum=2)
    assert hidden == {"a": "primary", "b": "primary", "c": "secondary"}


def test_a_table_without_small_cells_hides_nothing():
    assert protect({"all": 30, "a": 10, "b": 20, "none": 0}, [("all", ["a", "b", "none"])]) == {}


def test_a_count_without_relations_is_hidden_alone():
    assert protect({"a": 3, "b": 20}, []) == {"a": "primary"}


def test_it_refuses_a_table_it_cannot_protect():
    with pytest.raises(BrechaError) as refusal:
        protect({"all": 23, "a": 3, "b": 20}, [("all", ["a", "b"])], known=["all", "b"])
    assert refusal.value.code == "cannot_protect"
    assert refusal.value.values == {"cells": ["a"]}


def test_it_refuses_parts_that_do_not_sum_to_their_total():
    with pytest.raises(BrechaError) as refusal:
        protect({"all": 24, "a": 3, "b": 20}, [("all", ["a", "b"])])
    assert (refusal.value.code, refusal.value.values["parts"]) == ("not_additive", 23)


def test_it_refuses_a_relation_of_unknown_cells():
    with pytest.raises(BrechaError) as refusal:
        protect({"all": 23, "a": 3}, [("all", ["a", "b"])])
    assert (refusal.value.code, refusal.value.values["cell"]) == ("unknown_cell", "b")
