"""Intervals as their authors printed them."""

import numpy
import pytest

from brecha.intervals import arcsine, korn_graubard, logit, mover, quantile, wald, wilson

Z = 1.959963984540054


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_wilson_as_newcombe_printed_it(count, n, low, high):
    assert wilson(count / n, n, Z) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "sizes", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10
        ((56, 48), (70, 80), 0.0524, 0.3339),
        ((9, 3), (10, 10), 0.1705, 0.8090),
        ((6, 2), (7, 7), 0.0582, 0.8062),
        ((5, 0), (56, 29), -0.0381, 0.1926),
        ((0, 0), (10, 20), -0.1611, 0.2775),
        ((0, 0), (10, 10), -0.2775, 0.2775),
        ((10, 0), (10, 20), 0.6791, 1.0000),
        ((10, 0), (10, 10), 0.6075, 1.0000),
    ],
)
def test_a_difference_as_newcombe_printed_it(counts, sizes, low, high):
    shares = numpy.array(counts) / numpy.array(sizes)
    limits = numpy.array([wilson(p, n, Z) for p, n in zip(shares, sizes, strict=True)])
    found = mover(numpy.array([1.0, -1.0]), shares, limits, numpy.eye(2))
    assert found == pytest.approx((low, high), abs=5e-5)


def test_a_positive_correlation_narrows_a_difference_and_widens_a_mean():
    shares = numpy.array([0.4, 0.3])
    limits = numpy.array([wilson(p, 50, Z) for p in shares])
    together = numpy.array([[1.0, 0.6], [0.6, 1.0]])

    def width(coefficients, correlation):
        low, high = mover(numpy.array(coefficients), shares, limits, correlation)
        return high - low

    assert width([1.0, -1.0], together) < width([1.0, -1.0], numpy.eye(2))
    assert width([0.5, 0.5], together) > width([0.5, 0.5], numpy.eye(2))


def test_clopper_and_pearson_s_interval_is_korn_and_graubard_s_with_no_design_effect():
    # Newcombe 1998, table I, method 5, for 15 of 148 and 0 of 20; a zero cell has no se.
    many = 1_000_000  # degrees of freedom at which t is z
    low, high = korn_graubard(15 / 148, 0.0, 148, many, 0.95)
    assert (low, high) == pytest.approx((0.0578, 0.1617), abs=5e-5)
    assert korn_graubard(0.0, 0.0, 20, many, 0.95) == pytest.approx((0.0, 0.1684), abs=5e-5)
    assert korn_graubard(1.0, 0.0, 20, many, 0.95) == pytest.approx((0.8316, 1.0), abs=5e-5)


def test_korn_and_graubard_s_effective_size_is_capped_at_the_rows():
    assert korn_graubard(0.5, 1e-6, 40, 30, 0.95) == korn_graubard(0.5, 0.0, 40, 30, 0.95)


@pytest.mark.parametrize("method", [logit, arcsine])
def test_limits_on_another_scale_have_no_width_in_a_zero_cell(method):
    assert method(0.0, 0.0, Z) == (0.0, 0.0)
    assert method(1.0, 0.0, Z) == (1.0, 1.0)


def test_wald_limits_may_leave_the_scale():
    assert wald(0.01, 0.02, 2.0)[0] < 0


def test_the_quantile_grows_as_degrees_of_freedom_shrink():
    assert quantile(0.95, 1_000_000) == pytest.approx(Z, abs=1e-5)
    assert quantile(0.95, 1) == pytest.approx(12.7062, abs=1e-4)
