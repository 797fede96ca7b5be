"""What no other test noticed when calibration was changed one sign at a time."""

import numpy
import pytest

import brecha
from brecha import BrechaError, Design
from brecha.calibration import solving
from brecha.calibration.solving import Margin, Targets

ROWS = {"who": ["a", "a", "a", "b", "b", "b"], "age": [1, 2, 3, 1, 2, 4], "w": [1.0, 5.0, 2.0, 3.0, 4.0, 3.0]}
W, AGE = numpy.array(ROWS["w"]), numpy.array(ROWS["age"])
WEIGHTED = Design(kind="quota", weight="w")
MARGINS = {"who": {"a": 9, "b": 11}}


def weights_of(design):
    return brecha.weights(ROWS, design).to_pyarrow()["weight"].to_pylist()


@pytest.mark.parametrize("bounds", [None, (1.5, 4.6)])
def test_raking_says_how_it_regresses_and_on_what(bounds):
    assert brecha.rake(ROWS, WEIGHTED, MARGINS, bounds).calibration.regression == "weights"
    found = brecha.rake(ROWS, WEIGHTED, MARGINS, bounds, "rows").calibration
    assert found.regression == "rows"
    assert found.x.shape == (len(found.patterns), 2)
    assert found.steps[0][1] == (("who", {"a": 9, "b": 11}),)


def test_raking_alone_takes_rows_of_all_weights_together():
    assert brecha.rake(ROWS, WEIGHTED, MARGINS).calibration.columns == ("who",)


def test_raking_between_bounds_takes_rows_of_each_weight_apart():
    found = brecha.rake(ROWS, WEIGHTED, MARGINS, (1.5, 4.6))
    assert found.calibration.columns == ("who", "w")
    weights = numpy.array(weights_of(found))
    assert (weights.min() >= 1.5, weights.max() <= 4.6 + 1e-12) == (True, True)
    assert (weights[:3].sum(), weights[3:].sum()) == pytest.approx((9, 11))


def test_linear_ratios_are_one_and_a_line():
    weights = numpy.array(weights_of(brecha.calibrate(ROWS, WEIGHTED, {(): 20, "age": 42})))
    assert (weights.sum(), weights @ AGE) == pytest.approx((20, 42))
    ratios = weights / W
    slope, middle = numpy.polyfit(AGE, ratios, 1)
    assert ratios == pytest.approx(middle + slope * AGE)


@pytest.mark.parametrize(
    ("distance", "code", "values"),
    [
        ("logit", "unknown_distance", {"distance": "logit", "allowed": ("linear", "bounded", "raking")}),
        ("bounded", "bounds_and_distance", {"distance": "bounded"}),
    ],
)
def test_distances_that_cannot_be_are_refused_by_name(distance, code, values):
    with pytest.raises(BrechaError) as refused:
        brecha.calibrate(ROWS, WEIGHTED, MARGINS, distance)
    assert (refused.value.code, refused.value.values) == (code, values)


def test_trimming_takes_rows_of_each_weight_apart_and_is_strict_unless_told():
    rows = {"w": [9.0, 2.0, 1.0, 5.9]}
    strict, once = (brecha.trim(rows, WEIGHTED, (0.5, 6), **how) for how in ({}, {"strict": False}))
    found = [brecha.weights(rows, design).to_pyarrow()["weight"].to_pylist() for design in (strict, once)]
    assert found[0] == pytest.approx([6, 3.45, 2.45, 6])
    assert found[1] == pytest.approx([6, 3, 2, 6.9])


@pytest.mark.parametrize(
    ("totals", "code", "values"),
    [
        ({"who": {"a": 9, ("a", "1"): 2}}, "total_key", {"columns": ("who",), "key": ("a", "1")}),
        ({("who", "age"): {("a", "1"): 9}}, "total_missing", {"target": "who, age = a, 2"}),
        ({(): -1.0}, "total_invalid", {"target": "population", "total": -1.0}),
        ({(): 20, "age": -1.0}, "total_invalid", {"target": "age", "total": -1.0}),
        ({"who": 3.0}, "auxiliary_missing", {"auxiliary": "who", "count": 2}),
    ],
)
def test_totals_that_cannot_be_are_refused_by_name(totals, code, values):
    with pytest.raises(BrechaError) as refused:
        brecha.calibrate(ROWS, WEIGHTED, totals)
    assert (refused.value.code, refused.value.values) == (code, values)


def test_trimming_a_calibrated_design_keeps_its_steps_auxiliaries_and_regression():
    raked = brecha.rake(ROWS, WEIGHTED, MARGINS, None, "rows")
    before, after = raked.calibration, brecha.trim(ROWS, raked, (1.0, 4.0)).calibration
    assert (after.regression, [step[0] for step in after.steps]) == ("rows", ["raking", "trimming"])
    assert after.steps[1][1] == ()
    for pattern, x in zip(after.patterns, after.x.tolist(), strict=True):
        assert x == before.x[before.patterns.index(pattern[:1])].tolist()


def test_the_dispersion_of_calibrated_weights_is_kish_s():
    found = brecha.dispersion(ROWS, brecha.poststratify(ROWS, WEIGHTED, "who", MARGINS["who"]))
    weights = numpy.concatenate([W[:3] * 9 / 8, W[3:] * 1.1])
    effect = 6 * (weights @ weights) / weights.sum() ** 2
    assert (found.design_effect, found.effective_size) == pytest.approx((effect, 6 / effect))
    assert (found.lowest, found.highest) == pytest.approx((1.1, 9 / 8))


def test_too_many_patterns_are_refused_with_their_number(monkeypatch):
    monkeypatch.setattr("brecha.calibration.weighting.MOST_PATTERNS", 2)
    assert weights_of(brecha.calibrate(ROWS, WEIGHTED, {"who": MARGINS["who"]})) != ROWS["w"]
    with pytest.raises(BrechaError) as refused:
        brecha.calibrate(ROWS, WEIGHTED, {"age": 42})
    assert refused.value.code == "too_many_patterns"
    assert refused.value.values == {"columns": ("age",), "count": 4, "most": 2}


def test_post_stratification_regresses_with_weights_on_its_own_columns():
    found = brecha.poststratify(ROWS, WEIGHTED, "who", MARGINS["who"]).calibration
    assert (found.regression, found.columns, found.x.tolist()) == ("weights", ("who",), [[1, 0], [0, 1]])
    assert found.steps == (("poststratification", (("who", MARGINS["who"]),)),)


def test_trimming_alone_regresses_on_nothing():
    found = brecha.trim(ROWS, WEIGHTED, (1.5, 4.6)).calibration
    assert (found.columns, found.x.shape, found.regression) == (("w",), (5, 0), "weights")


def test_every_method_says_its_name_and_how_near_it_came():
    margin = Margin("who", numpy.array([0, 1]), ("a", "b"), numpy.array([9.0, 11.0]))
    w, rows = numpy.array([10.0, 10.0]), numpy.array([2.0, 2.0])
    targets = Targets(("a", "b"), numpy.eye(2), margin.totals)
    found = [
        solving.poststratify(w, margin),
        solving.rake(w, [margin]),
        solving.linear(w, targets),
        solving.bounded(w, targets, (0.5, 2.0)),
        solving.exponential(w, targets),
        solving.rake_and_trim(w / rows, rows, [margin], (1.0, 8.0)),
        solving.trim(numpy.array([1.0, 9.0]), rows, (2.0, 8.0)),
    ]
    names = ["poststratification", "raking", "linear", "bounded", "exponential", "raking and trimming", "trimming"]
    assert [one.method for one in found] == names
    assert all(0 <= one.error < 1e-10 for one in found)
    assert [one.iterations for one in found if one.method != "exponential"] == [1] * 6


def test_raking_that_meets_its_margins_takes_no_turn():
    margin = Margin("who", numpy.array([0, 1]), ("a", "b"), numpy.array([9.0, 11.0]))
    found = solving.rake(numpy.array([9.0, 11.0]), [margin], tolerance=0.0)
    assert (found.iterations, found.ratios.tolist()) == (0, [1.0, 1.0])
