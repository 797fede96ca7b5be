"""Waves that share their PSUs and waves that do not: the numbers of R's survey package, to nine digits."""

import json
import math
from pathlib import Path

import numpy
import pytest

import brecha
from brecha import Comparison, Design, Mean, Share, Total

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_more_cases.json").read_text())
PANEL = Design(kind="probability", strata=("stratum",), psu="psu", weight="w")
MEAN = Mean(name="it", variable="y", missing=("NA",))
TOTAL = Total(name="it", variable="yes")


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def listed(value):
    return value if isinstance(value, list) else [value]


YES = Share(name="it", variable="yes", counted=("1",))
WAVES = [
    ("mean_y", MEAN, ("wave",)),
    ("total_yes", TOTAL, ("wave",)),
    ("mean_yes_by_sex", YES, ("wave", "sex")),
]
# Two samples of the same PSUs, or of PSUs of their own in strata of their own.
TOGETHER = {"overlapping": ("stratum",), "independent": ("stratum", "wave")}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a file for each wave, as they came: without a column that says which."""
    panel, folder, found = brecha.read(DATA / "panel.csv"), tmp_path_factory.mktemp("waves"), {}
    for wave in ("1", "2"):
        found[wave] = folder / f"{wave}.csv"
        panel.filter(panel.wave == wave).drop("wave").to_csv(found[wave])
    return found


def of_both(files, item, by, how):
    design = Design(kind="probability", strata=TOGETHER[how], psu="psu", weight="w")
    return brecha.estimate(brecha.waves(files), design, [item], by=[by])


@pytest.mark.parametrize("how", TOGETHER)
@pytest.mark.parametrize(("figure", "item", "by"), WAVES, ids=[row[0] for row in WAVES])
def test_waves_in_one_table(files, figure, item, by, how):
    expected = CASES[f"wave_{figure}_{how}"]["expected"]
    result = of_both(files, item, by, how)
    keys = [("it", dict(zip(by, label.split("."), strict=True))) for label in expected["label"]]
    found = [result.get(*key) for key in keys]
    assert [e.estimate for e in found] == exactly(expected["est"])
    assert [e.se for e in found] == exactly(expected["se"])
    assert {e.df for e in found} == {expected["df"]}
    errors = numpy.array(expected["se"])
    far = abs(result.covariances(keys) - numpy.array(expected["vcov"])) / numpy.outer(errors, errors)
    assert far.max() < 1e-9


CHANGES = [
    ("change_y", MEAN, ("wave",), [{}]),
    ("change_total_yes", TOTAL, ("wave",), [{}]),
    ("change_yes_by_sex", YES, ("wave", "sex"), [{"sex": "man"}, {"sex": "woman"}]),
]


@pytest.mark.parametrize("how", TOGETHER)
@pytest.mark.parametrize(("figure", "item", "by", "within"), CHANGES, ids=[row[0] for row in CHANGES])
def test_changes_between_waves_of_one_table(files, figure, item, by, within, how):
    expected = CASES[f"wave_{figure}_{how}"]["expected"]
    result = of_both(files, item, by, how)
    found = brecha.gaps(result, [Comparison("wave", "2", "1", within=domain) for domain in within])
    if figure == "change_yes_by_sex":
        signs = [(-1, "2", "man"), (1, "1", "man"), (1, "2", "woman"), (-1, "1", "woman")]
        found.append(brecha.combine(result, [(c, ("it", {"wave": when, "sex": who})) for c, when, who in signs]))
    assert [one.estimate for one in found] == exactly(listed(expected["est"]))
    assert [one.se for one in found] == exactly(listed(expected["se"]))
    assert {one.df for one in found} == {expected["df"]}


@pytest.mark.parametrize(("figure", "item", "by", "within"), CHANGES, ids=[row[0] for row in CHANGES])
def test_changes_between_independent_waves_each_estimated_alone(files, figure, item, by, within):
    expected = CASES[f"wave_{figure}_independent"]["expected"]
    before, after = (brecha.estimate(files[wave], PANEL, [item], by=[by[1:]]) for wave in ("1", "2"))
    found = [brecha.change(before.get("it", domain), after.get("it", domain)) for domain in within]
    if figure == "change_yes_by_sex":
        sides = [brecha.gaps(result, [Comparison("sex", "woman", "man")])[0] for result in (before, after)]
        found.append(brecha.change(*sides))
    assert [one.estimate for one in found] == exactly(listed(expected["est"]))
    assert [one.se for one in found] == exactly(listed(expected["se"]))
    # Satterthwaite's, with 6 of each wave: at most R's 12 of both.
    assert all(6 <= one.df <= expected["df"] for one in found)


@pytest.mark.parametrize("how", TOGETHER)
def test_growth_between_waves(files, how):
    expected = CASES[f"wave_ratio_y_{how}"]["expected"]
    [gap] = brecha.gaps(of_both(files, MEAN, ("wave",), how), [Comparison("wave", "2", "1")])
    error_of_logarithm = math.log(gap.ratio_high / gap.ratio) / brecha.intervals.quantile(0.95, gap.df)
    assert (gap.ratio, gap.ratio * error_of_logarithm) == exactly((expected["est"], expected["se"]))
    assert gap.df == expected["df"]


def test_no_case_of_waves_is_left_out():
    figures = [*(row[0] for row in WAVES), *(row[0] for row in CHANGES), "ratio_y"]
    assert {f"wave_{one}_{how}" for one in figures for how in TOGETHER} == {c for c in CASES if c.startswith("wave_")}
