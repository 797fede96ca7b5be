"""What no other test noticed when the arithmetic of calibration was changed one sign at a time."""

import numpy
import pytest

from brecha import BrechaError
from brecha.calibration.solving import Margin, Targets, bounded, exponential, linear, rake, rake_and_trim, trim

W, ROWS = numpy.array([10.0, 10.0]), numpy.array([2.0, 2.0])
MARGIN = Margin("who", numpy.array([0, 1]), ("a", "b"), numpy.array([9.0, 11.0]))
TARGETS = Targets(("a", "b"), numpy.eye(2), MARGIN.totals)
NEVER = -1.0


def refusal(function, *arguments, **options):
    with pytest.raises(BrechaError) as refused:
        function(*arguments, **options)
    return refused.value.code, refused.value.values


def auxiliaries(*columns):
    names = tuple(f"x{i}" for i in range(len(columns)))
    return lambda totals: Targets(names, numpy.column_stack(columns), numpy.array(totals, dtype=float))


@pytest.mark.parametrize(
    ("iterations", "function", "arguments"),
    [
        (500, rake, (W, [MARGIN])),
        (50, linear, (W, TARGETS)),
        (50, bounded, (W, TARGETS, (0.5, 2.0))),
        (50, exponential, (W, TARGETS)),
        (200, rake_and_trim, (W / ROWS, ROWS, [MARGIN], (1.0, 8.0))),
    ],
)
def test_what_does_not_converge_says_after_how_many_turns(iterations, function, arguments):
    code, values = refusal(function, *arguments, tolerance=NEVER)
    assert (code, values["iterations"]) == ("not_converged", iterations)
    assert values["reached"] == pytest.approx(values["wanted"], rel=1e-12)


def test_totals_that_are_met_take_no_turn():
    exact = numpy.array([9.0, 11.0])
    found = [
        linear(exact, TARGETS, tolerance=0.0),
        bounded(exact, TARGETS, (0.5, 2.0), tolerance=0.0),
        exponential(exact, TARGETS, tolerance=0.0),
        rake_and_trim(exact / ROWS, ROWS, [MARGIN], (1.0, 8.0), tolerance=0.0),
    ]
    assert [(one.iterations, one.ratios.tolist(), one.error) for one in found] == [(0, [1.0, 1.0], 0.0)] * 4


def test_trimming_counts_its_passes_and_keeps_the_total_of_millions():
    weights = numpy.array([9.0, 2.0, 1.0, 5.9])
    found = trim(weights, numpy.ones(4), (0.5, 6))
    assert (found.iterations, (found.ratios * weights).tolist()) == (2, pytest.approx([6, 3.45, 2.45, 6]))
    errors = [trim(weights * unit, numpy.ones(4), (0.5 * unit, 6 * unit)).error for unit in (1e6 / 3, 1e7 / 3, 1e7 / 7)]
    assert 0 < max(errors) < 1e-14


def test_a_spread_that_leaves_nothing_is_refused():
    # The first row gives up all that the four others take.
    found = refusal(trim, numpy.array([4.0, 1.0]), numpy.array([1.0, 4.0]), (2.0, 10.0), strict=False)
    assert found == ("ratio_negative", {"count": 1, "lowest": 0.0})


def test_a_weight_past_its_bound_by_the_last_digit_is_brought_back():
    # The total is that of four rows at the bound, to the last digit.
    past = numpy.nextafter(1.0, 2.0)
    found = trim(numpy.array([past, 1.0]), numpy.array([1.0, 3.0]), (0.5, 1.0))
    assert (found.ratios.tolist(), found.iterations) == ([1 / past, 1.0], 1)


@pytest.mark.parametrize(
    ("weights", "bounds", "expected"),
    [
        ([1.0, 5.5, 6.0, 20.0], (5.5, 20.0), [5.5, 5.5, 3.75, 17.75]),
        ([20.0, 6.0, 1.0, 2.0], (1.0, 6.0), [6.0, 6.0, 8.0, 9.0]),
    ],
)
def test_a_weight_at_a_bound_gives_and_takes_on_one_side_alone(weights, bounds, expected):
    found = trim(numpy.array(weights), numpy.ones(4), bounds, strict=False)
    assert (found.ratios * weights).tolist() == pytest.approx(expected, rel=1e-12)


def by_turns(weights, rows, totals, bounds):
    """Rake the margin of rows (0, 0, 1), then trim, until both hold."""
    done = 0
    while True:
        sums = numpy.array([weights[:2] @ rows[:2], weights[2] * rows[2]])
        inside = (bounds[0] <= weights).all() and (weights <= bounds[1]).all()
        if inside and (abs(sums - totals) <= 1e-10 * numpy.array(totals)).all():
            return weights, done
        weights = weights * numpy.repeat(totals / sums, [2, 1])
        weights = numpy.clip(weights * trim(weights, rows, bounds).ratios, *bounds)
        done += 1


@pytest.mark.parametrize(
    ("base", "rows", "totals", "bounds"),
    [
        ([6, 3, 6], [5, 4, 3], [39, 16], (3.0, 5.4)),
        ([2, 1, 4], [2, 3, 4], [6, 18], (1.0, 4.5)),
        ([3, 2, 6], [2, 2, 2], [13, 16], (3.0, 8.0)),
    ],
)
def test_raking_and_trimming_take_turns_until_no_weight_passes_a_bound(base, rows, totals, bounds):
    base, rows, totals = (numpy.array(one, dtype=float) for one in (base, rows, totals))
    found = rake_and_trim(base, rows, [Margin("who", numpy.array([0, 0, 1]), ("a", "b"), totals)], bounds)
    weights, done = by_turns(base, rows, totals, bounds)
    assert (found.ratios * base).tolist() == pytest.approx(weights.tolist(), rel=1e-12)
    assert found.iterations <= done


@pytest.mark.parametrize(
    ("columns", "totals", "bounds", "turns"),
    [
        (([4, 1, 8, 5], [8, 0, 1, 3]), [27, 98, 61], (0.5, 1.5), 5),
        (([6, 8, 5, 1], [3, 8, 5, 2]), [37, 170, 158], (0.8, 1.2), 4),
        (([0, 7, 5, 3], [8, 6, 0, 1]), [35, 98, 142], (0.5, 1.25), 5),
        (([6, 4, 3, 0, 3], [4, 0, 2, 0, 3]), [40, 155, 75], (0.5, 1.25), 6),
        (([8, 0, 0], [8, 1, 2]), [34, 40, 84], (0.5, 1.5), 1),
        (([8, 0, 4],), [24, 124], (0.5, 1.25), 3),
        # Here a ratio is at a bound to the last digit on the way.
        (([8, 7, 2, 4],), [26, 117], (0.5, 1.5), 3),
        (([8, 2, 7, 4, 7],), [55, 335], (0.5, 1.25), 3),
    ],
)
def test_bounded_ratios_are_found_in_few_turns(columns, totals, bounds, turns):
    x = numpy.column_stack([numpy.ones(len(columns[0])), *columns])
    weights = numpy.full(len(x), 10.0)
    found = bounded(weights, Targets(tuple("abc"[: x.shape[1]]), x, numpy.array(totals, dtype=float)), bounds)
    assert (x.T @ (weights * found.ratios)).tolist() == pytest.approx(totals, rel=1e-9)
    assert (found.ratios.min() >= bounds[0], found.ratios.max() <= bounds[1]) == (True, True)
    assert found.iterations <= turns


def test_margins_a_millionth_apart_agree_and_no_more():
    four = numpy.full(4, 10.0)
    area = Margin("area", numpy.array([0, 0, 1, 1]), ("c", "d"), numpy.array([400_000.0, 600_000.0]))
    near, far = (
        Margin("who", numpy.array([0, 1, 0, 1]), ("a", "b"), numpy.array([n, 500_000.0]))
        for n in (500_001.0, 500_001.1)
    )
    assert rake(four, [area, near]).ratios.tolist() == pytest.approx([2e4, 2e4, 3e4, 3e4], rel=2e-6)
    code, values = refusal(rake, four, [area, far])
    assert (code, values["first"], values["first_sum"]) == ("margins_disagree", "area", 1e6)
    assert (values["other"], values["other_sum"]) == ("who", pytest.approx(1_000_001.1))


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("edge", [0, 1])
def test_a_total_at_the_edge_of_the_bounds_is_met_but_for_rounding(sign, edge):
    bounds, weights = (0.8, 1.3), numpy.array([100.0, 300.0])
    further = (-1.0, 1.0)[edge]
    targets = auxiliaries(numpy.full(2, sign))
    near = sign * 400 * bounds[edge] * (1 + further * 5e-10)
    found = bounded(weights, targets([near]), bounds, tolerance=1e-8)
    assert found.ratios.tolist() == [bounds[edge]] * 2
    total = sign * 400 * bounds[edge] * (1 + further * 1e-8)
    code, values = refusal(bounded, weights, targets([total]), bounds, tolerance=1e-7)
    least, most = sorted((sign * 320, sign * 520))
    assert code == "bounds_too_narrow"
    assert values == {"lower": 0.8, "upper": 1.3, "target": "x0", "total": total, "least": least, "most": most}


def test_what_the_bounds_reach_is_told_of_numbers_below_and_above_zero():
    targets = auxiliaries(numpy.array([2.0, -1.0]))([100.0])
    code, values = refusal(bounded, W, targets, (0.5, 2.0))
    assert (code, values["least"], values["most"]) == ("bounds_too_narrow", 10 - 20, 40 - 5)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_an_auxiliary_s_unit_does_not_matter(unit):
    weights, size = numpy.full(4, 10.0), numpy.array([1.0, 2.0, 3.0, 5.0])
    plain = auxiliaries(numpy.ones(4), size)([42.0, 118.0])
    other = auxiliaries(numpy.ones(4), size * unit)([42.0, 118.0 * unit])
    for solve in (linear, exponential):
        assert solve(weights, other).ratios.tolist() == pytest.approx(solve(weights, plain).ratios.tolist(), rel=1e-9)


@pytest.mark.parametrize("seed", range(10, 20))
def test_a_sum_among_the_auxiliaries_of_many_patterns_does_no_harm(seed):
    # Its rounding is above what lstsq takes for zero by default.
    random = numpy.random.default_rng(seed)
    weights, numbers = random.uniform(1, 20, 20_000), random.normal(50, 10, (20_000, 3))
    x = numpy.column_stack([numpy.ones(20_000), numbers, numbers.sum(axis=1)])
    totals = x.T @ (weights * numpy.exp(0.2 * random.normal(0, 1, 20_000)))
    found = exponential(weights, Targets(tuple("1abcd"), x, totals))
    assert (x.T @ (weights * found.ratios)).tolist() == pytest.approx(totals.tolist(), rel=1e-11)


def test_weights_that_all_land_on_a_bound_are_not_refused_for_a_last_digit() -> None:
    weights, rows = numpy.array([1 - 2**-53, 1.0]), numpy.array([1.0, 3.0])
    assert trim(weights, rows, (1.0, 5.0)).ratios * weights == pytest.approx([1, 1], rel=1e-13)
