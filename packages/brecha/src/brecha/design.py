"""How the sample was drawn: the declaration that every variance rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from brecha.errors import BrechaError

if TYPE_CHECKING:
    from brecha.calibration import Calibration

Kind = Literal["probability", "quota", "convenience", "census"]
Degrees = Literal["design", "domain"]
Rule = Literal["refuse", "adjust", "average", "certainty", "collapse"]
Stratum = tuple[str, ...]


@dataclass(frozen=True)
class SinglePsu:
    """What to do with a stratum that has one PSU, whose variance cannot be estimated alone.

    - `refuse`: stop and name the strata (the default).
    - `adjust`: take its distance to the mean of all PSUs instead of its own (conservative).
    - `average`: give it the mean variance of the other strata.
    - `certainty`: it adds nothing, as a PSU that was certain to be drawn.
    - `collapse`: it joins the stratum that `into` names, for the variance only.

    A stratum whose only PSU is its whole population needs no rule: it has no sampling error. Units of
    later stages that are alone in their PSU follow the same rule; `collapse` refuses them.

    >>> SinglePsu("collapse", into={("Ancash", "men"): ("Ica", "men")}).rule
    'collapse'
    """

    rule: Rule = "refuse"
    into: Mapping[Stratum, Stratum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rule not in get_args(Rule):
            raise BrechaError("unknown_rule", rule=self.rule, allowed=get_args(Rule))


@dataclass(frozen=True)
class Stage:
    """A stage of sampling inside the units of the stage before.

    - `unit`: the column of its units, counted anew in each unit above. None: each row is one.
    - `population`: a column with the number of units in the unit above. None: drawn with replacement.

    >>> Stage(unit="household", population="households").unit
    'household'
    """

    unit: str | None = None
    population: str | None = None


@dataclass(frozen=True)
class Design:
    """The design of a sample over a table's columns.

    - `kind`: a probability sample's errors are of the design; those of a quota or convenience
      sample are model-based, as if its rows were drawn at random inside strata; a census has none.
    - `strata`: column names; a stratum is one combination of their values. `()` for one stratum.
    - `psu`: the column of the primary sampling units, counted anew in each stratum (the same
      identifier in two strata is two PSUs). None: each row is one.
    - `weight`: a column of weights above zero. None: every row weighs 1.
    - `population`: a column with the stratum's number of PSUs in the population, N_h. The finite
      population correction is 1 - n_h / N_h. None: drawn with replacement.
    - `single_psu`: the rule for strata with one PSU.
    - `stages`: what was drawn inside the PSUs, first to last. It adds to a variance only where the
      PSUs are a noticeable part of their population, so `population` is needed.
    - `nest`: with False a PSU identifier is unique, and one that stands in two strata is refused.
    - `calibration`: what `brecha.rake` and its siblings made of the weights.
    - `degrees`: of freedom: PSUs minus strata of the whole sample ("design"), or of those that have rows of the
      estimate's base ("domain", Korn and Graubard 1999; Parker and others 2017), at least 1. The second
      gives a region that is one stratum of few PSUs the wide limits that it needs, and is too wide for most others.

    >>> Design(kind="quota", strata=("region", "profile")).single_psu.rule
    'refuse'
    """

    kind: Kind
    strata: tuple[str, ...] = ()
    psu: str | None = None
    weight: str | None = None
    population: str | None = None
    single_psu: SinglePsu = field(default_factory=SinglePsu)
    stages: tuple[Stage, ...] = ()
    nest: bool = True
    calibration: "Calibration | None" = None
    degrees: Degrees = "design"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise BrechaError("unknown_kind", kind=self.kind, allowed=get_args(Kind))
        if self.degrees not in get_args(Degrees):
            raise BrechaError("unknown_degrees", degrees=self.degrees, allowed=get_args(Degrees))
        above = [(self.psu, self.population), *((stage.unit, stage.population) for stage in self.stages)]
        if any(unit is None or population is None for unit, population in above[:-1]):
            raise BrechaError("stage_without_population")

    @property
    def units(self) -> tuple[str, ...]:
        """The columns of the sampling units that are not rows, stage by stage."""
        return tuple(unit for unit in (self.psu, *(stage.unit for stage in self.stages)) if unit is not None)

    @property
    def populations(self) -> tuple[str, ...]:
        """The columns of population sizes, stage by stage."""
        columns = (self.population, *(stage.population for stage in self.stages))
        return tuple(column for column in columns if column is not None)

    @property
    def rows_are_units(self) -> bool:
        """Whether the last stage drew rows."""
        return self.psu is None or any(stage.unit is None for stage in self.stages)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell the sampling units and the calibration's patterns apart."""
        calibrated = () if self.calibration is None else self.calibration.columns
        return (*self.strata, *self.units, *calibrated)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the design needs."""
        return (*self.keys, *(() if self.weight is None else (self.weight,)), *self.populations)
