"""Which cells tell on somebody by themselves."""

import math
import random

import ibis
import pyarrow
import pytest

from brecha import BrechaError, read
from brecha.disclosure import (
    Contributors,
    Levels,
    contributors,
    dominance,
    few,
    few_of_share,
    margins,
    p_percent,
    protect,
    strictest,
)

SECOND = Levels(either=1)


def test_a_count_is_few_below_the_minimum_and_a_zero_only_if_it_is_to_be_hidden():
    counts = {"none": 0, "one": 1, "nine": 9, "ten": 10}
    assert few(counts) == {"one": SECOND, "nine": SECOND}
    assert set(few(counts, 2)) == {"one"}
    assert set(few(counts, hide_zero=True)) == {"none", "one", "nine"}


@pytest.mark.parametrize(
    ("counted", "base", "hidden", "hidden_with_zero"),
    [
        (2, 40, True, True),
        (38, 40, True, True),
        (20, 40, False, False),
        (10, 40, False, False),
        (30, 40, False, False),
        (31, 40, True, True),
        (0, 40, False, True),
        (40, 40, False, True),
        (0, 3, True, True),
        (0, 0, False, False),
    ],
)
def test_a_share_tells_on_those_counted_and_on_the_others(counted, base, hidden, hidden_with_zero):
    assert ("a" in few_of_share({"a": counted}, {"a": base})) is hidden
    assert ("a" in few_of_share({"a": counted}, {"a": base}, hide_zero=True)) is hidden_with_zero


def test_the_minimum_of_a_share_is_the_argument_s():
    assert few_of_share({"a": 4}, {"a": 40}, 5) == {"a": SECOND}
    assert few_of_share({"a": 5}, {"a": 40}, 5) == {}


def test_dominance_looks_at_as_many_contributors_as_asked():
    """Handbook on Statistical Disclosure Control, section 4.2, example 1: safe by (1, 90), not by (2, 90)."""
    cell = {"a": Contributors(100_000.0, (50_000.0, 49_000.0))}
    assert dominance(cell, 1, 90) == {}
    assert dominance(cell, 2, 90) == {"a": Levels(lower=10_000.0, upper=10_000.0)}


def test_dominance_asks_for_the_handbook_s_distance():
    """Example 4: a feasible bound below 352.94 estimates the largest of 300 too closely."""
    found = dominance({"a": Contributors(330.0, (300.0, 20.0))}, 1, 85)["a"]
    assert 330 + found.upper == pytest.approx(352.94, abs=0.005)


def test_p_percent_lets_pass_what_dominance_overprotects():
    """Example 2: 15.4 % above the largest."""
    cell = {"a": Contributors(110_000.0, (52_000.0, 50_000.0))}
    assert p_percent(cell, 10) == {}
    assert set(dominance(cell, 2, 100 * 100 / 110)) == {"a"}
    assert set(p_percent(cell, 15.5)) == {"a"}


def test_a_single_contributor_is_found_by_either_rule():
    cell = {"a": Contributors(200.0, (200.0, 0.0))}
    assert p_percent(cell, 10) == {"a": Levels(lower=20.0, upper=20.0)}
    assert set(dominance(cell)) == {"a"}


def test_no_cell_is_asked_to_seem_less_than_nothing():
    assert dominance({"a": Contributors(10.0, (10.0,))}, 1, 20) == {"a": Levels(lower=10.0, upper=40.0)}


def test_a_cell_on_the_limit_is_safe_in_spite_of_rounding():
    """0.1 + 0.2 exceeds 0.3 by a bit of the last place."""
    assert dominance({"a": Contributors(0.6, (0.1, 0.2))}, 2, 50) == {}


def test_a_cell_to_which_nobody_contributes_is_safe():
    assert p_percent({"a": Contributors(0.0, (0.0, 0.0))}) == {}


@pytest.mark.parametrize("percent", [0, 100, -1, math.nan])
def test_it_refuses_a_percentage_that_makes_no_rule(percent):
    with pytest.raises(BrechaError) as refusal:
        p_percent({}, percent)
    assert refusal.value.code == "percent_out_of_range"


def test_it_refuses_a_rule_on_more_contributors_than_were_kept():
    with pytest.raises(BrechaError, match="Ask for more") as refusal:
        dominance({"a": Contributors(9.0, (5.0, 4.0))}, 3)
    assert refusal.value.values == {"number": 3, "kept": 2}


def test_rules_join_to_the_strictest_of_each_kind():
    assert strictest({"a": Levels(2, 3), "b": SECOND}, {"a": Levels(1, 4, 1)}) == {"a": Levels(2, 4, 1), "b": SECOND}


@pytest.mark.parametrize("levels", [(0, 0, 0), (-1, 2, 0), (0, 0, -1)])
def test_it_refuses_levels_that_ask_for_nothing(levels):
    with pytest.raises(BrechaError) as refusal:
        Levels(*levels)
    assert refusal.value.code == "no_level"


def test_a_total_that_one_firm_dominates_is_hidden_far_enough():
    rows = {"region": ["Puno"] * 3 + ["Ica"] * 3 + ["Lima"] * 3, "ounces": [90, 6, 4, 40, 35, 30, 50, 45, 40]}
    cells = contributors(rows, ["region"], "ounces")
    values = {**{cell: found.total for cell, found in cells.items()}, "all": 340.0}
    hidden = protect(values, [("all", list(cells))], p_percent(cells, 10), floor=0)
    assert hidden == {("Puno",): "primary", ("Ica",): "secondary"}


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


def test_the_engine_finds_what_a_plain_loop_finds():
    chance = random.Random(3)
    rows = [(chance.choice("abc"), chance.choice([1, 2, None]), chance.choice([0, 1, 1, 2.5, 7])) for _ in range(200)]
    table = {"region": [row[0] for row in rows], "size": [row[1] for row in rows], "value": [row[2] for row in rows]}
    groups = {}
    for region, size, value in rows:
        groups.setdefault((region, "" if size is None else str(size)), []).append(value)
    expected = {
        key: Contributors(float(sum(values)), tuple([*map(float, sorted(values, reverse=True)), 0.0, 0.0, 0.0][:3]))
        for key, values in groups.items()
    }
    assert contributors(table, ["region", "size"], "value", kept=3) == expected


def test_one_query_brings_the_cells_and_no_rows(monkeypatch):
    engine = ibis.duckdb.connect()
    table = read({"region": ["a", "b"] * 50, "value": list(range(100))}, engine=engine)
    answers = []
    ask = type(engine).to_pyarrow

    def spy(*arguments, **options):
        answers.append(ask(*arguments, **options))
        return answers[-1]

    monkeypatch.setattr(type(engine), "to_pyarrow", spy)
    assert contributors(table, ["region"], "value")[("b",)] == Contributors(2500.0, (99.0, 97.0))
    assert [answer.num_rows for answer in answers] == [2]


def test_a_csv_s_numbers_are_read_as_numbers(tmp_path):
    (tmp_path / "rows.csv").write_text("region,value\n007,9\n007,10\n")
    assert contributors(tmp_path / "rows.csv", ["region"], "value") == {("007",): Contributors(19.0, (10.0, 9.0))}


@pytest.mark.parametrize(
    ("values", "code", "count"),
    [
        ([1.0, None, math.nan, math.inf], "value_not_numeric", 3),
        (["1", "many", "2", "3"], "value_not_numeric", 1),
        ([1, -1, -2, 0], "value_negative", 2),
    ],
)
def test_it_refuses_values_of_which_the_rules_say_nothing(values, code, count):
    with pytest.raises(BrechaError) as refusal:
        contributors({"region": ["a", "a", "b", "b"], "value": values}, ["region"], "value")
    assert refusal.value.code == code
    assert refusal.value.values == {"column": "value", "count": count}


def test_it_refuses_columns_that_are_not_there():
    with pytest.raises(BrechaError) as refusal:
        contributors({"region": ["a"]}, ["region", "size"], "value")
    assert refusal.value.values == {"columns": ("size", "value")}
