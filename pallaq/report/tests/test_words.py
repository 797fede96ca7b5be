"""Figures and sentences of a diagnosis read well in both languages."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from pallaq.report.rules import words
from pallaq.report.tests.documents import gold, one_gap


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def test_the_headline_counts_clear_gaps_only_and_names_the_widest():
    expected = "Selectors trail men miners on two of three measures; the widest gap: enough protective equipment"
    assert words.headline(gold()) == expected


def test_the_headline_is_said_in_spanish():
    with override("es-pe"):
        assert words.headline(gold()).startswith("Pallaqueras")
        assert "dos de tres" in words.headline(gold())


def test_the_headline_of_a_single_gap_is_its_finding():
    assert words.headline(one_gap()) == "High cholesterol: women 12\N{NO-BREAK SPACE}%, men 10\N{NO-BREAK SPACE}%"


def test_a_diagnosis_without_a_gap_is_headed_by_its_title():
    assert words.headline(replace(gold(), gaps=())) == "Women and Men of Gold"


def test_the_headline_turns_when_the_group_is_ahead():
    document = gold()
    turned = tuple(replace(gap, favours="group") for gap in document.gaps)
    assert words.headline(replace(document, gaps=turned)).startswith("Selectors are ahead of men miners on two")


def test_the_headline_claims_nothing_when_no_gap_is_clear():
    document = gold()
    unclear = tuple(replace(gap, p_adjusted=0.5) for gap in document.gaps)
    assert "cannot be told apart" in words.headline(replace(document, gaps=unclear))


def test_the_balance_of_a_pair_tells_what_is_behind_ahead_and_unclear():
    document = gold()
    gaps = [gap for gap in words.board_gaps(document) if (gap.group, gap.reference) == ("women", "men")]
    ahead = [replace(gap, favours="group") if gap.indicator == "housework" else gap for gap in gaps]
    said = "Women miners against men miners: behind on one, ahead on one, no clear gap on one of three measures."
    assert words.balance(document, ahead) == said


def test_a_gap_that_is_not_on_the_board_counts_for_nothing():
    document = gold()
    indicators = tuple(replace(info, on_board=info.code != "enough_ppe") for info in document.indicators)
    assert "carries housework" in words.headline(replace(document, indicators=indicators))


def test_a_finding_says_each_profile():
    document = gold()
    said = words.finding(document, document.indicator("enough_ppe")).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Enough protective equipment: selectors 33 %, women miners 55 %, men miners 94 %"


def test_a_hidden_share_is_said_as_fewer_than_the_minimum():
    document = gold()
    hidden = next(estimate for estimate in document.estimates if estimate.hidden == "primary")
    assert words.figure_words(document, hidden) == "fewer than 10"
    assert words.figure_words(document, None) == "not asked"


def test_a_gap_says_who_is_below_whom():
    document = gold()
    said = words.gap_words(document, document.gaps[0]).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Selectors are 61 points below men miners: 33 % against 94 %"


def test_a_gap_within_chance_says_so():
    document = gold()
    gap = next(gap for gap in document.gaps_of("applied_for_loan") if gap.group == "women")
    assert words.gap_words(document, gap).endswith("(could be chance)")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("quota", "model-based"), ("probability", "how people were drawn"), ("census", "no sampling interval")],
)
def test_what_the_intervals_mean_depends_on_the_kind_of_sample(kind, said):
    document = gold()
    assert said in words.interval_meaning(replace(document, design=replace(document.design, kind=kind)))


def test_a_census_needs_no_test_for_a_gap_to_be_clear():
    document = gold()
    census = replace(document, design=replace(document.design, kind="census", interval="none"))
    gap = replace(document.gaps[0], p=None, p_adjusted=None, low=None, high=None)
    assert words.is_clear(census, gap)
    assert not words.is_clear(document, gap)


def test_an_acronym_keeps_its_capitals_inside_a_sentence():
    assert words.inside("PPE is enough") == "PPE is enough"
    assert words.inside("A loan") == "a loan"
