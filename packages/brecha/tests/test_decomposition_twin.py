"""Decomposed gaps: a slow plain twin, row by row and written to be read, agrees on any design."""

import itertools

import numpy
import pyarrow
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from brecha import Comparison, Design, Mean, Share, SinglePsu
from brecha.decomposition import Mix, decompose, standardise


class Plain:
    """Gaps between women and men computed from weights, row by row; a row's influence is w times the derivative."""

    def __init__(self, rows, design, item):
        self.rows, self.design = rows, design
        self.w = numpy.array([1.0 if design.weight is None else row[design.weight] for row in rows])
        share = isinstance(item, Share)
        self.y = numpy.array([float(row["a"] == "yes") if share else row["y"] or 0.0 for row in rows])
        asked = numpy.array([share or row["y"] is not None for row in rows])
        self.women, self.men = (asked * numpy.array([row["who"] == who for row in rows]) for who in ("women", "men"))

    def column(self, name):
        return numpy.array([row[name] for row in self.rows])

    def mean(self, w, inside, y):
        return (w * inside) @ y / (w * inside).sum()

    def standardised(self, w, by, standard):
        """Return the two standardised means, the gap, what remains of it, and what does not."""
        both = {"pooled": self.women + self.men, "group": self.women, "reference": self.men}
        figures = [0, 0]
        for pattern in PATTERNS:
            here = numpy.array([tuple(row[name] for name in by) == pattern for row in self.rows])
            if isinstance(standard, str):
                share = self.mean(w, both[standard], here)
            else:
                share = standard[pattern] / sum(standard.values())
            for side, inside in enumerate((self.women, self.men)):
                figures[side] += share * self.mean(w, inside * here, self.y)
        gap = self.mean(w, self.women, self.y) - self.mean(w, self.men, self.y)
        remains = figures[0] - figures[1]
        return numpy.array([*figures, gap, remains, gap - remains])

    def regression(self, w, inside, x):
        """Return least squares coefficients; written out, because lstsq takes no derivative in a complex direction."""
        return numpy.linalg.solve(x.T @ ((w * inside)[:, None] * x), x.T @ (w * inside * self.y))

    def normalised(self, b, sizes):
        """Return coefficients whose levels, the first one's zero put back, add to zero by covariate (Yun 2005)."""
        constant, b, found = b[0], b[1:], []
        for size in sizes:
            own, b = numpy.concatenate([[0], b[: size - 1]]), b[size - 1 :]
            constant = constant + own.mean()
            found.append(own - own.mean())
        return [numpy.array([constant]), *found]

    def decomposed(self, w, by, coefficients):
        """Return the gap, explained, unexplained, and both by term: the constant, then each covariate."""
        dummies = [self.column(name)[:, None] == numpy.unique(self.column(name)) for name in by]
        sizes = [one.shape[1] for one in dummies]
        x = numpy.hstack([numpy.ones((len(w), 1)), *(one[:, 1:] for one in dummies)])
        both = self.women + self.men
        women, men = (self.normalised(self.regression(w, one, x), sizes) for one in (self.women, self.men))
        with_group = numpy.column_stack([x, self.women])
        chosen = {
            "group": lambda: women,
            "reference": lambda: men,
            "pooled": lambda: self.normalised(self.regression(w, both, with_group)[:-1], sizes),
            "neumark": lambda: self.normalised(self.regression(w, both, x), sizes),
        }[coefficients]()
        explained, unexplained = [], []
        for term, levels in enumerate([numpy.ones((len(w), 1)), *dummies]):
            of_women, of_men = (self.mean(w, inside, levels) for inside in (self.women, self.men))
            explained.append((of_women - of_men) @ chosen[term])
            own = of_women @ (women[term] - chosen[term]) + of_men @ (chosen[term] - men[term])
            unexplained.append(own)
        gap = self.mean(w, self.women, self.y) - self.mean(w, self.men, self.y)
        return numpy.array([gap, sum(explained), sum(unexplained), *explained[1:], *unexplained])

    def errors(self, statistic):
        """Return the values of a function of the weights, and their variances."""
        step = 1e-30
        directions = numpy.eye(len(self.w))
        # a derivative along a tiny imaginary step has no rounding (Squire and Trapp 1998)
        z = numpy.array([statistic(self.w + 1j * step * one).imag / step for one in directions])
        return statistic(self.w), self.variances(self.w[:, None] * z)

    def variances(self, u):
        totals = {}
        for i, row in enumerate(self.rows):
            stratum = totals.setdefault(tuple(row[name] for name in self.design.strata), {})
            psu = i if self.design.psu is None else row[self.design.psu]
            stratum[psu] = stratum.get(psu, 0) + u[i]
        everywhere = numpy.mean([one for psus in totals.values() for one in psus.values()], axis=0)
        found = 0.0
        for psus in totals.values():
            own, n = numpy.array(list(psus.values())), len(psus)
            apart = own - (own.mean(axis=0) if n > 1 else everywhere)
            found = found + (n / (n - 1) if n > 1 else 1.0) * (apart**2).sum(axis=0)
        return found


row = st.fixed_dictionaries(
    {
        "stratum": st.sampled_from("xyz"),
        "psu": st.sampled_from("1234"),
        "w": st.floats(0.1, 50),
        "who": st.sampled_from(["women", "men", "others"]),
        "place": st.sampled_from(["Puno", "Ica"]),
        "age": st.sampled_from("klm"),
        "a": st.sampled_from(["yes", "no", "none"]),
        "y": st.one_of(st.none(), st.integers(-100, 1000).map(float)),
    }
)
BY = ["place", "age"]
PATTERNS = list(itertools.product(["Ica", "Puno"], "klm"))
WOMEN_MEN = Comparison(variable="who", group="women", reference="men")
ITEMS = [Share(name="a", variable="a", counted=("yes",)), Mean(name="y", variable="y", missing=("",))]


@st.composite
def samples(draw):
    """Return rows with an answer in every pattern at least, and their design."""
    rows = draw(st.lists(row, min_size=4, max_size=20))
    for who, (place, age) in itertools.product(["women", "men"], PATTERNS):
        own = {"who": who, "place": place, "age": age, "y": float(draw(st.integers(-100, 1000)))}
        rows.append({**draw(row), **own})
    return rows, Design(
        kind="probability",
        strata=draw(st.sampled_from([(), ("stratum",)])),
        psu=draw(st.sampled_from([None, "psu"])),
        weight=draw(st.sampled_from([None, "w"])),
        single_psu=SinglePsu("adjust"),
    )


def has_degrees(rows, design):
    """Return whether there are more PSUs than strata."""
    psus = {
        (i if design.psu is None else one["psu"], *(one[name] for name in design.strata)) for i, one in enumerate(rows)
    }
    return len(psus) > len({psu[1:] for psu in psus})


def agree(parts, plain, statistic):
    estimates, variances = plain.errors(statistic)
    size = max(1.0, abs(plain.y).max())
    assert [part.estimate for part in parts] == pytest.approx(estimates.tolist(), rel=1e-10, abs=1e-12 * size)
    # a variance of zero is one up to the rounding of squares
    assert [part.se**2 for part in parts] == pytest.approx(variances.tolist(), rel=1e-10, abs=1e-12 * size**2)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    samples(),
    st.sampled_from(ITEMS),
    st.sampled_from(["pooled", "group", "reference", "known"]),
    st.lists(st.floats(0.1, 9), min_size=6, max_size=6),
)
def test_the_twin_agrees_on_standardised_gaps(sample, item, standard, shares):
    rows, design = sample
    assume(has_degrees(rows, design))
    if standard == "known":
        standard = dict(zip(PATTERNS, shares, strict=True))
    plain = Plain(rows, design, item)
    found = standardise(pyarrow.Table.from_pylist(rows), design, item, WOMEN_MEN, Mix(BY, standard))
    parts = found.group_estimate, found.reference_estimate, found.difference, found.adjusted, found.explained
    agree(parts, plain, lambda w: plain.standardised(w, BY, standard))
    assert sum(cell.n_group for cell in found.mix) == plain.women.sum()
    assert [sum(getattr(cell, name) for cell in found.mix) for name in ("standard", "group_share")] == pytest.approx(
        [1, 1]
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(samples(), st.sampled_from(ITEMS), st.sampled_from(["reference", "group", "pooled", "neumark"]))
def test_the_twin_agrees_on_explained_and_unexplained_parts(sample, item, coefficients):
    rows, design = sample
    assume(has_degrees(rows, design))
    plain = Plain(rows, design, item)
    found = decompose(pyarrow.Table.from_pylist(rows), design, item, WOMEN_MEN, BY, coefficients)
    of = found.contributions
    parts = [found.difference, found.explained, found.unexplained, *(one.explained for one in of), found.constant]
    parts += [one.unexplained for one in of]
    agree(parts, plain, lambda w: plain.decomposed(w, BY, coefficients))
    assert found.rows == (plain.women.sum(), plain.men.sum())
