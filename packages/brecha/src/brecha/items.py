"""What can be estimated: shares, means, totals, counts and ratios, each over its own base."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from brecha.errors import BrechaError

Base = Literal["asked", "answered"]
Universe = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Item(ABC):
    """What all items say: a name, who was asked, and which codes are no answer.

    - `universe`: levels by column of those who were asked; empty for everybody.
    - `missing`: codes of non-response; the empty text stands for blanks and nulls.

    Codes are texts, as `brecha.source.label` gives them: 1 and 1.0 are both "1".
    """

    name: str
    universe: Universe = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    @abstractmethod
    def variables(self) -> tuple[str, ...]:
        """The columns that hold the answers."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the item needs."""
        return (*self.variables, *self.universe)


@dataclass(frozen=True, kw_only=True)
class Coded(Item):
    """An item that counts the rows with one of the `counted` codes of `variable`.

    - `base`: `asked` keeps declared missing codes in the denominator; `answered` leaves them out,
      so that the respondents are a domain of their own for this item.
    """

    variable: str
    counted: tuple[str, ...]
    base: Base = "asked"

    def __post_init__(self) -> None:
        if self.base not in get_args(Base):
            raise BrechaError("unknown_base", name=self.name, base=self.base, allowed=get_args(Base))
        if not self.counted:
            raise BrechaError("nothing_counted", name=self.name)
        both = tuple(code for code in self.counted if code in self.missing)
        if both:
            raise BrechaError("counted_is_missing", name=self.name, codes=both)

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.variable,)


@dataclass(frozen=True, kw_only=True)
class Share(Coded):
    """The share of a base that gave one of the `counted` codes to `variable`.

    - `respondents`: for one option of a question with several answers, all its columns: who left every
      one of them missing did not respond, and a blank beside an answer is an option not chosen.

    >>> Share(name="ppe.yes", variable="ppe", counted=("yes",), missing=("no_answer",)).base
    'asked'
    """

    respondents: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.variable, *self.respondents)))


@dataclass(frozen=True, kw_only=True)
class Count(Coded):
    """The number of units of the population that would give one of the `counted` codes: a sum of weights.

    >>> Count(name="women", variable="sex", counted=("2",)).variables
    ('sex',)
    """


@dataclass(frozen=True, kw_only=True)
class Mean(Item):
    """The mean of a number among those who answered; what is neither a number nor missing is refused.

    >>> Mean(name="age", variable="age", missing=("99",)).variables
    ('age',)
    """

    variable: str

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.variable,)


@dataclass(frozen=True, kw_only=True)
class Total(Item):
    """The population total of a number; who did not answer adds nothing to it.

    >>> Total(name="gold", variable="grams").variables
    ('grams',)
    """

    variable: str

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.variable,)


@dataclass(frozen=True, kw_only=True)
class Ratio(Item):
    """The total of `numerator` over the total of `denominator`, among those who answered both.

    >>> Ratio(name="grade", numerator="grams", denominator="tonnes").variables
    ('grams', 'tonnes')
    """

    numerator: str
    denominator: str

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.numerator, self.denominator)


def options(
    name: str, columns: Sequence[str], counted: tuple[str, ...] = ("1",), missing: tuple[str, ...] = ("",)
) -> list[Share]:
    """Return one share an option of a question with several answers, each column 0 or 1, over its respondents.

    >>> [share.name for share in options("obstacle", ["obst_1", "obst_2"])]
    ['obstacle.obst_1', 'obstacle.obst_2']
    """
    return [
        Share(
            name=f"{name}.{column}",
            variable=column,
            counted=counted,
            base="answered",
            missing=missing,
            respondents=tuple(columns),
        )
        for column in columns
    ]
