"""Who is in the denominator, and what a code is."""

import math

import pandas
import pyarrow
import pytest

import brecha
from brecha import Design, Share

QUOTA = Design(kind="quota")
ANSWERS = pyarrow.table(
    {
        "profile": ["women"] * 6 + ["men"] * 4,
        "ppe": ["yes", "yes", "no", "none", "none", "", "yes", "no", "no", "none"],
        "children": ["1", "2", "0", "", "1", "0"] + [None] * 4,
    }
)


def one(share, domain=None, by=((), ("profile",)), rows=ANSWERS):
    return brecha.estimate(rows, QUOTA, [share], by=by).get(share.name, domain or {})


def test_asked_keeps_no_answer_in_the_denominator():
    share = Share(name="ppe", variable="ppe", counted=("yes",), missing=("none", ""))
    women = one(share, {"profile": "women"})
    assert (women.estimate, women.n, women.count, women.asked, women.missing) == (2 / 6, 6, 2, 6, 3)


def test_answered_makes_the_respondents_the_base():
    share = Share(name="ppe", variable="ppe", counted=("yes",), base="answered", missing=("none", ""))
    women = one(share, {"profile": "women"})
    assert (women.estimate, women.n, women.count, women.asked, women.missing) == (2 / 3, 3, 2, 6, 3)


def test_answered_without_missing_codes_is_everybody():
    share = Share(name="women", variable="profile", counted=("women",), base="answered")
    assert one(share).estimate == 0.6


def test_several_codes_count_together():
    share = Share(name="any", variable="ppe", counted=("yes", "no"), missing=("none", ""))
    assert one(share).estimate == pytest.approx(6 / 10)


def test_those_outside_the_universe_are_not_asked():
    share = Share(
        name="mothers",
        variable="children",
        counted=("1", "2"),
        missing=("",),
        universe={"profile": ("women",)},
    )
    everyone = one(share)
    assert (everyone.estimate, everyone.asked, everyone.missing) == (0.5, 6, 1)
    result = brecha.estimate(ANSWERS, QUOTA, [share], by=[("profile",)])
    assert [e.domain for e in result] == [{"profile": "women"}]


def test_an_answer_from_outside_the_universe_does_not_count():
    share = Share(
        name="ppe",
        variable="ppe",
        counted=("yes",),
        missing=("none", ""),
        universe={"profile": ("women",)},
    )
    everyone = one(share)
    assert (everyone.estimate, everyone.count, everyone.missing) == (2 / 6, 2, 3)


def test_a_universe_of_two_columns_is_where_both_hold():
    share = Share(
        name="ppe",
        variable="ppe",
        counted=("yes",),
        missing=("none", ""),
        universe={"profile": ("women",), "children": ("1", "0")},
    )
    assert one(share).asked == 4


def test_a_domain_in_which_nobody_answered_has_no_estimate():
    rows = pyarrow.table({"profile": ["women", "women", "men"], "ppe": ["yes", "no", "none"]})
    share = Share(name="ppe", variable="ppe", counted=("yes",), base="answered", missing=("none",))
    result = brecha.estimate(rows, QUOTA, [share], by=[("profile",)])
    assert [e.domain for e in result] == [{"profile": "women"}]
    assert result.find("ppe", {"profile": "men"}) is None


def test_a_row_with_a_blank_level_is_in_no_domain_but_everybody():
    rows = pyarrow.table({"profile": ["women", "men", None, ""], "ppe": ["yes", "no", "yes", "no"]})
    share = Share(name="ppe", variable="ppe", counted=("yes",))
    result = brecha.estimate(rows, QUOTA, [share], by=[(), ("profile",)])
    assert [(e.domain, e.n) for e in result] == [({}, 4), ({"profile": "men"}, 1), ({"profile": "women"}, 1)]


def test_domains_may_be_asked_for_in_any_order_of_their_columns():
    rows = ANSWERS.append_column("region", pyarrow.array(["Puno", "Ica"] * 5))
    share = Share(name="ppe", variable="ppe", counted=("yes",), missing=("none", ""))
    result = brecha.estimate(rows, QUOTA, [share], by=[("profile", "region")])
    found = result.get("ppe", {"region": "Puno", "profile": "women"})
    assert found.domain == {"profile": "women", "region": "Puno"}
    assert list(found.domain) == ["profile", "region"]


@pytest.mark.parametrize(
    "column",
    [
        pyarrow.array(["1", "2", "9", ""]),
        pyarrow.array([1, 2, 9, None]),
        pyarrow.array([1.0, 2.0, 9.0, None]),
        pyarrow.array([1.0, 2.0, 9.0, math.nan]),
    ],
)
def test_a_code_is_the_same_as_text_integer_or_decimal(column):
    share = Share(name="one", variable="a", counted=("1",), base="answered", missing=("9", ""))
    found = one(share, by=[()], rows=pyarrow.table({"a": column}))
    assert (found.estimate, found.n, found.missing) == (0.5, 2, 2)


def test_decimals_and_truth_values_are_codes_too():
    rows = pyarrow.table({"a": [0.5, 1.5, 0.5, 2.0], "b": [True, False, True, True]})
    half = Share(name="half", variable="a", counted=("0.5",))
    true = Share(name="true", variable="b", counted=("true",))
    result = brecha.estimate(rows, QUOTA, [half, true])
    assert [e.estimate for e in result] == [0.5, 0.75]


def test_a_data_frame_a_csv_and_a_parquet_file_give_the_same(tmp_path):
    codes = pandas.array([1, 2, None], dtype="Int64")
    frame = pandas.DataFrame({"profile": ["women", "men", "women"], "a": codes, "w": [1.5, 2.5, 1.0]})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_parquet(tmp_path / "rows.parquet")
    share = Share(name="one", variable="a", counted=("1",), missing=("",))
    design = Design(kind="quota", weight="w")
    results = [
        [*brecha.estimate(source, design, [share], by=[(), ("profile",)])]
        for source in (frame, tmp_path / "rows.csv", str(tmp_path / "rows.parquet"))
    ]
    assert results[0] == results[1] == results[2]
    assert results[0][0].estimate == pytest.approx(1.5 / 5)


def test_a_table_of_any_engine_is_taken_as_it_is():
    table = brecha.read(ANSWERS)
    assert brecha.read(table) is table
    share = Share(name="ppe", variable="ppe", counted=("yes",), missing=("none", ""))
    women = table.filter(table.profile == "women")
    assert brecha.estimate(women, QUOTA, [share]).get("ppe", {}).n == 6


def test_a_csv_is_read_as_text_with_its_zeros(tmp_path):
    (tmp_path / "rows.csv").write_text("code;a\n007;yes\n7;no\n", encoding="utf-8")
    table = brecha.read(tmp_path / "rows.csv", separator=";")
    share = Share(name="yes", variable="a", counted=("yes",))
    result = brecha.estimate(table, QUOTA, [share], by=[("code",)])
    assert [e.domain["code"] for e in result] == ["007", "7"]


def test_files_that_are_not_there_or_of_another_kind(tmp_path):
    with pytest.raises(brecha.BrechaError) as caught:
        brecha.read(tmp_path / "rows.csv")
    assert caught.value.code == "file_missing"
    (tmp_path / "rows.ods").touch()
    with pytest.raises(brecha.BrechaError) as caught:
        brecha.read(tmp_path / "rows.ods")
    assert caught.value.code == "unknown_format"


def test_columns_that_differ_from_sums_only_in_case_do_not_clash():
    rows = pyarrow.table({"N": ["yes", "no"], "key_0": ["a", "b"], "sum_0": ["x", "x"]})
    share = Share(name="n", variable="N", counted=("yes",))
    result = brecha.estimate(rows, QUOTA, [share], by=[(), ("key_0",), ("sum_0",)])
    assert [e.estimate for e in result] == [0.5, 1.0, 0.0, 0.5]
