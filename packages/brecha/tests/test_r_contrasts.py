"""Contrasts, t tests and ratios of means: the numbers of R's survey package, to nine digits."""

import json
import math
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy
import pytest
from scipy import special

import brecha
from brecha import Comparison, Design, Mean, Ratio, Stage, Total

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_more_cases.json").read_text())

DESIGNS = {
    "strat": ("apistrat", Design(kind="probability", strata=("stype",), weight="pw", population="fpc")),
    "clus1": ("apiclus1", Design(kind="probability", psu="dnum", weight="pw", population="fpc")),
    "clus2": (
        "apiclus2",
        Design(kind="probability", psu="dnum", weight="pw", population="fpc1", stages=(Stage("snum", "fpc2"),)),
    ),
    "nh": ("nhanes", Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR")),
    "Q": ("quota854", Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")),
    "Qc": ("quota854", Design(kind="quota", strata=("region",), psu="site", weight="w0")),
    "twost": (
        "two_stage",
        Design(
            kind="probability",
            strata=("stratum",),
            psu="psu",
            weight="w",
            population="n1",
            stages=(Stage("unit", "n2"),),
        ),
    ),
    "panel": ("panel", Design(kind="probability", strata=("stratum",), psu="psu", weight="w")),
}
PROFILES = ("A_woman_miner", "B_woman_service", "C_man_miner")


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def mean(variable, missing=("NA",)):
    return Mean(name="it", variable=variable, missing=missing)


def total(variable):
    return Total(name="it", variable=variable, missing=("NA",))


def listed(value):
    return value if isinstance(value, list) else [value]


@cache
def rows(data):
    """Return a file's rows, read once for all cases."""
    return brecha.read(DATA / f"{data}.csv").to_pyarrow()


def estimate(design, item, *by):
    data, drawn = DESIGNS[design]
    return brecha.estimate(rows(data), drawn, [item], by=[by])


def coefficients(case):
    """Return the coefficients that stand in R's line, (contrasts, domains)."""
    found = re.findall(r"= c\(([-\d/, ]+)\)", CASES[case]["r"])
    return numpy.array([[float(Fraction(one.strip())) for one in row.split(",")] for row in found])


def same_covariances(found, expected):
    """Compare a covariance matrix with R's: what cancels is as large as the errors."""
    if "vcov" in expected:
        errors = numpy.array(expected["se"])
        far = abs(found - numpy.array(expected["vcov"])) / numpy.outer(errors, errors)
        assert far.max() < 1e-9


RATIO = Ratio(name="it", numerator="obst_2", denominator="obst_1")
CONTRASTS = [
    *(
        row
        for design in ("Q", "Qc")
        for row in [
            (f"contrast_income_by_profile_{design}", design, mean("income"), "profile", PROFILES),
            (f"contrast_idcard_by_profile_{design}", design, mean("has_id_card"), "profile", PROFILES),
            (f"contrast_of_ratios_obst_{design}", design, RATIO, "profile", PROFILES),
            (f"contrast_of_totals_income_{design}", design, total("income"), "profile", PROFILES),
        ]
    ),
    ("contrast_api00_by_stype_clus1", "clus1", mean("api00"), "stype", ("E", "H", "M")),
    ("contrast_hichol_by_race_nh", "nh", mean("HI_CHOL"), "race", ("1", "2", "3", "4")),
    ("contrast_y_by_group_twost", "twost", mean("y"), "group", ("a", "b", "c")),
]


@pytest.mark.parametrize(("case", "design", "item", "by", "levels"), CONTRASTS, ids=[row[0] for row in CONTRASTS])
def test_combinations_of_domains(case, design, item, by, levels):
    expected = CASES[case]["expected"]
    result, rows_of_r = estimate(design, item, by), coefficients(case)
    keys = [("it", {by: level}) for level in levels]
    found = [brecha.combine(result, list(zip(row, keys, strict=True))) for row in rows_of_r.tolist()]
    assert [one.estimate for one in found] == exactly(expected["est"])
    assert [one.se for one in found] == exactly(expected["se"])
    assert {one.df for one in found} == {expected["df"]}
    same_covariances(rows_of_r @ result.covariances(keys) @ rows_of_r.T, expected)
    for row, one in zip(rows_of_r.tolist(), found, strict=True):
        if sorted(row)[0] == -1 and sorted(row)[-1] == 1 and sum(map(abs, row)) == 2:
            [gap] = brecha.gaps(result, [Comparison(by, levels[row.index(1)], levels[row.index(-1)])])
            assert (gap.difference, gap.se) == exactly((one.estimate, one.se))


T_TESTS = [
    ("ttest_api00_awards_strat", "strat", mean("api00"), "awards", "Yes", "No"),
    ("ttest_enroll_schwide_clus1", "clus1", mean("enroll"), "sch.wide", "Yes", "No"),
    ("ttest_income_credit_Q", "Q", mean("income"), "credit", "1", "0"),
    ("ttest_income_credit_Qc", "Qc", mean("income"), "credit", "1", "0"),
    ("ttest_income_B_A_Qc", "Qc", mean("income"), "profile", PROFILES[1], PROFILES[0]),
    ("ttest_y_wave_panel", "panel", mean("y"), "wave", "2", "1"),
    ("ttest_y_group_clus2", "clus2", mean("api00"), "awards", "Yes", "No"),
]


def agrees_with_a_t_test(found, expected):
    """R's degrees of freedom are one less, a convention of regression, and where rows are PSUs those who answered."""
    df = expected["df"]
    assert (found.estimate, found.se, found.t) == exactly((expected["est"], expected["se"], expected["t"]))
    assert 2 * special.stdtr(df, -abs(found.t)) == exactly(expected["p"])
    assert found.p == exactly(2 * special.stdtr(found.df, -abs(found.t)))
    narrower = brecha.intervals.quantile(0.95, df) / brecha.intervals.quantile(0.95, found.df)
    limits = [found.estimate + narrower * (limit - found.estimate) for limit in (found.low, found.high)]
    assert limits == exactly(expected["ci95"])


@pytest.mark.parametrize(
    ("case", "design", "item", "by", "group", "reference"), T_TESTS, ids=[row[0] for row in T_TESTS]
)
def test_a_t_test_is_a_gap_between_means(case, design, item, by, group, reference):
    [gap] = brecha.gaps(estimate(design, item, by), [Comparison(by, group, reference)])
    agrees_with_a_t_test(gap, CASES[case]["expected"])
    answered = case == "ttest_income_credit_Q"
    assert gap.df == (825 if answered else CASES[case]["expected"]["df"] + 1)


def test_a_t_test_of_one_sample_is_a_combination_of_two_means():
    data, design = DESIGNS["strat"]
    items = [Mean(name=name, variable=name) for name in ("api00", "api99")]
    result = brecha.estimate(rows(data), design, items)
    found = brecha.combine(result, [(1, ("api00", {})), (-1, ("api99", {}))])
    agrees_with_a_t_test(found, CASES["ttest_one_sample_strat"]["expected"])
    assert found.df == 197


RATIOS = [
    ("ratio_of_means_income_by_profile_Q", "Q", mean("income"), "profile", PROFILES),
    ("ratio_of_means_income_by_profile_Qc", "Qc", mean("income"), "profile", PROFILES),
    ("ratio_of_means_idcard_by_profile_Q", "Q", mean("has_id_card"), "profile", PROFILES),
    ("ratio_of_means_idcard_by_profile_Qc", "Qc", mean("has_id_card"), "profile", PROFILES),
    ("ratio_of_means_api00_by_stype_clus1", "clus1", mean("api00"), "stype", ("E", "H", "M")),
    ("ratio_of_means_hichol_by_race_nh", "nh", mean("HI_CHOL"), "race", ("1", "2", "3")),
    ("log_ratio_of_means_income_Q", "Q", mean("income"), "profile", (PROFILES[0], PROFILES[2])),
    ("log_ratio_of_means_income_Qc", "Qc", mean("income"), "profile", (PROFILES[0], PROFILES[2])),
]


def error_of_logarithm(gap):
    """Return the standard error of the ratio's logarithm, of which the limits are t on either side."""
    return math.log(gap.ratio_high / gap.ratio_low) / 2 / brecha.intervals.quantile(0.95, gap.df)


@pytest.mark.parametrize(("case", "design", "item", "by", "levels"), RATIOS, ids=[row[0] for row in RATIOS])
def test_ratios_of_domains_are_linearised(case, design, item, by, levels):
    expected = CASES[case]["expected"]
    result = estimate(design, item, by)
    found = brecha.gaps(result, [Comparison(by, level, levels[0]) for level in levels[1:]])
    errors = [error_of_logarithm(gap) for gap in found]
    figures = [math.log(gap.ratio) if case.startswith("log_") else gap.ratio for gap in found]
    assert figures == exactly(listed(expected["est"]))
    slopes = [1.0 if case.startswith("log_") else gap.ratio for gap in found]
    assert [slope * error for slope, error in zip(slopes, errors, strict=True)] == exactly(listed(expected["se"]))
    assert {gap.df for gap in found} == {expected["df"]}
    below = found[0].reference_estimate
    tangent = numpy.column_stack([[-gap.ratio / below for gap in found], numpy.eye(len(found)) / below])
    same_covariances(tangent @ result.covariances([("it", {by: level}) for level in levels]) @ tangent.T, expected)


def test_no_case_of_these_subjects_is_left_out():
    named = {row[0] for row in (*CONTRASTS, *T_TESTS, *RATIOS)} | {"ttest_one_sample_strat"}
    assert named == {case for case in CASES if case.startswith(("contrast_", "ttest_", "ratio_of_", "log_ratio_"))}
