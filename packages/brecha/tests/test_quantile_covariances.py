"""Quantiles that are estimated together."""

import csv
import math
from pathlib import Path

import pytest

import brecha
from brecha import BrechaError, Comparison, Design, Share
from brecha.quantiles import Quantile, quantiles

DATA = Path(__file__).parent / "data"

QUOTA = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
SITES = Design(kind="quota", strata=("region",), psu="site", weight="w0")
PROFILES = {"A": "A_woman_miner", "B": "B_woman_service", "C": "C_man_miner"}
PLAIN = Design(kind="quota")


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def columns_of(name):
    with (DATA / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def items_of(variable, ps, **others):
    return [Quantile(name=f"{variable} {p}", variable=variable, p=p, missing=("NA",), **others) for p in ps]


def test_covariances_are_those_of_the_shares_on_the_scale_of_the_errors():
    table = columns_of("quota854")
    result = quantiles(table, SITES, items_of("income", [0.25, 0.5]), by=[("profile",)])
    one, other = ("income 0.5", {"profile": PROFILES["A"]}), ("income 0.5", {"profile": PROFILES["C"]})
    estimates = [result.get(*key) for key in (one, other)]
    assert result.covariance(one, one) == exactly(estimates[0].se ** 2)
    below = [
        "" if income == "NA" else str(int(float(income) <= result.get("income 0.5", {"profile": profile}).estimate))
        for income, profile in zip(table["income"], table["profile"], strict=True)
    ]
    share = Share(name="below", variable="below", counted=("1",), base="answered", missing=("",))
    shares = brecha.estimate({**table, "below": below}, SITES, [share], by=[("profile",)])
    keys = [("below", it.domain) for it in estimates]
    correlation = shares.covariance(*keys) / math.prod(shares.get(*key).se for key in keys)
    assert abs(correlation) > 0.01
    assert result.covariance(one, other) == exactly(correlation * estimates[0].se * estimates[1].se)


def test_quantiles_of_the_same_rows_go_together():
    result = quantiles(columns_of("quota854"), QUOTA, items_of("income", [0.45, 0.5]))
    keys = [("income 0.45", {}), ("income 0.5", {})]
    errors = [result.get(*key).se for key in keys]
    assert 0.8 < result.covariance(*keys) / math.prod(errors) < 1


def test_the_gap_between_two_medians():
    result = quantiles(columns_of("quota854"), SITES, items_of("income", [0.5]), by=[("profile",)])
    women, men = (result.get("income 0.5", {"profile": PROFILES[letter]}) for letter in "AC")
    [gap] = brecha.gaps(result, [Comparison("profile", PROFILES["A"], PROFILES["C"])])
    covariance = result.covariance((women.name, women.domain), (men.name, men.domain))
    assert gap.difference == women.estimate - men.estimate
    assert gap.se == exactly(math.sqrt(women.se**2 + men.se**2 - 2 * covariance))
    assert gap.low < gap.difference < gap.high < 0


def test_a_share_without_error_has_no_covariance():
    result = quantiles({"y": [1, 2, 3, 4, 5]}, PLAIN, items_of("y", [0.5, 0.9]), interval="beta")
    keys = [("y 0.5", {}), ("y 0.9", {})]
    assert result.covariance(*keys) == 0
    assert result.covariance(keys[1], keys[1]) == result.get(*keys[1]).se ** 2 > 0


def test_a_quantile_without_an_error_has_no_covariance():
    result = quantiles({"y": list(range(1, 10))}, PLAIN, items_of("y", [0.5, 0.9]))
    with pytest.raises(BrechaError) as caught:
        result.covariance(("y 0.5", {}), ("y 0.9", {}))
    assert caught.value.code == "quantile_without_error"
    assert caught.value.values == {"name": "y 0.9", "domain": {}}
    assert "'y 0.9'" in str(caught.value)
