"""A diagnosis as values: everything the page, the report and the files print is here, once, with its id.

Shares are fractions of the counted answer; a gap is group minus reference. `estimates.json` is this document.
Ids are stable from one release to the next: `enough_ppe.yes.profile-women`, `enough_ppe.yes.profile-women-vs-men`.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Text = Mapping[str, str]  # language -> words
Hidden = Literal["", "primary", "secondary"]

FORMAT = "pallaq-diagnosis/2"  # count it up with every field added, renamed or removed


@dataclass(frozen=True)
class PlaceInfo:
    """A district by its INEI code."""

    code: str
    name: str
    province: str


@dataclass(frozen=True)
class LevelInfo:
    """A profile, region or other domain, with how many people were asked."""

    code: str
    title: Text
    short: Text
    mark: str
    n: int
    sub_roles: tuple[Text, ...] = ()  # profiles: the roles the study counts in
    direct_action: bool = False  # regions where the project itself works
    districts: tuple[PlaceInfo, ...] = ()  # of direct action

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "LevelInfo":
        """Return the level that JSON holds."""
        return cls(**{**values, "districts": tuple(PlaceInfo(**place) for place in values.get("districts", ()))})


@dataclass(frozen=True)
class VariableInfo:
    """A domain variable; `role` is profile, region or breakdown."""

    code: str
    role: str
    title: Text
    levels: tuple[LevelInfo, ...]

    def level(self, code: str) -> LevelInfo:
        """Return a level by its code; KeyError when there is none."""
        return {level.code: level for level in self.levels}[code]


@dataclass(frozen=True)
class SectionInfo:
    """A chapter of the study's results."""

    code: str
    number: str
    title: Text


@dataclass(frozen=True)
class ShareInfo:
    """An answer, or a named group of answers, whose share is estimated."""

    code: str
    title: Text
    codes: tuple[str, ...]


@dataclass(frozen=True)
class IndicatorInfo:
    """What a figure means: the question, who was asked, what was counted."""

    code: str
    title: Text
    section: str
    question: Text
    variable: str
    universe: Mapping[str, tuple[str, ...]]
    universe_text: Text
    base: str  # asked or answered
    counted: str
    favourable: str
    direction: int  # 1 more is better, -1 more is worse, 0 neither
    kind: str  # kind of gap, or "" for a characteristic
    reference: str
    shares: tuple[ShareInfo, ...]
    note: Text
    on_board: bool  # both sides of a gap come from the data, not assumed

    def share(self, code: str) -> ShareInfo:
        """Return a share by its code; KeyError when there is none."""
        return {share.code: share for share in self.shares}[code]


@dataclass(frozen=True)
class Estimate:
    """One share in one domain. Figures are None when hidden, and intervals None for a census."""

    id: str
    indicator: str
    share: str
    domain: Mapping[str, str]  # {} everybody, {"profile": "women"}, {"profile": "women", "region": "04"}
    pooling: Literal["pooled", "mean"]  # "mean": unweighted mean of the profiles' shares
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    df: float | None
    n: int | None  # the base: rows in the denominator
    asked: int | None  # rows that were asked
    missing: int | None  # rows asked that gave no answer
    hidden: Hidden
    imprecise: bool  # base under the study's flag
    assumed: bool  # chosen by the reconstruction, never in a gap, chart or map


@dataclass(frozen=True)
class Gap:
    """Group minus reference, on one variable, perhaps inside one domain. None where hidden or undefined."""

    id: str
    indicator: str
    share: str
    variable: str
    group: str
    reference: str
    within: Mapping[str, str]
    n_group: int | None
    n_reference: int | None
    difference: float | None
    se: float | None
    low: float | None
    high: float | None
    df: float | None
    t: float | None
    p: float | None
    p_adjusted: float | None  # Benjamini-Hochberg within `family`
    family: str  # what the tests were adjusted with, e.g. "profile" (all gaps of the board)
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    hidden: Hidden
    imprecise: bool
    favours: Literal["group", "reference", "neither"]  # whom the favourable answer favours


@dataclass(frozen=True)
class DesignInfo:
    """How the sample was drawn and what that makes of its intervals."""

    kind: str  # probability, quota, convenience, census
    strata: tuple[str, ...]
    psu: str
    weight: str
    population: str
    single_psu: str
    note: Text
    strata_count: int
    psu_count: int
    df: float | None
    rows: int
    collapsed: tuple[tuple[Text, Text], ...]  # (stratum, joined with), in words like "Ancash, Men"
    interval: str  # "design", "model" or "none": what the intervals mean
    level: float
    method: str  # of the shares' intervals: "wilson"
    gap_method: str  # "mover"


@dataclass(frozen=True)
class Printed:
    """A figure the study printed beside ours. Public, so never hidden."""

    number: int
    section: str
    item: str
    category: str
    profile: str
    percent: float | None
    title: Text  # what it is of, where no indicator says so
    where: str
    note: Text
    definition: str  # share, pooled, mean, context, none
    estimate: str  # id of the estimate that answers it, or ""
    indicator: str
    share: str
    levels: tuple[str, ...]
    ours: float | None  # fraction
    reproduced: bool | None  # None: nothing to compute


@dataclass(frozen=True)
class Contradiction:
    """Printed figures that do not agree, or that leave something out; the words are the study's own."""

    code: str
    figures: tuple[int, ...]  # numbers of the printed rows it is about
    words: Text = field(default_factory=dict)


@dataclass(frozen=True)
class ContextFigure:
    """A national or registry figure beside the survey; never an indicator."""

    section: str
    item: str
    category: str
    about: str
    percent: float | None
    title: Text  # what it is of, and of whom
    note: Text


@dataclass(frozen=True)
class PlannedCell:
    """How many people of a profile the sample plan asks for in a region; the study publishes its plan."""

    region: str
    profile: str
    persons: int


@dataclass(frozen=True)
class DataInfo:
    """The rows this was computed from."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Document:
    """A whole diagnosis."""

    format: str
    study: str
    title: Text
    summary: Text
    source: Text
    notes: tuple[Text, ...]
    synthetic: bool
    data: DataInfo
    study_sha256: str  # of the study's files
    versions: Mapping[str, str]  # pallaq, brecha, duckdb, numpy, ...
    design: DesignInfo
    minimum: int
    flag: int
    variables: tuple[VariableInfo, ...]
    sections: tuple[SectionInfo, ...]
    indicators: tuple[IndicatorInfo, ...]
    estimates: tuple[Estimate, ...]
    gaps: tuple[Gap, ...]  # widest first
    printed: tuple[Printed, ...]
    contradictions: tuple[Contradiction, ...]
    context: tuple[ContextFigure, ...]
    plan: tuple[PlannedCell, ...] = ()
    warnings: tuple[Text, ...] = ()  # what is worth saying of the data

    def profile(self) -> VariableInfo:
        """Return the profile variable."""
        return next(variable for variable in self.variables if variable.role == "profile")

    def region(self) -> VariableInfo:
        """Return the region variable."""
        return next(variable for variable in self.variables if variable.role == "region")

    def indicator(self, code: str) -> IndicatorInfo:
        """Return an indicator by its code; KeyError when there is none."""
        return next(indicator for indicator in self.indicators if indicator.code == code)

    def estimates_of(self, indicator: str) -> list[Estimate]:
        """Return every estimate of an indicator."""
        return [estimate for estimate in self.estimates if estimate.indicator == indicator]

    def gaps_of(self, indicator: str) -> list[Gap]:
        """Return every gap of an indicator."""
        return [gap for gap in self.gaps if gap.indicator == indicator]

    def to_dict(self) -> dict[str, Any]:
        """Return the document as JSON holds it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Document":
        """Return the document that `to_dict` wrote."""
        parts: dict[str, Callable[[dict[str, Any]], object]] = {
            "variables": lambda v: VariableInfo(**{**v, "levels": tuple(map(LevelInfo.from_dict, v["levels"]))}),
            "sections": lambda v: SectionInfo(**v),
            "indicators": lambda v: IndicatorInfo(**{**v, "shares": tuple(ShareInfo(**x) for x in v["shares"])}),
            "estimates": lambda v: Estimate(**v),
            "gaps": lambda v: Gap(**v),
            "printed": lambda v: Printed(**v),
            "contradictions": lambda v: Contradiction(**v),
            "context": lambda v: ContextFigure(**v),
            "plan": lambda v: PlannedCell(**v),
        }
        read = {key: tuple(make(value) for value in values.get(key, ())) for key, make in parts.items()}
        single = {"data": DataInfo(**values["data"]), "design": DesignInfo(**values["design"])}
        return cls(**{**values, **read, **single})


def slug(value: str) -> str:
    """Return a value of the data as an id can hold it: "(19,39]" becomes "19-39"."""
    return re.sub(r"[^a-z0-9_]+", "-", value.lower()).strip("-") or "blank"


def estimate_id(indicator: str, share: str, domain: Mapping[str, str], pooling: str = "pooled") -> str:
    """Return the stable id of an estimate; "mean" is the mean of every profile that was asked."""
    parts = [f"{slug(variable)}-{slug(level)}" for variable, level in domain.items()]
    return ".".join([indicator, share, *(parts or ["all" if pooling == "pooled" else "mean-of-profiles"])])


def partial_mean_id(indicator: str, share: str, levels: Iterable[str]) -> str:
    """Return the stable id of a mean that leaves a profile out, as some printed totals do."""
    return ".".join([indicator, share, "-".join(["mean-of", *map(slug, levels)])])


def gap_id(indicator: str, share: str, variable: str, pair: tuple[str, str], within: Mapping[str, str]) -> str:
    """Return the stable id of a gap; `pair` is (group, reference)."""
    parts = [f"{slug(variable)}-{slug(pair[0])}-vs-{slug(pair[1])}"]
    parts += [f"{slug(name)}-{slug(level)}" for name, level in within.items()]
    return ".".join([indicator, share, *parts])
