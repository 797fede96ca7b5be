"""A real survey of another country is another folder, with its own columns and codes."""

import csv
from pathlib import Path

from pallaq.study.rules.loading import load_study

FOLDER = Path(__file__).resolve().parents[3] / "studies" / "nhanes"
STUDY = load_study(FOLDER)


def test_it_declares_a_probability_sample_that_refuses_a_lone_psu() -> None:
    design = STUDY.design
    assert (design.kind, design.strata, design.psu, design.weight) == (
        "probability",
        ("SDMVSTRA",),
        "SDMVPSU",
        "WTMEC2YR",
    )
    assert design.single_psu == "refuse"


def test_it_measures_women_minus_men_also_by_race() -> None:
    (comparison,) = STUDY.comparisons
    assert (comparison.variable, comparison.group, comparison.reference) == ("RIAGENDR", "2", "1")
    assert STUDY.profile.level(comparison.group).title["en"] == "Women"
    assert STUDY.gaps_within == ("race",)


def test_it_declares_every_column_and_code_of_its_data() -> None:
    rows = list(csv.DictReader((FOLDER / "data" / "nhanes.csv").read_text(encoding="utf-8").splitlines()))
    cholesterol = STUDY.indicator("high_cholesterol")
    codes = {variable.code: set(variable.codes()) for variable in STUDY.variables()}
    codes[cholesterol.variable] = {answer.code for answer in cholesterol.answers} | set(cholesterol.missing) - {""}
    design = {*STUDY.design.strata, STUDY.design.psu, STUDY.design.weight}
    assert set(rows[0]) == set(codes) | design | set(STUDY.ignored)
    assert {column: {row[column] for row in rows} for column in codes} == codes


def test_it_says_that_less_is_better() -> None:
    cholesterol = STUDY.indicator("high_cholesterol")
    assert (cholesterol.base, cholesterol.direction()) == ("answered", -1)
