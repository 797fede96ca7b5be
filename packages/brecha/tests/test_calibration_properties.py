"""Calibration weights: what holds of any solution."""

import numpy
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from brecha.calibration.solving import (
    Margin,
    Targets,
    bounded,
    exponential,
    indicators,
    linear,
    poststratify,
    rake,
    rake_and_trim,
    trim,
)
from brecha.errors import BrechaError


@st.composite
def patterned(draw, most=3):
    """Draw base weights of some patterns, their categories in some variables, and ratios to be aimed at."""
    size = draw(st.integers(3, 25))
    weights = numpy.array(draw(st.lists(st.floats(0.5, 200), min_size=size, max_size=size)))
    aimed = numpy.array(draw(st.lists(st.floats(0.5, 2), min_size=size, max_size=size)))
    codes = [
        numpy.unique(draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)), return_inverse=True)[1]
        for _ in range(draw(st.integers(1, most)))
    ]
    named = [
        Margin(f"m{i}", one, tuple("abcd"[: one.max() + 1]), numpy.bincount(one, weights * aimed))
        for i, one in enumerate(codes)
    ]
    numbers = numpy.array(draw(st.lists(st.integers(-50, 50), min_size=size, max_size=size)), dtype=float)
    return weights, named, aimed, numbers


def with_numbers(weights, margins, aimed, numbers):
    targets = indicators(margins)
    return Targets(
        (*targets.names, "number"),
        numpy.column_stack([targets.x, numbers]),
        numpy.append(targets.totals, numbers @ (weights * aimed)),
    )


def meets(solution, weights, targets, tolerance=1e-9):
    reached = targets.x.T @ (weights * solution.ratios)
    size = numpy.abs(targets.x).T @ (weights * solution.ratios) + 1e-300
    assert (numpy.abs(reached - targets.totals) <= tolerance * numpy.maximum(size, numpy.abs(targets.totals))).all()


CHECKED = settings(max_examples=80, deadline=None, derandomize=True, phases=(Phase.generate,))


@CHECKED
@given(patterned())
def test_raking_meets_every_margin_and_equals_exponential_calibration(drawn):
    weights, margins, _, _ = drawn
    raked, calibrated = rake(weights, margins, iterations=20000), exponential(weights, indicators(margins))
    assert (raked.ratios > 0).all()
    assert raked.error <= 1e-12
    meets(raked, weights, indicators(margins))
    assert raked.ratios.tolist() == pytest.approx(calibrated.ratios.tolist(), rel=1e-8)


@CHECKED
@given(patterned(most=1))
def test_post_stratification_is_raking_on_one_margin(drawn):
    weights, [margin], _, _ = drawn
    solution = poststratify(weights, margin)
    assert solution.ratios.tolist() == rake(weights, [margin]).ratios.tolist()
    assert solution.ratios.tolist() == (margin.totals / margin.sums(weights))[margin.codes].tolist()


@CHECKED
@given(patterned())
def test_exponential_ratios_meet_numbers_too_and_stay_above_zero(drawn):
    targets = with_numbers(*drawn)
    solution = exponential(drawn[0], targets)
    assert (solution.ratios > 0).all()
    meets(solution, drawn[0], targets)


@CHECKED
@given(patterned())
def test_bounded_ratios_stay_inside_and_meet_the_totals(drawn):
    targets = with_numbers(*drawn)
    solution = bounded(drawn[0], targets, (0.495, 2.02))
    assert solution.ratios.min() >= 0.495
    assert solution.ratios.max() <= 2.02
    meets(solution, drawn[0], targets)


@CHECKED
@given(patterned())
def test_linear_ratios_are_bounded_ones_when_no_bound_is_reached(drawn):
    weights, targets = drawn[0], with_numbers(*drawn)
    try:
        solution = linear(weights, targets)
    except BrechaError as error:
        assert error.code == "ratio_negative"  # noqa: PT017
        return
    meets(solution, weights, targets)
    bounds = (min(0.9, solution.ratios.min() / 2), max(1.1, solution.ratios.max() * 2))
    assert bounded(weights, targets, bounds).ratios.tolist() == pytest.approx(solution.ratios.tolist(), rel=1e-8)


@CHECKED
@given(patterned(), st.floats(0.2, 0.95), st.floats(1.05, 3))
def test_trimming_keeps_the_total_and_the_bounds(drawn, low, high):
    weights, _, _, numbers = drawn
    rows = numpy.abs(numbers) + 1
    mean = rows @ weights / rows.sum()
    solution = trim(weights, rows, (low * mean, high * mean))
    trimmed = weights * solution.ratios
    assert trimmed.min() >= low * mean * (1 - 1e-12)
    assert trimmed.max() <= high * mean * (1 + 1e-12)
    assert rows @ trimmed == pytest.approx(rows @ weights, rel=1e-12)
    assert solution.error <= 1e-12


@settings(CHECKED, max_examples=40)
@given(patterned(), st.floats(0, 0.2))
def test_raking_and_trimming_meets_both_or_refuses(drawn, slack):
    weights, margins, aimed, numbers = drawn
    rows = numpy.abs(numbers) + 1
    met_by = weights * aimed / rows
    low, high = met_by.min() * (1 - slack), met_by.max() * (1 + slack)
    try:
        solution = rake_and_trim(weights / rows, rows, margins, (low, high), iterations=30)
    except BrechaError as error:
        assert error.code == "not_converged"  # noqa: PT017
        return
    meets(solution, weights, indicators(margins))
    trimmed = weights / rows * solution.ratios
    assert low * (1 - 1e-12) <= trimmed.min() <= trimmed.max() <= high * (1 + 1e-12)


def test_a_numeric_total_below_zero_is_met():
    balance = Targets(("rows", "balance"), numpy.array([[1.0, -2.0], [1, -1], [1, 3]]), numpy.array([3.0, -2.0]))
    rows = numpy.ones(3)
    for solution in (
        linear(rows, balance),
        exponential(rows, balance),
        bounded(rows, balance, (0.5, 2.0)),
    ):
        meets(solution, rows, balance)
