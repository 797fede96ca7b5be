"""What must stay hidden stays so, whatever the margins say, at the least cost."""

from itertools import combinations, product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brecha import BrechaError
from brecha.disclosure import few, margins, protect, relations

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


def test_of_as_many_cells_those_of_the_least_sum_are_hidden():
    values = {"all": 150, "a": 5, "b": 40, "c": 30, "d": 35, "e": 40}
    assert protect(values, [("all", ["a", "b", "c", "d", "e"])]) == {"a": "primary", "c": "secondary"}


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
