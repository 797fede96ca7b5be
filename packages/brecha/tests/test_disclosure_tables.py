"""A table's margins and how they add up, in any number of ways and levels."""

from itertools import product

import pytest

from brecha import BrechaError
from brecha.disclosure import Contributors, margins, relations

PLACES = {0: {"Melgar": "Puno", "Sandia": "Puno", "Nasca": "Ica", "Puno": "South", "Ica": "South"}}


def test_three_ways_have_a_margin_for_each_choice_of_ways():
    counts = {cell: i + 1 for i, cell in enumerate(product("abc", "xy", "uv"))}
    table = margins(counts)
    assert len(table) == 4 * 3 * 3
    for first, second, third in table:
        fits = [
            count
            for cell, count in counts.items()
            if all(code in (None, mine) for code, mine in zip((first, second, third), cell, strict=True))
        ]
        assert table[(first, second, third)] == sum(fits)


def test_each_total_of_three_ways_is_a_sum_along_each_way_it_totals():
    table = margins(dict.fromkeys(product("abc", "xy", "uv"), 1))
    sums = relations(table)
    assert sorted(str(total) for total, _ in sums) == sorted(
        str(cell) for cell in table for code in cell if code is None
    )
    assert all(table[total] == sum(table[part] for part in parts) for total, parts in sums)
    assert {len(parts) for total, parts in sums if total == (None, None, None)} == {3, 2}


def test_a_level_sums_to_the_one_above_and_the_last_to_all():
    table = margins({("Melgar", "men"): 1, ("Sandia", "men"): 2, ("Nasca", "men"): 4, ("Lima", "men"): 8}, PLACES)
    assert table[("Puno", "men")] == 3
    assert table[("South", None)] == 7
    assert table[(None, None)] == 15
    along = {total: parts for total, parts in relations(table, PLACES) if total[1] == "men"}
    assert along == {
        ("Puno", "men"): [("Melgar", "men"), ("Sandia", "men")],
        ("Ica", "men"): [("Nasca", "men")],
        ("South", "men"): [("Puno", "men"), ("Ica", "men")],
        (None, "men"): [("South", "men"), ("Lima", "men")],
    }


def test_relations_are_the_same_from_the_cells_as_from_the_whole_table():
    cells = dict.fromkeys(product(["Melgar", "Sandia", "Nasca"], "xy"), 1)
    assert relations(cells, PLACES) == relations(margins(cells, PLACES), PLACES)


def test_a_table_without_cells_has_no_relations():
    assert relations([]) == []


def test_a_margin_s_largest_contributors_are_among_those_of_its_cells():
    table = margins(
        {
            ("a",): Contributors(12.0, (7.0, 4.0)),
            ("b",): Contributors(6.0, (6.0, 0.0)),
            ("c",): Contributors(9.0, (5.0, 4.0)),
        }
    )
    assert table[(None,)] == Contributors(27.0, (7.0, 6.0))


def test_it_refuses_a_province_that_bears_its_region_s_code():
    with pytest.raises(BrechaError, match="Name the codes of each level apart") as refusal:
        margins({("Puno",): 1}, {0: {"Puno": "Puno"}})
    assert refusal.value.values == {"level": "Puno"}
