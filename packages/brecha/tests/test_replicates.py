"""Replicates agree with R, with a twin that weighs rows, and with linearisation where they must."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy
import pyarrow
import pytest

import brecha
from brecha import BrechaError, Comparison, Count, Design, Mean, Ratio, Share, SinglePsu, Stage, Total
from brecha.replicates import Replicates, bootstrap, brr, jackknife, laying, recalibrating

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_more_cases.json").read_text())
SURVEY = json.loads((DATA / "r_survey_cases.json").read_text())

SCHOOLS = Design(kind="probability", psu="dnum", weight="pw")
STRATIFIED = Design(kind="probability", strata=("stype",), psu="snum", weight="pw", population="fpc")
NHANES = Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR")
SITES = Design(kind="quota", strata=("region",), psu="site", weight="w0")
PANEL = Design(kind="probability", strata=("stratum",), psu="psu", weight="w")
PROFILES = ("A_woman_miner", "B_woman_service", "C_man_miner")
ALL = ((),)


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def mean(variable):
    return Mean(name="it", variable=variable, missing=("NA",))


def total(variable):
    return Total(name="it", variable=variable, missing=("NA",))


def ratio(numerator, denominator):
    return Ratio(name="it", numerator=numerator, denominator=denominator, missing=("NA",))


def pairs():
    """Return NHANES without the third PSU of a stratum: two PSUs in each."""
    table = brecha.read(DATA / "nhanes.csv")
    return table.filter(~((table.SDMVSTRA == "86") & (table.SDMVPSU == "3")))


def matrix(case, strata, psu):
    """Return the signs that R chose: rows are replicates, columns strata, 1 where the first PSU is doubled."""
    first = {}
    for unit in CASES[case]["given"]["factors"]:
        stratum, label = str(unit[strata]), str(unit[psu])
        if stratum not in first or label < first[stratum][0]:
            first[stratum] = (label, unit["factors"])
    return numpy.sign(numpy.array([first[stratum][1] for stratum in sorted(first)]).T - 1)


def r_brr(fay=0.0):
    return brr(fay=fay, hadamard=matrix("rep_mean_nh2_brr", "SDMVSTRA", "SDMVPSU"))


def r_panel(fay=0.0):
    return brr(fay=fay, hadamard=matrix("rep_mean_by_wave_panel_brr", "stratum", "psu"))


SINGLE = [
    ("rep_jk1_total_clus1", "apiclus1", SCHOOLS, jackknife, total("enroll"), None),
    ("rep_jk1_ratio_clus1", "apiclus1", SCHOOLS, jackknife, ratio("api.stu", "enroll"), None),
    ("rep_jk1_mean_by_stype_clus1", "apiclus1", SCHOOLS, jackknife, mean("api00"), "stype"),
    ("rep_jkn_mean_by_awards_strat", "apistrat", STRATIFIED, jackknife, mean("api00"), "awards"),
    ("rep_jkn_total_strat", "apistrat", STRATIFIED, jackknife, total("enroll"), None),
    ("rep_mean_nh_jk", "nhanes", NHANES, jackknife, mean("HI_CHOL"), None),
    ("rep_total_nh_jk", "nhanes", NHANES, jackknife, total("HI_CHOL"), None),
    ("rep_mean_by_race_nh_jk", "nhanes", NHANES, jackknife, mean("HI_CHOL"), "race"),
    ("rep_ratio_nh_jk", "nhanes", NHANES, jackknife, ratio("HI_CHOL", "RIAGENDR"), None),
    ("rep_mean_nh2_brr", pairs, NHANES, r_brr, mean("HI_CHOL"), None),
    ("rep_total_nh2_brr", pairs, NHANES, r_brr, total("HI_CHOL"), None),
    ("rep_mean_by_race_nh2_brr", pairs, NHANES, r_brr, mean("HI_CHOL"), "race"),
    ("rep_ratio_nh2_brr", pairs, NHANES, r_brr, ratio("HI_CHOL", "RIAGENDR"), None),
    ("rep_mean_nh2_fay", pairs, NHANES, lambda: r_brr(0.3), mean("HI_CHOL"), None),
    ("rep_total_nh2_fay", pairs, NHANES, lambda: r_brr(0.3), total("HI_CHOL"), None),
    ("rep_mean_by_race_nh2_fay", pairs, NHANES, lambda: r_brr(0.3), mean("HI_CHOL"), "race"),
    ("rep_ratio_nh2_fay", pairs, NHANES, lambda: r_brr(0.3), ratio("HI_CHOL", "RIAGENDR"), None),
    ("rep_jkn_mean_idcard_by_profile_Qc", "quota854", SITES, jackknife, mean("has_id_card"), "profile"),
    ("rep_jkn_mean_income_by_profile_Qc", "quota854", SITES, jackknife, mean("income"), "profile"),
    ("rep_jkn_ratio_obst_Qc", "quota854", SITES, jackknife, ratio("obst_2", "obst_1"), None),
    ("rep_jkn_total_income_Qc", "quota854", SITES, jackknife, total("income"), None),
    ("rep_mean_by_wave_panel_brr", "panel", PANEL, r_panel, mean("y"), "wave"),
    ("rep_ratio_panel_brr", "panel", PANEL, r_panel, ratio("yes", "y"), None),
    ("rep_total_panel_brr", "panel", PANEL, r_panel, total("yes"), None),
    ("rep_mean_by_wave_panel_fay", "panel", PANEL, lambda: r_panel(0.3), mean("y"), "wave"),
    ("rep_ratio_panel_fay", "panel", PANEL, lambda: r_panel(0.3), ratio("yes", "y"), None),
    ("rep_total_panel_fay", "panel", PANEL, lambda: r_panel(0.3), total("yes"), None),
]


@pytest.mark.parametrize(("case", "data", "design", "method", "item", "column"), SINGLE, ids=[one[0] for one in SINGLE])
def test_r_s_replicates(case, data, design, method, item, column):
    expected = CASES[case]["expected"]
    est, se, se_mse = (numpy.atleast_1d(expected[name]).tolist() for name in ("est", "se", "se_mse"))
    source = data() if callable(data) else DATA / f"{data}.csv"
    by = ALL if column is None else [(column,)]
    result = method().estimate(source, design, [item], by=by)
    assert [e.estimate for e in result] == exactly(est)
    assert [e.se for e in result] == exactly(se)
    assert {e.df for e in result} == {result.design.df} == {expected["df"]}
    for row, found in zip(expected.get("vcov", []), result.covariances().tolist(), strict="vcov" in expected):
        assert found == exactly(row)
    about_estimate = replace(method(), mse=True).estimate(source, design, [item], by=by)
    assert [e.se for e in about_estimate] == exactly(se_mse)


def test_r_s_first_jackknife():
    expected = SURVEY["b01_jk1_mean"]["expected"]
    [it] = jackknife().estimate(DATA / "apiclus1.csv", SCHOOLS, [mean("api00")])
    assert (it.estimate, it.se) == exactly((expected["est"], expected["se"]))


def test_means_of_several_variables_have_r_s_covariances():
    expected = CASES["rep_jk1_mean_clus1"]["expected"]
    items = [Mean(name=name, variable=name) for name in ("api00", "api99", "enroll")]
    result = jackknife().estimate(DATA / "apiclus1.csv", SCHOOLS, items)
    assert [e.se for e in result] == exactly(expected["se"])
    for row, found in zip(expected["vcov"], result.covariances().tolist(), strict=True):
        assert found == exactly(row)
    about_estimate = jackknife(mse=True).estimate(DATA / "apiclus1.csv", SCHOOLS, items)
    assert [e.se for e in about_estimate] == exactly(expected["se_mse"])


@pytest.mark.parametrize(("case", "fay"), [("rep_change_panel_brr", 0.0), ("rep_change_panel_fay", 0.3)])
def test_a_change_between_waves_is_r_s(case, fay):
    expected = CASES[case]["expected"]
    share = Share(name="yes", variable="yes", counted=("1",))
    result = r_panel(fay).estimate(DATA / "panel.csv", PANEL, [share], by=[("wave",)])
    [gap] = brecha.gaps(result, [Comparison(variable="wave", group="2", reference="1")])
    assert (gap.difference, gap.se, gap.df) == exactly((expected["est"], expected["se"], expected["df"]))
    assert gap.low < gap.difference < gap.high


def test_the_estimates_are_those_of_linearisation():
    items = [
        Share(name="share", variable="has_id_card", counted=("1",)),
        Count(name="count", variable="has_id_card", counted=("1",)),
        Mean(name="mean", variable="income", missing=("NA",)),
        Total(name="total", variable="income", missing=("NA",)),
        Ratio(name="ratio", numerator="obst_2", denominator="obst_1", missing=("NA",)),
    ]
    by = [(), ("profile",), ("profile", "educ")]
    found = jackknife().estimate(DATA / "quota854.csv", SITES, items, by=by, level=0.9, interval="logit")
    linear = brecha.estimate(DATA / "quota854.csv", SITES, items, by=by, level=0.9, interval="logit")
    ours = {"se": 0, "low": 0, "high": 0, "n_eff": 0, "deff": 0, "cv": 0, "flags": ()}
    assert [replace(e, **ours) for e in found] == [replace(e, **ours) for e in linear]
    assert found.design == replace(linear.design, replicates="jackknife")
    assert (found.level, found.by, found.levels) == (0.9, linear.by, linear.levels)
    for one, other in zip(found, linear, strict=True):
        assert one.n < 100 or one.se == pytest.approx(other.se, rel=0.05)
        if one.name == "share":
            t = brecha.intervals.quantile(0.9, one.df)
            assert (one.low, one.high) == brecha.intervals.logit(one.estimate, one.se, t)


POPULATIONS = {"E": 4421, "H": 755, "M": 1018}


def test_post_stratified_replicates_are_r_s():
    """In R: jk <- as.svrepdesign(svydesign(id = ~dnum, weights = ~pw, data = apiclus1), type = "JK1");
    ps <- postStratify(jk, ~stype, data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018)));
    svymean(~api00, ps); svytotal(~enroll, ps); svyby(~api00, ~sch.wide, ps, svymean)
    """
    design = brecha.poststratify(DATA / "apiclus1.csv", SCHOOLS, "stype", POPULATIONS)
    items = [Mean(name="api00", variable="api00"), Total(name="enroll", variable="enroll")]
    result = jackknife().estimate(DATA / "apiclus1.csv", design, items, by=[(), ("sch.wide",)])
    found = [result.get("api00", {}), result.get("enroll", {})]
    found += [result.get("api00", {"sch.wide": level}) for level in ("No", "Yes")]
    assert [e.estimate for e in found] == exactly(
        [642.310788211582, 3680892.94511905, 612.062614938388, 647.161128404389]
    )
    assert [e.se for e in found] == exactly([27.205422525194, 478192.770811499, 31.1922875037181, 27.6954317776318])
    # the same from as.svrepdesign(..., mse = TRUE)
    [it] = jackknife(mse=True).estimate(DATA / "apiclus1.csv", design, items[:1])
    assert it.se == exactly(27.2066268255335)


def test_replicates_of_a_regression_are_r_s():
    # in R: calibrate(jk, ~stype + api99, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069))
    design = brecha.calibrate(DATA / "apiclus1.csv", SCHOOLS, {"stype": POPULATIONS, "api99": 3914069})
    items = [Mean(name="api00", variable="api00"), Total(name="enroll", variable="enroll")]
    result = jackknife().estimate(DATA / "apiclus1.csv", design, items)
    assert [e.estimate for e in result] == exactly([665.30907116578, 3638487.20413188])
    assert [e.se for e in result] == exactly([3.98250872803174, 483563.757417182])
    assert result.design.calibration == "linear"


MARGINS = {
    "profile": {"A_woman_miner": 5784.48, "B_woman_service": 3213.6, "C_man_miner": 12425.92},
    "age_grp": {"18-29": 7498.4, "30-44": 8998.08, "45+": 4927.52},
}


@pytest.mark.parametrize("way", ["rake", "calibrate"])
def test_raked_replicates_are_r_s(way):
    """In R: Qc <- svydesign(id = ~site, strata = ~region, weights = ~w0, nest = TRUE, data = quota854);
    qj <- as.svrepdesign(Qc, type = "JKn")
    rk <- rake(qj, list(~profile, ~age_grp), list(..., ...), control = list(maxit = 1000, epsilon = 1e-14));
    svyby(~has_id_card, ~educ, rk, svymean, covmat = TRUE); svytotal(~owns_pit, rk)
    """
    data = DATA / "quota854.csv"
    design = brecha.rake(data, SITES, MARGINS) if way == "rake" else brecha.calibrate(data, SITES, MARGINS, "raking")
    items = [mean("has_id_card"), Total(name="pit", variable="owns_pit")]
    result = jackknife().estimate(data, design, items, by=[(), ("educ",)])
    found = [result.get("it", {"educ": level}) for level in ("higher", "none", "primary", "secondary")]
    pit = result.get("pit", {})
    assert [e.estimate for e in found] == exactly(
        [0.750254286911666, 0.627753158782191, 0.695627869582376, 0.695837590959722]
    )
    assert [e.se for e in found] == exactly(
        [0.0459353066645867, 0.0227690519580536, 0.0244874763676612, 0.0445173477731959]
    )
    assert (pit.estimate, pit.se) == exactly((5463.99358530843, 427.265618805467))
    covariance = result.covariance(("it", {"educ": "higher"}), ("it", {"educ": "none"}))
    assert covariance == exactly(2.64235498867565e-05)


# -------------------------------------------------------------------------------------------------- designs


@pytest.mark.parametrize("method", [jackknife(), brr(), brr(fay=0.5)], ids=["jackknife", "brr", "fay"])
@pytest.mark.parametrize("population", [None, "N"])
def test_a_total_has_its_linearised_error(method, population):
    table = brecha.read(DATA / "panel.csv")
    table = table.mutate(N=table.stratum.cast("int64") + 2)
    design = replace(PANEL, population=population)
    items = [total("yes"), replace(total("y"), name="y")]
    found = method.estimate(table, design, items, by=[("sex",)])
    linear = brecha.estimate(table, design, items, by=[("sex",)])
    numpy.testing.assert_allclose(found.covariances(), linear.covariances(), rtol=1e-10)


def test_the_order_of_the_columns_of_signs_does_not_matter_to_a_total():
    found = [
        method.estimate(pairs(), NHANES, [total("HI_CHOL")]).get("it", {}).se
        for method in (brr(), r_brr(), brr(hadamard=numpy.hstack([numpy.ones((16, 1)), r_brr().hadamard])))
    ]
    assert found == exactly([found[0]] * 3)


LONELY = [
    {"stratum": stratum, "psu": psu, "y": y, "size": size}
    for stratum, psu, y, size in [
        ("a", "1", 3.0, 5),
        ("a", "2", 5.0, 5),
        ("b", "1", 4.0, 2),
        ("b", "2", 9.0, 2),
        ("b", "3", 1.0, 3),
        ("c", "1", 2.0, 1),
    ]
    if (stratum, psu) != ("b", "3")
]


@pytest.mark.parametrize("method", [jackknife(), brr(), bootstrap(replicates=400, seed=6)])
@pytest.mark.parametrize("rule", ["refuse", "adjust", "average", "certainty"])
def test_strata_that_are_all_their_population_do_not_vary(method, rule):
    design = Design(kind="probability", strata=("stratum",), psu="psu", population="size", single_psu=SinglePsu(rule))
    table = pyarrow.Table.from_pylist(LONELY)
    found = method.estimate(table, design, [total("y")]).get("it", {})
    linear = brecha.estimate(table, design, [total("y")]).get("it", {})
    assert found.se == pytest.approx(linear.se, rel=0.1 if method.kind == "bootstrap" else 1e-12)
    assert linear.se == pytest.approx(math.sqrt(2 * 2 * (1 - 2 / 5)))


def test_nothing_varies_where_every_stratum_is_all_its_population():
    rows = [{**one, "size": 2} for one in LONELY if one["stratum"] != "c"]
    design = Design(kind="probability", strata=("stratum",), psu="psu", population="size")
    assert [
        method.estimate(pyarrow.Table.from_pylist(rows), design, [total("y")]).get("it", {}).se
        for method in (jackknife(), brr(), bootstrap(replicates=5))
    ] == pytest.approx([0, 0, 0], abs=1e-12)


@pytest.mark.parametrize("method", [jackknife(), brr()])
@pytest.mark.parametrize(
    "rule", [SinglePsu("certainty"), SinglePsu("collapse", into={("c",): ("d",), ("d",): ("c",)})], ids=["c", "j"]
)
def test_single_psus_do_not_vary_or_join_another_stratum(method, rule):
    rows = [*LONELY, {"stratum": "d", "psu": "7", "y": 8.0, "size": 1}]
    design = Design(kind="probability", strata=("stratum",), psu="psu", single_psu=rule)
    table = pyarrow.Table.from_pylist(rows)
    found = method.estimate(table, design, [total("y")])
    linear = brecha.estimate(table, design, [total("y")])
    assert found.get("it", {}).se == exactly(linear.get("it", {}).se)
    assert found.design.single_psu == (("c",), ("d",))
    assert found.design.df == linear.design.df


def test_a_replicate_without_the_domain_adds_nothing():
    """In R, which warns of it: d <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = small);
    svyby(~y, ~who, as.svrepdesign(d, type = "BRR"), svymean)
    """
    rows = [
        {"stratum": "a", "psu": "1", "who": "women", "y": 3.0},
        {"stratum": "a", "psu": "2", "who": "men", "y": 4.0},
        {"stratum": "b", "psu": "1", "who": "women", "y": 9.0},
        {"stratum": "b", "psu": "2", "who": "men", "y": 1.0},
    ]
    design = Design(kind="probability", strata=("stratum",), psu="psu")
    [men, women] = brr().estimate(pyarrow.Table.from_pylist(rows), design, [mean("y")], by=[("who",)])
    # women: 6 with both of their PSUs, 3 and 9 with one, nobody in a fourth half-sample
    assert women.se == exactly(math.sqrt((3**2 + 3**2) / 4))
    assert (men.se, women.se) == exactly((1.06066017177982, 2.12132034355964))


def test_a_domain_in_one_psu_has_the_error_that_linearisation_gives_it():
    rows = [*({"psu": str(i), "who": "men", "y": float(i)} for i in range(5)), {"psu": "1", "who": "women", "y": 7.0}]
    rows += [{"psu": "1", "who": "women", "y": 8.0}]
    design = Design(kind="probability", psu="psu")
    result = jackknife().estimate(pyarrow.Table.from_pylist(rows), design, [mean("y")], by=[("who",)])
    assert result.get("it", {"who": "women"}).se == 0
    assert brecha.estimate(pyarrow.Table.from_pylist(rows), design, [mean("y")], by=[("who",)]).get(
        "it", {"who": "women"}
    ).se == pytest.approx(0, abs=1e-12)


def test_small_blocks_change_nothing(monkeypatch):
    items = [Mean(name=name, variable=name) for name in ("obst_1", "obst_2", "obst_3", "has_id_card")]
    for method in (jackknife(), bootstrap(replicates=30)):
        whole = method.estimate(DATA / "quota854.csv", SITES, items, by=[("profile",)])
        expected = whole.covariances()
        monkeypatch.setattr(laying, "BLOCK", 80)
        found = method.estimate(DATA / "quota854.csv", SITES, items, by=[("profile",)]).covariances()
        monkeypatch.undo()
        numpy.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-18)


def test_no_item_and_no_domain_are_no_estimates():
    assert list(jackknife().estimate(DATA / "quota854.csv", SITES, [])) == []
    assert list(jackknife().estimate(DATA / "quota854.csv", SITES, [mean("income")], by=[])) == []


def test_replicates_feed_the_mean_of_shares():
    share = Share(name="yes", variable="has_id_card", counted=("1",))
    result = jackknife().estimate(DATA / "quota854.csv", SITES, [share], by=[("profile",)])
    found = brecha.mean_of(result, "yes", "profile", PROFILES)
    expected = math.sqrt(result.covariances().sum() / 9)
    assert found.se == exactly(expected)


# -------------------------------------------------------------------------------------------------- refusals


def refused(code, method, design, rows=None, /, **values):
    source = DATA / "quota854.csv" if rows is None else pyarrow.Table.from_pylist(rows)
    with pytest.raises(BrechaError) as caught:
        method.estimate(source, design, [mean("income" if rows is None else "y")])
    assert caught.value.code == code
    assert str(caught.value)
    for name, value in values.items():
        assert caught.value.values[name] == value


def test_it_refuses_what_has_no_replicates():
    refused("replicates_of_census", jackknife(), replace(SITES, kind="census"))
    refused("replicates_of_rows", jackknife(), replace(SITES, psu=None))
    refused("replicates_of_stages", jackknife(), replace(SITES, population="Nh", stages=(Stage(),)))


@pytest.mark.parametrize("rule", ["adjust", "average"])
def test_it_refuses_rules_for_single_psus_that_replicates_do_not_have(rule):
    design = Design(kind="probability", strata=("stratum",), psu="psu", single_psu=SinglePsu(rule))
    refused("replicates_single_psu", jackknife(), design, LONELY, rule=rule, strata=(("c",),))


def test_it_refuses_half_samples_of_strata_that_are_no_pairs():
    rows = [*LONELY, {**LONELY[0], "psu": "9"}, {**LONELY[-1], "psu": "2"}]
    design = Design(kind="probability", strata=("stratum",), psu="psu")
    refused("brr_needs_two_psus", brr(), design, rows, strata=(("a",),))


@pytest.mark.parametrize(
    "hadamard",
    [
        [[1, 1], [1, -1]],  # one column that can be used, for two strata
        [[1, 1], [1, 1], [-1, -1], [-1, -1]],  # not orthogonal
        [[2, 1], [2, -1], [-2, 1], [-2, -1]],  # not 1 and -1
    ],
)
def test_it_refuses_signs_that_are_not_balanced(hadamard):
    rows = [one for one in LONELY if one["stratum"] != "c"]
    design = Design(kind="probability", strata=("stratum",), psu="psu")
    refused("hadamard_not_balanced", brr(hadamard=numpy.array(hadamard)), design, rows, strata=2)


@pytest.mark.parametrize("fay", [-0.1, 1.0])
def test_it_refuses_a_fay_s_factor_outside_its_range(fay):
    with pytest.raises(BrechaError) as caught:
        brr(fay=fay)
    assert (caught.value.code, caught.value.values) == ("fay_out_of_range", {"fay": fay})


def test_it_refuses_a_bootstrap_of_one_replicate():
    with pytest.raises(BrechaError) as caught:
        bootstrap(replicates=1)
    assert (caught.value.code, caught.value.values) == ("few_replicates", {"replicates": 1})


def test_it_refuses_calibrations_that_it_cannot_do_again():
    trimmed = brecha.trim(DATA / "quota854.csv", SITES, (10, 40))
    refused("replicates_of_calibration", jackknife(), trimmed, method="trimming")
    raked = brecha.rake(DATA / "quota854.csv", SITES, MARGINS)
    twice = brecha.rake(DATA / "quota854.csv", raked, MARGINS)
    refused("replicates_of_calibration", jackknife(), twice, method="raking, then raking")


def test_it_refuses_a_replicate_that_loses_a_category():
    rows = [{"psu": str(i), "y": float(i), "who": "women" if i == 2 else "men"} for i in range(4)]
    source = pyarrow.Table.from_pylist(rows)
    design = brecha.poststratify(source, Design(kind="probability", psu="psu"), "who", {"women": 5, "men": 7})
    method = "poststratification"
    refused("replicate_not_calibrated", jackknife(), design, rows, replicate=3, method=method, reason="category_empty")


def test_it_refuses_more_patterns_than_it_can_hold(monkeypatch):
    monkeypatch.setattr(recalibrating, "MOST", 36 * 2)
    design = brecha.poststratify(DATA / "quota854.csv", SITES, "profile", MARGINS["profile"])
    refused("too_many_patterns", jackknife(), design, columns=("profile",), count=3, most=2)


def test_replicates_say_what_they_are():
    assert [method.kind for method in (jackknife(), brr(), bootstrap())] == ["jackknife", "brr", "bootstrap"]
    assert isinstance(jackknife(), Replicates)
