"""A follow-up: the change with its interval, what it takes to see one, each number the one that brecha gives."""

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

import brecha
from brecha.planning import Assumptions, Expected, FirstWave, detectable, sample_size
from pallaq.accounts.tests.people import client_of, person, refused
from pallaq.baselines.actions.gaps import take_figures
from pallaq.baselines.rules import followup
from pallaq.baselines.rules.sheets import study_sheet
from pallaq.baselines.rules.taking import Measured, figures
from pallaq.baselines.statistics import Side, change_since, design_effect, needed, smallest_change, study_value
from pallaq.diagnosis.tests.samples import load
from pallaq.plan.actions.indicators import set_target
from pallaq.plan.models import Baseline, Indicator
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import DIMENSIONS, Small, small
from pallaq.report.rules.document import Document
from pallaq.report.tests.documents import estimate, gold, hide

pytestmark = pytest.mark.django_db
FOLLOWUP = "/plans/small/indicators/I5/followup/"
SELECTORS = "profile=pallaqueras"
SHARE = Measured("yes")
GAP = Measured("yes", "profile", "pallaqueras", "men")


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def measured_by_study(made: Small, measured: Measured = SHARE, document: Document | None = None) -> Indicator:
    """Return an indicator of the study's protective equipment, with what release 1 found as its baseline."""
    document = document or gold()
    release = load(document).release
    found = figures(document, "enough_ppe", measured, DIMENSIONS, regions=False)
    return take_figures(
        node=made.nodes["R1"],
        code="I5",
        release=release,
        figures=found,
        by=made.planner,
        year=2021,
        source="",
        design=document.design.kind,
        **study_sheet(document, "enough_ppe", measured, found, (1, "f" * 64)),
    )


def later(percent: float, **more: Any) -> Document:
    """Return the gold document as a later release might have it, with another share of selectors."""
    document = gold()
    wanted = "enough_ppe.yes.profile-pallaqueras"
    fields = {"estimate": percent / 100, "low": percent / 100 - 0.04, "high": percent / 100 + 0.04, **more}
    changed = tuple(replace(one, **fields) if one.id == wanted else one for one in document.estimates)
    return replace(document, estimates=changed)


def baseline_of(found: Indicator, cell: str = SELECTORS) -> Baseline:
    return found.baselines.select_related("indicator").get(cell=cell)


def page(made: Small, query: str = "") -> str:
    client = client_of(made.planner)
    response = client.get(f"{FOLLOWUP}?version=1{query}", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_the_newest_release_is_proposed_with_all_it_rests_on() -> None:
    made = small(approved=False)
    found = measured_by_study(made)
    newer = load(later(45), number=2).release
    proposed = study_value(found, SELECTORS)
    assert proposed is not None
    assert (proposed.value, proposed.n, proposed.low, proposed.high, proposed.se) == (45, 281, 41, 49, 2)
    assert (proposed.release, proposed.sha256, proposed.design) == (newer, newer.sha256, "quota")
    assert proposed.estimate == "enough_ppe.yes.profile-pallaqueras"
    assert "Enough protective equipment?" in proposed.words
    assert proposed.words.startswith("SYNTHETIC.")


def test_nothing_is_proposed_where_there_is_nothing() -> None:
    made = small(approved=False)
    assert study_value(made.indicator) is None
    found = measured_by_study(made)
    assert study_value(found, "profile=nobody") is None
    assert study_value(found, "region=02;profile=women") is None
    document = later(45)
    hidden = tuple(
        hide(one, "primary") if one.id.endswith("profile-pallaqueras") else one for one in document.estimates
    )
    load(replace(document, estimates=hidden), number=2)
    assert study_value(found, SELECTORS) is None
    found.study_share = "a:b"
    assert study_value(found, SELECTORS) is None


def test_a_release_for_members_is_proposed_to_nobody_else() -> None:
    made = small(approved=False)
    found = measured_by_study(made)
    load(later(45), number=2, public=False)
    for proposed in (study_value(found, SELECTORS), study_value(found, SELECTORS, person("Eva"))):
        assert proposed is not None
        assert proposed.release.number == 1


@pytest.mark.parametrize(("percent", "clear"), [(45, True), (36, False), (21, True)])
def test_a_change_is_brechas_and_says_whether_it_is_chance(percent: int, clear: bool) -> None:
    made = small(approved=False)
    found = measured_by_study(made)
    load(later(percent), number=2)
    proposed = study_value(found, SELECTORS)
    assert proposed is not None
    change = change_since(baseline_of(found), proposed)
    direct = brecha.change(
        Side(0.33, 0.02, 0.29, 0.37, 831), Side(percent / 100, 0.02, percent / 100 - 0.04, percent / 100 + 0.04, 831)
    )
    assert change.points == pytest.approx(100 * direct.estimate)
    assert change.low == pytest.approx(100 * (direct.low or 0))
    assert change.high == pytest.approx(100 * (direct.high or 0))
    assert change.p == pytest.approx(direct.p)
    half = math.hypot(4, 4)
    assert (change.low, change.high) == (pytest.approx(percent - 33 - half), pytest.approx(percent - 33 + half))
    assert change.is_clear is clear


def test_a_census_has_no_chance_and_does_not_mix_with_a_sample() -> None:
    made = small(approved=False)
    nothing = dict.fromkeys(("se", "low", "high", "df"))
    found = measured_by_study(made, document=later(33, **nothing))
    baseline = baseline_of(found)
    load(later(36, **nothing), number=2)
    proposed = study_value(found, SELECTORS)
    assert proposed is not None
    change = change_since(baseline, proposed)
    assert (change.points, change.low, change.is_clear) == (pytest.approx(3), None, True)
    assert "everybody was counted" in followup.change_words(change)
    with refused("census"):
        needed(baseline, Decimal(40))
    load(later(36), number=3)
    sampled = study_value(found, SELECTORS)
    assert sampled is not None
    with refused("census-and-sample"):
        change_since(baseline, sampled)
    assert "One of the two counted everybody" in page(made)


def test_the_sample_that_sees_the_target_is_brechas() -> None:
    made = small(approved=False)
    baseline = baseline_of(measured_by_study(made))
    deff = 0.02**2 * 281 / (0.33 * 0.67)
    assert design_effect(baseline) == pytest.approx(deff)
    first = FirstWave((0.33,), answers=(281,))
    direct = sample_size(Expected(now=(0.45,), before=first), Assumptions(deff=deff, df=831))
    size = needed(baseline, Decimal(45))
    assert size.people == direct.answers[0]
    assert size.points == pytest.approx(12)
    least = detectable(Expected(now=(0.45,), before=first), Assumptions(deff=deff, df=831), (400,))
    assert smallest_change(baseline, Decimal(45), 400).points == pytest.approx(100 * (least.effect or 0))
    assert smallest_change(baseline, None, 400).points > 0
    assert smallest_change(baseline, Decimal(20), 400).points < 0


def test_a_gap_is_sized_by_its_own_error() -> None:
    made = small(approved=False)
    baseline = baseline_of(measured_by_study(made, GAP), "")
    size = needed(baseline, Decimal(-40))
    spread = 0.03 * math.sqrt(676)
    first = FirstWave((-0.61,), answers=(676,))
    direct = sample_size(Expected(now=(-0.40,), before=first, sd=spread), Assumptions(df=831))
    assert size.people == direct.answers[0]
    assert size.points == pytest.approx(21)
    with refused("not-detectable"):
        smallest_change(baseline, Decimal(-70), 10)


@pytest.mark.parametrize(("target", "code"), [(33, "nothing-to-detect"), ("33.5", "out-of-reach")])
def test_what_no_survey_would_see_is_said_in_words(target: float | str, code: str) -> None:
    made = small(approved=False)
    baseline = baseline_of(measured_by_study(made))
    with refused(code):
        needed(baseline, Decimal(target))


def test_an_extreme_baseline_has_no_design_effect_to_tell() -> None:
    made = small(approved=False)
    found = measured_by_study(made, document=later(0, low=0.0, high=0.02, se=0.0))
    baseline = baseline_of(found)
    assert design_effect(baseline) == 1
    assert needed(baseline, Decimal(20)).people > 1


def test_the_page_says_the_change_and_whether_the_target_is_reached() -> None:
    made = small(approved=False)
    found = measured_by_study(made)
    set_target(indicator=found, cell=SELECTORS, period=Period(2040), value=Decimal(40), by=made.planner)
    load(later(45), number=2)
    shown = page(made)
    assert "12 points more; between 6 and 18: more than chance" in shown
    assert "The target is reached, and chance does not explain it" in shown
    assert "No change" in shown


def test_the_page_sizes_a_follow_up_while_there_is_none() -> None:
    made = small(approved=False)
    found = measured_by_study(made)
    set_target(indicator=found, cell=SELECTORS, period=Period(2040), value=Decimal(45), by=made.planner)
    size = needed(baseline_of(found), Decimal(45))
    shown = page(made, "&people=400")
    assert f"To see 45\N{NO-BREAK SPACE}% reached in 2040, a change of 12 points, {size.people} people must" in shown
    assert "If 400 people answer, the smallest change that would be seen is" in shown
    assert "power 80 %" in shown
    assert "alpha 5 %" in shown
    assert "greater than or equal to 10" in page(made, "&people=2")


def test_a_typed_baseline_cannot_be_compared() -> None:
    made = small()
    response = client_of(made.planner).get(FOLLOWUP.replace("I5", "I1"), headers={"Accept-Language": "en"})
    assert "does not come from a study" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (followup.Change(12.2, 4.1, 20.3, 0.01, 100), "12 points more; between 4 and 20: more than chance"),
        (
            followup.Change(-12.2, -20.3, 4.1, 0.2, 100),
            "12 points less; between −20 and 4: could be chance",
        ),
        (followup.Change(0.6, 0.2, 1.2, 0.01, 100), "0.6 points more; between 0.2 and 1: more than chance"),
        (followup.Change(0.0, -2, 2, 1.0, 100), "No change; between −2 and 2: could be chance"),
    ],
)
def test_a_change_is_said_in_words(change: followup.Change, words: str) -> None:
    assert followup.change_words(change) == words


@pytest.mark.parametrize(
    ("sense", "figure", "reached", "sure"),
    [
        ("rising", (45, 41, 49), True, True),
        ("rising", (42, 38, 46), True, False),
        ("rising", (38, 34, 42), False, False),
        ("rising", (30, 26, 34), False, True),
        ("falling", (30, 26, 34), True, True),
        ("falling", (38, 34, 42), True, False),
        ("falling", (45, 41, 49), False, True),
        ("rising", (40, None, None), True, True),
    ],
)
def test_a_target_is_reached_for_sure_or_perhaps(sense: Any, figure: Any, reached: bool, sure: bool) -> None:
    assert followup.reach(sense, 40, *figure) == followup.Reach(reached, sure)
    assert followup.reach(None, 40, *figure) is None
    assert "nobody declared" in followup.reach_words(followup.reach("neutral", 40, *figure))


def test_the_words_of_a_target_tell_four_cases_apart() -> None:
    said = {followup.reach_words(followup.Reach(reached, sure)) for reached in (True, False) for sure in (True, False)}
    assert len(said) == 4
    assert estimate("a", "b", {}, 0.5, 10).n == 10
