"""What brecha refuses says which column, stratum and count."""

import math

import pyarrow
import pytest

import brecha
from brecha import BrechaError, Comparison, Design, Mean, Share, SinglePsu, Stage
from brecha.errors import MESSAGES

ROWS = 8
YES = Share(name="yes", variable="a", counted=("yes",))


def table(**columns):
    return pyarrow.table(
        {
            "region": ["Puno"] * 4 + ["Ica"] * 4,
            "site": list("11221122"),
            "a": ["yes", "no"] * 4,
            "w": [1.0] * ROWS,
            "size": [100.0] * ROWS,
            **columns,
        }
    )


def refusal(rows, design, shares=(YES,), **options):
    with pytest.raises(BrechaError) as caught:
        brecha.estimate(rows, design, shares, **options)
    assert caught.value.code in MESSAGES
    assert str(caught.value)
    return caught.value.code, caught.value.values


REGIONS = Design(kind="probability", strata=("region",))
WEIGHTED = Design(kind="probability", weight="w")
FINITE = Design(kind="probability", strata=("region",), population="size")


def test_unknown_columns_of_the_design_the_shares_and_the_domains():
    design = Design(kind="probability", strata=("stratum",), weight="peso")
    share = Share(name="yes", variable="b", counted=("yes",), universe={"sex": ("women",)})
    code, values = refusal(table(), design, [share], by=[("province",)])
    assert (code, values) == (
        "unknown_columns",
        {"columns": ("stratum", "peso", "province", "b", "sex")},
    )


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ([1.0] * 7 + [-2.0], "weight_negative"),
        ([1.0] * 7 + [0.0], "weight_zero"),
        ([1.0] * 7 + [None], "weight_missing"),
        ([1.0] * 7 + [math.inf], "weight_not_numeric"),
        (["1"] * 7 + ["heavy"], "weight_not_numeric"),
        (["1"] * 7 + ["1,5"], "weight_not_numeric"),
        (["1"] * 7 + ["NaN"], "weight_not_numeric"),
        (["1"] * 7 + [""], "weight_missing"),
        (["1"] * 7 + ["-1"], "weight_negative"),
        (["1"] * 7 + ["0"], "weight_zero"),
        ([1] * 7 + [-1], "weight_negative"),
    ],
)
def test_weights_that_are_none(weights, code):
    assert refusal(table(w=weights), WEIGHTED) == (code, {"column": "w", "count": 1})


def test_a_nan_weight():
    code, values = refusal(table(w=[1.0] * 7 + [math.nan]), WEIGHTED)
    assert code in ("weight_missing", "weight_not_numeric")
    assert values == {"column": "w", "count": 1}


def test_a_single_psu_stratum_is_named():
    rows = table(region=["Puno"] * 7 + ["Ancash"])
    assert refusal(rows, REGIONS) == ("single_psu", {"strata": (("Ancash",),)})
    rows = table(site=list("11223333"))
    sites = Design(kind="probability", strata=("region",), psu="site")
    assert refusal(rows, sites) == ("single_psu", {"strata": (("Ica",),)})


def test_a_single_psu_that_is_its_whole_population_needs_no_rule():
    rows = table(region=["Puno"] * 7 + ["Ancash"], size=[100.0] * 7 + [1.0])
    result = brecha.estimate(rows, FINITE, [YES])
    assert result.design.single_psu == ()
    assert result.get("yes", {}).se > 0


def test_collapsing_needs_a_target_for_every_single_psu_stratum():
    rows = table(region=["Puno"] * 6 + ["Ancash", "Ica"])
    rule = SinglePsu("collapse", into={("Ancash",): ("Puno",)})
    design = Design(kind="quota", strata=("region",), single_psu=rule)
    assert refusal(rows, design) == ("single_psu", {"strata": (("Ica",),)})


def test_collapsing_into_a_stratum_that_no_row_has():
    rows = table(region=["Puno"] * 7 + ["Ancash"])
    rule = SinglePsu("collapse", into={("Ancash",): ("Cusco",)})
    design = Design(kind="quota", strata=("region",), single_psu=rule)
    code, values = refusal(rows, design)
    assert (code, values) == ("collapse_target", {"stratum": ("Ancash",), "target": ("Cusco",)})


def test_collapsing_into_itself():
    rows = table(region=["Puno"] * 7 + ["Ancash"])
    rule = SinglePsu("collapse", into={("Ancash",): ("Ancash",)})
    design = Design(kind="quota", strata=("region",), single_psu=rule)
    assert refusal(rows, design)[0] == "single_psu"


def test_two_single_psu_strata_may_join_each_other():
    rows = table(region=["Puno"] * 6 + ["Ancash", "Ica"])
    into = {("Ancash",): ("Ica",), ("Ica",): ("Ancash",)}
    design = Design(kind="quota", strata=("region",), single_psu=SinglePsu("collapse", into=into))
    result = brecha.estimate(rows, design, [YES])
    assert (result.design.strata, result.design.df) == (2, 6)
    assert set(result.design.collapsed) == set(into.items())


def test_a_single_psu_stratum_follows_the_one_it_joined():
    rows = table(region=["Puno"] * 6 + ["Ancash", "Ica"])
    into = {("Ancash",): ("Ica",), ("Ica",): ("Puno",)}
    design = Design(kind="quota", strata=("region",), single_psu=SinglePsu("collapse", into=into))
    assert brecha.estimate(rows, design, [YES]).design.strata == 1


def test_a_stratum_with_several_rows_is_not_collapsed():
    rule = SinglePsu("collapse", into={("Ica",): ("Puno",)})
    design = Design(kind="quota", strata=("region",), single_psu=rule)
    assert brecha.estimate(table(), design, [YES]).design.collapsed == ()


def test_a_sample_larger_than_its_population():
    code, values = refusal(table(size=[100.0] * 4 + [3.0] * 4), FINITE)
    assert (code, values) == ("fraction_above_one", {"stratum": ("Ica",), "psus": 4, "population": 3.0})


@pytest.mark.parametrize("sizes", [[100.0] * 7 + [None], [100.0] * 7 + [0.0], ["100"] * 7 + ["many"]])
def test_a_population_that_is_missing(sizes):
    assert refusal(table(size=sizes), FINITE) == ("population_missing", {"column": "size", "count": 1})


def test_a_population_that_varies_inside_a_stratum():
    code, values = refusal(table(size=[100.0] * 7 + [90.0]), FINITE)
    assert (code, values) == ("population_varies", {"stratum": ("Ica",), "low": 90.0, "high": 100.0})


def test_blank_strata_and_psus():
    rows = table(region=["Puno"] * 5 + ["Ica"] * 2 + [None])
    assert refusal(rows, REGIONS) == ("stratum_missing", {"column": "region", "count": 1})
    rows = table(site=["1", "2", ""] * 2 + ["1", "2"])
    sites = Design(kind="probability", psu="site")
    assert refusal(rows, sites) == ("psu_missing", {"column": "site", "count": 2})


def test_a_table_without_rows():
    assert refusal(table().slice(0, 0), WEIGHTED)[0] == "no_rows"
    assert refusal(table().slice(0, 0), REGIONS)[0] == "no_rows"


def test_one_row_has_no_degrees_of_freedom():
    adjusted = Design(kind="probability", single_psu=SinglePsu("adjust"))
    assert refusal(table().slice(0, 1), adjusted) == ("no_degrees_of_freedom", {"psus": 1, "strata": 1})


def test_a_blank_that_no_missing_code_declares():
    rows = table(a=["yes", "no"] * 3 + ["", None])
    assert refusal(rows, REGIONS) == ("undeclared_blank", {"name": "yes", "variable": "a", "count": 2})


def test_the_first_variable_that_cannot_be_read_is_named():
    items = [YES, Mean(name="weights", variable="w"), Mean(name="sizes", variable="size")]
    rows = table(w=["1"] * 6 + ["heavy", "light"], size=["many"] + ["1"] * 7)
    assert refusal(rows, REGIONS, items) == ("not_numeric", {"name": "weights", "variable": "w", "count": 2})


def test_a_blank_outside_the_universe_was_never_asked():
    rows = table(a=["yes", "no"] * 2 + [None] * 4)
    share = Share(name="yes", variable="a", counted=("yes",), universe={"region": ("Puno",)})
    assert brecha.estimate(rows, REGIONS, [share]).get("yes", {}).asked == 4


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_that_is_no_fraction(level):
    assert refusal(table(), REGIONS, level=level) == ("level_out_of_range", {"level": level})


def test_two_shares_of_one_name():
    assert refusal(table(), REGIONS, [YES, YES]) == ("duplicate_name", {"name": "yes"})


def test_shares_that_contradict_themselves():
    for code, options in (
        ("counted_is_missing", {"counted": ("yes", "none"), "missing": ("none",)}),
        ("nothing_counted", {"counted": ()}),
        ("unknown_base", {"counted": ("yes",), "base": "everyone"}),
    ):
        with pytest.raises(BrechaError) as caught:
            Share(name="yes", variable="a", **options)
        assert caught.value.code == code


def test_designs_of_no_kind_or_rule():
    with pytest.raises(BrechaError, match="kind 'snowball'"):
        Design(kind="snowball")
    with pytest.raises(BrechaError, match="rule 'ignore'"):
        SinglePsu("ignore")


@pytest.mark.parametrize(
    "design",
    [
        {"psu": "site", "stages": (Stage(unit="home"),)},
        {"population": "size", "stages": (Stage(unit="home"),)},
        {"psu": "site", "population": "size", "stages": (Stage(unit="home"), Stage())},
        {"psu": "site", "population": "size", "stages": (Stage(population="homes"), Stage(unit="person"))},
    ],
)
def test_a_stage_below_units_that_are_not_named_or_counted(design):
    with pytest.raises(BrechaError) as caught:
        Design(kind="probability", **design)
    assert (caught.value.code, caught.value.values) == ("stage_without_population", {})


def test_gaps_of_what_was_not_estimated():
    result = brecha.estimate(table(), REGIONS, [YES], by=[(), ("region",)])
    for code, comparison, names in (
        ("not_estimated_by", Comparison("site", "1", "2"), None),
        ("not_estimated_by", Comparison("region", "Ica", "Puno", within={"site": "1"}), None),
        ("unknown_level", Comparison("region", "Lima", "Puno"), None),
        ("unknown_level", Comparison("region", "Puno", "Lima"), None),
        ("not_estimated", Comparison("region", "Ica", "Puno"), ["no"]),
    ):
        with pytest.raises(BrechaError) as caught:
            brecha.gaps(result, [comparison], names=names)
        assert caught.value.code == code


def test_an_estimate_or_a_mean_that_was_not_made():
    result = brecha.estimate(table(), REGIONS, [YES], by=[(), ("region",)])
    with pytest.raises(BrechaError, match=r"no estimate of 'yes' for \{'region': 'Lima'\}"):
        result.get("yes", {"region": "Lima"})
    with pytest.raises(BrechaError, match="at least one level of 'region'"):
        brecha.mean_of(result, "yes", "region", [])
    with pytest.raises(BrechaError, match="no estimate"):
        result.covariance(("yes", {}), ("yes", {"region": "Lima"}))
