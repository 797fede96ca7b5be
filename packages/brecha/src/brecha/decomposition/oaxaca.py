"""The twofold decomposition of a gap between two means, with weighted regressions on categories.

With x the levels of the covariates in a row, beta_g the coefficients of y on x in group g, and x_g the mean of x,

    gap = (x_group - x_reference)' beta* + [x_group' (beta_group - beta*) + x_reference' (beta* - beta_reference)],

the explained and the unexplained part (Blinder 1973; Oaxaca 1973). beta* are the coefficients of the `reference`, or of
the `group`; or those of both groups `pooled`, with a dummy for the group, as Jann (2008) and Fortin (2008) advise, or
without one, as `neumark` (1988) has it, which credits the mix with some of the difference between the groups.
Coefficients are normalised effects: those of a covariate's levels add to zero (Yun 2005), so that no part depends on
which level would have been left out. For a share it is the linear probability model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy

from brecha.cells import Floats
from brecha.decomposition.patterns import Part, Patterns, sum_patterns
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.gaps import Comparison
from brecha.items import Item
from brecha.results import DesignSummary

Coefficients = Literal["reference", "group", "pooled", "neumark"]


@dataclass(frozen=True)
class Contribution:
    """A covariate's part of what is explained, by its mix, and of what is not, by its coefficients."""

    covariate: str
    explained: Part
    unexplained: Part


@dataclass(frozen=True)
class Decomposition:
    """A gap and its two parts: `difference`, group minus reference, is `explained` plus `unexplained`.

    `contributions` say which covariate; what they leave of the unexplained part is that of the `constant`, the
    difference of the groups at the plain mean of all levels. `rows` are the group's and the reference's.
    """

    name: str
    comparison: Comparison
    coefficients: Coefficients
    difference: Part
    explained: Part
    unexplained: Part
    contributions: tuple[Contribution, ...]
    constant: Part
    rows: tuple[int, int]
    design: DesignSummary


def decompose(
    source: object,
    design: Design,
    item: Item,
    comparison: Comparison,
    by: Sequence[str],
    coefficients: Coefficients = "reference",
) -> Decomposition:
    """Split a gap into what the mix of the covariates `by` explains and what it does not, with linearised errors.

    `item` is a share or a mean, the model one of main effects of each covariate's levels, and `coefficients` those
    that value the mix: see `brecha.decomposition.oaxaca`. Errors linearise means and coefficients together, and
    count clusters and the covariance of the groups.

    Rows with a blank covariate are refused: name the levels that count in the item's `universe`. Refused are also
    groups without rows in the base, a covariate of one level, one with a level that a group lacks, one
    that the others determine, and more than 10,000 patterns. The parts describe; they are no causes.

    >>> answers = {"who": ["women"] * 6 + ["men"] * 6, "age": ["young"] * 4 + ["old"] * 4 + ["young"] * 2 + ["old"] * 2,
    ...     "ppe": ["yes", "no", "no", "no", "yes", "yes", "yes", "yes", "yes", "no", "yes", "yes"]}
    >>> import brecha
    >>> found = decompose(answers, Design(kind="quota", strata=("who",)),
    ...     brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",)),
    ...     Comparison(variable="who", group="women", reference="men"), by=["age"])
    >>> for part in (found.difference, found.explained, found.unexplained):
    ...     print(f"{part.estimate:.3f} {part.se:.3f}")
    -0.333 0.279
    -0.167 0.197
    -0.167 0.307
    """
    if coefficients not in get_args(Coefficients):
        raise BrechaError("unknown_coefficients", coefficients=coefficients, allowed=get_args(Coefficients))
    patterns = sum_patterns(source, design, item, comparison, by, {})
    model = _model(patterns, comparison, by)
    parts = _parts(patterns, [side.sums(model.terms) for side in _sides(patterns, model, coefficients)])
    return Decomposition(
        name=item.name,
        comparison=comparison,
        coefficients=coefficients,
        difference=parts[0],
        explained=parts[1],
        unexplained=parts[2],
        contributions=tuple(map(Contribution, by, parts[4 : 4 + len(by)], parts[5 + len(by) :])),
        constant=parts[4 + len(by)],
        rows=(int(patterns.rows[0].sum()), int(patterns.rows[1].sum())),
        design=patterns.design,
    )


@dataclass(frozen=True)
class Smooth:
    """Numbers (q,) computed from the sums of M patterns, and their derivatives by the sums y and n, each (M, q)."""

    value: Floats
    by_y: Floats
    by_n: Floats

    def __add__(self, other: "Smooth") -> "Smooth":
        return Smooth(self.value + other.value, self.by_y + other.by_y, self.by_n + other.by_n)

    def __sub__(self, other: "Smooth") -> "Smooth":
        return Smooth(self.value - other.value, self.by_y - other.by_y, self.by_n - other.by_n)

    def __mul__(self, other: "Smooth") -> "Smooth":
        return Smooth(
            self.value * other.value,
            self.by_y * other.value + self.value * other.by_y,
            self.by_n * other.value + self.value * other.by_n,
        )

    def sums(self, members: Floats) -> "Smooth":
        """Return the sums of the numbers that each column of `members`, (q, m) of zeros and ones, holds."""
        return Smooth(self.value @ members, self.by_y @ members, self.by_n @ members)


@dataclass(frozen=True)
class Model:
    """Covariates laid over M = 2 K patterns, those of the group first.

    - `x`: (M, p), a constant and one 0/1 column a level; `free`: (p, f), the p coefficients that add to zero by
      covariate, of f free ones.
    - `terms`: (p, 1 + covariates), the columns of the constant and of each covariate.
    """

    x: Floats
    free: Floats
    terms: Floats

    def means(self, patterns: Patterns, side: int) -> Smooth:
        """Return the means of x in a group."""
        mine = numpy.zeros_like(patterns.n)
        mine[side] = 1
        weights = (mine * patterns.n).ravel()
        mean = weights @ self.x / weights.sum()
        by_n = mine.reshape(-1, 1) * (self.x - mean) / weights.sum()
        return Smooth(mean, numpy.zeros_like(by_n), by_n)

    def coefficients(self, patterns: Patterns, sides: Sequence[int], dummy: bool = False) -> Smooth:
        """Return the coefficients of weighted least squares of y on x in one or both groups.

        b = (X'NX)^-1 X'Y changes by (X'NX)^-1 x for each Y, and by -(X'NX)^-1 x x'b for each N of a pattern.
        """
        mine = numpy.zeros_like(patterns.n)
        mine[sides] = 1
        x, free = self.x, self.free
        if dummy:
            x = numpy.column_stack([x, numpy.repeat([1.0, 0.0], patterns.n.shape[1])])
            free = numpy.block([[free, numpy.zeros((len(free), 1))], [numpy.zeros((1, free.shape[1])), 1.0]])
        design = x @ free
        weights, answers = (mine * patterns.n).ravel(), (mine * patterns.y).ravel()
        inverse = free @ numpy.linalg.inv(design.T @ (weights[:, None] * design)) @ free.T
        found = inverse @ (x.T @ answers)
        by_y = mine.reshape(-1, 1) * (x @ inverse)
        by_n = -(x @ found)[:, None] * by_y
        kept = self.x.shape[1]
        return Smooth(found[:kept], by_y[:, :kept], by_n[:, :kept])


def _model(patterns: Patterns, comparison: Comparison, by: Sequence[str]) -> Model:
    """Lay the covariates over the patterns, refusing those whose coefficients cannot be known."""
    x, free = [numpy.ones((len(patterns.labels), 1))], [numpy.ones((1, 1))]
    for place, covariate in enumerate(by):
        values = [label[place] for label in patterns.labels]
        levels = sorted(set(values))
        if len(levels) < 2:
            raise BrechaError("single_level", variable=covariate, levels=tuple(levels))
        x.append(numpy.array([[float(value == level) for level in levels] for value in values]))
        free.append(numpy.vstack([numpy.eye(len(levels) - 1), -numpy.ones(len(levels) - 1)]))
        for side, who in enumerate((comparison.group, comparison.reference)):
            present = patterns.rows[side] > 0
            absent = numpy.flatnonzero(~x[-1][present].any(axis=0)).tolist()
            if absent:
                raise BrechaError("level_lacking", who=who, variable=covariate, level=levels[absent[0]])
            design = numpy.hstack([one @ other for one, other in zip(x, free, strict=True)])[present]
            if numpy.linalg.matrix_rank(design) < design.shape[1]:
                raise BrechaError("collinear", who=who, variable=covariate, others=tuple(by[:place]))
    return Model(
        numpy.vstack([numpy.hstack(x)] * 2), _diagonal(free), _diagonal([numpy.ones((a.shape[1], 1)) for a in x])
    )


def _diagonal(blocks: Sequence[Floats]) -> Floats:
    """Return a matrix with the blocks along its diagonal."""
    whole = numpy.zeros((sum(len(block) for block in blocks), sum(block.shape[1] for block in blocks)))
    row = column = 0
    for block in blocks:
        whole[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return whole


def _sides(patterns: Patterns, model: Model, coefficients: Coefficients) -> tuple[Smooth, Smooth]:
    """Return the explained and the unexplained part of each column of x."""
    group, reference = model.coefficients(patterns, [0]), model.coefficients(patterns, [1])
    chosen = {"group": group, "reference": reference}.get(coefficients)
    if chosen is None:
        chosen = model.coefficients(patterns, [0, 1], dummy=coefficients == "pooled")
    of_group, of_reference = model.means(patterns, 0), model.means(patterns, 1)
    explained = (of_group - of_reference) * chosen
    return explained, of_group * (group - chosen) + of_reference * (chosen - reference)


def _parts(patterns: Patterns, sides: Sequence[Smooth]) -> list[Part]:
    """Return the gap, its two sides, and the terms of both."""
    gap, by_y, by_n = patterns.difference()
    whole = [side.sums(numpy.ones((len(side.value), 1))) for side in sides]
    found = [Smooth(numpy.array([gap]), by_y[:, None], by_n[:, None]), *whole, *sides]
    return patterns.parts(
        numpy.concatenate([one.value for one in found]),
        numpy.hstack([one.by_y for one in found]),
        numpy.hstack([one.by_n for one in found]),
    )
