"""Calibrated, raked and trimmed weights, and the errors of what they estimate: R's numbers, to nine digits."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import brecha
from brecha import Design, Mean, Ratio, Total

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_more_cases.json").read_text())

DESIGNS = {
    "strat": Design(kind="probability", strata=("stype",), weight="pw", population="fpc"),
    "clus1": Design(kind="probability", psu="dnum", weight="pw", population="fpc"),
    "nh": Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR"),
    "Q": Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh"),
    "Qc": Design(kind="quota", strata=("region",), psu="site", weight="w0"),
}
# The levels of the factors in R's model matrices; the first has no column of its own.
LEVELS = {
    "stype": ("E", "H", "M"),
    "sch.wide": ("No", "Yes"),
    "awards": ("No", "Yes"),
    "profile": ("A_woman_miner", "B_woman_service", "C_man_miner"),
    "age_grp": ("18-29", "30-44", "45+"),
}


def mean(variable):
    return Mean(name=f"mean {variable}", variable=variable, missing=("NA",))


def total(variable):
    return Total(name=f"total {variable}", variable=variable, missing=("NA",))


def ratio(numerator, denominator):
    return Ratio(name=numerator, numerator=numerator, denominator=denominator, missing=("NA",))


# What an id says was estimated, and in which domains.
SCHOOLS = {
    "total_enroll": ([total("enroll")], ()),
    "mean_api00_by_stype": ([mean("api00")], ("stype",)),
    "ratio_apistu_enroll_by_comp": ([ratio("api.stu", "enroll")], ("comp.imp",)),
    "mean_several": ([mean("api00"), mean("api99"), mean("meals")], ()),
}
FIGURES = {
    "apistrat": SCHOOLS,
    "apiclus1": SCHOOLS,
    "quota854": {
        "mean_idcard_by_profile": ([mean("has_id_card")], ("profile",)),
        "mean_income_by_educ": ([mean("income")], ("educ",)),
        "total_income": ([total("income")], ()),
        "ratio_obst_by_profile": ([ratio("obst_2", "obst_1")], ("profile",)),
        "total_credit_by_profile": ([total("credit")], ("profile",)),
    },
    "nhanes": {
        "total_hichol_by_race": ([total("HI_CHOL")], ("race",)),
        "mean_hichol_by_agecat": ([mean("HI_CHOL")], ("agecat",)),
        "mean_hichol": ([mean("HI_CHOL")], ()),
    },
}


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def listed(value):
    return value if isinstance(value, list) else [value]


@cache
def rows(data):
    """Return a file's rows, read once for all cases."""
    return brecha.read(DATA / f"{data}.csv").to_pyarrow()


def targets(totals):
    """Return R's totals of a model matrix as margins and numbers."""
    found, left = {(): totals["(Intercept)"]}, dict(totals)
    for column, (first, *others) in LEVELS.items():
        known = {level: left.pop(column + level) for level in others if column + level in left}
        if known:
            found[column] = {first: totals["(Intercept)"] - sum(known.values()), **known}
    del left["(Intercept)"]
    return {**found, **left}


def calibrated(line, source, design, given, regression):
    """Do to the design what a line of R does."""
    bounds = tuple(float(one) for one in re.findall(r"(?:lower = |upper = |bounds = c\(|(?<=\d), )([\d.]+)", line))
    if "trimWeights(" in line:
        return brecha.trim(source, design, bounds, strict="strict = TRUE" in line)
    if "calibrate(" in line:
        distance = "raking" if "raking" in line else "bounded" if bounds else "linear"
        return brecha.calibrate(source, design, targets(given["totals"]), distance, bounds or None)
    tables = given["margins"] if "rake(" in line else [given["cells"]]
    margins = {
        tuple(table[0])[:-1]: {tuple(str(value) for value in list(cell.values())[:-1]): cell["Freq"] for cell in table}
        for table in tables
    }
    if "rake(" in line:
        return brecha.rake(source, design, margins, regression=regression)
    [(by, cells)] = margins.items()
    return brecha.poststratify(source, design, by, cells)


@cache
def laid(name, regression="weights"):
    """Return the rows and the calibrated design that R calls `name`."""
    case = CASES[f"weights_{name}"]
    source, design = rows(case["data"]), DESIGNS[name.split("_")[0]]
    for line in case["design"].split("; ")[1:]:
        design = calibrated(line, source, design, case.get("given"), regression)
    return case["data"], source, design


@cache
def estimated(name, regression="weights", fixed=False):
    """Estimate all figures of a calibrated design at once; `fixed`: as if its weights were those of the sample."""
    data, source, design = laid(name, regression)
    if fixed:
        source = brecha.weights(source, design, "fixed").to_pyarrow()
        design = replace(design, weight="fixed", calibration=None)
    items = {item.name: item for items, _ in FIGURES[data].values() for item in items}
    return brecha.estimate(source, design, list(items.values()), by=[by for _, by in FIGURES[data].values()])


def parts(case):
    """Return an id's figure, the columns of its domains and its design."""
    figures = FIGURES[CASES[case]["data"]]
    figure = max((one for one in figures if case.startswith(f"cal_{one}_")), key=len)
    return *figures[figure], case.removeprefix(f"cal_{figure}_")


def keys(case):
    """Return the names and domains that a case's figures stand for."""
    items, by, _ = parts(case)
    if not by:
        return [(item.name, {}) for item in items]
    return [(items[0].name, {by[0]: label}) for label in CASES[case]["expected"]["label"]]


def agrees(case, result, which="", tolerance=1e-9):
    """Compare figures, errors and every covariance with R's; `which` formula for the errors."""
    expected = CASES[case]["expected"]
    found = [result.get(*key) for key in keys(case)]
    estimates, errors = listed(expected["est"]), listed(expected[f"se{which}"])
    assert [e.estimate for e in found] == exactly(estimates)
    assert [e.se for e in found] == pytest.approx(errors, rel=tolerance)
    assert {e.df for e in found} == {expected["df"]}
    if f"vcov{which}" in expected:
        # What has no error has a covariance of rounding.
        sizes = [error or estimate for error, estimate in zip(errors, estimates, strict=True)]
        for one, size, row in zip(keys(case), sizes, expected[f"vcov{which}"], strict=True):
            for other, its, covariance in zip(keys(case), sizes, row, strict=True):
                near = pytest.approx(covariance, rel=tolerance, abs=tolerance * size * its)
                assert result.covariance(one, other) == near


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("weights_")])
def test_weights(case):
    expected = CASES[case]["expected"]
    _, source, design = laid(case.removeprefix("weights_"))
    found = brecha.weights(source, design).to_pyarrow()["weight"].to_pylist()
    assert found[:10] == exactly(expected["w_first10"])
    assert (sum(found), min(found), max(found)) == exactly((expected["wsum"], expected["wmin"], expected["wmax"]))
    assert sum(weight**2 for weight in found) == exactly(expected["wsumsq"])


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("cal_")])
def test_errors_come_from_residuals_by_the_weights_of_the_sample(case):
    base = "_base_residuals"
    same_in_r = f"se{base}" not in CASES[case]["expected"]
    agrees(case, estimated(parts(case)[-1]), "" if same_in_r else base)


@pytest.mark.parametrize("case", [case for case in CASES if re.match("cal_.*_rk4?$", case) and "trim" not in case])
def test_residuals_by_rows_give_the_errors_of_r_s_rake(case):
    # R sweeps ten times: in this design too few for nine digits.
    tolerance = 3e-6 if case.endswith("strat_rk") else 1e-9
    agrees(case, estimated(parts(case)[-1], regression="rows"), tolerance=tolerance)


@pytest.mark.parametrize("case", [case for case in CASES if "se_fixed_weights" in CASES[case]["expected"]])
def test_weights_without_their_calibration_have_the_errors_of_fixed_weights(case):
    agrees(case, estimated(parts(case)[-1], fixed=True), "_fixed_weights")
