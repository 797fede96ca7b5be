"""What would hold the search for a quantile up."""

import math
from fractions import Fraction

import pytest

from brecha import Design
from brecha.quantiles import Quantile, quantiles, search
from brecha.quantiles.search import Search

PLAIN = Design(kind="quota")


def items_of(variable, ps, **others):
    return [Quantile(name=f"{variable} {p}", variable=variable, p=p, missing=("NA",), **others) for p in ps]


def smallest(values, weights, p):
    """Return the smallest value up to which there is a share p of the weight, in exact arithmetic."""
    total, reached = sum(map(Fraction, weights)), Fraction(0)
    for value, weight in sorted(zip(values, weights, strict=True)):
        reached += Fraction(weight)
        if reached >= p * total:
            return value
    raise AssertionError


@pytest.fixture
def passes(monkeypatch):
    """The brackets of each pass of the searches."""
    made = []
    bins = Search.bins

    def counted(self, brackets):
        if brackets:
            made.append(brackets)
        return bins(self, brackets)

    monkeypatch.setattr(Search, "bins", counted)
    return made


POWERS = [sign * 2.0**k for k in range(-1000, 1001) for sign in (-1, 1)]


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ([float(i % 7) for i in range(20_000)], 1),
        ([round(1000 * math.exp(i % 997 / 200), -2) for i in range(20_000)], 2),
        ([i * 1e-3 for i in range(20_000)], 3),
        ([*(i * 1e-3 for i in range(20_000)), 1e300, -1e300], 4),
        ([-1.7e308, *(math.ldexp(i, -60) for i in range(20_000)), 1.7e308], 4),
        (POWERS * 3, 5),
        ([*(1 + i * 2.0**-52 for i in range(5000)), *(-1 - i * 2.0**-52 for i in range(5000)), -9e307, 9e307], 5),
    ],
)
def test_ties_and_huge_ranges_take_few_passes(passes, values, most):
    ps = [0.01, 0.5, 0.75]
    found = quantiles({"y": values}, Design(kind="census"), items_of("y", ps))
    assert [it.estimate for it in found] == [smallest(values, [1] * len(values), Fraction(str(p))) for p in ps]
    assert len(passes) <= most


def test_values_that_no_scale_but_their_own_tells_apart_are_told_apart(monkeypatch, passes):
    monkeypatch.setattr(search, "MOST_BINS", 2)
    monkeypatch.setattr(search, "FEWEST_BINS", 2)
    values = [1.0] * 30 + [1 + 2.0**-52] * 30 + [1 + 2.0**-51] + [2.0]
    [it] = quantiles({"y": values}, Design(kind="census"), [Quantile(name="y", variable="y", p=0.9)])
    assert it.estimate == 1 + 2.0**-52
    assert len(passes) <= 6


def test_all_domains_and_items_are_sought_in_the_same_passes(passes):
    n = 6000
    table = {"who": [f"{i % 3}" for i in range(n)], "y": [i * 0.37 % 91 for i in range(n)], "z": list(range(n))}
    items = [*items_of("y", [0.1, 0.5, 0.9]), *items_of("z", [0.25, 0.75])]
    result = quantiles(table, PLAIN, items, by=[(), ("who",)])
    assert len(result.estimates) == 20
    assert [len(brackets) for brackets in passes][:1] == [8]
    assert len(passes) <= 5


def test_a_share_that_only_rounding_keeps_below_p_has_reached_it():
    # in exact arithmetic three rows of ten are .3, but 0.1 + 0.1 + 0.1 is not 0.3 * (0.1 + ... + 0.1)
    for weight in (0.1, 0.7, 44.2099990844727, 1 / 3):
        table = {"y": list(range(1, 11)), "w": [weight] * 10}
        items = items_of("y", [i / 10 for i in range(1, 10)])
        found = quantiles(table, Design(kind="census", weight="w"), items)
        assert [it.estimate for it in found] == list(range(1, 10))
