"""What no other test noticed when the core was changed one sign at a time."""

import math
from types import SimpleNamespace

import numpy
import pytest

from brecha import BrechaError, Design, SinglePsu, Stage
from brecha.cells import Cells
from brecha.contrasts import Combination, change, contrast, waves
from brecha.contrasts import tested as wald_test
from brecha.intervals import arcsine, korn_graubard, likelihood, logit, mover, quantile, share_limits, wald, wilson
from brecha.strata import lay
from brecha.variance import Influence, Sums, covariance, domain_degrees, lonely

CELL = numpy.array([0, 0, 1, 1, 2, 2, 3, 3])
W = numpy.array([1.0, 2.0, 3.0, 1.5, 2.5, 4.0, 1.0, 2.0])
Y, X = numpy.array([3.0, 1, 4, 1, 5, 9, 2, 6]), numpy.array([2.0, 7, 1, 8, 2, 8, 1, 8])
Y2, X2 = numpy.array([1.0, 0, 0, 1, 1, 0, 1, 1]), numpy.array([5.0, 3, 2, 1, 4, 4, 6, 2])


def column(values):
    """Return the sums of rows by cell, shape (4, 1)."""
    return numpy.bincount(CELL, weights=values)[:, None]


def strata():
    labels = {"stratum": ["a", "b"], "domain": ["c", "d"]}
    codes = {"stratum": numpy.array([0, 0, 1, 1]), "domain": numpy.array([0, 1, 0, 1])}
    return lay(Design(kind="quota", strata=("stratum",)), Cells(labels, codes, {"rows": numpy.full(4, 2.0)}, 4))


def influence(y, x, a, b, c, inside=(0, 1, 2, 3)):
    """Return an influence of one estimate, and its value in each row."""
    sums = Sums(column(W * y), column(W * x), column(W))
    parts = [numpy.full((1, 1), part) for part in (a, b, c)]
    return Influence(sums, numpy.array(inside), *parts), numpy.isin(CELL, inside) * W * (a * y + b * x + c)


def squares(one, other):
    """Return the sums of squared weights of two pairs of variables, named as `covariance` names them."""
    first, second = ({"y": y, "x": x, "1": numpy.ones(8)} for y, x in (one, other))
    return {i + j: column(W**2 * first[i] * second[j]) for i in "yx1" for j in "yx1"}


def by_hand(u, v):
    """Return the covariance of the totals of two columns of rows, drawn with replacement in two strata of four."""
    return sum(4 * numpy.cov(u[rows], v[rows])[0, 1] for rows in (slice(4), slice(4, 8)))


@pytest.mark.parametrize("constants", [(0.7, 0.4), (0.7, 0.0), (0.0, 0.4), (0.0, 0.0)])
@pytest.mark.parametrize("inside", [(0, 1, 2, 3), (0, 3), (1,)])
def test_rows_of_two_variables_and_two_domains_covary_as_their_linearised_values(constants, inside):
    one, u = influence(Y, X, 1.5, -0.5, constants[0])
    other, v = influence(Y2, X2, 2.0, -0.3, constants[1], inside)
    assert covariance(strata(), one, other, squares((Y, X), (Y2, X2))) == pytest.approx([by_hand(u, v)], rel=1e-12)


@pytest.mark.parametrize("inside", [(0, 1, 2, 3), (1, 2, 3), (0, 3), (1, 3), (2,)])
def test_coefficients_by_cell_stay_with_their_cells(inside):
    one, u = influence(Y, X, 1.5, -0.5, 0.7, (0, 2, 3))
    by_cell, places = numpy.array([1.5, -2.0, 0.5, 3.0]), numpy.array(inside)
    sums, a = Sums(column(W * Y2), column(W * X2), column(W)), by_cell[places][:, None]
    other = Influence(sums, places, a, -a, 2 * a)
    v = numpy.isin(CELL, inside) * W * by_cell[CELL] * (Y2 - X2 + 2)
    expected = pytest.approx([by_hand(u, v)], rel=1e-12)
    assert covariance(strata(), one, other, squares((Y, X), (Y2, X2))) == expected
    assert covariance(strata(), other, one, squares((Y2, X2), (Y, X))) == expected


def test_every_interval_goes_by_its_name():
    t = quantile(0.9, 20)
    expected = {
        "wilson": wilson(0.1, 40.0, t),
        "korn_graubard": korn_graubard(0.1, 0.03, 50, 20, 0.9),
        "logit": logit(0.1, 0.03, t),
        "likelihood": likelihood(0.1, 0.03, t),
        "arcsine": arcsine(0.1, 0.03, t),
        "wald": wald(0.1, 0.03, t),
    }
    assert {name: share_limits(name, 0.1, 0.03, (50, 40.0), 20, 0.9) for name in expected} == expected


def test_an_unknown_interval_is_refused_with_the_known_ones():
    with pytest.raises(BrechaError) as refused:
        share_limits("exact", 0.1, 0.03, (50, 40.0), 20, 0.9)
    allowed = ("wilson", "korn_graubard", "logit", "likelihood", "arcsine", "wald")
    assert (refused.value.code, refused.value.values) == ("unknown_interval", {"interval": "exact", "allowed": allowed})


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_zero_cell_s_likelihood_limits_have_no_width(p):
    assert likelihood(p, 0.0, 2.0) == (p, p)


def test_the_likelihood_s_limits_of_a_rare_answer_are_as_exact_as_of_a_common_one():
    p, se = 1e-9, 5e-10
    n_eff = p * (1 - p) / se**2
    for q in likelihood(p, se, 2.0):
        distance = p * math.log(p / q) + (1 - p) * (math.log1p(-p) - math.log1p(-q))
        assert 2 * n_eff * distance == pytest.approx(4.0, rel=1e-6)


@pytest.mark.parametrize("p", [0.5, 0.1])
def test_the_likelihood_s_limits_end_where_numbers_do(p):
    low, high = likelihood(p, 16.0, 2.0)
    assert 0 <= low < 1e-300
    assert 1 - 1e-15 < high <= 1


def test_wilson_s_upper_limit_never_passes_one():
    assert wilson(0.9999999999997206, 551, 1.6478106158273977)[1] <= 1.0


def test_wilson_s_upper_limit_of_a_full_cell_is_one_to_the_last_digit():
    assert wilson(1.0, 132, 1.883)[1] == 1.0  # the formula rounds to less


def both_estimates():
    """Return the influences of two estimates on the same rows as one."""
    pairs = [squares((Y, X), (Y, X)), squares((Y2, X2), (Y2, X2))]
    names = ("yy", "yx", "y1", "xx", "x1")
    products = {name: numpy.hstack([pair[name] for pair in pairs]) for name in names} | {"11": pairs[0]["11"]}
    wy, wx = (numpy.hstack([column(W * one), column(W * other)]) for one, other in ((Y, Y2), (X, X2)))
    parts = [numpy.array([one]) for one in ([1.5, 2.0], [-0.5, -0.3], [0.7, 0.4])]
    return Influence(Sums(wy, wx, column(W), products), numpy.arange(4), *parts)


def test_one_of_several_estimates_has_its_own_variance():
    both = both_estimates()
    values = influence(Y, X, 1.5, -0.5, 0.7)[1], influence(Y2, X2, 2.0, -0.3, 0.4)[1]
    expected = [by_hand(u, u) for u in values]
    assert covariance(strata(), both, both) == pytest.approx(expected, rel=1e-12)
    for k, variance in enumerate(expected):
        one = both.only(k)
        assert covariance(strata(), one, one) == pytest.approx([variance], rel=1e-12)


def clustered(rows):
    """Return two strata of three PSUs, a cell each."""
    labels = {"stratum": ["a", "b"], "psu": ["1", "2", "3"]}
    codes = {"stratum": numpy.repeat([0, 1], 3), "psu": numpy.tile([0, 1, 2], 2)}
    return lay(Design(kind="quota", strata=("stratum",), psu="psu"), Cells(labels, codes, {"rows": rows}, 6))


@pytest.mark.parametrize("turned", [False, True])
def test_two_estimates_covary_with_a_third_each(turned):
    design, cells = clustered(numpy.ones(6)), numpy.arange(6)
    y = numpy.array([[3.0, 1], [4, 1], [5, 9], [2, 6], [5, 3], [5, 8]])
    z, none = numpy.array([[1.0], [4], [2], [8], [5], [7]]), numpy.zeros((1, 1))
    two, third = (Influence(Sums(u, 0 * u, 0 * z), cells, none + 1, none, none) for u in (y, z))
    expected = [sum(3 * numpy.cov(y[h, k], z[h, 0])[0, 1] for h in (slice(3), slice(3, 6))) for k in (0, 1)]
    pair = (third, two) if turned else (two, third)
    assert covariance(design, *pair) == pytest.approx(expected, rel=1e-12)


def test_a_psu_alone_in_its_stratum_is_measured_from_the_mean_of_all():
    rule = Design(kind="quota", strata=("stratum",), psu="psu", single_psu=SinglePsu("adjust"))
    totals, none = numpy.array([[3.0, 1], [5, 2], [10, 7]]), numpy.zeros((1, 1))
    both = Influence(Sums(totals, 0 * totals, 0 * totals[:, [0]]), numpy.arange(3), none + 1, none, none)
    expected = [2 * (1 + 1) + (10 - 6) ** 2, 2 * (0.25 + 0.25) + (7 - 10 / 3) ** 2]
    assert covariance(laid(rule, "aab", "121", [9] * 3), both, both) == pytest.approx(expected, rel=1e-12)


def test_a_base_is_lonely_where_one_psu_has_rows_be_it_a_single_one():
    rows = numpy.array([[1.0, 1], [0, 1], [0, 0], [0, 1], [1, 0], [0, 0]])
    found = lonely(clustered(numpy.ones(6)), numpy.arange(6), rows)
    assert found.tolist() == [2.0, 1.0]
    assert found.dtype == float


def test_each_base_has_the_degrees_of_freedom_of_the_psus_it_has_rows_in():
    rows = numpy.array([[1.0, 1, 2, 0], [1, 2, 3, 0], [1, 0, 1, 0], [1, 0, 1, 0], [1, 0, 0, 5], [1, 0, 0, 0]])
    found = domain_degrees(clustered(numpy.ones(6)), numpy.arange(6), rows)
    assert found.tolist() == [6 - 2, 2 - 1, 4 - 2, 1]


def figure(estimate, se, low, high, df):
    return Combination(estimate, se, low, high, df, None, None)


def test_a_change_is_welch_s_with_mover_s_limits():
    found = change(figure(0.3, 0.05, 0.2, 0.42, 20), figure(0.6, 0.04, 0.5, 0.68, 30))
    variance = 0.05**2 + 0.04**2
    assert (found.estimate, found.se) == pytest.approx((0.3, math.sqrt(variance)))
    assert found.df == pytest.approx(variance**2 / (0.05**4 / 20 + 0.04**4 / 30))
    assert (found.low, found.high) == pytest.approx((0.3 - math.hypot(0.1, 0.12), 0.3 + math.hypot(0.08, 0.1)))
    assert found.t == pytest.approx(0.3 / math.sqrt(variance))


def test_a_change_between_zero_cells_has_the_lesser_degrees_of_freedom_and_no_test():
    found = change(figure(0.0, 0.0, 0.0, 0.1, 20), figure(0.0, 0.0, 0.0, 0.2, 30))
    assert (found.low, found.high, found.df, found.t, found.p) == (-0.1, 0.2, 20, None, None)


def test_a_census_changes_without_error_and_only_against_a_census():
    census, sample = figure(0.3, None, None, None, None), figure(0.6, 0.04, 0.5, 0.68, 30)
    assert change(census, census) == figure(0.0, None, None, None, None)
    for pair in ((census, sample), (sample, census)):
        with pytest.raises(BrechaError) as refused:
            change(*pair)
        assert refused.value.code == "census_and_sample"


def test_without_degrees_of_freedom_there_is_no_test():
    assert wald_test(0.5, 0.1, (0.3, 0.7), None) == Combination(0.5, 0.1, 0.3, 0.7, None, 5.0, None)


def test_waves_keep_what_all_have_and_refuse_none_or_a_column_that_is_there():
    one, two = {"ppe": ["y"], "old": ["a"]}, {"ppe": ["n"], "new": ["a"]}
    assert waves({"2023": one, "2026": two}).columns == ("ppe", "wave")
    for sources, column_, expected in (
        ({}, "wave", ("no_waves", {})),
        ({"1": one}, "ppe", ("wave_column", {"column": "ppe"})),
    ):
        with pytest.raises(BrechaError) as refused:
            waves(sources, column_)
        assert (refused.value.code, refused.value.values) == expected


def combined(errors, covariances, weights, kind="quota"):
    """Return a contrast of shares of 0.4 with limits of 0.3 and 0.6, and a result that tells these covariances."""
    parts = [SimpleNamespace(name="it", domain={}, estimate=0.4, se=se, low=0.3, high=0.6) for se in errors]
    found = numpy.array(covariances)
    return contrast(SimpleNamespace(design=SimpleNamespace(kind=kind), covariances=lambda keys: found), parts, weights)


def test_rounding_is_no_covariance_of_an_estimate_without_error():
    found = combined([0.0, 0.1], [[1e-12, 1e-9], [1e-9, 0.0101]], [1, -1])
    assert found.covariances.tolist() == [[0.0, 0.0], [0.0, 0.1**2]]
    assert found.se == pytest.approx(0.1)
    assert found.limits == pytest.approx((-math.hypot(0.1, 0.2), math.hypot(0.1, 0.2)))


@pytest.mark.parametrize(("told", "weights"), [(0.5, [1, 1]), (1.01, [1, 1]), (-1.01, [1, -1])])
def test_limits_use_the_correlation_and_none_passes_one(told, weights):
    found = combined([0.1, 0.2], [[0.01, 0.02 * told], [0.02 * told, 0.04]], weights)
    r = max(-1.0, min(1.0, told))
    parts = numpy.array([[0.3, 0.6]] * 2)
    limits = mover(numpy.array(weights), numpy.full(2, 0.4), parts, numpy.array([[1, r], [r, 1]]))
    assert found.limits == pytest.approx(limits)


def test_a_census_has_no_contrast():
    assert combined([None], [[0.0]], [1], kind="census") is None


def laid(design, stratum, psu, population):
    """Lay a design over cells of a PSU each; labels are letters, populations those of the strata."""
    labels = {"stratum": sorted(set(stratum)), "psu": sorted(set(psu))}
    codes = {
        "stratum": [labels["stratum"].index(one) for one in stratum],
        "psu": [labels["psu"].index(one) for one in psu],
    }
    sizes = numpy.array(population, dtype=float)
    sums = {"rows": numpy.ones(len(psu)), "low N": sizes, "high N": sizes}
    return lay(design, Cells(labels, {name: numpy.array(one) for name, one in codes.items()}, sums, len(psu)))


def test_a_unique_psu_stands_in_one_stratum():
    unique = Design(kind="probability", strata=("stratum",), psu="psu", nest=False)
    assert laid(unique, "aabb", "1234", [9] * 4).psus == 4
    rows = Design(kind="probability", strata=("stratum",), nest=False)
    assert laid(rows, "aabb", "1234", [9] * 4).psus == 4
    with pytest.raises(BrechaError) as refused:
        laid(unique, "aabb", "1223", [9] * 4)
    assert refused.value.code == "psu_in_two_strata"
    assert refused.value.values == {"psu": "2", "strata": (("a",), ("b",))}


def test_a_census_has_strata_of_one_psu():
    assert laid(Design(kind="census", strata=("stratum",), psu="psu"), "ab", "12", [1, 1]).single == ()


def test_collapsed_strata_add_their_populations():
    rule = SinglePsu("collapse", into={("b",): ("a",)})
    design = Design(kind="probability", strata=("stratum",), psu="psu", population="N", single_psu=rule)
    found = laid(design, "aaab", "1234", [20, 20, 20, 10])
    assert found.stages[0].factor == pytest.approx([(1 - 4 / 30) * 4 / 3])


def test_collapsed_strata_keep_each_psu_in_its_new_home():
    rule = SinglePsu("collapse", into={("c",): ("a",)})
    design = Design(kind="probability", strata=("stratum",), psu="psu", single_psu=rule)
    [stage] = laid(design, "aabbc", "12121", [9] * 5).stages
    assert stage.unit_of_cell.tolist() == [0, 1, 2, 3, 4]
    assert stage.parent_of_cell.tolist() == stage.parent_of_unit.tolist() == [0, 0, 1, 1, 0]
    assert stage.units.tolist() == [3, 2]


def test_a_stratum_collapsed_into_itself_is_named():
    rule = SinglePsu("collapse", into={("b",): ("b",)})
    with pytest.raises(BrechaError) as refused:
        laid(Design(kind="quota", strata=("stratum",), psu="psu", single_psu=rule), "aab", "121", [9] * 3)
    assert (refused.value.code, refused.value.values) == ("single_psu", {"strata": (("b",),)})


def test_the_mean_variance_of_strata_counts_a_complete_one_as_known():
    design = Design(kind="probability", strata=("stratum",), psu="psu", population="N", single_psu=SinglePsu("average"))
    found = laid(design, "aabc", "1234", [10, 10, 1, 10])
    assert found.stages[0].factor == pytest.approx([(1 - 2 / 10) * 2 * 3 / 2, 0, 0])


def test_the_arcsine_s_upper_limit_turns_back_nowhere():
    assert arcsine(0.99, 0.1, 2.0)[1] == 1.0


def test_a_part_of_no_weight_changes_no_limit():
    parts, shares = numpy.array([[0.3, 0.6], [0.2, 0.9]]), numpy.array([0.4, 0.5])
    assert mover(numpy.array([1.0, 0.0]), shares, parts, numpy.eye(2)) == pytest.approx((0.3, 0.6))


@pytest.mark.parametrize(("kind", "rule"), [("quota", "refuse"), ("quota", "collapse"), ("census", "refuse")])
def test_a_unit_alone_in_its_psu_is_refused_but_in_a_census(kind, rule):
    stages = (Stage(unit="home"),)
    design = Design(kind=kind, psu="psu", population="N", stages=stages, single_psu=SinglePsu(rule))
    labels = {"psu": ["1", "2"], "home": ["a", "b"]}
    codes = {"psu": numpy.array([0, 0, 1]), "home": numpy.array([0, 1, 0])}
    sizes = numpy.full(3, 9.0)
    cells = Cells(labels, codes, {"rows": numpy.ones(3), "low N": sizes, "high N": sizes}, 3)
    if kind == "census":
        assert len(lay(design, cells).stages) == 2
        return
    with pytest.raises(BrechaError) as refused:
        lay(design, cells)
    assert refused.value.code == "single_unit"
    assert refused.value.values == {"column": "home", "units": (("2",),), "count": 1}


def test_of_many_units_alone_in_their_psus_ten_are_named():
    psus, sizes = [f"{i:02}" for i in range(12)], numpy.full(12, 99.0)
    codes = {"psu": numpy.arange(12), "home": numpy.zeros(12, dtype=int)}
    cells = Cells({"psu": psus, "home": ["a"]}, codes, {"rows": numpy.ones(12), "low N": sizes, "high N": sizes}, 12)
    with pytest.raises(BrechaError) as refused:
        lay(Design(kind="quota", psu="psu", population="N", stages=(Stage(unit="home"),)), cells)
    assert refused.value.values == {"column": "home", "units": tuple((psu,) for psu in psus[:10]), "count": 12}


def test_rows_drawn_in_homes_drawn_in_psus_are_three_stages():
    stages = (Stage(unit="home", population="N"), Stage(population="N"))
    design = Design(kind="quota", psu="psu", population="N", stages=stages)
    labels = {"psu": ["1", "2"], "home": ["a", "b"]}
    codes = {"psu": numpy.array([0, 0, 1, 1]), "home": numpy.array([0, 1, 0, 1])}
    sizes = numpy.full(4, 9.0)
    sums = {"rows": numpy.full(4, 2.0), "low N": sizes, "high N": sizes}
    assert len(lay(design, Cells(labels, codes, sums, 4)).stages) == 3
