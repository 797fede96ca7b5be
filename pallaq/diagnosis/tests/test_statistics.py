"""A diagnosis of the two studies that come with Pallaq: one reconstructed, one real."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.utils.translation import override

from pallaq.diagnosis.statistics import diagnose
from pallaq.diagnosis.statistics.printed import agrees
from pallaq.report.phrases import definition_words, printed_words, whose_words
from pallaq.report.rules.document import DataInfo, Document, Estimate
from pallaq.report.rules.words import say
from pallaq.shared.errors import Refusal
from pallaq.shared.tabular import read_table
from pallaq.study.rules.dataset import check_dataset
from pallaq.study.rules.definition import Design, Study
from pallaq.study.rules.loading import load_study
from pallaq.study.rules.reconstruction import reconstruct

STUDIES = Path(__file__).parents[3] / "studies"
DATA = DataInfo("responses.csv", "0" * 64, 854)


def document_of(study: Study, table: pa.Table) -> Document:
    return diagnose(study, table, DATA, "0" * 64, synthetic=True)


@pytest.fixture(scope="module")
def gold() -> Study:
    return load_study(STUDIES / "women-and-men-of-gold")


@pytest.fixture(scope="module")
def responses(gold: Study) -> pa.Table:
    return pa.table({name: list(values) for name, values in reconstruct(gold).items()})


@pytest.fixture(scope="module")
def document(gold: Study, responses: pa.Table) -> Document:
    return document_of(gold, responses)


def by_id(document: Document) -> dict[str, Estimate]:
    return {estimate.id: estimate for estimate in document.estimates}


def test_it_gives_back_every_printed_percentage(document: Document) -> None:
    assert [row.number for row in document.printed if row.reproduced is False] == []
    assert sum(row.reproduced is True for row in document.printed) > 100


def test_it_estimates_the_share_that_the_data_hold(document: Document, responses: pa.Table) -> None:
    answers = zip(responses["profile"].to_pylist(), responses["enough_ppe"].to_pylist(), strict=True)
    pallaqueras = [answer for profile, answer in answers if profile == "pallaqueras"]
    found = by_id(document)["enough_ppe.yes.profile-pallaqueras"]
    assert found.estimate == pytest.approx(pallaqueras.count("yes") / len(pallaqueras), abs=1e-12)
    assert (found.n, found.missing) == (len(pallaqueras), pallaqueras.count("no_answer"))
    assert found.low < found.estimate < found.high


def test_a_gap_is_the_group_minus_the_reference(document: Document) -> None:
    estimates, gap = by_id(document), document.gaps[0]
    sides = [f"{gap.indicator}.{gap.share}.profile-{level}" for level in (gap.group, gap.reference)]
    group, reference = (estimates[side].estimate for side in sides)
    assert gap.difference == pytest.approx(group - reference, abs=1e-12)
    assert gap.ratio == pytest.approx(group / reference, abs=1e-12)


def test_the_widest_gap_comes_first(document: Document) -> None:
    sizes = [abs(gap.difference) for gap in document.gaps]
    assert sizes == sorted(sizes, reverse=True)


def test_pooled_and_mean_of_profiles_stand_side_by_side(document: Document, responses: pa.Table) -> None:
    estimates = by_id(document)
    pooled, mean = (estimates[f"contract.no_temporary.{which}"] for which in ("all", "mean-of-profiles"))
    profiles = [estimates[f"contract.no_temporary.profile-{p}"].estimate for p in ("pallaqueras", "women", "men")]
    assert pooled.estimate == pytest.approx(responses["contract"].to_pylist().count("no_temporary") / 854)
    assert mean.estimate == pytest.approx(sum(profiles) / 3)
    assert (pooled.pooling, mean.pooling) == ("pooled", "mean")
    assert pooled.estimate != pytest.approx(mean.estimate, abs=0.001)


def test_the_printed_payroll_total_is_a_mean_that_leaves_a_profile_out(document: Document) -> None:
    row = next(row for row in document.printed if (row.category, row.profile) == ("yes_payroll", "all"))
    assert row.estimate == "contract.yes_payroll.mean-of-women-men"
    assert row.reproduced


def test_nothing_assumed_enters_a_gap(document: Document, gold: Study) -> None:
    assert gold.assumed
    assumed = {(indicator, profile) for indicator, _answer, profile in gold.assumed}
    shown = {(gap.indicator, side) for gap in document.gaps for side in (gap.group, gap.reference)}
    counted = {
        (indicator.code, profile)
        for indicator in gold.indicators
        for share in indicator.shares()
        if share.code == indicator.counted
        for code in share.codes
        for profile in gold.profile.codes()
        if (indicator.code, code, profile) in gold.assumed
    }
    assert counted <= assumed
    assert not counted & shown


def test_a_base_under_ten_is_hidden_and_says_nothing(document: Document) -> None:
    small = by_id(document)["enough_ppe.yes.profile-women.region-08"]  # four women in Cusco
    assert small.hidden == "primary"
    assert (small.estimate, small.low, small.n, small.asked, small.missing) == (None,) * 5


def test_no_hidden_base_can_be_computed_from_the_shown_ones(document: Document, gold: Study) -> None:
    """In every row and column, with its margin, either nothing is hidden or at least two cells are."""
    hidden = {
        tuple(sorted(one.domain.items())): bool(one.hidden)
        for one in document.estimates_of("enough_ppe")
        if one.share == "yes" and one.pooling == "pooled"
    }
    profiles, regions = gold.profile.codes(), gold.region.codes()
    rows = [[(("profile", p), ("region", r)) for r in regions] + [(("profile", p),)] for p in profiles]
    columns = [[(("profile", p), ("region", r)) for p in profiles] + [(("region", r),)] for r in regions]
    counts = [sum(hidden.get(cell, False) for cell in line) for line in rows + columns]
    assert any(counts)
    assert 1 not in counts


def test_an_ancash_of_one_man_is_joined_with_the_named_region(document: Document) -> None:
    ((lone, partner),) = document.design.collapsed
    assert (lone["en"], partner["es"]) == ("Ancash, Men miners", "Ica (Nasca), Hombres mineros")
    assert document.design.interval == "model"


def test_a_census_has_no_intervals(gold: Study, responses: pa.Table) -> None:
    census = document_of(replace(gold, design=Design(kind="census", strata=("region", "profile"))), responses)
    assert census.design.interval == "none"
    assert {estimate.low for estimate in census.estimates} == {None}
    assert {gap.p for gap in census.gaps} == {None}
    assert census.gaps[0].difference is not None


def test_it_estimates_by_any_codebook_variable(gold: Study, responses: pa.Table) -> None:
    document = document_of(gold.with_breakdowns(["free_time"]), responses)
    estimates = by_id(document)
    assert estimates["enough_ppe.yes.free_time-yes"].n == responses["free_time"].to_pylist().count("yes")
    assert "enough_ppe.yes.profile-women.free_time-no" in estimates


def test_the_document_survives_a_round_trip(document: Document) -> None:
    assert Document.from_dict(document.to_dict()).to_dict() == document.to_dict()


@pytest.mark.parametrize(
    ("ours", "printed", "expected"),
    [(0.826, 83.0, True), (0.825, 83.0, True), (0.8249, 83.0, False), (0.2416, 24.16, True), (None, 5.0, False)],
)
def test_it_rounds_half_up_to_the_printed_decimals(ours: float | None, printed: float, expected: bool) -> None:
    assert agrees(ours, printed) is expected


# R's survey 4.1-1 on nhanes: svymean(~hc1, nh, na.rm=TRUE); svycontrast(svyby(~hc1, ~RIAGENDR, ...), c(-1, 1));
# svyby(~HI_CHOL, ~race, subset(nh, !is.na(HI_CHOL)), svymean); svycontrast of the sexes within race 1.
R_SHARES = {
    "all": (0.112142956349692, 0.00544583969895456),
    "race-1": (0.1014916654539721, 0.00624584330874960),
    "race-2": (0.1216492053559333, 0.00660413362353298),
    "race-3": (0.0786400603990841, 0.01038464500054887),
    "race-4": (0.0996786094771204, 0.02466622687185127),
}
R_GAPS = {
    "riagendr-2-vs-1": (0.0223486942281168, 0.0074830242980721),
    "riagendr-2-vs-1.race-1": (-0.0270268331742631, 0.0121560508138237),
}


def test_high_cholesterol_in_nhanes_equals_r() -> None:
    study = load_study(STUDIES / "nhanes")
    table = check_dataset(study, read_table(STUDIES / "nhanes" / "data" / "nhanes.csv")).table
    document = document_of(study, table)
    shares = {one.id.removeprefix("high_cholesterol.1."): (one.estimate, one.se) for one in document.estimates}
    gaps = {gap.id.removeprefix("high_cholesterol.1."): (gap.difference, gap.se) for gap in document.gaps}
    assert {key: shares[key] for key in R_SHARES} == {k: pytest.approx(v, rel=1e-9) for k, v in R_SHARES.items()}
    assert {key: gaps[key] for key in R_GAPS} == {k: pytest.approx(v, rel=1e-9) for k, v in R_GAPS.items()}
    assert (document.design.interval, document.design.df) == ("design", 16)


def test_it_carries_the_studys_own_facts(document: Document) -> None:
    direct = [region for region in document.region().levels if region.direct_action]
    assert [region.code for region in direct] == ["04", "20", "21"]
    assert [(place.code, place.name) for place in direct[2].districts] == [("211002", "Ananea")]
    assert [len(profile.sub_roles) for profile in document.profile().levels] == [1, 6, 6]
    assert sum(cell.persons for cell in document.plan) == 854


def test_no_code_of_the_files_stands_for_words(document: Document) -> None:
    said = [printed_words(document, figure) + whose_words(document, figure) for figure in document.printed]
    said += [say(figure.title) for figure in document.context]
    assert all(said)
    assert [words for words in said if "_" in words or "external" in words] == []


def test_a_mean_says_of_which_profiles_it_is(document: Document) -> None:
    payroll = next(figure for figure in document.printed if figure.number == 47)
    with override("en"):
        assert definition_words(document, payroll) == "mean of women, men"


def test_it_is_the_same_after_json(document: Document) -> None:
    again = Document.from_dict(json.loads(json.dumps(document.to_dict())))
    assert again.region().level("21").districts == document.region().level("21").districts
    assert again.plan == document.plan


def test_a_mean_of_profiles_is_hidden_with_any_of_its_parts(gold: Study, responses: pa.Table) -> None:
    """A reader who knows the mean and the other profiles would have the hidden one."""
    men = [row for row, profile in enumerate(responses["profile"].to_pylist()) if profile == "men"][:5]
    others = [row for row, profile in enumerate(responses["profile"].to_pylist()) if profile != "men"]
    estimates = by_id(document_of(gold, responses.take([*others, *men])))
    assert estimates["enough_ppe.yes.profile-men"].hidden
    mean = estimates["enough_ppe.yes.mean-of-profiles"]
    assert mean.hidden == "secondary"
    assert (mean.estimate, mean.se, mean.low, mean.n, mean.asked, mean.missing) == (None,) * 6


@pytest.mark.parametrize("present", ["pallaqueras", "women", "men"])
def test_it_diagnoses_data_of_one_profile_alone(gold: Study, responses: pa.Table, present: str) -> None:
    found = document_of(gold, responses.filter(pc.equal(responses["profile"], present)))
    assert any(estimate.n for estimate in found.estimates)
    assert found.gaps == ()


@pytest.mark.parametrize("rows", [2, 5, 12])
def test_it_shows_no_base_under_ten_of_tiny_data(gold: Study, responses: pa.Table, rows: int) -> None:
    found = document_of(gold, responses.slice(0, rows))
    assert found.estimates
    assert [one.id for one in found.estimates if one.n is not None and one.n < gold.disclosure.minimum] == []


REFUSED = [
    (Design("probability", strata=("region", "profile")), "one sampling unit"),
    (Design("probability", strata=("region", "profile"), single_psu="adjust"), "no variance is known"),
    (Design("probability", strata=("region", "profile"), single_psu="collapse", collapse={"21": "04"}), "no row"),
]


@pytest.mark.parametrize(("design", "words"), REFUSED)
def test_what_brecha_refuses_comes_in_words(gold: Study, responses: pa.Table, design: Design, words: str) -> None:
    alone = responses.filter(pc.equal(responses["region"], "21")).slice(0, 1)
    with override("en"), pytest.raises(Refusal, match=words):
        document_of(replace(gold, design=design), alone)


def test_a_blank_that_the_codebook_does_not_explain_comes_in_words(gold: Study, responses: pa.Table) -> None:
    place = responses.column_names.index("enough_ppe")
    blank = pa.array([None, *responses["enough_ppe"].to_pylist()[1:]], pa.string())
    with override("en"), pytest.raises(Refusal, match="1 in “enough_ppe”"):
        document_of(gold, responses.set_column(place, "enough_ppe", blank))
