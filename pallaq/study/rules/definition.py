"""A study as values: what `study.yaml` and `codebook.yaml` say once they are read and checked.

Codes are lower-case words, digits and underscores; every text a person reads is given by language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal

SYNTHETIC = "SYNTHETIC"  # what the stamp column says of a respondent that a program made

Text = Mapping[str, str]  # language -> words, e.g. {"es": "Mujeres", "en": "Women"}

Base = Literal["asked", "answered"]
GapKind = Literal["access", "participation", "resources", "services", "opportunities", "benefits"]
SampleKind = Literal["probability", "quota", "convenience", "census"]
Definition = Literal["share", "pooled", "mean", "context", "none"]
NO_ANSWER = {"es": "Sin respuesta", "en": "No answer"}
SinglePsuRule = Literal["refuse", "adjust", "average", "certainty", "collapse"]


@dataclass(frozen=True)
class Level:
    """One value of a domain variable: a profile, a region, an age group."""

    code: str
    title: Text
    short: Text  # what fits in a chart's margin
    sub_roles: tuple[Text, ...] = ()  # profiles: the roles the study counts in
    mark: str = ""  # profiles: circle, triangle or square
    place: str = ""  # regions: INEI ubigeo of the department, or ""
    direct_action: bool = False  # regions where the project itself works
    districts: tuple[str, ...] = ()  # INEI ubigeos of the districts of direct action


@dataclass(frozen=True)
class Variable:
    """A domain variable: a column whose values split the respondents."""

    code: str  # the column's name
    title: Text
    levels: tuple[Level, ...]

    def codes(self) -> tuple[str, ...]:
        """Return the levels' codes in the order the study declares."""
        return tuple(level.code for level in self.levels)

    def level(self, code: str) -> Level:
        """Return a level by its code; KeyError when there is none."""
        return {level.code: level for level in self.levels}[code]


@dataclass(frozen=True)
class Design:
    """How the sample was drawn, and so what its intervals mean."""

    kind: SampleKind
    strata: tuple[str, ...] = ()
    psu: str = ""
    weight: str = ""
    population: str = ""  # column with the stratum's size, for the finite population correction
    single_psu: SinglePsuRule = "refuse"
    collapse: Mapping[str, str] = field(default_factory=dict)  # region code -> region code it joins
    note: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """A gap to measure: group minus reference, on one domain variable."""

    variable: str
    group: str
    reference: str


@dataclass(frozen=True)
class Disclosure:
    """When a base is too small to show, and when it is shown with a flag."""

    minimum: int = 10
    flag: int = 30


@dataclass(frozen=True)
class Section:
    """A chapter of the study's results."""

    code: str
    number: str  # as printed, "3.2"
    title: Text


@dataclass(frozen=True)
class Answer:
    """One answer code of an indicator, or a named group of answer codes."""

    code: str
    title: Text
    codes: tuple[str, ...]  # the answer codes it stands for: itself, or a group's members


@dataclass(frozen=True)
class Indicator:
    """One entry of the codebook."""

    code: str
    title: Text
    section: str
    question: Text  # as asked
    variable: str  # the column
    answers: tuple[Answer, ...]  # answer codes
    groups: tuple[Answer, ...]  # named groups of answer codes
    missing: tuple[str, ...]  # codes that are no answer; "" for an empty cell
    universe: Mapping[str, tuple[str, ...]]  # {"profile": ("pallaqueras",)}; empty: everybody
    universe_text: Text
    base: Base
    counted: str  # the answer or group whose share is the indicator's figure
    favourable: str  # the answer or group that is good for the respondent; "" when neither is
    kind: GapKind | None  # None: a characteristic, not a gap
    reference: str  # the level that gaps are taken against
    note: Text = field(default_factory=dict)

    def shares(self) -> tuple[Answer, ...]:
        """Return every share that is estimated: each answer, then each group."""
        return self.answers + self.groups

    def direction(self) -> int:
        """Return 1 when more of the counted answer is better, -1 when worse, 0 when neither."""
        return 0 if not self.favourable else 1 if self.favourable == self.counted else -1


@dataclass(frozen=True)
class PlannedCell:
    """How many people of a profile the sample plan asks for in a region."""

    region: str
    profile: str
    persons: int


@dataclass(frozen=True)
class ContextFigure:
    """A national or registry figure that stands beside the survey and is never an indicator."""

    section: str
    item: str
    category: str
    about: str
    percent: float | None
    title: Text  # what it is of, and of whom, in words
    note: Text


@dataclass(frozen=True)
class PrintedFigure:
    """A figure the study printed, and the definition that gives it back.

    `definition` is "share" (one profile), "pooled", "mean" (of `levels`), "context" or "none"
    (not a percentage, or nothing to compute it from); `indicator` and `share` name what is estimated.
    """

    number: int  # row of print.csv, for messages and anchors
    section: str
    item: str
    category: str
    profile: str
    percent: float | None
    where: str
    note: Text
    definition: Definition
    indicator: str = ""
    share: str = ""
    levels: tuple[str, ...] = ()
    title: Text = field(default_factory=dict)  # where no indicator says what it is of


@dataclass(frozen=True)
class Contradiction:
    """Printed figures that do not agree, or that leave something out, named in words."""

    code: str
    words: Text
    figures: tuple[int, ...]  # numbers of the printed rows it is about


@dataclass(frozen=True)
class Study:
    """Everything the files of a study folder say."""

    code: str
    title: Text
    summary: Text
    source: Text  # where the study and its data come from
    public: bool  # its releases may be read without login
    profile: Variable
    region: Variable
    breakdowns: tuple[Variable, ...]  # further variables to estimate by
    identifier: str  # column of respondent ids, or ""
    stamp: str  # column whose value SYNTHETIC marks synthetic rows, or ""
    ignored: tuple[str, ...]  # columns that a dataset may have and that are not read
    design: Design
    comparisons: tuple[Comparison, ...]
    gaps_within: tuple[str, ...]  # domain variables inside whose levels gaps are measured too
    disclosure: Disclosure
    sections: tuple[Section, ...]
    indicators: tuple[Indicator, ...]
    plan: tuple[PlannedCell, ...]
    context: tuple[ContextFigure, ...]
    printed: tuple[PrintedFigure, ...]
    assumed: Mapping[tuple[str, str, str], float]  # (indicator, answer code, profile) -> percent chosen, not printed
    notes: tuple[Text, ...]  # what every page must say, e.g. that no regional result was printed
    contradictions: tuple[Contradiction, ...] = ()  # contradictions.yaml

    def indicator(self, code: str) -> Indicator:
        """Return an indicator by its code; KeyError when there is none."""
        return {indicator.code: indicator for indicator in self.indicators}[code]

    def variables(self) -> tuple[Variable, ...]:
        """Return every domain variable: profile, region, breakdowns."""
        return (self.profile, self.region, *self.breakdowns)

    def with_breakdowns(self, codes: Iterable[str]) -> "Study":
        """Return the study with these indicators as further variables to estimate by; Refusal when one cannot be."""
        return replace(self, breakdowns=(*self.breakdowns, *(self.as_variable(code) for code in codes)))

    def as_variable(self, code: str) -> Variable:
        """Return an indicator that everybody was asked as a domain variable: its answers, and no answer."""
        usable = {one.code: one for one in self.indicators if not one.universe}
        if code not in usable:
            said = _("“%(code)s” is not an indicator that everybody was asked. Choose one of: %(codes)s.")
            raise Refusal(said % {"code": code, "codes": ", ".join(sorted(usable))}, code="unknown-breakdown")
        indicator = usable[code]
        none = [Level(code, NO_ANSWER, NO_ANSWER) for code in indicator.missing if code]
        levels = [Level(answer.code, answer.title, answer.title) for answer in indicator.answers]
        return Variable(indicator.variable, indicator.title, (*levels, *none))
