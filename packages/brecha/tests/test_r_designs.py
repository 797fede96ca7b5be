"""Totals, means, ratios, counts, design effects and stages: the numbers of R's survey package, to nine digits."""

import json
from functools import cache
from pathlib import Path

import pytest

import brecha
from brecha import Count, Design, Mean, Ratio, SinglePsu, Stage, Total

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_more_cases.json").read_text())
SURVEY = json.loads((DATA / "r_survey_cases.json").read_text())

TWO_STAGES = {"psu": "dnum", "weight": "pw", "population": "fpc1"}
DESIGNS = {
    "strat": Design(kind="probability", strata=("stype",), weight="pw", population="fpc"),
    "clus1": Design(kind="probability", psu="dnum", weight="pw", population="fpc"),
    "nh": Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR"),
    "Q": Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh"),
    "Qc": Design(kind="quota", strata=("region",), psu="site", weight="w0"),
    # The weights in the column pw are those that R takes from the population sizes; a school is a row.
    "clus2": Design(kind="probability", **TWO_STAGES, stages=(Stage(unit="snum", population="fpc2"),)),
    "clus2w": Design(kind="probability", **TWO_STAGES, stages=(Stage(population="fpc2"),)),
    "clus2nofpc": Design(kind="probability", psu="dnum", weight="pw"),
    "twost": Design(
        kind="probability",
        strata=("stratum",),
        psu="psu",
        weight="w",
        population="n1",
        stages=(Stage(unit="unit", population="n2"),),
    ),
}


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def mean(*variables):
    return [Mean(name=variable, variable=variable, missing=("NA",)) for variable in variables]


def total(*variables):
    return [Total(name=variable, variable=variable, missing=("NA",)) for variable in variables]


def ratio(numerators, denominators):
    return [
        Ratio(name=f"{one}/{other}", numerator=one, denominator=other, missing=("NA",))
        for other in denominators.split()
        for one in numerators.split()
    ]


def count(column, codes, name=None):
    """Return a count of each code, named as R names it."""
    return [Count(name=f"{name or column}{code}", variable=column, counted=(code,)) for code in codes.split()]


def listed(value):
    return value if isinstance(value, list) else [value]


def key(label, items, by):
    """Return the name and the domain that R calls `level.level:item`, or `item` for everybody."""
    if not by:
        return (label if len(items) > 1 else items[0].name), {}
    levels, _, name = label.partition(":")
    return name or items[0].name, dict(zip(by, levels.split("."), strict=True))


def agrees(expected, result, items, by=()):
    """Compare figures, errors, degrees of freedom and every covariance with R's."""
    keys = [key(label, items, by) for label in listed(expected["label"])]
    found = [result.get(*one) for one in keys]
    assert [e.estimate for e in found] == exactly(listed(expected["est"]))
    errors = listed(expected["se"])
    assert [e.se for e in found] == exactly(errors)
    if "df" in expected:
        assert {e.df for e in found} == {expected["df"]}
    rows = expected.get("vcov", [[error**2 for error in errors]])
    for i, row in enumerate(rows):
        for j, covariance in enumerate(row):
            near = pytest.approx(covariance, rel=1e-9, abs=1e-9 * errors[i] * errors[j])
            assert result.covariance(keys[i], keys[j]) == near


@cache
def rows(data):
    """Return a file's rows, read once for all cases."""
    return brecha.read(DATA / f"{data}.csv").to_pyarrow()


def estimate(case, design, items, by):
    return brecha.estimate(rows(CASES[case]["data"]), DESIGNS[design], items, by=[by])


PROFILE, RACE, STYPE, AWARDS, EDUC = ("profile",), ("race",), ("stype",), ("awards",), ("educ",)
SEX_AND_AGE = ("RIAGENDR", "agecat")
FIGURES = [
    ("total_enroll_by_stype_strat", "strat", total("enroll"), STYPE),
    ("total_enroll_by_awards_strat", "strat", total("enroll"), AWARDS),
    ("total_enroll_apistu_by_awards_strat", "strat", total("enroll", "api.stu"), AWARDS),
    ("total_enroll_by_stype_clus1", "clus1", total("enroll"), STYPE),
    ("total_hichol_by_race_nh", "nh", total("HI_CHOL"), RACE),
    ("total_hichol_by_sex_age_nh", "nh", total("HI_CHOL"), SEX_AND_AGE),
    ("total_income_Q", "Q", total("income"), ()),
    ("total_income_by_profile_Q", "Q", total("income"), PROFILE),
    ("total_income_by_profile_Qc", "Qc", total("income"), PROFILE),
    ("total_credit_by_educ_Qc", "Qc", total("credit"), EDUC),
    ("mean_several_strat", "strat", mean("api00", "api99", "enroll", "meals"), ()),
    ("mean_several_clus1", "clus1", mean("api00", "api99", "enroll", "meals"), ()),
    ("mean_several_Qc", "Qc", mean("has_id_card", "owns_pit", "rare", "obst_1"), ()),
    ("mean_api_by_awards_strat", "strat", mean("api00", "api99"), AWARDS),
    ("mean_api_by_stype_schwide_clus1", "clus1", mean("api00"), ("stype", "sch.wide")),
    ("mean_api_enroll_by_stype_clus1", "clus1", mean("api00", "enroll"), STYPE),
    ("mean_hichol_by_race_nh", "nh", mean("HI_CHOL"), RACE),
    ("mean_hichol_by_sex_age_nh", "nh", mean("HI_CHOL"), SEX_AND_AGE),
    ("mean_income_by_profile_Q", "Q", mean("income"), PROFILE),
    ("mean_income_by_profile_Qc", "Qc", mean("income"), PROFILE),
    ("mean_income_by_region_Qc", "Qc", mean("income"), ("region",)),
    ("mean_income_by_profile_educ_Qc", "Qc", mean("income"), ("profile", "educ")),
    ("mean_obst_by_profile_Qc", "Qc", mean("obst_1", "obst_2", "obst_3"), PROFILE),
    ("ratio_apistu_enroll_by_awards_strat", "strat", ratio("api.stu", "enroll"), AWARDS),
    ("ratio_apistu_enroll_by_stype_clus1", "clus1", ratio("api.stu", "enroll"), STYPE),
    ("ratio_api00_api99_clus1", "clus1", ratio("api00", "api99"), ()),
    ("ratio_obst_by_profile_Q", "Q", ratio("obst_2", "obst_1"), PROFILE),
    ("ratio_obst_by_profile_Qc", "Qc", ratio("obst_2", "obst_1"), PROFILE),
    ("ratio_income_credit_Q", "Q", ratio("income", "credit"), ()),
    ("ratio_income_credit_by_profile_Qc", "Qc", ratio("income", "credit"), PROFILE),
    ("ratio_hichol_sex_by_race_nh", "nh", ratio("HI_CHOL", "RIAGENDR"), RACE),
    ("ratio_four_clus1", "clus1", ratio("api.stu meals", "enroll api99"), ()),
    ("count_awards_schwide_strat", "strat", [*count("awards", "No Yes"), *count("sch.wide", "No Yes")], ()),
    ("count_stype_clus1", "clus1", count("stype", "E H M"), ()),
    ("count_race_nh", "nh", count("race", "1 2 3 4", "factor(race)"), ()),
    ("count_educ_Q", "Q", count("educ", "higher none primary secondary"), ()),
    (
        "count_educ_profile_Qc",
        "Qc",
        [
            *count("educ", "higher none primary secondary"),
            *count("profile", "A_woman_miner B_woman_service C_man_miner"),
        ],
        (),
    ),
]


@pytest.mark.parametrize(("case", "design", "items", "by"), FIGURES, ids=[row[0] for row in FIGURES])
def test_figures_and_their_covariances(case, design, items, by):
    agrees(CASES[case]["expected"], estimate(case, design, items, by), items, by)


ONES = [
    ("count_ones_by_educ_Q", "Q", "educ", ("educ",)),
    ("count_ones_by_profile_educ_Qc", "Qc", "educ", ("profile", "educ")),
    ("count_ones_by_race_nh", "nh", "race", ("race",)),
]


@pytest.mark.parametrize(("case", "design", "column", "by"), ONES)
def test_the_people_of_a_domain_are_a_count_of_every_code(case, design, column, by):
    levels = {label.split(".")[-1] for label in CASES[case]["expected"]["label"]}
    items = [Count(name="one", variable=column, counted=tuple(levels))]
    agrees(CASES[case]["expected"], estimate(case, design, items, by), items, by)


def test_what_r_drops_listwise_is_a_universe():
    table = brecha.read(DATA / "quota854.csv")
    table = table.mutate(both=(table.income != "NA") & (table.credit != "NA"))
    items = [Mean(name=name, variable=name, universe={"both": ("true",)}) for name in ("income", "credit")]
    agrees(CASES["mean_income_credit_listwise_Qc"]["expected"], brecha.estimate(table, DESIGNS["Qc"], items), items)


DESIGN_EFFECTS = [
    ("mean_strat", "strat", "api00", ()),
    ("mean_clus1", "clus1", "api00", ()),
    ("mean_nh", "nh", "HI_CHOL", ()),
    ("mean_by_race_nh", "nh", "HI_CHOL", ("race",)),
    ("mean_income_by_profile_Q", "Q", "income", ("profile",)),
    ("mean_income_by_profile_Qc", "Qc", "income", ("profile",)),
    ("mean_idcard_by_profile_Q", "Q", "has_id_card", ("profile",)),
    ("mean_idcard_by_profile_Qc", "Qc", "has_id_card", ("profile",)),
    ("total_strat", "strat", "enroll", ()),
    ("total_clus1", "clus1", "enroll", ()),
    ("total_income_by_profile_Q", "Q", "income", ("profile",)),
    ("total_income_by_profile_Qc", "Qc", "income", ("profile",)),
]


@pytest.mark.parametrize(
    ("case", "design", "variable", "by"),
    [
        (f"deff_{against}_{case}", *rest)
        for case, *rest in DESIGN_EFFECTS
        for against in ("true", "replace")
        if f"deff_{against}_{case}" in CASES
    ],
)
def test_design_effects(case, design, variable, by):
    """R draws n rows without replacement (`true`) or with (`replace`), and divides by n - 1 where we divide by n."""
    expected = CASES[case]["expected"]
    items = [
        Mean(name="mean", variable=variable, missing=("NA",)),
        Total(name="total", variable=variable, missing=("NA",)),
    ]
    result = estimate(case, design, items, by)
    agrees(expected, result, items[:1] if "_mean_" in case else items[1:], by)
    for label, deff in zip(listed(expected["label"]), listed(expected["deff"]), strict=True):
        mean, total = (result.get(*key(label, [item], by)) for item in items)
        people = total.estimate / mean.estimate
        drawn = mean.se**2 / mean.deff * (mean.n / (mean.n - 1))
        drawn *= 1 - mean.n / people if "_true_" in case else 1
        found = mean.se**2 / drawn if "_mean_" in case else total.se**2 / people**2 / drawn
        assert found == exactly(deff)


@pytest.mark.parametrize("design", ["strat", "clus1"])
def test_a_ratio_has_no_design_effect_but_the_error_of_r(design):
    case, items = f"deff_true_ratio_{design}", ratio("api.stu", "enroll")
    result = estimate(case, design, items, ())
    agrees(CASES[case]["expected"], result, items)
    assert [e.deff for e in result] == [None]


STAGES = [
    *(
        (f"two_stage_{figure}_{design}", design, items, by)
        for design in ("clus2", "clus2w", "clus2nofpc")
        for figure, items, by in [
            ("mean", mean("api00", "api99"), ()),
            ("total_enroll", total("enroll"), ()),
            ("mean_by_stype", mean("api00"), STYPE),
            ("total_by_stype", total("enroll"), STYPE),
            ("ratio_by_awards", ratio("api.stu", "enroll"), AWARDS),
        ]
    ),
    ("two_stage_mean_twost", "twost", mean("y"), ()),
    ("two_stage_total_twost", "twost", total("x", "yes"), ()),
    ("two_stage_ratio_twost", "twost", ratio("y", "x"), ()),
    ("two_stage_mean_by_group_twost", "twost", mean("y"), ("group",)),
    ("two_stage_mean_by_stratum_twost", "twost", mean("y"), ("stratum",)),
    ("two_stage_total_by_group_twost", "twost", total("x"), ("group",)),
    ("two_stage_ratio_by_group_twost", "twost", ratio("y", "x"), ("group",)),
]


@pytest.mark.parametrize(("case", "design", "items", "by"), STAGES, ids=[row[0] for row in STAGES])
def test_stages_of_sampling(case, design, items, by):
    agrees(CASES[case]["expected"], estimate(case, design, items, by), items, by)


def test_the_weights_of_two_stages_are_what_r_takes_from_the_population_sizes():
    expected = CASES["two_stage_weights_clus2"]["expected"]
    found = brecha.weights(DATA / "apiclus2.csv", DESIGNS["clus2"]).to_pyarrow()["weight"].to_pylist()
    assert found[:10] == exactly(expected["w_first10"])
    assert (sum(found), min(found), max(found)) == exactly((expected["wsum"], expected["wmin"], expected["wmax"]))
    assert sum(weight**2 for weight in found) == exactly(expected["wsumsq"])


def test_a_stratum_of_one_that_r_removes_adds_nothing():
    # R's "remove" leaves out what "certainty" sets to zero.
    design = Design(kind="probability", strata=("stype",), weight="pw", single_psu=SinglePsu("certainty"))
    result = brecha.estimate(DATA / "apistrat_lonely.csv", design, mean("api00"))
    agrees(SURVEY["l01_lonely_remove"]["expected"], result, mean("api00"))


def test_no_case_of_these_subjects_is_left_out():
    named = {row[0] for row in (*FIGURES, *ONES, *STAGES)} | {f"deff_true_ratio_{name}" for name in ("strat", "clus1")}
    named |= {f"deff_{against}_{row[0]}" for row in DESIGN_EFFECTS for against in ("true", "replace")}
    alone = {"mean_income_credit_listwise_Qc", "two_stage_weights_clus2"}
    subjects = ("total_", "mean_", "ratio_", "count_", "deff_", "two_stage_")
    elsewhere = ("ratio_of_means_",)  # test_r_contrasts.py
    ours = {case for case in CASES if case.startswith(subjects) and not case.startswith(elsewhere)}
    assert ours <= named | alone
