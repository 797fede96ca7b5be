"""854 synthetic respondents give back what the study printed; percentages here are counted plainly from the file."""

import csv
import hashlib
from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from pallaq.cli import main
from pallaq.study.errors import CannotReconstruct
from pallaq.study.rules.loading import load_study
from pallaq.study.rules.reconstruction import reconstruct, spread_evenly

FOLDER = Path(__file__).resolve().parents[3] / "studies" / "women-and-men-of-gold"
STUDY = load_study(FOLDER)
PRINT = list(csv.DictReader((FOLDER / "print.csv").read_text(encoding="utf-8").splitlines()))
SHARES = [row for row in PRINT if row["definition"] in {"share", "pooled", "mean"}]
GROUPS = {"no_contract": {"no_temporary", "no_independent"}, "any_contract": {"yes_fee_receipts", "yes_payroll"}}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reconstructed")
    result = CliRunner().invoke(main, ["study", "--lang", "en", "reconstruct", str(FOLDER), "--out", str(folder)])
    assert result.exit_code == 0, result.output
    (folder / "output.txt").write_text(result.output, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def people(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((out / "responses.csv").read_text(encoding="utf-8").splitlines()))


def percent(people: list[dict[str, str]], row: dict[str, str]) -> Fraction:
    wanted = GROUPS.get(row["share"], {row["share"]})
    answers = {level: [p[row["indicator"]] for p in people if p["profile"] == level] for level in row["levels"].split()}
    counted = {level: sum(answer in wanted for answer in given) for level, given in answers.items()}
    if row["definition"] == "mean":
        return sum(Fraction(100 * counted[level], len(answers[level])) for level in answers) / len(answers)
    return Fraction(100 * sum(counted.values()), sum(len(given) for given in answers.values()))


def as_printed(value: Fraction, printed: str) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(printed), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize(
    "row",
    SHARES,
    ids=[f"{r['definition']}-{r['indicator']}-{r['share']}-{r['profile']}-{r['percent']}" for r in SHARES],
)
def test_it_gives_back_the_printed_percentage(row: dict[str, str], people: list[dict[str, str]]) -> None:
    assert as_printed(percent(people, row), row["percent"]) == row["percent"]


def test_it_counts_what_the_readme_quotes(out: Path) -> None:
    assert Counter(row["definition"] for row in PRINT) == {
        "share": 107,
        "pooled": 18,
        "mean": 6,
        "context": 21,
        "none": 12,
    }
    last = (out / "output.txt").read_text(encoding="utf-8").splitlines()[-1]
    assert last == (
        "164 printed rows: 131 are shares of respondents, 131 of them reproduced and 0 not; "
        "21 are national or registry figures; 12 are no share or have lost their number."
    )


@pytest.mark.parametrize(
    ("indicator", "share", "pooled"),
    [
        ("contract", "no_temporary", "80"),
        ("applied_for_loan", "no", "66"),
        ("enough_mercury_risk_information", "no", "72"),
        ("perceives_mercury_exposure", "yes", "52"),
        ("unaware_of_emergency_centre", "yes", "75"),
        ("contract", "yes_payroll", "11"),
    ],
)
def test_it_shows_that_a_printed_mean_is_no_pooled_share(
    indicator: str, share: str, pooled: str, people: list[dict[str, str]]
) -> None:
    row = {"indicator": indicator, "share": share, "definition": "pooled", "levels": "pallaqueras women men"}
    assert as_printed(percent(people, row), pooled) == pooled


def test_it_follows_the_sample_plan(people: list[dict[str, str]]) -> None:
    cells = Counter((person["region"], person["profile"]) for person in people)
    assert cells == {(cell.region, cell.profile): cell.persons for cell in STUDY.plan if cell.persons}
    assert len({person["respondent"] for person in people}) == 854


def test_it_stamps_every_row(people: list[dict[str, str]]) -> None:
    assert {person["data_status"] for person in people} == {"SYNTHETIC"}


def test_it_asks_only_the_universe(people: list[dict[str, str]]) -> None:
    for indicator in STUDY.indicators:
        asked = {person["profile"] for person in people if person[indicator.variable]}
        assert asked == set(indicator.universe.get("profile", STUDY.profile.codes())), indicator.code


def test_it_spreads_answers_evenly_over_regions(people: list[dict[str, str]]) -> None:
    share = Fraction(33, 100)
    enough = Counter(p["region"] for p in people if p["profile"] == "pallaqueras" and p["enough_ppe"] == "yes")
    for cell in (cell for cell in STUDY.plan if cell.profile == "pallaqueras"):
        assert abs(enough[cell.region] - share * cell.persons) <= Fraction(3, 2), cell


def test_it_does_not_line_variables_up(people: list[dict[str, str]]) -> None:
    men = [p for p in people if p["profile"] == "men"]
    both = sum(p["free_time"] == "yes" and p["requires_loan"] == "yes" for p in men)
    assert both / len(men) == pytest.approx(0.88 * 0.48, abs=0.05)


def test_it_makes_the_same_file_forever(out: Path) -> None:
    digest = hashlib.sha256((out / "responses.csv").read_bytes()).hexdigest()
    assert digest == "bbf0bda61caf64bfee2076aa50b279bdb82ecf7913bf71abdb0933cad3ff6d6a"


def test_it_writes_the_assumed_values_that_the_study_keeps(out: Path) -> None:
    assert (out / "assumed.csv").read_bytes() == (FOLDER / "assumed.csv").read_bytes()


def test_it_keeps_the_printed_order_of_marital_status(people: list[dict[str, str]]) -> None:
    for profile, first in (("pallaqueras", "cohabiting"), ("men", "cohabiting"), ("women", "single")):
        answers = Counter(person["marital_status"] for person in people if person["profile"] == profile)
        assert answers.most_common(1)[0][0] == first


def test_it_keeps_the_printed_largest_age_group(people: list[dict[str, str]]) -> None:
    for profile, largest in (("pallaqueras", "31_to_40"), ("men", "18_to_30"), ("women", "18_to_30")):
        answers = Counter(person["age_group"] for person in people if person["profile"] == profile)
        assert answers.most_common(1)[0][0] == largest


def test_it_keeps_the_margins_when_it_spreads() -> None:
    sizes, totals = {"a": 7, "b": 1, "c": 11}, {"yes": 5, "no": 13, "no_answer": 1}
    table = spread_evenly(sizes, totals, "seed")
    assert {region: sum(table[region, code] for code in totals) for region in sizes} == sizes
    assert {code: sum(table[region, code] for region in sizes) for code in totals} == totals


def test_it_refuses_a_percentage_that_is_neither_printed_nor_assumed() -> None:
    assumed = {key: value for key, value in STUDY.assumed.items() if key[0] != "literate" or key[2] != "men"}
    with pytest.raises(CannotReconstruct, match="literate,no,men"):
        reconstruct(replace(STUDY, assumed=assumed))


def test_it_refuses_printed_shares_above_a_hundred() -> None:
    printed = tuple(
        replace(figure, percent=80.0) if (figure.indicator, figure.share) == ("enough_ppe", "no") else figure
        for figure in STUDY.printed
    )
    with pytest.raises(CannotReconstruct, match="enough_ppe"):
        reconstruct(replace(STUDY, printed=printed))
