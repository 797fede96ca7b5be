"""Calibration weights: R's numbers to nine digits."""

import csv
import json
import math
from pathlib import Path

import numpy
import pytest

from brecha.calibration.solving import (
    Margin,
    Targets,
    bounded,
    dispersion,
    exponential,
    indicators,
    linear,
    poststratify,
    rake,
    rake_and_trim,
    trim,
)
from brecha.errors import BrechaError

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_survey_cases.json").read_text())
STYPE = {"E": 4421.0, "H": 755.0, "M": 1018.0}
WIDE = {"No": 1072.0, "Yes": 5122.0}
# From the study's design: rake_margins_quota854.json.
QUOTA = {
    "region": dict(
        zip([f"R{i}" for i in range(1, 10)], [6180.0, 4635, 3090, 2575, 1854, 1236, 824, 618, 412], strict=True)
    ),
    "profile": {"A_woman_miner": 5784.48, "B_woman_service": 3213.6, "C_man_miner": 12425.92},
    "age_grp": {"18-29": 7498.4, "30-44": 8998.08, "45+": 4927.52},
}


class Patterns:
    """The rows of a CSV, collapsed by some columns: sums of weights and numbers of rows by pattern."""

    def __init__(self, data, columns, weight):
        with (DATA / f"{data}.csv").open() as file:
            self.rows = list(csv.DictReader(file))
        keys = [tuple(row[column] for column in columns) for row in self.rows]
        self.columns, self.keys = columns, sorted(set(keys))
        self.of_row = numpy.array([self.keys.index(key) for key in keys])
        self.base = numpy.array([float(row[weight]) for row in self.rows])
        self.count = numpy.bincount(self.of_row).astype(float)
        self.weights = numpy.bincount(self.of_row, self.base)

    def labels(self, column):
        place = self.columns.index(column)
        return [key[place] for key in self.keys]

    def margin(self, column, totals):
        codes = [list(totals).index(label) for label in self.labels(column)]
        return Margin(column, numpy.array(codes), tuple(totals), numpy.array(list(totals.values())))

    def of_rows(self, solution):
        return self.base * solution.ratios[self.of_row]

    def number(self, column):
        return numpy.array([float(row[column]) for row in self.rows])


def schools(*columns):
    return Patterns("apiclus1", columns, "pw")


def with_scores():
    """Return the schools with R's population totals for ~stype + api99."""
    patterns = schools("stype", "api99")
    stype = indicators([patterns.margin("stype", STYPE)])
    x = numpy.column_stack([stype.x, [float(label) for label in patterns.labels("api99")]])
    return patterns, Targets((*stype.names, "api99"), x, numpy.append(stype.totals, 3914069.0))


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def two_margins(patterns):
    return [patterns.margin("stype", STYPE), patterns.margin("sch.wide", WIDE)]


def refusal(code, function, *arguments, **options):
    with pytest.raises(BrechaError) as caught:
        function(*arguments, **options)
    assert caught.value.code == code
    assert str(caught.value)
    return caught.value.values


# R's numbers


def test_post_stratified_weights_give_r_s_total():
    patterns = schools("stype")
    solution = poststratify(patterns.weights, patterns.margin("stype", STYPE))
    total = patterns.of_rows(solution) @ patterns.number("enroll")
    assert total == exactly(CASES["w01_poststrat"]["expected"]["est"])
    assert (solution.method, solution.iterations) == ("poststratification", 1)


def test_the_raking_distance_with_a_numeric_auxiliary_gives_r_s_mean():
    patterns, targets = with_scores()
    solution = exponential(patterns.weights, targets)
    weights = patterns.of_rows(solution)
    mean = weights @ patterns.number("enroll") / weights.sum()
    assert mean == exactly(CASES["w07_calib_raking_mean"]["expected"]["est"])
    # in R: calibrate(clus1, ~stype+api99, c(6194,755,1018,3914069), calfun="raking", epsilon=1e-14)
    assert solution.ratios.min() == exactly(0.534231368666967)
    assert solution.ratios.max() == exactly(1.994761240738106)
    assert solution.error < 1e-12


def test_the_regression_estimator_gives_r_s_weights():
    patterns, targets = with_scores()
    solution = linear(patterns.weights, targets)
    # in R: calibrate(clus1, ~stype+api99, c(6194,755,1018,3914069)); weights(.)/weights(clus1)
    first = [1.525474878952182, 0.798840702718279]
    assert (patterns.of_rows(solution) / patterns.base)[:2].tolist() == exactly(first)
    assert solution.ratios.min() == exactly(0.418592462213955)
    assert solution.ratios.max() == exactly(1.833294883169968)
    assert (patterns.of_rows(solution) ** 2).sum() == exactly(228638.909647161)


@pytest.mark.parametrize(
    ("bounds", "squares", "mean"),
    [
        # in R: calibrate(clus1, ~stype+api99, c(6194,755,1018,3914069), bounds=c(.3,1.6), epsilon=1e-13, maxit=200)
        ((0.3, 1.6), 229302.651015005, 591.815532953263),
        # the same with bounds=c(.5,1.6)
        ((0.5, 1.6), 229326.890490535, 591.468785920219),
        # the same with bounds=c(.6,1.6)
        ((0.6, 1.6), 229573.613109366, 591.251674694897),
    ],
)
def test_bounded_ratios_give_r_s_sum_of_squares_and_mean(bounds, squares, mean):
    patterns, targets = with_scores()
    solution = bounded(patterns.weights, targets, bounds)
    weights = patterns.of_rows(solution)
    assert (weights**2).sum() == exactly(squares)
    assert weights @ patterns.number("enroll") / weights.sum() == exactly(mean)
    assert bounds[0] <= solution.ratios.min() < solution.ratios.max() == bounds[1]


def test_bounds_on_collinear_margins_give_r_s_ratios():
    patterns = schools("stype", "sch.wide")
    solution = bounded(patterns.weights, indicators(two_margins(patterns)), (0.88, 1.7))
    # in R: calibrate(clus1, ~stype+sch.wide, c(6194,755,1018,5122), bounds=c(.88,1.7), epsilon=1e-13, maxit=200)
    assert solution.ratios[patterns.of_row][[0, 1, 99]].tolist() == exactly([1.5642057235332, 0.88, 1.7])
    weights = patterns.of_rows(solution)
    assert (weights**2).sum() == exactly(220584.774962055)


def test_linear_calibration_on_collinear_margins_gives_r_s_weights():
    patterns = schools("stype", "sch.wide")
    solution = linear(patterns.weights, indicators(two_margins(patterns)))
    # in R: unique(weights(calibrate(clus1, list(~stype,~sch.wide), list(pop.types, pop.schwide), epsilon=1e-13)))
    expected = [51.4657622739018, 29.7436297731840, 37.0422049956934, 48.5353143841516, 41.2367391616422]
    found = list(dict.fromkeys(patterns.of_rows(solution).tolist()))
    assert found == exactly([*expected, 62.9588716623600])


def test_raking_three_margins_gives_r_s_weights():
    patterns = Patterns("quota854", tuple(QUOTA), "w0")
    solution = rake(patterns.weights, [patterns.margin(column, totals) for column, totals in QUOTA.items()])
    expected = CASES["z_rake_Q_weights"]["expected"]
    weights = patterns.of_rows(solution)
    assert weights[:10].tolist() == exactly(expected["w_first10"])
    assert [weights.sum(), weights.min(), weights.max()] == exactly(
        [expected["wsum"], expected["wmin"], expected["wmax"]]
    )
    squares = numpy.bincount(patterns.of_row, patterns.base**2)
    found = dispersion(solution.ratios, patterns.count, patterns.weights, squares)
    assert found.design_effect == exactly(expected["kish_deff"])
    assert found.effective_size == exactly(len(weights) / expected["kish_deff"])
    assert (found.lowest, found.highest) == (solution.ratios.min(), solution.ratios.max())


def test_trimmed_weights_are_r_s():
    patterns = schools("stype", "sch.wide")
    raked = patterns.of_rows(rake(patterns.weights, two_margins(patterns)))
    solution = trim(raked, numpy.ones(len(raked)), (0.0, 45.0))
    expected = CASES["w08_trim"]["expected"]
    weights = raked * solution.ratios
    assert weights[:10].tolist() == exactly(expected["w_first10"])
    assert [weights.sum(), weights.min(), weights.max()] == exactly(
        [expected["wsum"], expected["wmin"], expected["wmax"]]
    )


@pytest.mark.parametrize(
    ("weights", "bounds", "strict", "expected"),
    [
        # in R: weights(trimWeights(svydesign(id=~1, weights=c(20,4.9,1,2,3), data=d), upper=6))
        ([20, 4.9, 1, 2, 3], (0, 6), False, [6, 8.4, 4.5, 5.5, 6.5]),
        # the same with upper=6.5, strict=TRUE
        ([20, 4.9, 1, 2, 3], (0, 6.5), True, [6.5, 6.5, 5.2, 6.2, 6.5]),
        # weights=c(10,5,1,2,3), upper=5, strict=TRUE
        ([10, 5, 1, 2, 3], (0, 5), True, [5, 5, 8 / 3, 11 / 3, 14 / 3]),
        # weights=c(20,0.1,3,3), lower=1, upper=8, strict=FALSE
        ([20, 0.1, 3, 3], (1, 8), False, [8, 1, 8.55, 8.55]),
        # the same with strict=TRUE: the row at the lower bound takes what the others cannot
        ([20, 0.1, 3, 3], (1, 8), True, [8, 2.1, 8, 8]),
        # weights=c(1,5,6,20), lower=5.5, strict=FALSE
        ([1, 5, 6, 20], (5.5, 99), False, [5.5, 5.5, 3.5, 17.5]),
        # weights=c(1,5.6,6,20), lower=5.5, strict=TRUE
        ([1, 5.6, 6, 20], (5.5, 99), True, [5.5, 5.5, 5.5, 16.1]),
    ],
)
def test_trimming_small_sets_gives_r_s_weights(weights, bounds, strict, expected):
    weights = numpy.array(weights, dtype=float)
    solution = trim(weights, numpy.ones(len(weights)), bounds, strict=strict)
    assert (weights * solution.ratios).tolist() == pytest.approx(expected, rel=1e-12)


def test_trimming_patterns_is_trimming_their_rows():
    weights, rows = numpy.array([9.0, 2.0, 1.0, 0.2]), numpy.array([2.0, 5.0, 3.0, 1.0])
    each = numpy.repeat(weights, rows.astype(int))
    by_row = each * trim(each, numpy.ones(len(each)), (0.5, 4)).ratios
    by_pattern = weights * trim(weights, rows, (0.5, 4)).ratios
    assert numpy.repeat(by_pattern, rows.astype(int)).tolist() == pytest.approx(by_row.tolist(), rel=1e-12)


def test_trimming_rows_that_were_all_outside_keeps_their_total():
    # in R: trimWeights(weights=c(12,0.1), lower=1, upper=8) returns 8 and 1, and loses 3.1.
    solution = trim(numpy.array([12.0, 0.1]), numpy.ones(2), (1, 8), strict=False)
    assert solution.ratios.tolist() == pytest.approx([8 / 12, 41], rel=1e-12)


def test_weights_inside_the_bounds_are_left_alone():
    solution = trim(numpy.array([5.0, 5.0]), numpy.ones(2), (1, 5))
    assert (solution.ratios.tolist(), solution.iterations, solution.error) == ([1.0, 1.0], 0, 0.0)


def test_raking_and_trimming_by_turns_meets_both():
    patterns = schools("stype", "sch.wide")
    margins, base = two_margins(patterns), patterns.weights / patterns.count
    assert base.max() * rake(patterns.weights, margins).ratios.max() > 60
    solution = rake_and_trim(base, patterns.count, margins, (0.0, 60.0))
    weights = base * solution.ratios
    assert weights.max() <= 60.0 * (1 + 1e-15)
    assert solution.iterations > 1
    for margin in margins:
        assert margin.sums(weights * patterns.count).tolist() == pytest.approx(margin.totals.tolist(), rel=1e-9)


def test_turns_that_never_agree_are_refused():
    patterns = schools("stype", "sch.wide")
    base = patterns.weights / patterns.count
    values = refusal(
        "not_converged", rake_and_trim, base, patterns.count, two_margins(patterns), (0.0, 45.0), iterations=20
    )
    assert values["iterations"] == 20
    assert values["target"].split(" = ")[0] in ("stype", "sch.wide")


# Refusals


def sexes(women, men, codes=(0, 1, 1)):
    return Margin("sex", numpy.array(codes), ("women", "men"), numpy.array([women, men], dtype=float))


def areas(rural, urban, codes=(0, 0, 1)):
    return Margin("area", numpy.array(codes), ("rural", "urban"), numpy.array([rural, urban], dtype=float))


ONES = numpy.ones(3)


@pytest.mark.parametrize(
    ("margin", "code", "values"),
    [
        (sexes(math.nan, 9), "total_missing", {"target": "sex = women"}),
        (sexes(5, math.inf), "total_invalid", {"target": "sex = men", "total": math.inf}),
        (sexes(-5, 9), "total_invalid", {"target": "sex = women", "total": -5.0}),
        (sexes(0, 9), "total_zero", {"target": "sex = women"}),
        (sexes(5, 9, codes=(1, 1, 1)), "category_empty", {"target": "sex = women", "total": 5.0}),
    ],
)
def test_a_category_that_cannot_be_met_is_named_by_every_method_that_takes_margins(margin, code, values):
    assert refusal(code, poststratify, ONES, margin) == values
    assert refusal(code, rake, ONES, [areas(7, 7), margin]) == values
    assert refusal(code, indicators, [margin]) == values
    assert refusal(code, rake_and_trim, ONES, ONES, [margin], (0, 9)) == values
    x = numpy.column_stack([margin.codes == 0, margin.codes == 1]).astype(float)
    for method in (linear, exponential):
        assert refusal(code, method, ONES, Targets(margin.categories, x, margin.totals)) == values
    assert refusal(code, bounded, ONES, Targets(margin.categories, x, margin.totals), (0.1, 20.0)) == values


def test_a_category_that_neither_the_rows_nor_the_population_has_is_left_aside():
    margin = Margin("sex", numpy.array([0, 1, 1]), ("women", "men", "other"), numpy.array([3.0, 4.0, 0.0]))
    assert rake(ONES, [margin]).ratios.tolist() == [3.0, 2.0, 2.0]
    for method in (linear, exponential):
        assert method(ONES, indicators([margin])).ratios.tolist() == pytest.approx([3.0, 2.0, 2.0], rel=1e-12)


def test_margins_of_two_populations_are_refused_with_both_sums():
    values = refusal("margins_disagree", rake, ONES, [sexes(5, 8), areas(6, 8)])
    assert values == {"first": "sex", "first_sum": 13.0, "other": "area", "other_sum": 14.0}
    refusal("margins_disagree", indicators, [sexes(5, 8), areas(6, 8)])


def test_margins_that_differ_by_rounding_are_brought_to_the_first():
    solution = rake(ONES, [sexes(4, 9), areas(7.0000001, 6)])
    assert solution.ratios.sum() == pytest.approx(13, rel=1e-12)


def test_margins_that_rows_cannot_meet_together_do_not_converge():
    margins = [sexes(10, 3), areas(5, 8)]  # all women are rural, and there are more women than rural people
    values = refusal("not_converged", rake, ONES, margins, iterations=40)
    assert values == {"iterations": 40, "target": "sex = men", "wanted": 3.0, "reached": pytest.approx(8)}
    assert refusal("not_converged", exponential, ONES, indicators(margins))["iterations"] == 50


def test_contradictory_totals_of_one_auxiliary_do_not_converge():
    twice = Targets(("rows", "again"), numpy.ones((3, 2)), numpy.array([4.0, 2.0]))
    for method in (linear, exponential):
        refusal("not_converged", method, ONES, twice)


def test_an_auxiliary_with_blanks_is_refused():
    blank = Targets(("rows", "size"), numpy.array([[1.0, 2.0], [1, math.nan], [1, 4]]), numpy.array([3.0, 9.0]))
    for method in (linear, exponential):
        assert refusal("auxiliary_missing", method, ONES, blank) == {"auxiliary": "size", "count": 1}


def test_linear_ratios_below_zero_are_refused_with_their_number():
    patterns = schools("api99")
    scores = numpy.array([float(label) for label in patterns.labels("api99")])
    x = numpy.column_stack([numpy.ones(len(scores)), scores])
    targets = Targets(("schools", "api99"), x, numpy.array([6194.0, 5e6]))
    values = refusal("ratio_negative", linear, patterns.weights, targets)
    # in R: r <- calibrate(clus1, ~api99, c(6194, 5e6)); min(weights(r)/weights(clus1)); R returns them without a word
    assert values["lowest"] == exactly(-2.82588938207279)
    # in R: sum(weights(r) <= 0) is 57 schools
    ratios = 1 + x @ numpy.linalg.solve(x.T @ (patterns.weights[:, None] * x), targets.totals - x.T @ patterns.weights)
    assert values["count"] == (ratios <= 0).sum()
    assert patterns.count[ratios <= 0].sum() == 57
    assert exponential(patterns.weights, targets).ratios.min() == pytest.approx(0.00015203014637688, rel=1e-8)


@pytest.mark.parametrize("bounds", [(0.0, 2.0), (1.0, 2.0), (0.5, 1.0), (0.5, math.inf), (math.nan, 2.0)])
def test_bounds_that_do_not_hold_one_between_them_are_refused(bounds):
    refusal("bounds_not_around_one", bounded, ONES, indicators([sexes(1, 2)]), bounds)


def test_bounds_too_narrow_for_a_total_say_what_they_reach():
    values = refusal("bounds_too_narrow", bounded, ONES, indicators([sexes(1, 5)]), (0.5, 2.0))
    assert values == {"lower": 0.5, "upper": 2.0, "target": "sex = men", "total": 5.0, "least": 1.0, "most": 4.0}
    assert refusal("bounds_too_narrow", bounded, ONES, indicators([sexes(1, 0.9)]), (0.5, 2.0))["total"] == 0.9


def test_bounds_too_narrow_for_several_totals_together_do_not_converge():
    patterns, targets = with_scores()
    # in R: calibrate(clus1, ~stype+api99, c(6194,755,1018,3914069), bounds=c(.75,1.6)) fails too; .7 is met by both.
    assert refusal("not_converged", bounded, patterns.weights, targets, (0.75, 1.6))["iterations"] == 50
    assert bounded(patterns.weights, targets, (0.7, 1.6)).error < 1e-12


@pytest.mark.parametrize("bounds", [(0.0, 1.9), (2.1, 9.0), (3.0, 1.0)])
def test_trimming_that_leaves_no_row_with_room_is_refused(bounds):
    values = refusal("trim_no_room", trim, numpy.array([1.0, 2.0, 3.0]), ONES, bounds)
    assert values == {"lower": bounds[0], "upper": bounds[1], "mean": 2.0}


def test_a_spread_that_makes_weights_negative_is_refused():
    weights = numpy.array([1.0, 3.0, 100.0])
    values = refusal("ratio_negative", trim, weights, numpy.array([10.0, 1, 1]), (2.9, 200.0), strict=False)
    assert values == {"count": 1, "lowest": pytest.approx((3 - 19 / 2) / 3)}
