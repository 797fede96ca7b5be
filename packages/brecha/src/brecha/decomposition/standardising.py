"""The gap that would remain if both groups had one mix: direct standardisation.

With N and Y the sums of weights and weighted answers of group g in pattern k, its standardised mean is
sum_k s_k Y_gk / N_gk, s being the standard mix (Kitagawa 1955; Fleiss, Levin and Paik 2003, chapter 19).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy

from brecha.cells import Floats
from brecha.decomposition.patterns import SIGNS, Part, Pattern, Patterns, sum_patterns
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.gaps import Comparison
from brecha.items import Item
from brecha.results import DesignSummary

Source = Literal["pooled", "group", "reference"]


@dataclass(frozen=True)
class Mix:
    """The mix that both groups are given: of the levels of `by`, each combination a pattern.

    - `standard`: the mix of the two groups `pooled`, of the `group` or of the `reference`, each estimated from the
      sample, with an error of its own; or known shares or counts by pattern, which have none.
    - `collapse`: patterns that join another, by default none.

    >>> Mix(by=("age",), standard={("18-29",): 300, ("30+",): 700}).by
    ('age',)
    """

    by: Sequence[str]
    standard: Source | Mapping[Pattern, float] = "pooled"
    collapse: Mapping[Pattern, Pattern] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.standard, Mapping):
            if self.standard not in get_args(Source):
                raise BrechaError("unknown_standard", standard=self.standard, allowed=get_args(Source))
            return
        for pattern, share in self.standard.items():
            if not 0 <= share < math.inf:
                raise BrechaError("standard_invalid", pattern=pattern, share=share)


@dataclass(frozen=True)
class MixCell:
    """A pattern's share of the standard mix and of each group's, and each group's rows and estimate there."""

    pattern: Pattern
    standard: float
    group_share: float
    reference_share: float
    n_group: int
    n_reference: int
    group_estimate: float | None
    reference_estimate: float | None


@dataclass(frozen=True)
class Standardised:
    """A gap as it is, and as it would be with one mix.

    - `difference`: group minus reference; `adjusted`: the same of the standardised figures `group_estimate` and
      `reference_estimate`; `explained`: the first less the second, what the mix accounts for.
    - `mix`: pattern by pattern.
    """

    name: str
    comparison: Comparison
    by: tuple[str, ...]
    difference: Part
    adjusted: Part
    explained: Part
    group_estimate: Part
    reference_estimate: Part
    mix: tuple[MixCell, ...]
    design: DesignSummary


def standardise(source: object, design: Design, item: Item, comparison: Comparison, mix: Mix) -> Standardised:
    """Standardise a share or mean in two groups to one mix, with linearised errors.

    Rows with a blank in `mix.by` are refused: name the levels that count in the item's `universe`. Refused are also
    groups without rows in the base, patterns of the standard in which a group has none, and more than 10,000
    patterns. The errors count the design, its clusters and the covariance of the groups. Against R: `svystandardize`
    followed by `svyby` for known shares.

    >>> answers = {"who": ["women"] * 6 + ["men"] * 6, "age": ["young"] * 4 + ["old"] * 4 + ["young"] * 2 + ["old"] * 2,
    ...     "ppe": ["yes", "no", "no", "no", "yes", "yes", "yes", "yes", "yes", "no", "yes", "yes"]}
    >>> import brecha
    >>> found = standardise(answers, Design(kind="quota", strata=("who",)),
    ...     brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",)),
    ...     Comparison(variable="who", group="women", reference="men"), Mix(by=("age",)))
    >>> for part in (found.difference, found.adjusted, found.explained):
    ...     print(f"{part.estimate:.3f} {part.se:.3f}")
    -0.333 0.279
    -0.125 0.230
    -0.208 0.201
    """
    patterns = sum_patterns(source, design, item, comparison, mix.by, mix.collapse)
    standard = _standard(patterns, mix)
    _refuse_lacking(patterns, comparison, mix, standard)
    means = numpy.divide(patterns.y, patterns.n, out=numpy.zeros_like(patterns.y), where=patterns.rows > 0)
    figures, by_y, by_n = _standardised(patterns, mix, standard, means)
    gap, gap_by_y, gap_by_n = patterns.difference()
    adjusted, adjusted_by_y, adjusted_by_n = float(SIGNS @ figures), SIGNS @ by_y, SIGNS @ by_n
    group, reference, difference, net, explained = patterns.parts(
        numpy.array([*(figures + patterns.rough), gap, adjusted, gap - adjusted]),
        numpy.array([*by_y, gap_by_y, adjusted_by_y, gap_by_y - adjusted_by_y]).T,
        numpy.array([*by_n, gap_by_n, adjusted_by_n, gap_by_n - adjusted_by_n]).T,
    )
    return Standardised(
        name=item.name,
        comparison=comparison,
        by=tuple(mix.by),
        difference=difference,
        adjusted=net,
        explained=explained,
        group_estimate=group,
        reference_estimate=reference,
        mix=_cells(patterns, standard, means),
        design=patterns.design,
    )


def _standard(patterns: Patterns, mix: Mix) -> Floats:
    """Return the standard's share of each pattern, (K,)."""
    if not isinstance(mix.standard, Mapping):
        sizes = (_estimated_from(mix)[:, None] * patterns.n).sum(axis=0)
        return numpy.asarray(sizes / sizes.sum())
    known = dict.fromkeys(patterns.labels, 0.0)
    said = {mix.collapse.get(pattern, pattern) for pattern in mix.standard}
    if unsaid := tuple(pattern for pattern in patterns.labels if pattern not in said):
        raise BrechaError("standard_incomplete", columns=tuple(mix.by), patterns=unsaid)
    for pattern, share in mix.standard.items():
        home = mix.collapse.get(pattern, pattern)
        known[home] = known.get(home, 0.0) + share
    shares = numpy.array(list(known.values()))
    if not shares.sum():
        raise BrechaError("standard_empty")
    if nowhere := tuple(pattern for pattern, share in known.items() if share and pattern not in patterns.labels):
        raise BrechaError("pattern_lacking", who="either group", columns=tuple(mix.by), patterns=nowhere)
    return numpy.asarray(shares[: len(patterns.labels)] / shares.sum())


def _estimated_from(mix: Mix) -> Floats:
    """Return which of the two groups the standard mix is estimated from, (2,): none where it is known."""
    groups = {"pooled": [1.0, 1.0], "group": [1.0, 0.0], "reference": [0.0, 1.0]}
    return numpy.array([0.0, 0.0] if isinstance(mix.standard, Mapping) else groups[mix.standard])


def _refuse_lacking(patterns: Patterns, comparison: Comparison, mix: Mix, standard: Floats) -> None:
    for who, rows in zip((comparison.group, comparison.reference), patterns.rows, strict=True):
        lacking = numpy.flatnonzero((standard > 0) & (rows == 0)).tolist()
        if lacking:
            labels = tuple(patterns.labels[k] for k in lacking)
            raise BrechaError("pattern_lacking", who=who, columns=tuple(mix.by), patterns=labels)


def _standardised(patterns: Patterns, mix: Mix, standard: Floats, means: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the two groups' standardised means, (2,), and their derivatives by `y` and `n`, each (2, 2 K).

    A share s_k = N_k / N of an estimated standard adds (mean in k - standardised mean) / N for each weight in k.
    """
    figures = means @ standard
    source = _estimated_from(mix)
    size = float(source @ patterns.n.sum(axis=1))
    by_y, by_n = numpy.zeros((2, *means.shape)), numpy.zeros((2, *means.shape))  # a[group of figure, group of sum, k]
    for g in (0, 1):
        numpy.divide(standard, patterns.n[g], out=by_y[g, g], where=patterns.rows[g] > 0)
        by_n[g, g] = -means[g] * by_y[g, g]
        if size:
            by_n[g] += numpy.outer(source, means[g] - figures[g]) / size
    return figures, by_y.reshape(2, -1), by_n.reshape(2, -1)


def _cells(patterns: Patterns, standard: Floats, means: Floats) -> tuple[MixCell, ...]:
    shares = patterns.n / patterns.n.sum(axis=1, keepdims=True)
    return tuple(
        MixCell(
            pattern=pattern,
            standard=float(standard[k]),
            group_share=float(shares[0, k]),
            reference_share=float(shares[1, k]),
            n_group=int(patterns.rows[0, k]),
            n_reference=int(patterns.rows[1, k]),
            group_estimate=float(means[0, k]) + patterns.rough if patterns.rows[0, k] else None,
            reference_estimate=float(means[1, k]) + patterns.rough if patterns.rows[1, k] else None,
        )
        for k, pattern in enumerate(patterns.labels)
    )
