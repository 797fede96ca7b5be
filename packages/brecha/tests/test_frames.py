"""Results as data frames and printed tables."""

import sys
import types

import pyarrow
import pytest

import brecha
from brecha import BrechaError, Comparison, Count, Design, Mean, Share
from brecha.frames import cell, covariances_to_arrow, table, text, to_arrow, to_pandas, to_polars

ANSWERS = {
    "region": ["Puno"] * 12 + ["Ica"] * 12,
    "sex": ["women", "men"] * 12,
    "n": ["1", "2", "3"] * 8,
    "ppe": ["yes", "no", "", "yes", "yes", "no"] * 4,
    "age": [20.0, 31, 45, 28, 60, 33] * 4,
}
PPE = Share(name="ppe.yes", variable="ppe", counted=("yes",), missing=("",))
ITEMS = [PPE, Count(name="with ppe", variable="ppe", counted=("yes",), missing=("",)), Mean(name="age", variable="age")]


def estimated(by=((), ("region",), ("sex", "region")), kind="quota", items=ITEMS):
    return brecha.estimate(ANSWERS, Design(kind=kind, strata=("region",)), items, by=by)


def compared(kind="quota", within=None):
    comparison = Comparison(variable="sex", group="women", reference="men", within=within or {})
    return brecha.gaps(estimated(by=[(*comparison.within, "sex")], kind=kind), [comparison])


def test_an_arrow_table_has_a_row_for_each_estimate_in_their_order():
    result = estimated()
    found = to_arrow(result)
    assert found.num_rows == len(result.estimates) == 21
    assert found["name"].to_pylist() == [one.name for one in result]
    assert found["estimate"].to_pylist() == [one.estimate for one in result]
    assert found["flags"].to_pylist() == [list(one.flags) for one in result]
    names = (
        "name statistic region sex estimate se low high df n count asked missing n_eff deff cv single_psu_strata flags"
    )
    assert found.column_names == names.split()


def test_a_domain_column_is_null_where_the_domain_does_not_use_it():
    found = to_arrow(estimated(items=[PPE]))
    assert found["region"].to_pylist() == [None, "Ica", "Puno", "Ica", "Puno", "Ica", "Puno"]
    assert found["sex"].to_pylist() == [None] * 3 + ["men", "men", "women", "women"]


def test_columns_have_a_type_even_where_a_census_leaves_them_empty():
    found = to_arrow(estimated(kind="census", items=[ITEMS[2]]))
    for name, kind in (("se", pyarrow.float64()), ("df", pyarrow.int64()), ("count", pyarrow.int64())):
        assert found.schema.field(name).type == kind
        assert found[name].null_count == found.num_rows
    assert found.schema.field("statistic").type == pyarrow.string()
    assert found.schema.field("flags").type == pyarrow.list_(pyarrow.string())


def test_a_domain_column_that_is_called_like_a_field_is_told_from_it():
    found = to_arrow(estimated(by=[("n",)], items=[PPE]))
    assert found["by_n"].to_pylist() == ["1", "2", "3"]
    assert found["n"].to_pylist() == [8, 8, 8]
    assert "by_n  estimate" in table(estimated(by=[("n",)], items=[PPE]))


def test_gaps_have_a_column_for_what_they_are_within():
    found = to_arrow(compared(within={"region": "Puno"}))
    assert found.select(["name", "variable", "group", "reference", "region"]).to_pylist()[0] == {
        "name": "ppe.yes",
        "variable": "sex",
        "group": "women",
        "reference": "men",
        "region": "Puno",
    }
    gap = compared(within={"region": "Puno"})[0]
    assert found["difference"][0].as_py() == gap.difference
    assert found["n_group"][0].as_py() == gap.n_group
    assert "region" not in to_arrow(compared()).column_names


def test_nothing_found_is_a_table_without_rows():
    nobody = Share(name="yes", variable="ppe", counted=("yes",), missing=("",), universe={"sex": ("nobody",)})
    result = estimated(items=[nobody])
    assert to_arrow(result).num_rows == 0
    assert "statistic" in to_arrow(result).column_names
    assert "difference" in to_arrow([]).column_names
    assert table(result) == ""


def test_a_covariance_matrix_has_labels_and_is_that_of_the_result():
    result = estimated(by=[(), ("sex",)], items=[PPE])
    found = covariances_to_arrow(result)
    assert found.column_names == ["estimate", "ppe.yes", "ppe.yes: sex=men", "ppe.yes: sex=women"]
    assert found["estimate"].to_pylist() == found.column_names[1:]
    men = {row["estimate"]: row["ppe.yes: sex=men"] for row in found.to_pylist()}
    assert men["ppe.yes"] == result.covariance(("ppe.yes", {}), ("ppe.yes", {"sex": "men"}))
    assert men["ppe.yes: sex=men"] == pytest.approx(result.get("ppe.yes", {"sex": "men"}).se ** 2)


def test_a_covariance_matrix_of_the_chosen_estimates():
    found = covariances_to_arrow(estimated(), [("age", {"region": "Puno"}), ("age", {"region": "Ica"})])
    assert found.column_names == ["estimate", "age: region=Puno", "age: region=Ica"]
    assert found["age: region=Ica"][0].as_py() == 0.0


def test_pandas_keeps_whole_numbers_whole_where_some_are_missing():
    found = to_pandas(estimated())
    assert found["count"].dtype == "Int64"
    assert found["count"].isna().sum() == 7  # those of the mean
    assert found["n"].tolist()[0] == 24
    assert to_pandas(compared())["p"].dtype == float


def test_polars_gets_the_arrow_table(monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", types.SimpleNamespace(from_arrow=lambda one: ("frame", one)))
    kind, found = to_polars(estimated())
    assert kind == "frame"
    assert found.equals(to_arrow(estimated()))


@pytest.mark.parametrize(("package", "make"), [("polars", to_polars), ("pandas", to_pandas)])
def test_a_library_that_is_not_installed_is_named(monkeypatch, package, make):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BrechaError, match=f"{package} is not installed. Install it: pip install {package}") as caught:
        make(estimated())
    assert caught.value.code == "library_missing"


def test_a_printed_table_puts_numbers_to_the_right_and_texts_to_the_left():
    assert table(estimated(by=[(), ("sex",)], items=[PPE, ITEMS[2]])).splitlines() == [
        "name     statistic  sex    estimate      se     low    high   n  missing    deff  flags",
        "ppe.yes  share      -        0.5000  0.1066  0.2978  0.7022  24        4  1.0909  few_rows wide",
        "ppe.yes  share      men      0.3333  0.1421  0.1259  0.6345  12        0  1.0909  few_rows wide",
        "ppe.yes  share      women    0.6667  0.1421  0.3655  0.8741  12        4  1.0909  few_rows wide",
        "age      mean       -        36.167  2.7673  30.428  41.906  24        0  1.0909  few_rows",
        "age      mean       men      30.667  0.6195  29.382  31.952  12        0  1.0909  few_rows",
        "age      mean       women    41.667  4.9747  31.350  51.984  12        0  1.0909  few_rows",
    ]


def test_a_printed_table_leaves_out_what_no_row_has():
    lines = table(estimated(by=[()], kind="census", items=[ITEMS[2]])).splitlines()
    assert lines == [
        "name  statistic  estimate   n  missing  flags",
        "age   mean         36.167  24        0  few_rows",
    ]


def test_a_printed_table_of_gaps():
    assert table(compared()).splitlines() == [
        "name      group  reference  group est  ref est  difference      low    high       p   ratio  n group  n ref",
        "ppe.yes   women  men           0.6667   0.3333      0.3333  -0.0925  0.6267  0.1114  2.0000       12     12",
        "with ppe  women  men           8.0000   4.0000      4.0000  -3.2921  11.292  0.2675  2.0000       12     12",
        "age       women  men           41.667   30.667      11.000   0.6034  21.397  0.0391  1.3587       12     12",
    ]


def test_text_of_rows_without_a_value_has_a_dash():
    assert text([{"a": 1, "b": None}, {"a": None, "b": "x"}], {"a": "A", "b": "B"}) == "A  B\n1  -\n-  x"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.0000"),
        (9.99996, "10.0000"),
        (10.0, "10.000"),
        (123456.7, "123457"),
        (-0.00001, "-1e-05"),
        ((), "-"),
        (True, "True"),
    ],
)
def test_a_number_has_as_many_decimals_as_it_needs(value, shown):
    assert cell(value) == shown
