"""Confidence limits of shares: the numbers of R's survey package, to nine digits."""

import json
import math
from functools import cache
from pathlib import Path

import pytest

import brecha
from brecha import Design, Share, Stage, intervals

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_more_cases.json").read_text())
SURVEY = json.loads((DATA / "r_survey_cases.json").read_text())

STRATIFIED = ("apistrat", Design(kind="probability", strata=("stype",), weight="pw", population="fpc"))
CLUSTERED = ("apiclus1", Design(kind="probability", psu="dnum", weight="pw", population="fpc"))
NHANES = ("nhanes", Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR"))
QUOTA = ("quota854", Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh"))
SITES = ("quota854", Design(kind="quota", strata=("region",), psu="site", weight="w0"))
UNITS = (Stage(unit="unit", population="n2"),)
TWO_STAGES = (
    "two_stage",
    Design(kind="probability", strata=("stratum",), psu="psu", weight="w", population="n1", stages=UNITS),
)
WOMEN, MEN = {"profile": "A_woman_miner"}, {"profile": "C_man_miner"}
SHARES = {
    "pit_A_Q": (QUOTA, "owns_pit", WOMEN),
    "pit_C_Q": (QUOTA, "owns_pit", MEN),
    "credit_Q": (QUOTA, "credit", {}),
    "pit_A_Qc": (SITES, "owns_pit", WOMEN),
    "pit_C_Qc": (SITES, "owns_pit", MEN),
    "credit_Qc": (SITES, "credit", {}),
    "rare_C_Qc": (SITES, "rare", MEN),
    "idcard_R1_C_Q": (QUOTA, "has_id_card", {"region": "R1", **MEN}),
    "hichol_race1_nh": (NHANES, "HI_CHOL", {"race": "1"}),
    "hichol_race4_young_nh": (NHANES, "HI_CHOL", {"race": "4", "agecat": "(0,19]"}),
    "sw_H_clus1": (CLUSTERED, "sw", {"stype": "H"}),
    "aw_strat": (STRATIFIED, "aw", {}),
    "yes_b_twost": (TWO_STAGES, "yes", {"group": "b"}),
}
# R's names and ours.
METHODS = {
    "logit": "logit",
    "beta": "korn_graubard",
    "likelihood": "likelihood",
    "asin": "arcsine",
    "mean": "wald",
}
# R takes a domain's own degrees of freedom; here they are those of the whole sample.
OTHER_DF = ("pit_A_Q", "pit_C_Q", "credit_Q", "idcard_R1_C_Q", "hichol_race4_young_nh", "sw_H_clus1", "yes_b_twost")


@cache
def rows(data):
    """Return a file's rows, read once for all cases."""
    return brecha.read(DATA / f"{data}.csv").to_pyarrow()


@cache
def estimated(name, interval="wilson"):
    (data, design), variable, domain = SHARES[name]
    share = Share(name="it", variable=variable, counted=("1",), base="answered", missing=("NA",))
    result = brecha.estimate(rows(data), design, [share], by=[tuple(domain)], interval=interval)
    return result.get("it", domain)


def in_r(expected):
    """Return R's limits, or its formula's where its search for them stops early."""
    return expected.get("lo_exact", expected["lo"]), expected.get("hi_exact", expected["hi"])


def uncapped(share, df):
    """Return Korn and Graubard's limits as R has them, which lets the effective size pass the rows."""
    rows = 1e12
    of_n = intervals.quantile(0.95, rows) / intervals.quantile(0.95, share.n - 1)
    return intervals.korn_graubard(share.estimate, share.se * of_n, rows, df, 0.95)


def limits(method, share, df):
    """Return the limits of a share on R's degrees of freedom."""
    t = intervals.quantile(0.95, df)
    match method:
        case "beta":
            return uncapped(share, df)
        case "likelihood":
            # As in a design effect, R divides by n - 1 where we divide by n.
            return intervals.likelihood(share.estimate, share.se * math.sqrt(share.n / (share.n - 1)), t)
    return getattr(intervals, METHODS[method])(share.estimate, share.se, t)


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("ciprop_")])
def test_limits_of_a_share(case):
    expected = CASES[case]["expected"]
    name, _, method = case.removeprefix("ciprop_").rpartition("_")
    share = estimated(name)
    early = 1e-7 if "lo_exact" in expected else 1e-9  # R's glm stops early
    assert share.estimate == pytest.approx(expected["est"], rel=early)
    assert (share.se, share.n) == pytest.approx((expected["se"], expected["n"]), rel=1e-9)
    assert (share.df == expected["df"]) == (name not in OTHER_DF)
    low, high = limits(method, share, expected["df"])
    wanted = in_r(expected)
    if case == "ciprop_hichol_race4_young_nh_asin":
        assert low == 0  # R squares the negative angle instead
        wanted = (0, wanted[1])
    assert (low, high) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", [name for name in SHARES if name not in OTHER_DF])
@pytest.mark.parametrize("method", ["logit", "asin", "mean"])
def test_an_estimate_has_the_limits_it_is_asked_for(name, method):
    expected = CASES[f"ciprop_{name}_{method}"]["expected"]
    share = estimated(name, METHODS[method])
    assert (share.low, share.high) == pytest.approx(in_r(expected), rel=1e-9)


@pytest.mark.parametrize("name", SHARES)
def test_korn_and_graubard_s_effective_size_is_at_most_the_rows(name):
    expected = CASES[f"ciprop_{name}_beta"]["expected"]
    share = estimated(name)
    low, high = intervals.korn_graubard(share.estimate, share.se, share.n, expected["df"], 0.95)
    if name in ("credit_Qc", "idcard_R1_C_Q", "sw_H_clus1"):
        assert low < expected["lo"] < expected["hi"] < high
    else:
        assert (low, high) == pytest.approx((expected["lo"], expected["hi"]), rel=1e-9)


def test_a_profile_likelihood_that_r_interpolates():
    data, design = CLUSTERED
    result = brecha.estimate(rows(data), design, [Share(name="it", variable="ell", counted=("0",))])
    # For the other likelihoods R's limits are kept beside the formula's, lo_exact and hi_exact.
    share, expected = result.get("it", {}), SURVEY["p01_ciprop_likelihood"]["expected"]
    found = limits("likelihood", share, share.df)
    assert share.estimate == pytest.approx(expected["est"], rel=1e-6)
    assert found == pytest.approx((expected["lo"], expected["hi"]), rel=5e-3)
