"""What no other test noticed when the passes over the rows, and estimating, were changed one sign at a time."""

import numpy
import pytest

import brecha
from brecha import Count, Design, Mean, Ratio, Share, Total
from brecha.request import Request

ROWS = {
    "who": ["a", "a", "a", "b", "b", "b", "b", "a"],
    "ppe": ["no", "yes", "yes", "no", "yes", "yes", "no", "no"],
    "y": [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0],
    "x": [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 8.0],
    "w": [1.0, 2.0, 3.0, 1.5, 2.5, 4.0, 1.0, 2.0],
}
W, Y, X = (numpy.array(ROWS[name]) for name in "wyx")
A, NO = numpy.array(ROWS["who"]) == "a", numpy.array(ROWS["ppe"]) == "no"
SHARE = Share(name="no", variable="ppe", counted=("no",))
MEAN = Mean(name="mean", variable="y")
WEIGHTED, PLAIN = Design(kind="quota", weight="w"), Design(kind="quota")


def covariance(u, v):
    """Return the covariance of the totals of two columns of rows, drawn with replacement."""
    return len(u) * numpy.cov(u, v)[0, 1]


def linearised(y, x, inside):
    """Return a ratio's linearised values."""
    w = W * inside
    return w * (y - (w @ y) / (w @ x) * x) / (w @ x)


def test_a_result_tells_what_was_asked_and_the_file_it_was_asked_of(tmp_path):
    by = [(), ("who",)]
    assert brecha.estimate(ROWS, WEIGHTED, [SHARE, MEAN], by).request == Request((SHARE, MEAN), WEIGHTED, tuple(by))
    file = tmp_path / "rows.csv"
    lines = [",".join(ROWS), *(",".join(str(one) for one in row) for row in zip(*ROWS.values(), strict=True))]
    file.write_text("\n".join(lines))
    for source in (file, str(file)):
        expected = Request((SHARE, MEAN), WEIGHTED, tuple(by), str(file))
        assert brecha.estimate(source, WEIGHTED, [SHARE, MEAN], by).request == expected


def test_two_weighted_items_of_two_domains_covary_as_their_linearised_values():
    result = brecha.estimate(ROWS, WEIGHTED, [SHARE, MEAN], [(), ("who",)])
    found = result.covariances([("no", {"who": "a"}), ("mean", {})])[0, 1]
    ones = numpy.ones(8)
    expected = covariance(linearised(NO.astype(float), ones, A), linearised(Y, ones, ones))
    assert found == pytest.approx(expected, rel=1e-12)


def test_rows_without_weights_give_means_totals_and_ratios_in_two_passes():
    ratio = Ratio(name="ratio", numerator="y", denominator="x")
    found = brecha.estimate(ROWS, PLAIN, [MEAN, Total(name="total", variable="y"), ratio])
    assert [one.estimate for one in found] == pytest.approx([Y.mean(), Y.sum(), Y.sum() / X.sum()])
    u = (Y - Y.sum() / X.sum() * X) / X.sum()
    expected = [numpy.sqrt(covariance(one, one)) for one in (Y / 8, Y, u)]
    assert [one.se for one in found] == pytest.approx(expected, rel=1e-12)


def test_a_full_share_has_the_effective_size_of_the_calibrated_weights():
    design = brecha.poststratify(ROWS, WEIGHTED, "who", {"a": 30, "b": 70})
    everybody = Share(name="all", variable="ppe", counted=("no", "yes"))
    [found] = brecha.estimate(ROWS, design, [everybody])
    g = W * numpy.where(A, 30 / W[A].sum(), 70 / W[~A].sum())
    assert found.n_eff == pytest.approx(g.sum() ** 2 / (g @ g), rel=1e-12)


def test_a_calibrated_mean_s_design_effect_is_from_the_calibrated_spread():
    design = brecha.poststratify(ROWS, WEIGHTED, "who", {"a": 30, "b": 70})
    [found] = brecha.estimate(ROWS, design, [MEAN])
    g = W * numpy.where(A, 30 / W[A].sum(), 70 / W[~A].sum())
    spread = (g @ Y**2) / g.sum() - (g @ Y / g.sum()) ** 2
    means = numpy.where(A, (W * A) @ Y / (W @ A), (W * ~A) @ Y / (W @ ~A))
    u = g * (Y - means) / g.sum()
    variance = covariance(u, u)
    assert (found.se, found.deff) == pytest.approx((variance**0.5, variance * 8 / spread), rel=1e-9)


def test_a_census_has_estimates_and_neither_errors_nor_degrees_of_freedom():
    found = brecha.estimate(ROWS, Design(kind="census"), [SHARE, Count(name="count", variable="ppe", counted=("no",))])
    assert [(one.estimate, one.se, one.df, one.n) for one in found] == [(0.5, None, None, 8), (4.0, None, None, 8)]


def test_a_weighted_share_and_mean_say_what_their_variances_say():
    share, mean = brecha.estimate(ROWS, WEIGHTED, [SHARE, MEAN], interval="wald")
    ones, total = numpy.ones(8), W.sum()
    for found, y in ((share, NO.astype(float)), (mean, Y)):
        u = linearised(y, ones, ones)
        value, variance = W @ y / total, covariance(u, u)
        spread = W @ (y - value) ** 2 / total
        assert found.estimate == pytest.approx(value)
        assert (found.se, found.cv) == pytest.approx((variance**0.5, variance**0.5 / value))
        assert (found.n_eff, found.deff) == pytest.approx((min(8, spread / variance), 8 * variance / spread))
    assert (share.statistic, share.count, mean.statistic, mean.count) == ("share", 4, "mean", None)


def test_a_share_of_one_row_and_of_all_but_one_have_their_weights():
    rows = {"a": ["x", *["y"] * 7], "w": ROWS["w"]}
    shares = [Share(name=code, variable="a", counted=(code,)) for code in "xyz"]
    found = [one.estimate for one in brecha.estimate(rows, WEIGHTED, shares)]
    assert found == pytest.approx([1 / 17, 16 / 17, 0])


def test_a_share_of_all_is_one_to_the_last_digit():
    rows = {"a": ["x"] * 10, "w": [0.1] * 9 + [0.7]}
    both = [Share(name="all", variable="a", counted=("x",)), Share(name="none", variable="a", counted=("y",))]
    assert [one.estimate for one in brecha.estimate(rows, WEIGHTED, both)] == [1.0, 0.0]


def test_totals_have_neither_effective_size_nor_design_effect():
    items = [Total(name="t", variable="y"), Ratio(name="r", numerator="y", denominator="x")]
    for one in brecha.estimate(ROWS, WEIGHTED, items):
        assert (one.n_eff, one.deff, one.count) == (None, None, None)


def test_blank_psus_and_blank_units_are_named_apart():
    rows = {"psu": ["1", "1", "2", "2"], "home": ["a", "", "", "b"], "N": [9] * 4, "ppe": ["no"] * 4}
    design = Design(kind="quota", psu="psu", population="N", stages=(brecha.Stage(unit="home"),))
    with pytest.raises(brecha.BrechaError) as refused:
        brecha.estimate(rows, design, [SHARE])
    assert (refused.value.code, refused.value.values) == ("unit_missing", {"column": "home", "count": 2})


def test_what_the_design_fixes_has_no_error_at_all():
    rows = ROWS | {"size": [1.1 if one == "a" else 2.3 for one in ROWS["who"]]}
    design = brecha.poststratify(rows, WEIGHTED, "who", {"a": 30, "b": 70})
    items = [Share(name="a", variable="who", counted=("a",)), Mean(name="size", variable="size")]
    found = brecha.estimate(rows, design, items)
    assert [(one.se, one.n_eff, one.deff) for one in found] == [(0.0, 8, 0.0)] * 2
    assert [one.estimate for one in found] == pytest.approx([0.3, 0.3 * 1.1 + 0.7 * 2.3])


def test_the_summary_of_a_design_says_what_it_is():
    rows = ROWS | {"psu": ["1", "1", "2", "3", "3", "4", "4", "2"]}
    design = Design(kind="quota", strata=("who",), psu="psu", weight="w")
    found = brecha.estimate(rows, design, [SHARE]).design
    assert (found.kind, found.weighted, found.clustered, found.rows, found.psus) == ("quota", True, True, 8, 4)
    assert (found.strata, found.df, found.single_psu_rule, found.calibration) == (2, 2, "refuse", None)
    found = brecha.estimate(ROWS, brecha.poststratify(ROWS, PLAIN, "who", {"a": 3, "b": 7}), [SHARE]).design
    assert (found.weighted, found.clustered, found.calibration) == (False, False, "poststratification")


def test_two_calibrated_items_covary_as_one_item_with_itself():
    design = brecha.poststratify(ROWS, WEIGHTED, "who", {"a": 30, "b": 70})
    again = Mean(name="again", variable="y")
    result = brecha.estimate(ROWS, design, [MEAN, again], [(), ("who",)])
    keys = [("mean", {}), ("again", {}), ("mean", {"who": "a"}), ("again", {"who": "a"})]
    found = result.covariances(keys)
    assert found[0, 1] == pytest.approx(found[0, 0], rel=1e-9)
    assert found[2, 3] == pytest.approx(found[2, 2], rel=1e-9)
    assert found[0, 3] == pytest.approx(found[0, 2], rel=1e-9)


def test_items_beside_each_other_keep_their_own_spread_and_effective_size():
    items = [MEAN, Mean(name="other", variable="x"), Share(name="all", variable="ppe", counted=("no", "yes"))]
    items.append(Share(name="part", variable="ppe", counted=("no", "yes"), universe={"who": ("a",)}))
    together = list(brecha.estimate(ROWS, WEIGHTED, items))
    for one, item in zip(together, items, strict=True):
        [alone] = brecha.estimate(ROWS, WEIGHTED, [item])
        assert (one.n_eff, one.deff) == pytest.approx((alone.n_eff, alone.deff))
    assert together[3].n_eff == pytest.approx((W @ A) ** 2 / (W**2 @ A))


def test_a_share_and_a_mean_of_few_rows_are_flagged_each_in_its_way():
    share, mean = brecha.estimate(ROWS, WEIGHTED, [SHARE, Mean(name="one", variable="x")])
    assert share.flags == ("few_rows", "few_degrees", "wide")
    assert mean.flags == ("few_rows", "few_degrees")
