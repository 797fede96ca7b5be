"""The share of a domain's rows at or below a value of its own, as `brecha.estimate` estimates any share."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy

from brecha.cells import Floats
from brecha.estimating import estimate
from brecha.items import Share, Universe
from brecha.quantiles.rows import By, Place, Rows, number_of
from brecha.results import DomainKey, Result

Values = Mapping[tuple[str, Place], float | None]


@dataclass(frozen=True)
class Probe:
    """A value of a measure in each of some domains of the same columns, to count the rows up to there."""

    name: str
    measure: int
    values: dict[DomainKey, float | None]


def name_of(what: str, domain: DomainKey) -> str:
    """Return the name of the share that was asked in a domain: each tuple of columns has its own."""
    return f"{what} by {[column for column, _ in domain]}"


def below(rows: Rows, values: Values, by: By, level: float) -> Result:
    """Return the share of the rows at or below each value of a measure in a domain; `name_of` names it.

    The base are the rows with a number; as in a mean, those without are missing.
    """
    probes = _probes(values)
    laid = {f"brecha_value_{i}": _by_cell(rows, probe) for i, probe in enumerate(probes)}
    joined = rows.beside(numpy.arange(len(rows.ratio)), laid)
    counted, shares = {}, []
    for i, probe in enumerate(probes):
        column = f"brecha_below_{i}"
        counted[column] = (number_of(joined, probe.measure) <= joined[f"brecha_value_{i}"]).cast("int8")
        shares.append(_share(probe.name, column, rows.measures[probe.measure].universe))
    return estimate(joined.mutate(**counted), rows.design, shares, by=by, level=level)


def _share(name: str, column: str, universe: Universe) -> Share:
    return Share(name=name, variable=column, counted=("1",), base="answered", universe=universe, missing=("",))


def _probes(values: Values) -> list[Probe]:
    """Return the values as one probe for each name."""
    probes: dict[str, Probe] = {}
    for (what, (measure, domain)), one in values.items():
        name = name_of(what, domain)
        probes.setdefault(name, Probe(name, measure, {})).values[domain] = one
    return list(probes.values())


def _by_cell(rows: Rows, probe: Probe) -> Floats:
    """Return the value in each cell, (C,), nan where there is none."""
    values = numpy.full(len(rows.ratio), numpy.nan)
    for domain, one in probe.values.items():
        values[rows.members[domain]] = numpy.nan if one is None else one
    return values
