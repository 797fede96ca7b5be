"""How the sample was drawn: the declaration that every variance rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from brecha.errors import BrechaError

Kind = Literal["probability", "quota", "convenience", "census"]
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

    A stratum whose only PSU is its whole population needs no rule: it has no sampling error.

    >>> SinglePsu("collapse", into={("Ancash", "men"): ("Ica", "men")}).rule
    'collapse'
    """

    rule: Rule = "refuse"
    into: Mapping[Stratum, Stratum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rule not in get_args(Rule):
            raise BrechaError("unknown_rule", rule=self.rule, allowed=get_args(Rule))


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

    >>> Design(kind="quota", strata=("region", "profile")).single_psu.rule
    'refuse'
    """

    kind: Kind
    strata: tuple[str, ...] = ()
    psu: str | None = None
    weight: str | None = None
    population: str | None = None
    single_psu: SinglePsu = field(default_factory=SinglePsu)

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise BrechaError("unknown_kind", kind=self.kind, allowed=get_args(Kind))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the design needs."""
        single = (self.psu, self.weight, self.population)
        return (*self.strata, *(column for column in single if column is not None))
