"""What a reader can still work out about each hidden cell."""

import math
from itertools import product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brecha import BrechaError
from brecha.disclosure import Interval, audit, margins, protect, relations


def refusal(function, *arguments, **options):
    with pytest.raises(BrechaError) as caught:
        function(*arguments, **options)
    assert str(caught.value)
    return caught.value.code


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


def test_a_primary_cell_alone_is_worked_out():
    table = margins({("P", "w"): 3, ("P", "m"): 20, ("I", "w"): 15, ("I", "m"): 25})
    assert audit(table, relations(table), [("P", "w")]) == {("P", "w"): pytest.approx((3, 3))}


def test_what_cannot_be_audited_is_refused():
    counts, sums = {"all": 7, "a": 3, "b": 4}, [("all", ["a", "b"])]
    assert refusal(audit, counts, sums, ["c"]) == "no_such_cell"
    assert refusal(audit, counts, sums, ["a"], floor=5.0) == "below_floor"
    assert refusal(audit, counts, [("all", ["a", "c"])], ["a"]) == "unknown_cell"
    assert refusal(audit, {**counts, "b": 5}, sums, ["a"]) == "not_additive"
    assert refusal(protect, counts, sums, minimum=4, known=["b", "all"]) == "cannot_protect"
