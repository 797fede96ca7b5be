"""Means, totals, counts and ratios: the numbers of R's survey package, to nine digits."""

import json
from pathlib import Path

import pytest

import brecha
from brecha import Count, Design, Mean, Ratio, SinglePsu, Total

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_survey_cases.json").read_text())

STRATIFIED = Design(kind="probability", strata=("stype",), weight="pw", population="fpc")
CLUSTERED = Design(kind="probability", psu="dnum", weight="pw", population="fpc")
EVERYBODY = {}


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def estimate(data, design, *items, by=((),)):
    return brecha.estimate(DATA / f"{data}.csv", design, items, by=by)


@pytest.mark.parametrize(
    ("case", "data", "design", "item"),
    [
        ("m02_strat_total", "apistrat", STRATIFIED, Total(name="it", variable="enroll")),
        ("m03_clus1_mean", "apiclus1", CLUSTERED, Mean(name="it", variable="api00")),
    ],
)
def test_a_figure_for_everybody(case, data, design, item):
    expected = CASES[case]["expected"]
    it = estimate(data, design, item).get("it", EVERYBODY)
    assert (it.estimate, it.se, it.df) == exactly((expected["est"], expected["se"], expected["df"]))
    assert (it.low, it.high) == exactly((expected["ci95_t_lo"], expected["ci95_t_hi"]))


def test_a_ratio_of_totals():
    expected = CASES["r01_ratio"]["expected"]
    item = Ratio(name="it", numerator="api.stu", denominator="enroll")
    it = estimate("apistrat", STRATIFIED, item).get("it", EVERYBODY)
    assert (it.estimate, it.se) == exactly((expected["est"], expected["se"]))


@pytest.mark.parametrize(
    ("case", "data", "design", "column", "levels"),
    [
        ("d01_strat_by_aw", "apistrat", STRATIFIED, "awards", ["No", "Yes"]),
        ("d02_clus1_by_stype", "apiclus1", CLUSTERED, "stype", ["E", "H", "M"]),
    ],
)
def test_means_of_domains_and_their_covariances(case, data, design, column, levels):
    expected = CASES[case]["expected"]
    result = estimate(data, design, Mean(name="api00", variable="api00"), by=[(column,)])
    keys = [("api00", {column: level}) for level in levels]
    assert [result.get(*key).estimate for key in keys] == exactly(expected["est"])
    assert [result.get(*key).se for key in keys] == exactly(expected["se"])
    for row, found in zip(expected["vcov"], result.covariances(keys).tolist(), strict=True):
        assert found == exactly(row)


def test_a_domain_that_stands_in_one_psu_of_a_stratum():
    expected = CASES["l03_domain_noadjust"]["expected"]
    result = estimate("apistrat", STRATIFIED, Mean(name="api00", variable="api00"), by=[("cname",)])
    it = result.get("api00", {"cname": "Los Angeles"})
    assert (it.estimate, it.se) == exactly((expected["est"], expected["se"]))


@pytest.mark.parametrize("rule", ["certainty", "adjust"])
def test_a_mean_with_a_stratum_of_one(rule):
    expected = CASES[f"l01_lonely_{rule}"]["expected"]
    design = Design(kind="probability", strata=("stype",), weight="pw", single_psu=SinglePsu(rule))
    it = estimate("apistrat_lonely", design, Mean(name="api00", variable="api00")).get("api00", EVERYBODY)
    assert (it.estimate, it.se) == exactly((expected["est"], expected["se"]))


def test_counts_are_totals_of_ones():
    # in R: svytotal(~stype, svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1))
    items = [Count(name=code, variable="stype", counted=(code,)) for code in "EHM"]
    result = estimate("apiclus1", CLUSTERED, *items)
    assert [e.estimate for e in result] == exactly([4873.967468261711, 473.857948303222, 846.174907684325])
    assert [e.se for e in result] == exactly([1333.319404949674, 158.699278792624, 167.549891621390])
    assert result.covariance(("E", {}), ("H", {})) == exactly(32003.1814478671)
