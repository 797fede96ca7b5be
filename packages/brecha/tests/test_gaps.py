"""Gaps, means of profiles and many tests, where the numbers are small or certain."""

import pyarrow
import pytest

import brecha
from brecha import Comparison, Design, Share

WOMEN_MEN = [Comparison(variable="who", group="women", reference="men")]
QUOTA = Design(kind="quota", strata=("who",))


def answers(women, men, extra=None):
    """Return rows with so many yes and no among women, and among men."""
    rows = [
        {"who": who, "a": code, **(extra or {})}
        for who, counts in (("women", women), ("men", men))
        for code, count in zip(("yes", "no"), counts, strict=True)
        for _ in range(count)
    ]
    return pyarrow.Table.from_pylist(rows)


def estimate(rows, design=QUOTA, by=((), ("who",))):
    return brecha.estimate(rows, design, [Share(name="a", variable="a", counted=("yes",))], by=by)


def test_a_zero_cell_has_an_interval_but_no_error():
    result = estimate(answers((0, 20), (5, 5)))
    women = result.get("a", {"who": "women"})
    assert (women.estimate, women.se, women.low, women.cv, women.deff) == (0.0, 0.0, 0.0, None, None)
    assert women.n_eff == 20
    t = brecha.intervals.quantile(0.95, 28)
    assert (women.low, women.high) == brecha.intervals.wilson(0.0, 20, t)
    assert women.high > 0.15


def test_a_weighted_zero_cell_uses_kish_s_effective_size():
    rows = answers((0, 3), (2, 2)).append_column("w", pyarrow.array([1.0, 2.0, 3.0, 1.0, 1.0, 1.0, 1.0]))
    result = estimate(rows, Design(kind="quota", strata=("who",), weight="w"))
    assert result.get("a", {"who": "women"}).n_eff == pytest.approx(6**2 / 14)


def test_a_full_cell_ends_at_one():
    result = estimate(answers((20, 0), (5, 5)))
    women = result.get("a", {"who": "women"})
    assert (women.estimate, women.se, women.high, women.cv) == (1.0, 0.0, 1.0, 0.0)
    assert women.low < 0.9


def test_a_gap_of_two_zero_cells_has_limits_but_no_test_and_no_ratio():
    [gap] = brecha.gaps(estimate(answers((0, 20), (0, 10))), WOMEN_MEN)
    assert (gap.difference, gap.se, gap.t, gap.p) == (0.0, 0.0, None, None)
    assert (gap.ratio, gap.ratio_low, gap.ratio_high) == (None, None, None)
    t = brecha.intervals.quantile(0.95, 28)
    assert gap.low == pytest.approx(-brecha.intervals.wilson(0.0, 10, t)[1])
    assert gap.high == pytest.approx(brecha.intervals.wilson(0.0, 20, t)[1])


def test_a_gap_against_a_zero_cell_has_a_test_but_no_ratio():
    [gap] = brecha.gaps(estimate(answers((10, 10), (0, 10))), WOMEN_MEN)
    assert gap.difference == 0.5
    assert gap.p < 0.001
    assert gap.ratio is None


def test_a_zero_cell_against_another_has_a_ratio_of_zero_without_limits():
    [gap] = brecha.gaps(estimate(answers((0, 10), (5, 5))), WOMEN_MEN)
    assert (gap.ratio, gap.ratio_low, gap.ratio_high) == (0.0, None, None)


def test_the_gap_is_the_group_minus_the_reference():
    [gap] = brecha.gaps(estimate(answers((3, 7), (12, 8))), WOMEN_MEN)
    assert (gap.group, gap.reference, gap.n_group, gap.n_reference) == ("women", "men", 10, 20)
    assert gap.difference == pytest.approx(0.3 - 0.6)
    assert gap.ratio == pytest.approx(0.5)
    assert gap.low < gap.difference < gap.high < 0.2
    assert gap.ratio_low < gap.ratio < gap.ratio_high
    assert gap.t == pytest.approx(gap.difference / gap.se)


def test_the_relative_gap_and_the_parity_index_are_the_ratio_s():
    result = estimate(answers((3, 7), (12, 8)))
    [gap] = brecha.gaps(result, WOMEN_MEN)
    assert gap.relative == pytest.approx((-0.5, gap.ratio_low - 1, gap.ratio_high - 1))
    assert gap.parity == pytest.approx((0.5, gap.ratio_low, 2 - 1 / gap.ratio_high))
    [turned] = brecha.gaps(result, [Comparison(variable="who", group="men", reference="women")])
    index, low, high = gap.parity
    assert turned.parity == pytest.approx((2 - index, 2 - high, 2 - low))


def test_a_ratio_without_limits_or_none_at_all_leaves_its_functions_without_them():
    [gap] = brecha.gaps(estimate(answers((0, 10), (5, 5))), WOMEN_MEN)
    assert (gap.relative, gap.parity) == ((-1.0, None, None), (0.0, None, None))
    [gap] = brecha.gaps(estimate(answers((5, 5), (0, 10))), WOMEN_MEN)
    assert (gap.relative, gap.parity) == ((None, None, None), (None, None, None))


def test_a_gap_of_one_and_minus_one_stays_on_the_scale():
    [gap] = brecha.gaps(estimate(answers((10, 0), (0, 10))), WOMEN_MEN)
    assert (gap.difference, gap.high) == (1.0, 1.0)
    [gap] = brecha.gaps(estimate(answers((0, 10), (10, 0))), WOMEN_MEN)
    assert (gap.difference, gap.low) == (-1.0, -1.0)


def test_a_gap_whose_side_was_not_asked_is_left_out():
    rows = answers((3, 3), (4, 4))
    share = Share(name="b", variable="a", counted=("yes",), universe={"who": ("women",)})
    result = brecha.estimate(rows, QUOTA, [share], by=[("who",)])
    assert brecha.gaps(result, WOMEN_MEN) == []


def test_gaps_come_by_name_and_then_by_comparison():
    rows = answers((3, 3), (4, 5))
    shares = [Share(name=name, variable="a", counted=(name,)) for name in ("yes", "no")]
    result = brecha.estimate(rows, QUOTA, shares, by=[("who",)])
    both = [*WOMEN_MEN, Comparison(variable="who", group="men", reference="women")]
    found = [(gap.name, gap.group) for gap in brecha.gaps(result, both)]
    assert found == [("yes", "women"), ("yes", "men"), ("no", "women"), ("no", "men")]
    assert {gap.name for gap in brecha.gaps(result, both, names=["no"])} == {"no"}


def test_the_mean_of_profiles_counts_each_once_and_stays_on_the_scale():
    result = estimate(answers((1, 1), (0, 98)))
    mean = brecha.mean_of(result, "a", "who", ["women", "men"])
    assert mean.estimate == 0.25
    assert result.get("a", {}).estimate == pytest.approx(1 / 100)
    assert (mean.n, mean.df, mean.method) == (100, 98, "mover")
    assert 0 <= mean.low < 0.25 < mean.high <= 1


def test_the_mean_of_empty_profiles_has_a_width():
    mean = brecha.mean_of(estimate(answers((0, 8), (0, 9))), "a", "who", ["women", "men"])
    assert (mean.estimate, mean.se, mean.low) == (0.0, 0.0, 0.0)
    assert mean.high > 0.1


def test_the_mean_of_profiles_inside_a_region():
    rows = pyarrow.concat_tables(
        [answers((1, 1), (1, 3), {"region": "Puno"}), answers((2, 0), (2, 0), {"region": "Ica"})]
    )
    result = estimate(rows, by=[("who", "region")])
    mean = brecha.mean_of(result, "a", "who", ["women", "men"], within={"region": "Puno"})
    assert (mean.estimate, mean.within) == (0.375, {"region": "Puno"})


def test_a_census_has_estimates_and_no_error():
    result = estimate(answers((3, 7), (1, 0)), Design(kind="census", strata=("who",)))
    women = result.get("a", {"who": "women"})
    assert women.estimate == pytest.approx(0.3)
    assert (women.se, women.low, women.high, women.df, women.n_eff, women.deff, women.cv) == (None,) * 7
    [gap] = brecha.gaps(result, WOMEN_MEN)
    assert gap.difference == pytest.approx(-0.7)
    assert gap.ratio == pytest.approx(0.3)
    assert (gap.se, gap.low, gap.high, gap.df, gap.t, gap.p, gap.ratio_low, gap.ratio_high) == (None,) * 8
    both = brecha.combine(result, [(2, ("a", {"who": "women"})), (-1, ("a", {"who": "men"}))])
    assert both.estimate == pytest.approx(2 * 0.3 - 1)
    assert (both.se, both.low, both.high, both.df, both.t, both.p) == (None,) * 6
    mean = brecha.mean_of(result, "a", "who", ["women", "men"])
    assert mean.estimate == pytest.approx(0.65)
    assert (mean.se, mean.low, mean.high, mean.df, mean.method) == (None,) * 5
    assert result.design.df is None
    with pytest.raises(brecha.BrechaError, match="census"):
        result.covariance(("a", {"who": "women"}), ("a", {"who": "men"}))


def test_the_design_says_how_it_was_laid():
    rows = answers((3, 7), (5, 5)).append_column("w", pyarrow.array([2.0] * 20))
    design = Design(kind="convenience", strata=("who",), psu="a", weight="w")
    laid = estimate(rows, design).design
    assert (laid.kind, laid.weighted, laid.clustered) == ("convenience", True, True)
    assert (laid.rows, laid.psus, laid.strata, laid.df) == (20, 4, 2, 2)


def test_strata_in_which_a_domain_has_one_psu_are_counted():
    rows = pyarrow.table(
        {
            "stratum": ["x"] * 4 + ["y"] * 4,
            "psu": list("11221122"),
            "who": ["women", "women", "men", "men", "women", "men", "women", "men"],
            "a": ["yes", "no"] * 4,
        }
    )
    by_psu = estimate(rows, Design(kind="probability", strata=("stratum",), psu="psu"))
    assert by_psu.get("a", {}).single_psu_strata == 0
    assert by_psu.get("a", {"who": "women"}).single_psu_strata == 1
    rows = answers((3, 1), (1, 0)).append_column("stratum", pyarrow.array(["x"] * 5))
    by_row = estimate(rows, Design(kind="probability", strata=("stratum",)))
    assert by_row.get("a", {"who": "men"}).single_psu_strata == 1


def test_a_stratum_of_a_single_psu_is_not_counted_as_the_domain_s_doing():
    design = Design(kind="quota", strata=("who",), single_psu=brecha.SinglePsu("certainty"))
    result = estimate(answers((3, 1), (1, 0)), design)
    assert result.get("a", {}).single_psu_strata == 0
    assert result.design.single_psu == (("men",),)


def test_a_level_changes_the_width():
    rows = answers((3, 7), (5, 5))
    share = [Share(name="a", variable="a", counted=("yes",))]
    wide, narrow = (brecha.estimate(rows, QUOTA, share, level=level).get("a", {}) for level in (0.99, 0.8))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_result_gives_its_estimates_in_the_order_asked_each_once():
    result = estimate(answers((3, 7), (5, 5)), by=[("who",), (), ("who",)])
    assert [e.domain for e in result] == [{"who": "men"}, {"who": "women"}, {}]
    assert result.estimates[2] is result.get("a", {})


def test_no_shares_give_no_estimates():
    assert list(brecha.estimate(answers((1, 1), (1, 1)), QUOTA, [], by=[("who",)])) == []


def test_limits_of_a_gap_use_the_correlation_of_its_sides():
    rows = pyarrow.table(
        {
            "site": list("1122334455"),
            "who": ["women", "men"] * 5,
            "a": ["yes", "yes", "no", "no", "yes", "yes", "no", "yes", "no", "no"],
        }
    )
    result = estimate(rows, Design(kind="probability", psu="site"))
    women, men = (result.get("a", {"who": who}) for who in ("women", "men"))
    both = result.covariance(("a", {"who": "women"}), ("a", {"who": "men"}))
    assert both > 0
    [gap] = brecha.gaps(result, WOMEN_MEN)
    assert gap.se**2 == pytest.approx(women.se**2 + men.se**2 - 2 * both)
    down, up = women.estimate - women.low, men.high - men.estimate
    lost = down**2 + up**2 - 2 * both / (women.se * men.se) * down * up
    assert gap.low == pytest.approx(gap.difference - lost**0.5)


def test_adjusting_as_benjamini_and_hochberg_printed_it():
    # Benjamini and Hochberg 1995, section 3.2: of these 15, at 0.05, four are rejected.
    ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    ps += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    adjusted = brecha.adjust(ps)
    assert sum(p <= 0.05 for p in adjusted) == 4
    assert adjusted[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])
    assert adjusted == sorted(adjusted)
    assert adjusted[-1] == 1.0


def test_adjusting_keeps_places_and_leaves_out_tests_not_made():
    assert brecha.adjust([0.04, None, 0.01]) == [0.04, None, 0.02]
    assert brecha.adjust([None]) == [None]
    assert brecha.adjust([]) == []
