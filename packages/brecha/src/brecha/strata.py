"""The sampling units of a design laid over cells, stage by stage, with the factor of each one's variance.

A variance is a sum over stages. At the first, over strata h of n_h PSUs with totals u_hi (Cochran 1977, section 11.21):

    sum_h (1 - n_h/N_h) n_h/(n_h - 1) sum_i (u_hi - mean of u_h)^2

At a later one, over each unit of the stage before, the same with its own units' totals, times the sampling fractions
of the stages before (Särndal, Swensson and Wretman 1992, section 4.3.2).
Strata and units are those of the whole sample: a unit without rows of a domain counts, with a zero.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from brecha.cells import Cells, Floats, Indexes, sum_by
from brecha.design import Design, Stratum
from brecha.errors import BrechaError

Flags = NDArray[numpy.bool_]


@dataclass(frozen=True)
class Stage:
    """The units of one stage and the parents they were drawn in: strata, or units of the stage before.

    - `unit_of_cell`: (C,), None where the rows are the units; `parent_of_cell`: (C,); `parent_of_unit`: (U,).
    - `units`: (H,) units a parent; `factor`: (H,) what the squared distances are multiplied by.
    - `apart`: (H,) parents whose distances are to the mean of all units instead of their own.
    """

    unit_of_cell: Indexes | None
    parent_of_cell: Indexes
    parent_of_unit: Indexes
    units: Floats
    factor: Floats
    apart: Flags


@dataclass(frozen=True)
class Strata:
    """A design's stages laid over cells, after collapsing, and which strata had a single PSU."""

    stages: tuple[Stage, ...]
    single: tuple[Stratum, ...]
    collapsed: tuple[tuple[Stratum, Stratum], ...]

    @property
    def psus(self) -> int:
        return int(self.stages[0].units.sum())

    @property
    def count(self) -> int:
        return len(self.stages[0].units)

    @property
    def df(self) -> int:
        """PSUs minus strata."""
        return self.psus - self.count


def lay(design: Design, cells: Cells) -> Strata:
    """Lay the design over cells that were gathered by its keys, collapsing or refusing strata with a single PSU.

    `cells.sums` holds "rows" and, for each column of population sizes, "low COLUMN" and "high COLUMN".
    """
    parent, labels = cells.groups(design.strata)
    if not design.nest:
        _refuse_repeated(design, cells)
    first = _units(cells, design.strata, design.psu, parent, len(labels))
    population = None
    if design.population is not None:
        population = _population(cells, design.population, parent, labels, first.counts)
    single = _single(first.counts, population, labels) if design.kind != "census" else ()
    collapsed: tuple[tuple[Stratum, Stratum], ...] = ()
    if single and design.single_psu.rule == "collapse":
        home, collapsed = _collapse(design, single, labels, first.counts)
        first = first.merged(home)
        population = None if population is None else sum_by(home, population, len(first.counts))
    if design.kind != "census":
        _refuse_unusable(design, single, first.counts)
    stages = [_stage(design, first, population, numpy.ones(len(first.counts)))]
    if design.stages:
        stages += _later(design, cells, stages[0], population)
    return Strata(tuple(stages), single, collapsed)


@dataclass(frozen=True)
class _Units:
    """Units before their factors are known: of each cell, their parents, and how many each parent has."""

    unit_of_cell: Indexes | None
    parent_of_cell: Indexes
    parent_of_unit: Indexes
    counts: Floats

    def merged(self, home: Indexes) -> "_Units":
        """Return the units with each parent replaced by its home."""
        counts = sum_by(home, self.counts, int(home.max()) + 1)
        return _Units(self.unit_of_cell, home[self.parent_of_cell], home[self.parent_of_unit], counts)


def _units(cells: Cells, above: Sequence[str], unit: str | None, parent: Indexes, parents: int) -> _Units:
    """Return the units of one stage; without a column for them, the rows."""
    if unit is None:
        return _Units(None, parent, numpy.array([], dtype=numpy.intp), sum_by(parent, cells.sums["rows"], parents))
    of_cell, labels = cells.groups((*above, unit))
    parent_of_unit = numpy.zeros(len(labels), dtype=numpy.intp)
    parent_of_unit[of_cell] = parent
    counts = numpy.bincount(parent_of_unit, minlength=parents).astype(float)
    return _Units(of_cell, parent, parent_of_unit, counts)


def _refuse_repeated(design: Design, cells: Cells) -> None:
    """Refuse a PSU that stands in two strata, if identifiers are said to be unique."""
    if design.psu is None:
        return
    _, pairs = cells.groups((design.psu, *design.strata))
    for one, other in itertools.pairwise(pairs):
        if one[0] == other[0]:
            raise BrechaError("psu_in_two_strata", psu=one[0], strata=(one[1:], other[1:]))


def _population(cells: Cells, column: str, parent: Indexes, labels: Sequence[Stratum], counts: Floats) -> Floats:
    """Return the population size of each parent, refusing two of them and one below the sample."""
    low, high = numpy.full(len(labels), numpy.inf), numpy.full(len(labels), -numpy.inf)
    numpy.minimum.at(low, parent, cells.sums[f"low {column}"])
    numpy.maximum.at(high, parent, cells.sums[f"high {column}"])
    for i in numpy.flatnonzero(low != high).tolist():
        raise BrechaError("population_varies", stratum=labels[i], low=float(low[i]), high=float(high[i]))
    for i in numpy.flatnonzero(counts > low).tolist():
        raise BrechaError("fraction_above_one", stratum=labels[i], psus=int(counts[i]), population=float(low[i]))
    return low


def _single(counts: Floats, population: Floats | None, labels: Sequence[Stratum]) -> tuple[Stratum, ...]:
    complete = numpy.zeros(len(counts), dtype=bool) if population is None else population == counts
    return tuple(labels[i] for i in numpy.flatnonzero((counts == 1) & ~complete).tolist())


def _collapse(
    design: Design, single: tuple[Stratum, ...], labels: Sequence[Stratum], counts: Floats
) -> tuple[Indexes, tuple[tuple[Stratum, Stratum], ...]]:
    """Return the new place of each stratum and what joined what."""
    into = design.single_psu.into
    home = {label: label for label in labels}
    unsaid = tuple(label for label in single if label not in into)
    if unsaid:
        raise BrechaError("single_psu", strata=unsaid)
    for label in single:
        if into[label] not in home:
            raise BrechaError("collapse_target", stratum=label, target=into[label])
        joined, target = home[label], home[into[label]]
        home = {key: target if value == joined else value for key, value in home.items()}
    kept = sorted(set(home.values()))
    place = numpy.array([kept.index(home[label]) for label in labels], dtype=numpy.intp)
    merged = sum_by(place, counts, len(kept))
    alone = tuple(label for label, count in zip(kept, merged, strict=True) if count == 1 and label in single)
    if alone:
        raise BrechaError("single_psu", strata=alone)
    return place, tuple((label, into[label]) for label in single)


def _refuse_unusable(design: Design, single: tuple[Stratum, ...], counts: Floats) -> None:
    if single and design.single_psu.rule == "refuse":
        raise BrechaError("single_psu", strata=single)
    if counts.sum() <= len(counts):
        raise BrechaError("no_degrees_of_freedom", psus=int(counts.sum()), strata=len(counts))


def _stage(design: Design, units: _Units, population: Floats | None, before: Floats) -> Stage:
    """Return a stage with its factors; `before` holds the sampling fractions above each parent."""
    counts, rule = units.counts, design.single_psu.rule
    unsampled = numpy.ones(len(counts)) if population is None else 1 - counts / population
    alone = counts == 1
    factor = before * unsampled * numpy.where(alone, float(rule == "adjust"), counts / numpy.maximum(counts - 1, 1))
    unknown = int((alone & (unsampled > 0)).sum())
    if rule == "average" and unknown:
        factor = factor * len(counts) / (len(counts) - unknown)
    return Stage(units.unit_of_cell, units.parent_of_cell, units.parent_of_unit, counts, factor, alone)


def _later(design: Design, cells: Cells, first: Stage, population: Floats | None) -> list[Stage]:
    """Return the stages below the first."""
    assert population is not None, "the design was checked: stages need a population above them"
    stages, above, stage, sizes = [], (*design.strata, *design.units[:1]), first, population
    before = numpy.ones(len(first.units))
    for declared in design.stages:
        assert stage.unit_of_cell is not None, "the design was checked: rows have no units in them"
        before = (before * stage.units / sizes)[stage.parent_of_unit]
        labels = cells.groups(above)[1]
        units = _units(cells, above, declared.unit, stage.unit_of_cell, len(labels))
        sizes_below = None
        if declared.population is not None:
            sizes_below = _population(cells, declared.population, stage.unit_of_cell, labels, units.counts)
        if design.kind != "census" and design.single_psu.rule in ("refuse", "collapse"):
            single = _single(units.counts, sizes_below, labels)
            if single:
                raise BrechaError("single_unit", column=declared.unit, units=single[:10], count=len(single))
        stage = _stage(design, units, sizes_below, before)
        stages.append(stage)
        if declared.unit is None:
            break
        above, sizes = (*above, declared.unit), sizes_below  # type: ignore[assignment]
    return stages
