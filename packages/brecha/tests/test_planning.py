"""Plans against R, textbooks, simulated surveys, every sample of a small population, and themselves."""

import itertools
import math
from dataclasses import replace

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from brecha import BrechaError, planning
from brecha.planning import Assumptions, Expected, FirstWave, detectable, power_of, sample_size, sample_size_for_width

GAP = Expected(now=(0.55, 0.67))
SIMPLE = Assumptions(strata=2)  # each row is a PSU, and each group a stratum: R's two-sample t
NORMAL = Assumptions(df=math.inf)
CLUSTERED = Assumptions(cluster_size=20, icc=0.05, weighting=1.2, response=0.85)
TWENTY = Assumptions(cluster_size=20, icc=0.05, shared_psus=False, strata=2)


def means(difference, sd=1.0):
    return Expected(now=(10 + difference, 10), sd=sd)


@pytest.mark.parametrize(
    ("expected", "rows", "power"),
    [
        # power.t.test(n=250, delta=.12, sd=sqrt((.55*.45+.67*.33)/2), strict=TRUE)$power
        (GAP, 250, 0.789998454852),
        # power.t.test(n=20, delta=1, sd=1, strict=TRUE)$power
        (means(1), 20, 0.868953027725),
        # power.t.test(n=5, delta=.1, sd=1, strict=TRUE)$power
        (means(-0.1), 5, 0.0522526104037),
    ],
)
def test_the_power_of_a_gap_is_r_s(expected, rows, power):
    assert power_of(expected, SIMPLE, (rows, rows)).power == pytest.approx(power, rel=1e-9)


@pytest.mark.parametrize(
    ("expected", "power", "alpha", "rows"),
    [
        # power.t.test(delta=.12, sd=sqrt((.55*.45+.67*.33)/2), power=.8, strict=TRUE)$n: 256.379
        (GAP, 0.8, 0.05, 257),
        # power.t.test(delta=.5, sd=2, power=.9, sig.level=.01, strict=TRUE)$n: 477.802
        (means(0.5, sd=2), 0.9, 0.01, 478),
    ],
)
def test_the_size_for_a_gap_is_r_s(expected, power, alpha, rows):
    assert sample_size(expected, SIMPLE, power, alpha).answers == (rows, rows)


@pytest.mark.parametrize(
    ("expected", "power", "alpha", "rows"),
    [
        # power.prop.test(p1=.55, p2=.67, power=.8, strict=TRUE)$n: 258.157
        ((0.55, 0.67), 0.8, 0.05, 259),
        # power.prop.test(p1=.5, p2=.75, power=.9, strict=TRUE)$n: 76.707
        ((0.5, 0.75), 0.9, 0.05, 77),
        # power.prop.test(p1=.6, p2=.7, power=.95, sig.level=.01, strict=TRUE)$n: 807.067
        ((0.7, 0.6), 0.95, 0.01, 808),
    ],
)
def test_a_pooled_test_has_fleiss_s_size_as_r_gives_it(expected, power, alpha, rows):
    assert sample_size(Expected(now=expected, pooled=True), NORMAL, power, alpha).answers == (rows, rows)


def test_the_power_and_the_smallest_gap_of_a_pooled_test_are_r_s():
    # power.prop.test(n=250, p1=.55, p2=.67, strict=TRUE)$power and (n=30, p1=.5, p2=.52, strict=TRUE)$power
    for shares, rows, power in (((0.55, 0.67), 250, 0.787206073206), ((0.5, 0.52), 30, 0.0527086094489)):
        plan = power_of(Expected(now=shares, pooled=True), NORMAL, (rows, rows))
        assert plan.power == pytest.approx(power, rel=1e-9)
    # power.prop.test(n=250, p1=.67, power=.8, strict=TRUE, tol=1e-12)$p2
    plan = detectable(Expected(now=(0.8, 0.67), pooled=True), NORMAL, (250, 250))
    assert plan.effect == pytest.approx(0.781527999425 - 0.67, rel=1e-9)


def test_the_smallest_difference_of_means_is_r_s_on_either_side():
    # power.t.test(n=100, sd=300, power=.8, strict=TRUE, tol=1e-12)$delta
    for side in (1, -1):
        plan = detectable(means(side, sd=300), SIMPLE, (100, 100))
        assert plan.effect == pytest.approx(side * 119.44144127, rel=1e-9)
    # power.t.test(n=4, sd=1, power=.99, strict=TRUE, tol=1e-12)$delta
    assert detectable(means(1), SIMPLE, (4, 4), 0.99).effect == pytest.approx(3.69514437021, rel=1e-9)


def test_whole_clusters_are_the_sample_of_their_means():
    expected = means(0.12, sd=math.sqrt(0.2342))
    # power.t.test(n=15, delta=.12, sd=sqrt(.2342*1.95/20), strict=TRUE)$power: 1.95 = 1 + 19 * .05
    plan = power_of(expected, TWENTY, (300, 300))
    assert (plan.psus, plan.df, plan.deff) == (30, 28, (pytest.approx(1.95), pytest.approx(1.95)))
    assert plan.power == pytest.approx(0.555655015669, rel=1e-9)
    # power.t.test(delta=.12, sd=sqrt(.2342*1.95/20), power=.8, strict=TRUE)$n: 25.889 PSUs, and 20 times that 517.8
    assert sample_size(expected, TWENTY).answers == (518, 518)


def test_the_same_people_twice_are_r_s_paired_test():
    # power.t.test(n=12, delta=.8, sd=1, type="paired", strict=TRUE)$power: the sd of differences is sqrt(2 - 2 * .5)
    panel = Expected(now=(5.8,), before=FirstWave((5.0,), overlap=1, correlation=0.5), sd=1)
    assert power_of(panel, Assumptions(), (12,)).power == pytest.approx(0.7136600656, rel=1e-9)


def test_independent_waves_are_r_s_two_samples():
    change = Expected(now=(0.67,), before=FirstWave((0.55,)))
    assert power_of(change, Assumptions(), (250,)).power == pytest.approx(0.789998454852, rel=1e-9)


def test_overlapping_waves_as_valliant_dever_and_kreuter_size_them():
    # Example 4.10: nProp2sam(px=.5, py=.55, pxy=.45, g=.5, r=1, alt="two.sided") gives 1013
    correlation = (0.45 - 0.5 * 0.55) / math.sqrt(0.25 * 0.2475)
    wave = FirstWave((0.5,), overlap=0.5, correlation=correlation)
    assert sample_size(Expected(now=(0.55,), before=wave), NORMAL).answers == (1013,)
    # In R: n <- 1:3000; v <- .25/1500 + .2475/n - 2*.5*.175/1500
    # and which(.05^2 / v >= (qnorm(.975) + qnorm(.8))^2)[1]
    fixed = replace(wave, answers=(1500,))
    assert sample_size(Expected(now=(0.55,), before=fixed), NORMAL).answers == (922,)


def test_a_change_of_a_gap_as_gutierrez_sizes_it():
    # In R: S2 <- (.61*.39 + .67*.33 + .55*.45 + .67*.33) * (1 - .6*.4) * 1.74
    # and S2 * (qnorm(.975) + qnorm(.8))^2 / .06^2: 2674.41 (the help page of samplesize4surveys::ss4ddpH, two-sided)
    wave = FirstWave((0.55, 0.67), overlap=0.6, correlation=0.4)
    plan = sample_size(Expected(now=(0.61, 0.67), before=wave), Assumptions(deff=1.74, df=math.inf))
    assert plan.answers == (2675, 2675)
    assert plan.effect == pytest.approx(0.06)


def test_a_share_in_a_finite_population_as_cochran_sizes_it():
    # Cochran 1977, section 4.4: 3,200 islanders, p = .5, five points with t = 2: n0 = 400, n = 356
    level = math.erf(math.sqrt(2))
    half = Expected(now=(0.5,))
    assert sample_size_for_width(half, NORMAL, 0.05, level).answers == (400,)
    finite = replace(NORMAL, populations=(3200,))
    assert sample_size_for_width(half, finite, 0.05, level).answers == (356,)


def test_a_mean_in_a_finite_population_needs_t_for_z():
    # n <- 2:899; n[qt(.975, n - 1) * 300 / sqrt(n) * sqrt(1 - n/900) <= 50][1]
    plan = sample_size_for_width(Expected(now=(1200,), sd=300), Assumptions(populations=(900,)), 50)
    assert (plan.answers, plan.power, plan.effect) == ((122,), None, None)


def test_wilson_s_interval_reaches_its_width_as_in_r():
    # h <- function(n, p=.3, z=qnorm(.975)) z*sqrt(p*(1-p)/n + z^2/4/n^2)/(1 + z^2/n); which(h(1:1000) <= .05)[1]
    plan = sample_size_for_width(Expected(now=(0.3,)), NORMAL, 0.05, interval="wilson")
    assert plan.answers == (320,)
    # diff(prop.test(96, 320, correct=FALSE)$conf.int) / 2
    assert plan.half_width == pytest.approx(0.04996680685276, rel=1e-9)
    assert planning.width_of(Expected(now=(0.3,)), NORMAL, (319,), interval="wilson").half_width > 0.05


def test_wilson_s_interval_knows_a_width_of_a_share_of_zero():
    # Newcombe 1998, table I, method 3: 0 of 20 gives 0 to .1611
    plan = planning.width_of(Expected(now=(0,)), NORMAL, (20,), interval="wilson")
    assert (plan.se, plan.half_width) == (0, pytest.approx(0.1611 / 2, abs=5e-5))


def test_two_waves_of_a_finite_population_vary_as_all_their_samples_do():
    first, second = numpy.array([1, 1, 1, 0, 0, 0, 1.0]), numpy.array([1, 1, 0, 0, 0, 1, 1.0])
    people = range(7)
    changes = [
        second[[*stay, *new]].mean() - first[list(old)].mean()
        for old in itertools.combinations(people, 3)
        for stay in itertools.combinations(old, 2)
        for new in itertools.combinations(set(people) - set(old), 2)
    ]
    wave = FirstWave((first.mean(),), (3,), overlap=0.5, correlation=numpy.corrcoef(first, second)[0, 1])
    expected = Expected(now=(second.mean(),), before=wave)
    plan = planning.width_of(expected, replace(NORMAL, populations=(7,)), (4,))
    # of the four answers two were in the first wave, of three
    assert plan.se**2 == pytest.approx(numpy.var(changes), rel=1e-12)


def within_error(rejected, planned):
    """Is the share of tests that saw the difference what was planned, within three errors of the simulation?"""
    return abs(rejected.mean() - planned) < 3 * math.sqrt(planned * (1 - planned) / len(rejected))


@pytest.mark.parametrize(
    ("design", "cv2"),
    [
        (Assumptions(cluster_size=20, icc=0.05), 0.0),
        # Gabler, Häder and Lahiri's average of answers in a PSU: (10 + cv^2) / (1 + cv^2) = 8.5
        (Assumptions(cluster_size=20, deff=1.2 * (1 + 7.5 * 0.05)), 0.2),
    ],
)
def test_clustered_and_weighted_surveys_see_the_gap_as_often_as_planned(design, cv2):
    generator = numpy.random.default_rng(20)
    rows, _ = sample_size(Expected(now=(0.5, 0.67)), design).answers
    psus = math.ceil(rows / 10)
    plan = power_of(Expected(now=(0.5, 0.67)), design, (10 * psus, 10 * psus))
    assert 0.8 <= plan.power < 0.83
    size, linearised, gap = (4000, psus, 10), 0.0, 0.0
    for share, sign in ((0.5, 1), (0.67, -1)):
        places = generator.beta(19 * share, 19 * (1 - share), size=(*size[:2], 1))  # icc = 1 / (19 + 1)
        answers = generator.random(size) < places
        weights = generator.gamma(1 / cv2, size=size) if cv2 else numpy.ones(size)
        mean = (weights * answers).sum((1, 2)) / weights.sum((1, 2))
        scores = (weights * (answers - mean[:, None, None])).sum(2) / weights.sum((1, 2))[:, None]
        linearised, gap = linearised + sign * scores, gap + sign * mean
    error = numpy.sqrt(psus / (psus - 1) * (linearised**2).sum(1))
    critical = special.stdtrit(psus - 1, 0.975)
    assert within_error(abs(gap) > critical * error, plan.power)


def test_overlapping_waves_see_the_change_of_the_gap_as_often_as_planned():
    generator = numpy.random.default_rng(21)
    old, new, both, repeats = 40, 30, 18, 4000
    design = Assumptions(cluster_size=20, icc=0.1)
    wave = FirstWave((5.0, 6.0), answers=(400, 400), overlap=0.6, correlation=0.5)
    plan = power_of(Expected(now=(5.8, 6.0), before=wave, sd=2), design, (300, 300))
    assert plan.df == pytest.approx(39 + 0.4 * 29)
    spread = 2 * math.sqrt(2 * (1 + 9 * 0.1) / 10)  # of the gap in one PSU
    shared = generator.normal(size=(repeats, both))
    before = numpy.hstack([shared, generator.normal(size=(repeats, old - both))])
    again = 0.5 * shared + math.sqrt(0.75) * generator.normal(size=(repeats, both))
    now = numpy.hstack([again, generator.normal(size=(repeats, new - both))])
    before, now = -1 + spread * before, -0.2 + spread * now
    scores = numpy.zeros((repeats, old + new - both))
    scores[:, :old] -= (before - before.mean(1, keepdims=True)) / old
    scores[:, [*range(both), *range(old, old + new - both)]] += (now - now.mean(1, keepdims=True)) / new
    units = scores.shape[1]
    error = numpy.sqrt(units / (units - 1) * (scores**2).sum(1))
    critical = special.stdtrit(units - 1, 0.975)
    assert within_error(abs(now.mean(1) - before.mean(1)) > critical * error, plan.power)


def test_the_ministry_s_two_questions():
    gap = FirstWave((0.55, 0.67), overlap=0.6, correlation=0.25)
    design = replace(CLUSTERED, populations=(30_000, 45_000))
    plan = sample_size(Expected(now=(0.61, 0.67), before=gap), design)
    assert plan.asked == tuple(math.ceil(answers / 0.85) for answers in plan.answers)
    assert plan.psus == math.ceil(sum(plan.answers) / 20)
    assert plan.deff == pytest.approx([1.2 * (1 + 9 * 0.05)] * 2)
    assert plan.answers < sample_size(Expected(now=(0.61, 0.67), before=gap), CLUSTERED).answers
    afforded = detectable(GAP, design, asked=(300, 200))
    assert (afforded.asked, afforded.answers, afforded.psus) == ((300, 200), (255, 170), 22)
    assert afforded.deff == pytest.approx([1.2 * (1 + 11 * 0.05), 1.2 * (1 + 7 * 0.05)])
    assert -0.19 < afforded.effect < -0.17


def test_the_allocation_is_kept_and_the_groups_may_have_psus_of_their_own():
    plan = sample_size(GAP, replace(TWENTY, ratio=1.5))
    group, reference = plan.answers
    assert group == math.ceil(1.5 * reference)
    assert plan.psus == math.ceil(group / 20) + math.ceil(reference / 20)


def test_groups_that_vary_together_need_fewer_rows():
    assert sample_size(GAP, replace(CLUSTERED, between=0.3)).answers < sample_size(GAP, CLUSTERED).answers


def test_less_overlap_than_chance_helps_nothing():
    wave = FirstWave((0.5,), (400,), overlap=0.3, correlation=0.9)
    design = replace(NORMAL, populations=(1000,))
    plan = power_of(Expected(now=(0.6,), before=wave), design, (400,))
    assert plan == power_of(Expected(now=(0.6,), before=replace(wave, overlap=0)), design, (400,))


def test_an_unchanged_gap_that_no_share_can_give_starts_at_the_end_of_the_scale():
    wave = FirstWave((0.9, 0.2), answers=(400, 400))
    plan = detectable(Expected(now=(0.6, 0.5), before=wave), NORMAL, (400, 400))
    assert plan.effect == pytest.approx(0.5 - 0.7, abs=1e-8)
    assert plan.power > 0.8


shares = st.floats(0.1, 0.9)
designs = st.builds(
    Assumptions,
    cluster_size=st.integers(1, 30),
    shared_psus=st.booleans(),
    icc=st.floats(0, 0.2),
    weighting=st.floats(1, 2),
    strata=st.integers(1, 5),
    ratio=st.sampled_from([0.5, 1, 1.3, 2]),
    between=st.floats(-0.2, 0.5),
)
waves = st.one_of(
    st.none(),
    st.builds(
        FirstWave,
        st.tuples(shares, shares),
        overlap=st.floats(0, 1),
        correlation=st.floats(-0.5, 0.9),
    ),
)
questions = st.builds(Expected, st.tuples(shares, shares), before=waves).filter(lambda found: abs(found.effect) > 0.03)
few = settings(max_examples=60, deadline=None)


@few
@given(questions, designs, st.floats(0.3, 0.95))
def test_the_size_is_the_smallest_that_has_the_power(expected, design, power):
    plan = sample_size(expected, design, power)
    assert plan.power >= power
    assert power_of(expected, design, plan.asked) == plan
    fewer = plan.answers[1] - 1
    smaller = (math.ceil(design.ratio * fewer - 1e-9), fewer)
    try:
        assert power_of(expected, design, smaller).power < power
    except BrechaError as error:
        assert error.code in {"no_degrees_of_freedom", "out_of_range"}  # noqa: PT017


@few
@given(questions, designs, st.floats(0.3, 0.95))
def test_the_smallest_effect_of_a_size_has_the_power_and_needs_the_size(expected, design, power):
    asked = sample_size(expected, design, power).asked
    found = detectable(expected, design, asked, power)
    assert found.effect * expected.effect > 0
    assert abs(found.effect) <= abs(expected.effect) * (1 + 1e-6)
    assert found.power >= power


@few
@given(shares, shares, designs, st.floats(1.05, 1.5))
def test_more_power_or_design_effect_or_less_gap_needs_more_rows(one, other, design, more):
    first = max(one, other) + 0.05
    expected = Expected(now=(first, min(one, other)))
    rows = sample_size(expected, design, 0.6).answers
    assert sample_size(expected, design, 0.6 * more).answers >= rows
    assert sample_size(expected, replace(design, weighting=design.weighting * more), 0.6).answers >= rows
    nearer = Expected(now=(min(one, other) + (first - min(one, other)) / more, min(one, other)))
    if design.between <= 0:
        assert sample_size(nearer, design, 0.6).answers >= rows


@few
@given(shares, designs, st.floats(0.02, 0.2), st.sampled_from(["wald", "wilson"]))
def test_the_size_is_the_smallest_that_has_the_width(share, design, half_width, interval):
    expected = Expected(now=(share,))
    plan = sample_size_for_width(expected, design, half_width, interval=interval)
    assert plan.half_width <= half_width
    assert planning.width_of(expected, design, plan.asked, interval=interval) == plan
    try:
        fewer = planning.width_of(expected, design, (plan.answers[0] - 1,), interval=interval)
    except BrechaError as error:
        assert error.code in {"no_degrees_of_freedom", "out_of_range"}  # noqa: PT017
    else:
        assert fewer.half_width > half_width


SMALL = FirstWave((0.5,), answers=(100,))
REFUSED = {
    "a share of 55": (lambda: Expected(now=(55,)), "out_of_range", {"name": "share", "value": 55}),
    "a share that is no number": (lambda: Expected(now=(math.nan,)), "out_of_range", {"name": "share"}),
    "three groups": (lambda: Expected(now=(0.1, 0.2, 0.3)), "out_of_range", {"name": "groups"}),
    "a mean that does not vary": (lambda: Expected(now=(1,), sd=0), "out_of_range", {"name": "sd"}),
    "groups that were one": (lambda: Expected((0.1, 0.2), SMALL), "groups_differ", {"name": "values", "groups": 2}),
    "a pooled mean": (lambda: Expected((3, 4), sd=1, pooled=True), "pooled_not_a_gap", {}),
    "a pooled share": (lambda: Expected((0.3,), pooled=True), "pooled_not_a_gap", {}),
    "a pooled change": (lambda: Expected((0.3,), SMALL, pooled=True), "pooled_not_a_gap", {}),
    "an icc over one": (lambda: Assumptions(icc=1.5), "out_of_range", {"name": "icc", "low": 0, "high": 1}),
    "nobody answers": (lambda: Assumptions(response=0), "out_of_range", {"name": "response"}),
    "a population of one": (lambda: Assumptions(populations=(9, 1)), "out_of_range", {"name": "population"}),
    "two design effects": (lambda: Assumptions(deff=2, icc=0.1), "deff_twice", {"deff": 2}),
    "a correlation of two": (lambda: FirstWave((0.5,), correlation=2), "out_of_range", {"name": "correlation"}),
    "an overlap of 60": (lambda: FirstWave((0.5,), overlap=60), "out_of_range", {"name": "overlap"}),
    "a wave of nobody": (lambda: FirstWave((0.5,), answers=(0,)), "out_of_range", {"name": "answers"}),
    "all power": (lambda: sample_size(GAP, SIMPLE, power=1), "out_of_range", {"name": "power"}),
    "no alpha": (lambda: power_of(GAP, SIMPLE, (9, 9), alpha=0), "out_of_range", {"name": "alpha"}),
    "power below alpha": (lambda: sample_size(GAP, SIMPLE, 0.04), "power_below_alpha", {"power": 0.04, "alpha": 0.05}),
    "no gap": (lambda: sample_size(Expected(now=(0.3, 0.3)), SIMPLE), "nothing_to_detect", {}),
    "no comparison": (lambda: sample_size(Expected(now=(0.3,)), SIMPLE), "nothing_to_detect", {}),
    "nobody to ask": (lambda: power_of(GAP, CLUSTERED, (1, 1)), "out_of_range", {"name": "answers"}),
    "too few groups": (lambda: power_of(GAP, SIMPLE, (9,)), "groups_differ", {"name": "asked"}),
    "too few populations": (
        lambda: sample_size(GAP, Assumptions(populations=(900,))),
        "groups_differ",
        {"name": "populations"},
    ),
    "a population smaller than the sample": (
        lambda: sample_size(GAP, replace(CLUSTERED, populations=(400, 90))),
        "population_too_small",
        {"population": 90, "rows": 90},
    ),
    "a first wave of everybody": (
        lambda: power_of(Expected((0.6,), SMALL), Assumptions(populations=(100,)), (50,)),
        "population_too_small",
        {"rows": 100},
    ),
    "a first wave that cannot hold the overlap": (
        lambda: sample_size(Expected((0.6,), replace(SMALL, overlap=0.5)), SIMPLE),
        "overlap_too_large",
        {"before": 100, "answers": 201, "overlap": 0.5},
    ),
    "a first wave too small for any follow-up": (
        lambda: sample_size(Expected((0.6,), SMALL), SIMPLE),
        "out_of_reach",
        {"answers": 10**8},
    ),
    "one PSU": (lambda: power_of(GAP, CLUSTERED, (9, 9)), "no_degrees_of_freedom", {"psus": 1, "strata": 1}),
    "a first wave of one PSU": (
        lambda: power_of(Expected((0.6,), replace(SMALL, answers=(9,))), CLUSTERED, (90,)),
        "no_degrees_of_freedom",
        {"psus": 1},
    ),
    "a gap that no share can give": (
        lambda: detectable(GAP, SIMPLE, (3, 3)),
        "not_detectable",
        {"power": 0.8, "effect": pytest.approx(-0.67)},
    ),
    "shares that are certain": (lambda: power_of(Expected((0, 1)), SIMPLE, (9, 9)), "no_variance", {}),
    "no level": (lambda: planning.width_of(GAP, SIMPLE, (9, 9), level=95), "level_out_of_range", {"level": 95}),
    "no width": (lambda: sample_size_for_width(GAP, SIMPLE, 0), "out_of_range", {"name": "half_width"}),
    "an unknown interval": (
        lambda: sample_size_for_width(GAP, SIMPLE, 0.1, interval="logit"),
        "unknown_interval",
        {"interval": "logit", "allowed": ("wald", "wilson")},
    ),
    "Wilson's interval of a gap": (
        lambda: sample_size_for_width(GAP, SIMPLE, 0.1, interval="wilson"),
        "wilson_not_a_share",
        {},
    ),
}


@pytest.mark.parametrize(("ask", "code", "values"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_planned_is_refused_with_its_numbers(ask, code, values):
    with pytest.raises(BrechaError) as caught:
        ask()
    assert caught.value.code == code
    assert {name: caught.value.values[name] for name in values} == values
    assert str(caught.value)
