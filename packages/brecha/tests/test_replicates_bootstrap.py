"""The bootstrap: seeded, near linearisation, with the factors of Rao and Wu."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy
import pyarrow
import pytest

import brecha
from brecha import Design, Mean, Ratio, Total
from brecha.replicates import bootstrap, laying

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_more_cases.json").read_text())

SITES = Design(kind="quota", strata=("region",), psu="site", weight="w0")
PANEL = Design(kind="probability", strata=("stratum",), psu="psu", weight="w")


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def mean(variable):
    return Mean(name="it", variable=variable, missing=("NA",))


def total(variable):
    return Total(name="it", variable=variable, missing=("NA",))


def ratio(numerator, denominator):
    return Ratio(name="it", numerator=numerator, denominator=denominator, missing=("NA",))


def test_a_seed_gives_one_result_whatever_the_order_of_the_rows():
    rows = brecha.read(DATA / "quota854.csv")
    items = [mean("has_id_card"), Total(name="obst", variable="obst_1")]
    results = [
        bootstrap(replicates=50, seed=3).estimate(source, SITES, items, by=[(), ("profile",)])
        for source in (rows, rows, rows.order_by(rows.id.cast("int64").desc()))
    ]
    errors = [[e.se for e in result] for result in results]
    assert errors[0] == errors[1]
    assert errors[0] == pytest.approx(errors[2], rel=1e-12)
    other = bootstrap(replicates=50, seed=4).estimate(rows, SITES, items)
    assert other.get("it", {}).se != errors[0][0]


def test_a_seed_gives_this_result_on_every_machine():
    [it] = bootstrap(replicates=20, seed=11).estimate(DATA / "panel.csv", PANEL, [total("yes")])
    assert it.se == exactly(1658.5932847513)


def test_the_bootstrap_is_near_linearisation():
    items = [Mean(name="id", variable="has_id_card"), total("income"), ratio("obst_2", "obst_1")]
    items[2] = replace(items[2], name="ratio")
    found = bootstrap(replicates=2000, seed=1).estimate(DATA / "quota854.csv", SITES, items, by=[(), ("profile",)])
    linear = brecha.estimate(DATA / "quota854.csv", SITES, items, by=[(), ("profile",)])
    # A variance of 2000 normal replicates has a relative error of sqrt(2 / 2000), 3.2 %; an se half that.
    assert [e.se for e in found] == pytest.approx([e.se for e in linear], rel=0.06)
    assert {e.df for e in found} == {27}


def test_the_bootstrap_s_factors_are_those_of_rao_and_wu():
    # Of 4 PSUs 3 are drawn: whole numbers of thirds of 4; R: rep_subbootstrap_Qc
    expected = CASES["rep_subbootstrap_Qc"]["expected"]
    stage = laid_stage([0] * 4 + [1] * 4, [4.0, 4.0])
    drawn = laying.redrawn(stage, numpy.ones(8), expected["replicates"], 5)
    factors = drawn.totals(numpy.eye(8))
    assert factors.shape == (expected["replicates"], 8)
    assert drawn.scale == exactly(expected["scale"])
    assert factors.min() == expected["smallest_factor"]
    thirds = factors * 3 / 4
    assert thirds == pytest.approx(thirds.round(), abs=1e-12)
    assert factors[:, :4].sum(axis=1) == pytest.approx(numpy.full(len(factors), 4.0))
    assert factors.mean(axis=0) == pytest.approx(numpy.ones(8), abs=0.25)
    assert factors.std(axis=0) == pytest.approx(numpy.ones(8), abs=0.25)


def laid_stage(parent, units):
    from brecha.strata import Stage as Laid

    units, parent = numpy.array(units), numpy.array(parent)
    factor = numpy.where(units > 1, units / numpy.maximum(units - 1, 1), 0.0)
    return Laid(None, parent, parent, units, factor, units == 1)


def test_the_bootstrap_s_finite_population_correction_is_that_of_linearisation():
    rows = [{"psu": str(i), "y": float(i * i % 11), "N": 24} for i in range(12)]
    design = Design(kind="probability", psu="psu")
    method = bootstrap(replicates=300, seed=2)
    ses = {
        column: method.estimate(pyarrow.Table.from_pylist(rows), replace(design, population=column), [total("y")])
        .get("it", {})
        .se
        for column in (None, "N")
    }
    assert ses["N"] == exactly(ses[None] * math.sqrt(1 - 12 / 24))


def test_few_replicates_leave_few_degrees_of_freedom():
    result = bootstrap(replicates=10).estimate(DATA / "quota854.csv", SITES, [mean("has_id_card")])
    assert (result.design.df, result.get("it", {}).df, result.design.replicates) == (9, 9, "bootstrap")
