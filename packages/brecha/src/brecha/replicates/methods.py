"""The methods of replication, and estimates with standard errors from them.

With R replicates, theta_r the estimate in one and theta the mean of them, or the full estimate (`mse`), the variance is

    scale * sum_r rscale_r (theta_r - theta)^2

(Wolter 2007, chapters 3 to 5). A replicate of a total is a combination of the PSUs' totals, so it comes from the same
sums by PSU as linearisation; the rows are not read again, not even for the covariance of two items.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy

from brecha.cells import Floats
from brecha.design import Design, Stratum
from brecha.errors import BrechaError
from brecha.estimating import EVERYBODY, By, Finish, Linear, check, domain_counts, domains, levels, summary
from brecha.gathering import Gathered, collect
from brecha.intervals import Interval
from brecha.items import Item
from brecha.replicates.covariances import Replicated
from brecha.replicates.laying import Laid, half_samples, leave_one_out, redrawn
from brecha.replicates.recalibrating import refuse_calibration
from brecha.results import Result, domain_key
from brecha.source import read

Kind = Literal["jackknife", "brr", "bootstrap"]


@dataclass(frozen=True, eq=False)
class Replicates:
    """A method of replication, made by `jackknife`, `brr` or `bootstrap`, which say what its fields mean.

    `mse`: squares are about the full estimate instead of the mean of the replicates, as with R's `mse=TRUE`.
    """

    kind: Kind
    mse: bool = False
    fay: float = 0.0
    hadamard: Floats | None = field(default=None, repr=False)
    replicates: int = 0
    seed: int = 0

    def estimate(
        self,
        source: object,
        design: Design,
        items: Sequence[Item],
        by: By = EVERYBODY,
        level: float = 0.95,
        interval: Interval = "wilson",
    ) -> Result:
        """Return what `brecha.estimate` does, with standard errors and covariances from replicates.

        - Degrees of freedom: PSUs minus strata, as linearised, or replicates minus 1 if they are fewer.
        - A replicate in which a domain has no weight adds nothing to its variance, as in R.
        - Weights post-stratified, raked without bounds, or calibrated with the distance `linear` or `raking` are
          calibrated anew in each replicate. Weights calibrated otherwise, or more than once, are refused.
        - A stratum's only PSU does not vary under the rules `certainty` and `collapse`, nor if it is the whole
          population; `adjust` and `average` are refused where there is one.
        - Refused: designs whose PSUs are rows, a census, and later stages, which whole PSUs cannot replicate.

        >>> import brecha
        >>> answers = {"site": ["a", "a", "b", "b", "c"], "age": [20, 30, 30, 50, 20]}
        >>> items = [brecha.Mean(name="age", variable="age")]
        >>> [age] = jackknife().estimate(answers, Design(kind="quota", psu="site"), items)
        >>> age.estimate, round(age.se, 4), age.df
        (30.0, 6.407, 2)
        """
        _refuse(design)
        by = list(dict.fromkeys(by))
        columns = tuple(dict.fromkeys(column for group in by for column in group))
        check(items, level)
        gathered = collect(read(source), design, items, columns)
        found = [(domain, domain_key(domain), inside) for domain, inside in domains(gathered.cells, by)]
        laid = self._lay(design, gathered)
        replicated = Replicated(gathered, laid, design.calibration, {key: at for _, key, at in found}, self.mse)
        df = min(gathered.strata.df, replicated.count - 1)
        finish, counts = Finish(gathered, df, level, interval), domain_counts(gathered, by)
        rows = [
            finish.estimates(domain, Linear(gathered, inside), replicated.variances(key), counts[key])
            for domain, key, inside in found
        ]
        whole = summary(design, gathered.strata, int(gathered.cells.sums["rows"].sum()))
        return Result(
            estimates=[estimate for row in zip(*rows, strict=True) for estimate in row if estimate],
            design=replace(whole, df=df, replicates=self.kind),
            level=level,
            by=by,
            levels=levels(gathered.cells, columns),
            covariances=replicated,
        )

    def _lay(self, design: Design, gathered: Gathered) -> Laid:
        """Return the replicates of a design laid over cells."""
        stage, rule = gathered.strata.stages[0], design.single_psu.rule
        if gathered.strata.single and rule in ("adjust", "average"):
            raise BrechaError("replicates_single_psu", rule=rule, strata=gathered.strata.single)
        # 1 - n_h/N_h, taken from the linearised variance's factor; 0 where a single PSU cannot vary.
        unsampled = stage.factor * (stage.units - 1) / stage.units
        change = numpy.sqrt(unsampled)[stage.parent_of_unit]
        if self.kind == "jackknife":
            return leave_one_out(stage, unsampled)
        if self.kind == "brr":
            return half_samples(stage, change, self.fay, self.hadamard, _labels(design, gathered))
        return redrawn(stage, change, self.replicates, self.seed)


def jackknife(mse: bool = False) -> Replicates:
    """Return the jackknife: each PSU left out once, the others of its stratum growing into its place.

    R's JK1 without strata, JKn with them (Wolter 2007, section 4.5): a replicate's square counts (n_h - 1)/n_h, times
    1 - n_h/N_h where the design has a population.

    >>> jackknife().kind
    'jackknife'
    """
    return Replicates("jackknife", mse=mse)


def brr(fay: float = 0.0, hadamard: Floats | None = None, mse: bool = False) -> Replicates:
    """Return balanced half-samples of strata of two PSUs (McCarthy 1969; Wolter 2007, chapter 3).

    - `fay`: what the PSU outside a half-sample keeps of its weight, from 0 to below 1 (Judkins 1990), so that
      no small domain loses all its weight.
    - `hadamard`: (R, C) of 1 and -1 with orthogonal columns; each stratum takes the next that has as many of both,
      in the order of labels, and its first PSU is in the half-samples of the ones. By default Sylvester's matrix of
      the first power of two above the number of strata.

    With a population the changes are times sqrt(1 - n_h/N_h), so that a total has its linearised variance; R leaves
    the population out. Strata of other sizes are refused by name.

    >>> brr(fay=0.3).fay
    0.3
    """
    if not 0 <= fay < 1:
        raise BrechaError("fay_out_of_range", fay=fay)
    return Replicates("brr", mse=mse, fay=fay, hadamard=hadamard)


def bootstrap(replicates: int = 500, seed: int = 1, mse: bool = False) -> Replicates:
    """Return the rescaled bootstrap of Rao and Wu (1988), as weights (Rao, Wu and Yue 1992).

    Of the n_h PSUs of a stratum, n_h - 1 are drawn again with replacement; one drawn m times weighs m n_h/(n_h - 1)
    times its weight. With a population its change is times sqrt(1 - n_h/N_h), which R leaves out. `seed` is numpy's;
    PSUs stand in the order of labels, so that a seed gives one result on every machine and engine.

    >>> bootstrap(replicates=200, seed=7).replicates
    200
    """
    if replicates < 2:
        raise BrechaError("few_replicates", replicates=replicates)
    return Replicates("bootstrap", mse=mse, replicates=replicates, seed=seed)


def _refuse(design: Design) -> None:
    """Refuse designs that have nothing to replicate, or more than whole PSUs show."""
    if design.kind == "census":
        raise BrechaError("replicates_of_census")
    if design.psu is None:
        raise BrechaError("replicates_of_rows")
    if design.stages:
        raise BrechaError("replicates_of_stages")
    refuse_calibration(design.calibration)


def _labels(design: Design, gathered: Gathered) -> list[Stratum]:
    """Return a label of each stratum: of the first that was collapsed into it."""
    group, labels = gathered.cells.groups(design.strata)
    first = numpy.unique(gathered.strata.stages[0].parent_of_cell, return_index=True)[1]
    return [labels[group[i]] for i in first.tolist()]
