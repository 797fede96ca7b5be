"""Quantiles: R's numbers, a plain twin in exact arithmetic, and data that would hold a search up."""

import csv
import dataclasses
import json
import math
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import brecha
from brecha import BrechaError, Design, Mean, Share, SinglePsu, Stage
from brecha.intervals import korn_graubard, quantile
from brecha.quantiles import Quantile, quantiles, search

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_survey_cases.json").read_text())
MORE = json.loads((DATA / "r_more_cases.json").read_text())

STRATIFIED = Design(kind="probability", strata=("stype",), weight="pw", population="fpc")
CLUSTERED = Design(kind="probability", psu="dnum", weight="pw", population="fpc")
QUOTA = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
SITES = Design(kind="quota", strata=("region",), psu="site", weight="w0")
TWO_STAGES = Design(
    kind="probability",
    strata=("stratum",),
    psu="psu",
    weight="w",
    population="n1",
    stages=(Stage(unit="unit", population="n2"),),
)
PROFILES = {"A": "A_woman_miner", "B": "B_woman_service", "C": "C_man_miner"}
EVERYBODY = {}
PLAIN = Design(kind="quota")


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def columns_of(name):
    with (DATA / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def items_of(variable, ps, **others):
    return [Quantile(name=f"{variable} {p}", variable=variable, p=p, missing=("NA",), **others) for p in ps]


def refusal(*args, **kwargs):
    with pytest.raises(BrechaError) as caught:
        quantiles(*args, **kwargs)
    return caught.value


# What R's survey package says.


@pytest.mark.parametrize(
    ("case", "data", "design", "variable", "interval"),
    [
        ("q01_quant_strat", "apistrat", STRATIFIED, "api00", "mean"),
        ("q03_quant_beta", "apiclus1", CLUSTERED, "enroll", "beta"),
        ("q04_quant_score", "apiclus1", CLUSTERED, "enroll", "score"),
    ],
)
def test_quantiles_of_everybody(case, data, design, variable, interval):
    expected = {name: one if isinstance(one, list) else [one] for name, one in CASES[case]["expected"].items()}
    result = quantiles(DATA / f"{data}.csv", design, items_of(variable, expected["p"]), interval=interval)
    assert [it.estimate for it in result] == expected["est"]
    assert [it.low for it in result] == expected["lo"]
    assert [it.high for it in result] == expected["hi"]
    assert [it.se for it in result] == exactly(expected["se"])


BY = {"Q": [(), ("profile",), ("region", "profile")], "Qc": [(), ("profile",)], "strat": [("stype",), ("awards",)]}
DESIGNS = {"Q": QUOTA, "Qc": SITES, "strat": STRATIFIED, "clus1": CLUSTERED, "twost": TWO_STAGES}


@cache
def result_of(design):
    """Return the quantiles of all cases of a design at once."""
    cases = [case for name, case in MORE.items() if name.startswith("quantile") and name.endswith(f"_{design}")]
    asked = {(case["r"].split("~")[1].split(",")[0], p) for case in cases for p in case["expected"]["p"]}
    table = columns_of(cases[0]["data"])
    if design in ("Q", "Qc"):
        table["income5"] = ["NA" if one == "NA" else str(round(float(one) / 5000) * 5000) for one in table["income"]]
    items = [item for variable, p in sorted(asked) for item in items_of(variable, [p])]
    return quantiles(table, DESIGNS[design], items, by=BY.get(design, [(), ("stype",)] if design == "clus1" else [()]))


def more_cases():
    for design in ("Q", "Qc"):
        yield f"quantile_income_{design}", "income", EVERYBODY
        for letter, profile in PROFILES.items():
            yield f"quantile_income_{letter}_{design}", "income", {"profile": profile}
            yield f"quantile_ties_{letter}_{design}", "income5", {"profile": profile}
    yield "quantile_boundary_R1_A_Q", "income", {"region": "R1", "profile": PROFILES["A"]}
    yield "quantile_api00_E_strat", "api00", {"stype": "E"}
    yield "quantile_api00_awards_strat", "api00", {"awards": "Yes"}
    yield "quantile_enroll_clus1", "enroll", EVERYBODY
    yield "quantile_meals_E_clus1", "meals", {"stype": "E"}
    yield "quantile_y_twost", "y", EVERYBODY


@pytest.mark.parametrize(("case", "variable", "domain"), list(more_cases()))
def test_quantiles_in_domains_with_missing_answers_and_ties(case, variable, domain):
    expected = MORE[case]["expected"]
    result = result_of(case.split("_")[-1])
    found = [result.get(f"{variable} {p}", domain) for p in expected["p"]]
    assert [it.estimate for it in found] == expected["est"]
    assert {it.n for it in found} == {expected["n"]}
    # R's limits in a subset use the degrees of freedom of that subset, ours those of the design.
    if result.design.df == expected["df"]:
        assert [it.low for it in found] == expected.get("lo_rule", expected["lo"])
        assert [it.high for it in found] == expected["hi"]
        assert [it.se for it in found] == [None if one is None else exactly(one) for one in expected["se"]]


def test_some_of_these_cases_have_the_degrees_of_freedom_of_their_design():
    same = [
        case for case, *_ in more_cases() if MORE[case]["expected"]["df"] == result_of(case.split("_")[-1]).design.df
    ]
    assert len(same) == 8


def test_intervals_in_domains_with_the_degrees_of_freedom_of_the_design():
    # in R: svyquantile(~income, subset(Q, !is.na(income) & profile == p), c(.1, .5, .9), df = degf(Q))
    expected = {
        ("A", 0.1): (13536, 12241, 15283, 774.8961697061482),
        ("A", 0.5): (29265, 26749, 32309, 1416.312525827148),
        ("A", 0.9): (59477, 55448, 66946, 2928.913924813048),
        ("B", 0.1): (10806, 10136, 11663, 388.9764796651178),
        ("B", 0.5): (22508, 20312, 25821, 1403.321169924777),
        ("B", 0.9): (50599, 45296, 61694, 4177.103021315391),
        ("C", 0.1): (28833, 25040, 34147, 2319.84859221364),
        ("C", 0.5): (59366, 56319, 63780, 1900.558948776322),
        ("C", 0.9): (124924, 112031, 145037, 8407.69986105231),
    }
    result = quantiles(DATA / "quota854.csv", QUOTA, items_of("income", [0.1, 0.5, 0.9]), by=[("profile",)])
    for (letter, p), numbers in expected.items():
        it = result.get(f"income {p}", {"profile": PROFILES[letter]})
        assert (it.estimate, it.low, it.high, it.se) == exactly(numbers)


def test_a_calibrated_design_uses_its_weights_and_its_residuals():
    # in R: ps <- postStratify(clus1, ~stype, data.frame(stype=c("E","H","M"), Freq=c(4421,755,1018)))
    # in R: svyquantile(~enroll, ps, c(.25, .5, .75))
    # in R: svyquantile(~enroll, subset(ps, sch.wide == "Yes"), c(.25, .5, .75), df = degf(ps))
    design = brecha.poststratify(DATA / "apiclus1.csv", CLUSTERED, "stype", {"E": 4421, "H": 755, "M": 1018})
    everybody = [
        (356, 299, 388, 20.74798405393003),
        (466, 388, 540, 35.43475928311646),
        (631, 535, 955, 97.91183486124284),
    ]
    wide = [
        (352, 300, 387, 20.28173722125744),
        (466, 387, 535, 34.50226561777129),
        (619, 516, 1023, 118.1935720825003),
    ]
    items = items_of("enroll", [0.25, 0.5, 0.75])
    result = quantiles(DATA / "apiclus1.csv", design, items, by=[(), ("sch.wide",)])
    for domain, expected in ((EVERYBODY, everybody), ({"sch.wide": "Yes"}, wide)):
        for item, numbers in zip(items, expected, strict=True):
            it = result.get(item.name, domain)
            assert (it.estimate, it.low, it.high, it.se) == exactly(numbers)


def test_raked_weights():
    # in R: svyquantile(~enroll, rake(clus1, list(~stype, ~sch.wide), ..., control=list(maxit=500, epsilon=1e-12)),
    # in R:     c(.25, .5, .75))
    margins = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}}
    design = brecha.rake(DATA / "apiclus1.csv", CLUSTERED, margins)
    found = quantiles(DATA / "apiclus1.csv", design, items_of("enroll", [0.25, 0.5, 0.75]))
    assert [(it.estimate, it.low, it.high) for it in found] == [(356, 299, 390), (466, 388, 549), (626, 535, 940)]
    assert [it.se for it in found] == exactly([21.21423088660261, 37.53287003014309, 94.41498361619846])


def test_a_stratum_of_one():
    # in R: options(survey.lonely.psu = "adjust")
    # in R: svyquantile(~api00, svydesign(id=~1, strata=~stype, weights=~pw, data=apistrat_lonely), c(.25, .5, .75))
    design = Design(kind="probability", strata=("stype",), weight="pw", single_psu=SinglePsu("adjust"))
    found = quantiles(DATA / "apistrat_lonely.csv", design, items_of("api00", [0.25, 0.5, 0.75]))
    assert [(it.estimate, it.low, it.high) for it in found] == [(565, 534, 606), (669, 647, 709), (761, 740, 788)]
    assert [it.se for it in found] == exactly([18.21749416665297, 15.68728664350673, 12.14499611110198])


def test_another_level_of_confidence():
    # in R: svyquantile(~enroll, clus1, .5, alpha = .1)
    [it] = quantiles(DATA / "apiclus1.csv", CLUSTERED, items_of("enroll", [0.5]), level=0.9)
    assert (it.low, it.high, it.se) == exactly((391, 512, 34.34943045450426))


def test_beta_limits_in_two_stages():
    # in R: svyquantile(~y, subset(twost, !is.na(y)), c(.5, .9), interval.type = "beta")
    found = quantiles(DATA / "two_stage.csv", TWO_STAGES, items_of("y", [0.5, 0.9]), interval="beta")
    assert [(it.estimate, it.low, it.high) for it in found] == [(48.5, 44.5, 56.1), (66.8, 57.6, 77.3)]
    assert [it.se for it in found] == exactly([2.662000113559933, 4.520810537683677])


# What a plain twin says.


def smallest(values, weights, p):
    """Return the smallest value up to which there is a share p of the weight, in exact arithmetic."""
    total, reached = sum(map(Fraction, weights)), Fraction(0)
    for value, weight in sorted(zip(values, weights, strict=True)):
        reached += Fraction(weight)
        if reached >= p * total:
            return value
    raise AssertionError


answers = st.one_of(
    st.integers(-5, 5).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([-1.7e308, 1.7e308, 5e-324, -5e-324, 0.0, -0.0, 1e-300, 1.0, math.nextafter(1, 2)]),
)
rows = st.fixed_dictionaries(
    {
        "who": st.sampled_from(["women", "men", ""]),
        "place": st.sampled_from([1.0, 2.5, math.nan]),
        "y": st.one_of(st.none(), answers),
        "z": st.one_of(st.none(), st.integers(0, 3)),
        "w": st.integers(1, 9),
    }
)
GROUPS = [(), ("who",), ("place",), ("who", "place"), ("place", "who")]
LEVELS = {"who": ["women", "men"], "place": ["1", "2.5"]}


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(rows, min_size=3, max_size=40), st.integers(1, 19), st.booleans(), st.booleans())
def test_the_twin_agrees_exactly(sample, twentieths, weighted, few):
    p = Fraction(twentieths, 20)
    items = [
        Quantile(name="y", variable="y", p=float(p)),
        Quantile(name="z", variable="z", p=float(p), missing=("0",), universe={"who": ("women",)}),
    ]
    table = {column: [row[column] for row in sample] for column in sample[0]}
    table["y"] = [math.nan if one is None else one for one in table["y"]]
    design = Design(kind="census", weight="w" if weighted else None)
    with pytest.MonkeyPatch.context() as patch:
        if few:  # so few bins that they hold several values each
            patch.setattr(search, "MOST_BINS", 2)
            patch.setattr(search, "FEWEST_BINS", 2)
        result = quantiles(table, design, items, by=GROUPS)
    asked = 0
    for columns in GROUPS[:4]:
        domains = [{}]
        for column in columns:
            domains = [{**domain, column: level} for domain in domains for level in LEVELS[column]]
        for domain in domains:
            inside = [
                row for row in sample if all(brecha.source.label(row[one]) == level for one, level in domain.items())
            ]
            women = [row for row in inside if row["who"] == "women"]
            for name, base in (
                ("y", [row for row in inside if row["y"] is not None]),
                ("z", [row for row in women if row["z"]]),
            ):
                found = result.find(name, domain)
                if not base:
                    assert found is None
                    continue
                weights = [row["w"] if weighted else 1 for row in base]
                assert found.estimate == smallest([row[name] for row in base], weights, p)
                assert (found.n, found.asked) == (len(base), len(inside if name == "y" else women))
                assert found.missing == found.asked - found.n
                asked += 1
    assert len(result.estimates) == asked


def test_domains_stand_in_the_order_of_estimate():
    table = {"who": ["b", "a", "b", ""], "place": ["x", "y", "y", "x"], "y": [1, 2, 3, 4]}
    items = [Quantile(name="y", variable="y"), Quantile(name="y 0.9", variable="y", p=0.9)]
    by = [("who", "place"), (), ("place",)]
    means = [Mean(name=item.name, variable="y") for item in items]
    expected = [(e.name, e.domain) for e in brecha.estimate(table, PLAIN, means, by=by)]
    assert [(e.name, e.domain) for e in quantiles(table, PLAIN, items, by=by)] == expected


def shares_up_to(table, design, variable, by, asked):
    """Return the share of the rows up to values in domains, from columns made beforehand."""
    columns = {
        f"below {i}": ["" if one == "NA" else str(int(float(one) <= value)) for one in table[variable]]
        for i, (_, value) in enumerate(asked)
    }
    shares = [Share(name=one, variable=one, counted=("1",), base="answered", missing=("",)) for one in columns]
    result = brecha.estimate({**table, **columns}, design, shares, by=[by])
    return [result.get(name, domain) for name, (domain, _) in zip(columns, asked, strict=True)]


@pytest.mark.parametrize(("design", "interval"), [(QUOTA, "mean"), (SITES, "beta")])
def test_limits_are_quantiles_at_the_limits_of_a_share(design, interval):
    table, by = columns_of("quota854"), ("region", "profile")
    result = quantiles(table, design, items_of("income", [0.1, 0.5]), by=[by], interval=interval)
    assert len(result.estimates) == 54
    shares = shares_up_to(table, design, "income", by, [(it.domain, it.estimate) for it in result])
    for it, share in zip(result, shares, strict=True):
        t = quantile(0.95, share.df)
        if interval == "beta":
            limits = korn_graubard(share.estimate, share.se, share.n, share.df, 0.95)
        else:
            limits = share.estimate - t * share.se, share.estimate + t * share.se
        pairs = [
            (float(y), float(w))
            for y, w, region, profile in zip(*(table[one] for one in ("income", "w0", *by)), strict=True)
            if y != "NA" and (region, profile) == (it.domain["region"], it.domain["profile"])
        ]
        values, weights = zip(*pairs, strict=True)
        expected = [smallest(values, weights, Fraction(one)) if 0 <= one <= 1 else None for one in limits]
        assert [it.low, it.high] == expected
        assert it.se == (None if None in expected else exactly((it.high - it.low) / (2 * t)))
        assert (it.n, it.asked, it.missing) == (share.n, share.asked, share.missing)


def test_a_score_limit_is_rejected_and_its_neighbour_is_not():
    table, by, variable = columns_of("apistrat"), ("awards",), "api00"
    result = quantiles(table, STRATIFIED, items_of(variable, [0.05, 0.6]), by=[by], interval="score")
    asked, expected = [], []
    for it in result:
        inside = [one == it.domain["awards"] for one in table["awards"]]
        values = sorted({float(y) for y, one in zip(table[variable], inside, strict=True) if one})
        assert it.low is None or it.low < it.estimate
        assert it.high >= it.estimate
        outside = -1 if it.low is None else values.index(it.low)
        ends = [
            (outside, True),
            (outside + 1, False),
            (values.index(it.high) - 1, False),
            (values.index(it.high), True),
        ]
        for place, rejected in ends:
            if place >= 0:
                asked.append((it.domain, values[place]))
                expected.append((float(it.name.split()[1]), rejected))
    shares = shares_up_to(table, STRATIFIED, variable, by, asked)
    t = quantile(0.95, result.design.df)
    found = [abs(share.estimate - p) >= t * share.se for share, (p, _) in zip(shares, expected, strict=True)]
    assert found == [rejected for _, rejected in expected]
    assert None in [it.low for it in result]


def test_a_score_limit_below_which_no_value_is_rejected_is_none():
    [it] = quantiles({"y": [1, 2, 3, 4]}, PLAIN, [Quantile(name="y", variable="y", p=0.3)], interval="score")
    assert (it.estimate, it.low, it.high, it.se) == (2, None, 4, None)


# What is said with it.


def test_the_estimate_says_what_estimate_says():
    table = {"who": ["women"] * 12, "y": [*range(1, 11), None, None], "asked": ["yes"] * 11 + ["no"]}
    item = Quantile(name="y", variable="y", universe={"asked": ("yes",)})
    [it] = quantiles(table, PLAIN, [item])
    assert (it.name, it.statistic, it.domain, it.estimate, it.df) == ("y", "quantile", {}, 5, 11)
    assert (it.n, it.asked, it.missing, it.count) == (10, 11, 1, None)
    assert (it.n_eff, it.deff) == (None, None)
    assert it.cv == exactly(it.se / 5)
    assert it.flags == ("few_rows", "large_cv")


def test_a_quantile_of_zero_has_no_cv():
    [it] = quantiles({"y": list(range(-8, 9))}, PLAIN, items_of("y", [0.5]))
    assert (it.estimate, it.cv) == (0, None)
    assert it.se > 0


def test_a_limit_whose_share_is_out_of_bounds_is_none():
    table = {"y": [1, 2, 3, 4, 5]}
    low, high = quantiles(table, PLAIN, [*items_of("y", [0.1]), *items_of("y", [0.7])])
    assert (low.estimate, low.low, low.high, low.se) == (1, None, 4, None)
    assert (high.estimate, high.low, high.high, high.se) == (4, 2, None, None)


def test_a_quantile_that_is_the_greatest_value_has_limits_by_beta_only():
    table = {"y": [1, 2, 3, 4, 5]}
    [mean] = quantiles(table, PLAIN, items_of("y", [0.9]))
    [beta] = quantiles(table, PLAIN, items_of("y", [0.9]), interval="beta")
    assert (mean.estimate, mean.low, mean.high, mean.se, mean.cv) == (5, None, None, None, None)
    assert (beta.estimate, beta.low, beta.high) == (5, 3, 5)


def test_a_census_has_no_error():
    for interval in ("mean", "beta", "score"):
        result = quantiles({"y": [3, 1, 2]}, Design(kind="census"), items_of("y", [0.5]), interval=interval)
        [it] = result
        assert (it.estimate, it.se, it.low, it.high, it.df) == (2, None, None, None, None)
        assert result.design.kind == "census"


def test_without_answers_there_is_no_estimate():
    table = {"who": ["women", "men", ""], "y": ["NA", "NA", "NA"]}
    result = quantiles(table, PLAIN, items_of("y", [0.5]), by=[(), ("who",)])
    assert result.estimates == ()
    assert result.levels == {"who": ["men", "women"]}
    assert quantiles(table, PLAIN, []).estimates == ()


def test_a_domain_without_answers_is_left_out():
    table = {"who": ["women", "women", "men"], "y": ["1", "2", "NA"]}
    [it] = quantiles(table, PLAIN, items_of("y", [0.5]), by=[("who",)])
    assert (it.domain, it.estimate) == ({"who": "women"}, 1)


def test_weights_calibrated_to_a_single_total():
    table = {"y": [1, 2, 3, 4]}
    design = brecha.calibrate(table, PLAIN, {(): 40})
    [it] = quantiles(table, design, items_of("y", [0.5]))
    assert it.estimate == 2


# Refusals.


@pytest.mark.parametrize("p", [0, 1, -0.5, 50, math.nan])
def test_a_p_that_is_no_share_is_refused(p):
    with pytest.raises(BrechaError) as caught:
        Quantile(name="y", variable="y", p=p)
    assert caught.value.code == "quantile_out_of_range"
    assert "'y'" in str(caught.value)


@pytest.mark.parametrize("odd", [math.inf, -math.inf])
def test_an_infinite_answer_is_refused(odd):
    error = refusal({"y": [1.0, 2.0, odd]}, PLAIN, items_of("y", [0.5]))
    assert (error.code, error.values["count"]) == ("not_numeric", 1)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("unknown_interval", {"interval": "wilson"}),
        ("unknown_columns", {"by": [("place",)]}),
        ("unknown_columns", {"items": items_of("x", [0.5])}),
        ("not_numeric", {"items": items_of("who", [0.5])}),
        ("duplicate_name", {"items": items_of("y", [0.5, 0.5])}),
        ("level_out_of_range", {"level": 95}),
        ("weight_negative", {"design": Design(kind="quota", weight="w")}),
        ("single_psu", {"design": Design(kind="quota", strata=("who",))}),
    ],
)
def test_what_cannot_be_estimated_is_refused(code, changed):
    table = {"who": ["women", "women", "men"], "y": [1, 2, 3], "w": [1, 2, -1]}
    asked = {"source": table, "design": PLAIN, "items": items_of("y", [0.5]), **changed}
    assert refusal(**asked).code == code


def test_an_item_names_its_columns():
    item = Quantile(name="y", variable="y", universe={"asked": ("yes",)})
    assert item.columns == ("y", "asked")
    assert dataclasses.replace(item, p=0.9).p == 0.9
