"""A slow plain twin, numpy over rows and written to be read, agrees on any design."""

import numpy
import pyarrow
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import brecha
from brecha import Count, Design, Mean, Ratio, Share, SinglePsu, Stage, Total

ITEMS = [
    Share(name="asked", variable="a", counted=("yes",), missing=("none", "")),
    Share(name="answered", variable="a", counted=("yes",), base="answered", missing=("none", "")),
    Share(name="women", variable="b", counted=("yes", "no"), universe={"who": ("women",)}, missing=("",)),
    Count(name="count", variable="b", counted=("maybe",)),
    Mean(name="mean", variable="y"),
    Total(name="total", variable="y", universe={"who": ("women",)}),
    Ratio(name="ratio", numerator="y", denominator="x"),
]
BY = [(), ("who",), ("place",), ("who", "place")]
DOMAINS = [
    {**who, **place}
    for who in ({}, {"who": "women"}, {"who": "men"})
    for place in ({}, {"place": "Puno"}, {"place": "Ica"})
]
CALIBRATED = ("who", "x")


class Twin:
    """Estimates and covariances from N rows at a time."""

    def __init__(self, rows, design):
        self.design = design
        self.size = len(rows)
        self.column = {name: numpy.array([row[name] for row in rows], dtype=object) for name in rows[0]}
        self.base = numpy.ones(self.size) if design.weight is None else self.column[design.weight].astype(float)
        self.weights, self.x = self.base, None
        if design.calibration is not None:
            self.calibrate()
        rows_are = numpy.arange(self.size).astype(object)
        self.stratum = self.code(design.strata)
        units = [design.psu, *(stage.unit for stage in design.stages)]
        self.units, above = [], [self.stratum.astype(object)]
        for unit in units:
            above.append(rows_are if unit is None else self.column[unit])
            self.units.append(self.code_of(above))

    def code(self, columns):
        return self.code_of([self.column[column] for column in columns])

    def code_of(self, columns):
        labels = [str(tuple(values)) for values in zip(*columns, strict=True)] if columns else ["all"] * self.size
        return numpy.unique(labels, return_inverse=True)[1]

    def calibrate(self):
        """The regression estimator's weights, and its auxiliaries: each level of who, and the number x."""
        levels = numpy.unique(self.column["who"].astype(str))
        dummies = [(self.column["who"] == level).astype(float) for level in levels]
        self.x = numpy.column_stack([*dummies, self.column["x"].astype(float)])
        wanted = self.design_totals()
        gram = self.x.T @ (self.base[:, None] * self.x)
        self.weights = self.base * (1 + self.x @ numpy.linalg.pinv(gram) @ (wanted - self.x.T @ self.base))

    def design_totals(self):
        return self.base @ self.x * numpy.r_[numpy.full(self.x.shape[1] - 1, 1.1), 1.12]

    def asked(self, item, domain):
        keep = numpy.ones(self.size, dtype=bool)
        for column, level in domain.items():
            keep &= self.column[column] == level
        for column, levels in item.universe.items():
            keep &= numpy.isin(self.column[column].astype(str), levels)
        return keep

    def numerator_and_denominator(self, item, domain):
        """Return y and x of the ratio of totals that the item is, zero outside its base; x is None for totals."""
        base = self.asked(item, domain)
        if isinstance(item, Share | Count):
            answers = self.column[item.variable].astype(str)
            if item.base == "answered":
                base &= ~numpy.isin(answers, item.missing)
            y = (base & numpy.isin(answers, item.counted)).astype(float)
            return y, base.astype(float) if isinstance(item, Share) else None, base
        known = self.column["y"] != None  # noqa: E711 - elementwise
        base &= known
        y = numpy.where(base, numpy.where(known, self.column["y"], 0.0), 0.0).astype(float)
        if isinstance(item, Ratio):
            return y, numpy.where(base, self.column["x"], 0.0).astype(float), base
        return y, base.astype(float) if isinstance(item, Mean) else None, base

    def linearised(self, item, domain):
        """Return the estimate, each row's linearised value, the rows in the base, and the size of what cancels.

        None without rows in the base.
        """
        y, x, base = self.numerator_and_denominator(item, domain)
        if not base.any():
            return None
        if x is None:
            value, z = self.weights @ y, y
        else:
            value = self.weights @ y / (self.weights @ x)
            z = (y - value * x) / (self.weights @ x)
        if self.x is not None:
            root = numpy.sqrt(self.base)[:, None]
            z = z - self.x @ numpy.linalg.lstsq(root * self.x, root[:, 0] * z, rcond=None)[0]
        # The library sums around the mean of all rows, so that what cancels is as large as the farthest answer.
        farthest = max([abs(y).max(), *(abs(one) for one in self.column["y"] if one is not None)])
        size = farthest * self.weights.sum() / (1.0 if x is None else self.weights @ x)
        return value, self.weights * z, base, size

    def covariance(self, u, v):
        total, parent, fraction = 0.0, self.stratum, numpy.ones(self.size)
        populations = [self.design.population, *(stage.population for stage in self.design.stages)]
        for unit, population in zip(self.units, populations, strict=True):
            parts, later = [], numpy.ones(self.size)
            inside = [self.totals(unit[parent == p], u[parent == p], v[parent == p]) for p in numpy.unique(parent)]
            everywhere = numpy.concatenate(inside)
            for p, pairs in zip(numpy.unique(parent), inside, strict=True):
                rows = parent == p
                n = len(pairs)
                sampled = 0.0 if population is None else n / self.column[population][rows][0]
                parts.append(self.part(pairs, sampled, everywhere))
                parts[-1] = None if parts[-1] is None else fraction[rows][0] * parts[-1]
                later[rows] = fraction[rows][0] * sampled
            known = [part for part in parts if part is not None]
            total += sum(known) / len(known) * len(parts) if known else 0.0
            parent, fraction = unit, later
        return total

    def totals(self, unit, u, v):
        return numpy.array([[u[unit == one].sum(), v[unit == one].sum()] for one in numpy.unique(unit)])

    def part(self, pairs, sampled, everywhere):
        """Return one parent's part of the covariance, None where the rule gives it the mean of the others."""
        n, rule = len(pairs), self.design.single_psu.rule
        if n > 1:
            apart = pairs - pairs.mean(axis=0)
            return (1 - sampled) * n / (n - 1) * (apart[:, 0] * apart[:, 1]).sum()
        if sampled == 1 or rule == "certainty":
            return 0.0
        if rule == "adjust":
            apart = pairs[0] - everywhere.mean(axis=0)
            return (1 - sampled) * apart[0] * apart[1]
        return None


row = st.fixed_dictionaries(
    {
        "stratum": st.sampled_from("xyz"),
        "place": st.sampled_from(["Puno", "Ica"]),
        "who": st.sampled_from(["women", "men"]),
        "psu": st.sampled_from("123"),
        "household": st.sampled_from("12"),
        "w": st.floats(0.1, 50),
        "a": st.sampled_from(["yes", "no", "none", ""]),
        "b": st.sampled_from(["yes", "no", "maybe"]),
        "y": st.one_of(st.none(), st.floats(-100, 1000)),
        "x": st.integers(1, 9).map(float),
    }
)


@st.composite
def samples(draw):
    rows = draw(st.lists(row, min_size=4, max_size=30))
    psu = draw(st.sampled_from([None, "psu"]))
    population = draw(st.sampled_from([None, "size"]))
    stages = [()]
    if psu and population:
        homes, people = Stage(unit="household", population="homes"), Stage(population="people")
        stages = [(), (homes,), (homes, people), (Stage(population="members"),)]
    design = Design(
        kind="probability",
        strata=draw(st.sampled_from([(), ("stratum",), ("stratum", "place")])),
        psu=psu,
        weight=draw(st.sampled_from([None, "w"])),
        population=population,
        single_psu=SinglePsu(draw(st.sampled_from(["adjust", "average", "certainty"]))),
        stages=draw(st.sampled_from(stages)),
    )
    sizes(rows, design, draw(st.integers(0, 3)))
    return rows, design


def sizes(rows, design, unsampled):
    """Write how many units each parent has in the population: those sampled and a few more."""

    def key(one, *columns):
        return tuple(one[column] for column in (*design.strata, *columns))

    for name, parent, unit in (
        ("size", (), ("psu",) if design.psu else None),
        ("homes", ("psu",), ("psu", "household")),
        ("people", ("psu", "household"), None),
        ("members", ("psu",), None),
    ):
        units = {}
        for i, one in enumerate(rows):
            units.setdefault(key(one, *parent), set()).add(i if unit is None else key(one, *unit))
        for one in rows:
            one[name] = len(units[key(one, *parent)]) + unsampled


def psus(twin):
    return len(numpy.unique(twin.units[0])), len(numpy.unique(twin.stratum))


@settings(max_examples=80, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(samples())
def test_the_twin_agrees(sample):
    rows, design = sample
    twin = Twin(rows, design)
    units, strata = psus(twin)
    assume(units > strata)
    result = brecha.estimate(pyarrow.Table.from_pylist(rows), design, ITEMS, by=BY)
    assert result.design.df == units - strata
    for item in ITEMS:
        for domain in DOMAINS:
            expected, found = twin.linearised(item, domain), result.find(item.name, domain)
            if expected is None:
                assert found is None
                continue
            value, u, base, size = expected
            assert found.estimate == pytest.approx(value, rel=1e-10, abs=1e-10)
            assert found.se**2 == pytest.approx(twin.covariance(u, u), rel=1e-10, abs=1e-12 * size**2)
            assert found.n == base.sum()
            assert found.low <= found.estimate <= found.high
            if isinstance(item, Share):
                assert 0 <= found.low < found.high <= 1


@settings(max_examples=40, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(samples(), st.sampled_from(DOMAINS), st.sampled_from(DOMAINS), st.booleans())
def test_the_twin_agrees_on_covariances(sample, one, other, calibrated):
    rows, design = sample
    table = pyarrow.Table.from_pylist(rows)
    plain = Twin(rows, design)
    units, strata = psus(plain)
    assume(units > strata)
    if calibrated:
        design = regression_estimator(rows, table, design)
    twin = Twin(rows, design)
    result = brecha.estimate(table, design, ITEMS, by=BY)
    found = [{item.name: twin.linearised(item, domain) for item in ITEMS} for domain in (one, other)]
    for j, k in (("asked", "asked"), ("answered", "asked"), ("mean", "mean"), ("ratio", "total"), ("count", "women")):
        if found[0][j] is None or found[1][k] is None:
            continue
        (_, u, _, size), (_, v, _, other_size) = found[0][j], found[1][k]
        covariance = result.covariance((j, one), (k, other))
        assert covariance == pytest.approx(twin.covariance(u, v), rel=1e-10, abs=1e-12 * size * other_size)


def regression_estimator(rows, table, design):
    """Return the design calibrated to a tenth more women and men and an eighth more x, if no weight turns negative."""
    base = numpy.array([1.0 if design.weight is None else one[design.weight] for one in rows])
    who = numpy.array([one["who"] for one in rows])
    totals = {level: 1.1 * base[who == level].sum() for level in numpy.unique(who)}
    x = numpy.array([one["x"] for one in rows])
    try:
        return brecha.calibrate(table, design, {"who": totals, "x": 1.12 * base @ x})
    except brecha.BrechaError as refusal:
        assume(refusal.code not in {"ratio_negative", "not_converged"})
        raise
