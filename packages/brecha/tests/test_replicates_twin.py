"""Replicates against a slow plain twin, on random designs."""

import math
from dataclasses import replace
from pathlib import Path

import numpy
import pyarrow
from hypothesis import given, settings
from hypothesis import strategies as st

from brecha import Count, Design, Mean, Ratio, Share, SinglePsu, Total
from brecha.replicates import brr, jackknife

DATA = Path(__file__).parent / "data"


ITEMS = [
    Share(name="share", variable="a", counted=("yes",), missing=("none", "")),
    Share(name="answered", variable="a", counted=("yes",), base="answered", missing=("none", "")),
    Count(name="count", variable="a", counted=("yes",), missing=("none", "")),
    Mean(name="mean", variable="y", missing=("",)),
    Total(name="total", variable="y", missing=("",)),
    Ratio(name="ratio", numerator="y", denominator="x"),
]
DOMAINS = [{}, {"who": "women"}, {"who": "men"}]


def values(item, one):
    """Return a row's numerator and denominator, None for a total's."""
    if isinstance(item, Mean | Total | Ratio):
        return one["y"], {"mean": 1.0, "total": None, "ratio": one["x"]}[item.name]
    counted = float(one["a"] == "yes")
    inside = item.name != "answered" or one["a"] in ("yes", "no")
    return counted, None if item.name == "count" else float(inside)


def theta(item, domain, rows, factors):
    """Return an estimate with each row's weight times its factor, nan where nobody is left."""
    numerator = denominator = 0.0
    left = False
    for one, factor in zip(rows, factors, strict=True):
        if all(one[column] == level for column, level in domain.items()):
            y, x = values(item, one)
            numerator += one["w"] * factor * y
            denominator += one["w"] * factor * (x or 0.0)
            left = left or (x != 0 and factor > 0)
    if isinstance(item, Count | Total):
        return numerator
    return numerator / denominator if left else math.nan


def twin(keys, rows, factors, rscales, mse):
    """Return the covariances of estimates from the factors of the rows in each replicate."""
    deviations = []
    for item, domain in keys:
        thetas = numpy.array([theta(item, domain, rows, one) for one in factors])
        used = thetas[(rscales > 0) & ~numpy.isnan(thetas)]
        middle = theta(item, domain, rows, numpy.ones(len(rows))) if mse or not len(used) else used.mean()
        deviations.append(numpy.nan_to_num(thetas - middle))
    stacked = numpy.array(deviations)
    return stacked @ (rscales[:, None] * stacked.T)


def leaving_out(rows, fraction):
    """Return the jackknife's factors by replicate and row, and the rscales."""
    psus = sorted({(one["stratum"], one["psu"]) for one in rows})
    factors, rscales = [], []
    for out in psus:
        n = sum(stratum == out[0] for stratum, _ in psus)
        others = [(n / (n - 1) if n > 1 else 1.0) if one["stratum"] == out[0] else 1.0 for one in rows]
        left_out = [n > 1 and (one["stratum"], one["psu"]) == out for one in rows]
        factors.append([0.0 if gone else other for gone, other in zip(left_out, others, strict=True)])
        rscales.append((n - 1) / n * (1 - fraction))
    return numpy.array(factors), numpy.array(rscales)


def halving(rows, fay, signs, change):
    """Return the half-samples' factors by replicate and row, and the rscales."""
    strata = sorted({one["stratum"] for one in rows})
    factors = [
        [1 + change * (1 - fay) * sign[strata.index(one["stratum"])] * (1 if one["psu"] == "1" else -1) for one in rows]
        for sign in signs
    ]
    return numpy.array(factors), numpy.full(len(signs), 1 / (len(signs) * (1 - fay) ** 2))


row = st.fixed_dictionaries(
    {
        "stratum": st.sampled_from("xyz"),
        "who": st.sampled_from(["women", "men"]),
        "psu": st.sampled_from("123"),
        "w": st.floats(0.1, 50),
        "a": st.sampled_from(["yes", "no", "none", ""]),
        "y": st.floats(-50, 150),
        "x": st.floats(1, 20),
    }
)


def agrees(rows, design, method, factors, rscales):
    result = method.estimate(pyarrow.Table.from_pylist(rows), design, ITEMS, by=[(), ("who",)])
    keys = [(item, domain) for item in ITEMS for domain in DOMAINS if result.find(item.name, domain)]
    expected = twin(keys, rows, factors, rscales, method.mse)
    found = result.covariances([(item.name, domain) for item, domain in keys])
    full = numpy.array([theta(*key, rows, numpy.ones(len(rows))) for key in keys])
    size = 1 + numpy.abs(full)
    assert numpy.abs(found - expected).max() <= 1e-10 * numpy.outer(size, size).max()
    numpy.testing.assert_allclose(found / numpy.outer(size, size), expected / numpy.outer(size, size), 1e-9, 1e-10)
    numpy.testing.assert_allclose([result.get(item.name, domain).estimate for item, domain in keys], full, 1e-10, 1e-10)
    errors = [result.get(item.name, domain).se for item, domain in keys]
    numpy.testing.assert_allclose(errors / size, numpy.sqrt(numpy.diag(expected)) / size, 1e-9, 2e-6)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(row, min_size=3, max_size=25), st.sampled_from([None, 0, 3]), st.booleans())
def test_the_twin_agrees_on_the_jackknife(rows, unsampled, mse):
    rows = [*rows, {**rows[0], "stratum": "x", "psu": "1"}, {**rows[0], "stratum": "x", "psu": "2"}]
    design = Design(kind="probability", strata=("stratum",), psu="psu", weight="w", single_psu=SinglePsu("certainty"))
    factors, rscales = leaving_out(rows, 0.0)
    if unsampled is not None:
        psus = {(one["stratum"], one["psu"]) for one in rows}
        for one in rows:
            one["size"] = sum(stratum == one["stratum"] for stratum, _ in psus) * (1 + unsampled)
        design = replace(design, population="size")
        factors, rscales = leaving_out(rows, 1 / (1 + unsampled))
    agrees(rows, design, jackknife(mse=mse), factors, rscales)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(row, min_size=1, max_size=20), st.sampled_from([0.0, 0.3]), st.sampled_from([None, 4, 8]), st.booleans()
)
def test_the_twin_agrees_on_half_samples(rows, fay, population, mse):
    strata = sorted({one["stratum"] for one in rows})
    rows = [{**one, "psu": "1" if one["psu"] == "1" else "2"} for one in rows]
    rows += [{**rows[0], "stratum": stratum, "psu": psu} for stratum in strata for psu in "12"]
    design = Design(kind="probability", strata=("stratum",), psu="psu", weight="w")
    if population is not None:
        rows, design = [{**one, "size": population} for one in rows], replace(design, population="size")
    change = 1.0 if population is None else math.sqrt(1 - 2 / population)
    signs = {
        1: [[1], [-1]],
        2: [[1, 1], [-1, 1], [1, -1], [-1, -1]],
        3: [[1, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]],
    }
    factors, rscales = halving(rows, fay, signs[len(strata)], change)
    agrees(rows, design, brr(fay=fay, mse=mse), factors, rscales)
