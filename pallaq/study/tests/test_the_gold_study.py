"""The study "Women and Men of Gold" as files: what other rooms rely on."""

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
