"""A slow plain twin, rows and loops only, agrees on any design."""

import math

import pyarrow
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import brecha
from brecha import Design, Share, SinglePsu

SHARES = [
    Share(name="asked", variable="a", counted=("yes",), missing=("none", "")),
    Share(name="answered", variable="a", counted=("yes",), base="answered", missing=("none", "")),
    Share(name="women", variable="b", counted=("yes", "no"), universe={"who": ("women",)}, missing=("",)),
]
BY = [(), ("who",), ("place",), ("who", "place")]


class Twin:
    """Estimates and covariances, one row at a time."""

    def __init__(self, rows, design):
        self.rows = rows
        self.design = design
        self.psus = {}
        for i, row in enumerate(rows):
            stratum = tuple(row[column] for column in design.strata)
            psu = i if design.psu is None else row[design.psu]
            self.psus.setdefault(stratum, {}).setdefault(psu, []).append(i)

    def weight(self, row):
        return 1.0 if self.design.weight is None else row[self.design.weight]

    def in_base(self, row, share, domain):
        if any(row[column] != level for column, level in domain.items()):
            return False
        if any(row[column] not in levels for column, levels in share.universe.items()):
            return False
        return share.base == "asked" or row[share.variable] not in share.missing

    def linearised(self, share, domain):
        """Return the share and each row's w (y - share) / W, zero outside the base."""
        base = [self.in_base(row, share, domain) for row in self.rows]
        y = [1.0 if row[share.variable] in share.counted else 0.0 for row in self.rows]
        weights = [self.weight(row) if inside else 0.0 for row, inside in zip(self.rows, base, strict=True)]
        if not any(base):
            return None
        mean = sum(w * value for w, value in zip(weights, y, strict=True)) / sum(weights)
        return mean, [w * (value - mean) / sum(weights) for w, value in zip(weights, y, strict=True)]

    def covariance(self, u, v):
        totals = {
            stratum: [(sum(u[i] for i in psu), sum(v[i] for i in psu)) for psu in psus.values()]
            for stratum, psus in self.psus.items()
        }
        everywhere = [pair for pairs in totals.values() for pair in pairs]
        grand = [sum(pair[side] for pair in everywhere) / len(everywhere) for side in (0, 1)]
        parts = []
        for stratum, pairs in totals.items():
            n = len(pairs)
            unsampled = 1.0 if self.design.population is None else 1 - n / self.population(stratum)
            if n > 1:
                means = [sum(pair[side] for pair in pairs) / n for side in (0, 1)]
                products = [(a - means[0]) * (b - means[1]) for a, b in pairs]
                parts.append(unsampled * n / (n - 1) * sum(products))
            elif unsampled == 0 or self.design.single_psu.rule == "certainty":
                parts.append(0.0)
            elif self.design.single_psu.rule == "adjust":
                parts.append(unsampled * (pairs[0][0] - grand[0]) * (pairs[0][1] - grand[1]))
            else:
                parts.append(None)
        known = [part for part in parts if part is not None]
        return sum(known) / len(known) * len(parts)

    def population(self, stratum):
        [psu, *_] = self.psus[stratum].values()
        return self.rows[psu[0]][self.design.population]


row = st.fixed_dictionaries(
    {
        "stratum": st.sampled_from("xyz"),
        "place": st.sampled_from(["Puno", "Ica"]),
        "who": st.sampled_from(["women", "men"]),
        "psu": st.sampled_from("123"),
        "w": st.floats(0.1, 50),
        "a": st.sampled_from(["yes", "no", "none", ""]),
        "b": st.sampled_from(["yes", "no", "maybe"]),
    }
)


@st.composite
def samples(draw):
    rows = draw(st.lists(row, min_size=4, max_size=30))
    design = Design(
        kind="probability",
        strata=draw(st.sampled_from([(), ("stratum",), ("stratum", "place")])),
        psu=draw(st.sampled_from([None, "psu"])),
        weight=draw(st.sampled_from([None, "w"])),
        population=draw(st.sampled_from([None, "size"])),
        single_psu=SinglePsu(draw(st.sampled_from(["adjust", "average", "certainty"]))),
    )
    unsampled = draw(st.integers(0, 3))
    counts = {stratum: len(psus) for stratum, psus in Twin(rows, design).psus.items()}
    for one in rows:
        one["size"] = counts[tuple(one[column] for column in design.strata)] + unsampled
    return rows, design


DOMAINS = [
    {**who, **place}
    for who in ({}, {"who": "women"}, {"who": "men"})
    for place in ({}, {"place": "Puno"}, {"place": "Ica"})
]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(samples())
def test_the_twin_agrees(sample):
    rows, design = sample
    twin = Twin(rows, design)
    psus = sum(len(psus) for psus in twin.psus.values())
    assume(psus > len(twin.psus))
    result = brecha.estimate(pyarrow.Table.from_pylist(rows), design, SHARES, by=BY)
    assert result.design.df == psus - len(twin.psus)
    for share in SHARES:
        for domain in DOMAINS:
            expected, found = twin.linearised(share, domain), result.find(share.name, domain)
            if expected is None:
                assert found is None
                continue
            mean, u = expected
            assert found.estimate == pytest.approx(mean, abs=1e-10)
            assert found.se == pytest.approx(math.sqrt(twin.covariance(u, u)), rel=1e-10, abs=1e-8)
            assert found.n == sum(twin.in_base(one, share, domain) for one in rows)
            assert 0 <= found.low <= found.estimate <= found.high <= 1
            assert found.low < found.high


@settings(max_examples=30, deadline=None, derandomize=True)
@given(samples(), st.sampled_from(DOMAINS), st.sampled_from(DOMAINS))
def test_the_twin_agrees_on_covariances(sample, one, other):
    rows, design = sample
    twin = Twin(rows, design)
    assume(sum(len(psus) for psus in twin.psus.values()) > len(twin.psus))
    found = [[twin.linearised(share, domain) for share in SHARES] for domain in (one, other)]
    assume(all(linear is not None for side in found for linear in side))
    result = brecha.estimate(pyarrow.Table.from_pylist(rows), design, SHARES, by=BY)
    for j, k in ((0, 0), (1, 1), (0, 1), (2, 0)):
        covariance = result.covariance((SHARES[j].name, one), (SHARES[k].name, other))
        expected = twin.covariance(found[0][j][1], found[1][k][1])
        assert covariance == pytest.approx(expected, rel=1e-10, abs=1e-12)
