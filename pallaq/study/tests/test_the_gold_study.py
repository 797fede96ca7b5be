"""The study "Women and Men of Gold" as files: what other rooms rely on."""

import csv
import hashlib
from pathlib import Path

import pytest

from pallaq.study.rules.definition import Study
from pallaq.study.rules.loading import check_study, load_study

FOLDER = Path(__file__).resolve().parents[3] / "studies" / "women-and-men-of-gold"


@pytest.fixture(scope="module")
def gold() -> Study:
    return load_study(FOLDER)


def test_it_has_no_problems() -> None:
    assert check_study(FOLDER) == []


def test_it_plans_854_people_532_of_them_in_regions_of_direct_action(gold: Study) -> None:
    direct = {level.code for level in gold.region.levels if level.direct_action}
    assert sum(cell.persons for cell in gold.plan) == 854
    assert sum(cell.persons for cell in gold.plan if cell.region in direct) == 532


def test_it_joins_ancash_whose_one_man_is_a_lone_psu(gold: Study) -> None:
    lone = [(cell.region, cell.profile) for cell in gold.plan if cell.persons == 1]
    assert lone == [("02", "men")]
    assert gold.design.collapse == {"02": "11"}
    assert "Ancash" in gold.design.note["en"]


def test_it_says_whose_answers_are_better(gold: Study) -> None:
    directions = {code: gold.indicator(code).direction() for code in ("contract", "does_housework_and_care")}
    assert directions == {"contract": 1, "does_housework_and_care": -1}
    assert gold.indicator("requires_loan").direction() == 0


def test_it_keeps_no_answer_in_every_denominator(gold: Study) -> None:
    assert {indicator.base for indicator in gold.indicators} == {"asked"}


def test_it_never_makes_an_external_figure_an_indicator(gold: Study) -> None:
    indicators = {indicator.code for indicator in gold.indicators}
    assert len(gold.context) == 21
    assert indicators.isdisjoint(figure.item for figure in gold.context)


def test_it_assumes_nothing_that_was_printed(gold: Study) -> None:
    printed = {(f.indicator, f.share, f.levels[0]) for f in gold.printed if f.definition == "share"}
    assert printed.isdisjoint(gold.assumed)


PRINT_AS_PUBLISHED = (
    "772c008ee94c9fc302e146ae0413ad249d783df0e1ce0cd133b9620e41cf87ff"  # of the 164 rows first taken down
)


def test_it_keeps_every_printed_row_with_its_order_and_english_note() -> None:
    columns = ("section", "item", "category", "profile", "percent", "where", "note_en")
    with (FOLDER / "print.csv").open(encoding="utf-8", newline="") as file:
        rows = ["|".join(row[column] for column in columns) for row in csv.DictReader(file)]
    assert hashlib.sha256("\n".join(rows).encode()).hexdigest() == PRINT_AS_PUBLISHED


def test_it_says_every_note_and_title_in_both_languages(gold: Study) -> None:
    said = [text for figure in (*gold.printed, *gold.context) for text in (figure.title, figure.note) if text]
    assert len(said) > 150
    assert all(text["es"] and text["en"] for text in said)
    assert [figure.number for figure in gold.printed if not figure.indicator and not figure.title] == []
