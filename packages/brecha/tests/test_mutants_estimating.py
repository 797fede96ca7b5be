"""What no other test noticed when estimating was changed one sign at a time: few digits, few rows, and warnings."""

import warnings

import numpy
import pytest

import brecha
from brecha import Comparison, Count, Design, Mean, Mix, Ratio, Share, Total
from brecha.intervals import quantile, wilson

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
RATIO = Ratio(name="ratio", numerator="y", denominator="x")
WEIGHTED = Design(kind="quota", weight="w")


def error(u):
    """Return the standard error of the total of a column of rows, drawn with replacement."""
    return (len(u) * numpy.var(u, ddof=1)) ** 0.5


def test_wilson_s_limits_are_on_the_effective_size_of_the_variance():
    [found] = brecha.estimate(ROWS, WEIGHTED, [Share(name="two", variable="x", counted=("2",))])
    two = X == 2
    p = W @ two / W.sum()
    n_eff = p * (1 - p) / error(W * (two - p) / W.sum()) ** 2
    assert n_eff < 8
    assert (found.low, found.high) == pytest.approx(wilson(p, n_eff, quantile(0.95, 7)), rel=1e-12)


def test_raking_that_regresses_on_rows_does_so_whatever_they_weigh():
    margins = {"who": {"a": 9, "b": 11}, "ppe": {"no": 8, "yes": 12}}
    design = brecha.rake(ROWS, WEIGHTED, margins, None, "rows")
    g = numpy.array(brecha.weights(ROWS, design).to_pyarrow()["weight"].to_pylist())
    x = numpy.column_stack([A, ~A, NO, ~NO]).astype(float)
    for found, y, z in zip(brecha.estimate(ROWS, design, [MEAN, RATIO]), (Y, Y), (numpy.ones(8), X), strict=True):
        value = g @ y / (g @ z)
        linearised = (y - value * z) / (g @ z)
        left = linearised - x @ numpy.linalg.lstsq(x, linearised, rcond=None)[0]
        assert (found.estimate, found.se) == pytest.approx((value, error(g * left)), rel=1e-9)


def test_a_base_without_rows_has_no_estimate_and_warns_of_nothing():
    only_a, nobody = {"who": ("a",)}, {"who": ("c",)}
    items = [
        Total(name="total", variable="y", universe=only_a),
        Count(name="count", variable="ppe", counted=("no",), universe=only_a),
        Mean(name="mean", variable="y", universe=nobody),
        Ratio(name="ratio", numerator="y", denominator="x", universe=nobody),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = brecha.estimate(ROWS, WEIGHTED, items, [("who",)])
    assert [(one.name, one.domain["who"]) for one in found] == [("total", "a"), ("count", "a")]
    assert [one.estimate for one in found] == pytest.approx([W * A @ Y, W * A @ NO])


@pytest.mark.parametrize("design", [WEIGHTED, Design(kind="quota")])
def test_numbers_far_from_zero_lose_no_digit(design):
    far = ROWS | {"y": (Y + 2.0**40).tolist()}
    [near], [found] = (list(brecha.estimate(rows, design, [MEAN])) for rows in (ROWS, far))
    assert found.estimate - 2.0**40 == pytest.approx(near.estimate, abs=2**-12)
    assert (found.se, found.deff, found.n_eff) == pytest.approx((near.se, near.deff, near.n_eff), rel=1e-9)


def test_a_mean_that_strata_nearly_fix_has_a_small_error():
    noise = numpy.tile([1e-5, -1e-5, 2e-5, -2e-5], 50)
    rows = {"half": ["a"] * 100 + ["b"] * 100, "y": (numpy.repeat([1.0, 3.0], 100) + noise).tolist()}
    [found] = brecha.estimate(rows, Design(kind="quota", strata=("half",)), [MEAN])
    variance = 2 * noise[:100].var(ddof=1) / 100 / 4
    assert found.se == pytest.approx(variance**0.5, rel=1e-6)
    assert (found.deff, found.n_eff) == (pytest.approx(200 * variance, rel=1e-6), 200)


def test_means_that_post_strata_fix_have_no_error_but_for_rounding():
    random = numpy.random.default_rng(7)
    who, columns = random.integers(0, 3, 40), [f"size{i}" for i in range(12)]
    rows = {"who": who.tolist(), "w": random.uniform(1, 5, 40).tolist()}
    rows |= {column: random.normal(0, 10, 3)[who].tolist() for column in columns}
    design = brecha.poststratify(rows, WEIGHTED, "who", {"0": 30, "1": 45, "2": 25})
    found = brecha.estimate(rows, design, [Mean(name=column, variable=column) for column in columns])
    assert [(one.se, one.deff, one.n_eff) for one in found] == [(0.0, 0.0, 40)] * 12


def test_a_gap_that_is_decomposed_has_the_error_of_its_clusters():
    rows = ROWS | {"psu": ["1", "1", "2", "3", "3", "4", "4", "2"]}
    comparison = Comparison(variable="who", group="a", reference="b")
    design = Design(kind="quota", psu="psu", weight="w")
    found = brecha.standardise(rows, design, MEAN, comparison, Mix(by=("ppe",))).difference
    means = [W * inside @ Y / (W @ inside) for inside in (A, ~A)]
    u = W * A * (Y - means[0]) / (W @ A) - W * ~A * (Y - means[1]) / (W @ ~A)
    clusters = numpy.bincount([int(psu) for psu in rows["psu"]], u)[1:]
    assert (found.estimate, found.se) == pytest.approx((means[0] - means[1], error(clusters)), rel=1e-12)
