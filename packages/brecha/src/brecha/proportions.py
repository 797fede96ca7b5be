"""Shares of rows that gave the counted answers: many at once, in any domains, from one GROUP BY."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from brecha.cells import Cells, gather
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.intervals import quantile, wilson
from brecha.results import Covariances, DesignSummary, Domain, Estimate, Result, domain_key
from brecha.shares import Pairs, Share, Totals, refuse_blanks, sums, totals
from brecha.source import Table, read
from brecha.variance import Indexes, Side, Strata, covariance, lay, lonely, side

By = Sequence[tuple[str, ...]]


def proportions(
    source: object,
    design: Design,
    shares: Sequence[Share],
    by: By = ((),),
    level: float = 0.95,
) -> Result:
    """Estimate every share in every domain, from one GROUP BY over the rows.

    - `by`: tuples of columns; each combination of their levels is a domain, `()` is everybody. A
      domain without rows in a share's base has no estimate; rows with a blank level are in no domain of it.
    - Standard errors are linearised (see `brecha.variance`); limits are Wilson's on the design's effective
      sample size with the t quantile of its degrees of freedom (Franco et al. 2019).

    >>> answers = {"who": ["women", "men"] * 4, "ppe": ["no", "yes"] * 2 + ["yes"] * 4}
    >>> result = proportions(answers, Design(kind="quota", strata=("who",)),
    ...     [Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[(), ("who",)])
    >>> women = result.get("ppe.yes", {"who": "women"})
    >>> women.estimate, women.n, round(women.se, 4), women.df
    (0.5, 4, 0.2887, 6)
    """
    table = read(source)
    by = list(dict.fromkeys(by))
    columns = tuple(dict.fromkeys(column for group in by for column in group))
    _check(table, design, shares, columns, level)
    masks = {share.name: share.masks(table) for share in shares}
    cells = gather(table, design, columns, sums(table, design, masks.values()))
    for share in shares:
        refuse_blanks(share, masks[share.name], cells)
    strata = lay(design, cells)
    found = totals(cells, list(masks.values()))
    finish = _Finish(tuple(masks), found, strata, design.kind == "census", level)
    domains = _domains(cells, by)
    sides = {domain_key(domain): side(found.moments, inside) for domain, inside in domains}
    rows = [finish.estimates(domain, sides[domain_key(domain)]) for domain, _ in domains]
    pairs = Pairs(table, design, columns, list(masks.values()))
    return Result(
        estimates=[estimate for row in zip(*rows, strict=True) for estimate in row if estimate],
        design=_summary(design, strata, int(cells.sums["rows"].sum())),
        level=level,
        by=by,
        levels={column: sorted(set(cells.keys[column]) - {""}) for column in columns},
        covariances=Covariances(strata, {name: i for i, name in enumerate(masks)}, sides, pairs.cross),
    )


def _check(table: Table, design: Design, shares: Sequence[Share], columns: Sequence[str], level: float) -> None:
    used = [*design.columns, *columns]
    seen: set[str] = set()
    for share in shares:
        if share.name in seen:
            raise BrechaError("duplicate_name", name=share.name)
        seen.add(share.name)
        used += [share.variable, *share.universe]
    unknown = tuple(column for column in dict.fromkeys(used) if column not in table.columns)
    if unknown:
        raise BrechaError("unknown_columns", columns=unknown)
    if not 0 < level < 1:
        raise BrechaError("level_out_of_range", level=level)


def _domains(cells: Cells, by: By) -> list[tuple[Domain, Indexes]]:
    """Return each domain with its cells, in the order of `by` and of the levels' labels."""
    domains: list[tuple[Domain, Indexes]] = []
    for columns in by:
        inside: dict[tuple[str, ...], list[int]] = {}
        for cell, levels in enumerate(cells.tuples(columns)):
            if "" not in levels:
                inside.setdefault(levels, []).append(cell)
        for levels in sorted(inside):
            domains.append((dict(zip(columns, levels, strict=True)), numpy.array(inside[levels])))
    return domains


@dataclass(frozen=True)
class _Finish:
    """Turns the sums of one domain at a time into estimates, one a share."""

    names: tuple[str, ...]
    totals: Totals
    strata: Strata
    census: bool
    level: float

    def estimates(self, domain: Domain, here: Side) -> list[Estimate | None]:
        """Return the K estimates in a domain, None where a share has no row in its base."""
        totals, moments = self.totals, self.totals.moments
        numbers = numpy.column_stack(
            [
                *(
                    sums[here.inside].sum(axis=0)
                    for sums in (moments.n, totals.counted, totals.asked, totals.missing, moments.w2)
                ),
                lonely(self.strata, here),
                covariance(self.strata, here, here),
            ]
        )
        return [
            self._estimate(k, domain, here, share) if share[0] else None for k, share in enumerate(numbers.tolist())
        ]

    def _estimate(self, k: int, domain: Domain, here: Side, numbers: Sequence[float]) -> Estimate:
        n, count, asked, missing, w2, alone, variance = numbers
        p = float(here.mean[k]) if 0 < count < n else count / n  # exactly 0 or 1, whatever weights sum to
        precision = _NO_ERROR
        if not self.census:
            kish = float(here.weight[k]) ** 2 / w2
            precision = _precision(p, variance, n, kish, quantile(self.level, self.strata.df))
        return Estimate(
            name=self.names[k],
            domain=domain,
            estimate=p,
            df=None if self.census else self.strata.df,
            n=int(n),
            count=int(count),
            asked=int(asked),
            missing=int(missing),
            single_psu_strata=int(alone),
            **precision,
        )


# A design effect this small is the rounding of a share that the design fixes, such as that of a stratum.
ROUNDING = 1e-12
_NO_ERROR: dict[str, float | None] = dict.fromkeys(("se", "low", "high", "n_eff", "deff", "cv"))


def _precision(p: float, variance: float, n: float, kish: float, t: float) -> dict[str, float | None]:
    """Return what the variance says of a share: error, limits, effective size, design effect."""
    simple = p * (1 - p)
    if not simple or variance * n <= ROUNDING * simple:
        variance = 0.0
    n_eff = (n if simple >= n * variance else simple / variance) if simple else kish
    low, high = wilson(p, n_eff, t)
    return {
        "se": math.sqrt(variance),
        "low": low,
        "high": high,
        "n_eff": n_eff,
        "deff": variance * n / simple if simple else None,
        "cv": math.sqrt(variance) / p if p else None,
    }


def _summary(design: Design, strata: Strata, rows: int) -> DesignSummary:
    return DesignSummary(
        kind=design.kind,
        weighted=design.weight is not None,
        clustered=design.psu is not None,
        rows=rows,
        psus=int(strata.psus.sum()),
        strata=len(strata.psus),
        df=None if design.kind == "census" else strata.df,
        single_psu_rule=design.single_psu.rule,
        single_psu=strata.single,
        collapsed=strata.collapsed,
    )
