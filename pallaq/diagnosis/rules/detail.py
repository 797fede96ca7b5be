"""One indicator opened: its shares by profile, gaps, answers and further tables, as values."""

from dataclasses import dataclass

from pallaq.report.rules.document import (
    Document,
    Estimate,
    Gap,
    IndicatorInfo,
    LevelInfo,
    SectionInfo,
    ShareInfo,
    VariableInfo,
    estimate_id,
)


@dataclass(frozen=True)
class Line:
    """A level with its estimate."""

    level: LevelInfo
    estimate: Estimate


@dataclass(frozen=True)
class AnswerLine:
    """An answer with its share in each profile that was asked, and in everybody."""

    share: ShareInfo
    estimates: tuple[Estimate | None, ...]


@dataclass(frozen=True)
class LevelLine:
    """A level of another variable: everybody in it, then each profile in it; None where nobody was asked."""

    level: LevelInfo
    estimates: tuple[Estimate | None, ...]


@dataclass(frozen=True)
class LevelTable:
    """The counted share by region, or by another variable, and the gaps inside its levels."""

    variable: VariableInfo
    lines: tuple[LevelLine, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Detail:
    """Everything a diagnosis holds about one indicator."""

    indicator: IndicatorInfo
    section: SectionInfo
    profile: VariableInfo
    profiles: tuple[Line, ...]
    pooled: Estimate | None
    mean: Estimate | None
    gaps: tuple[Gap, ...]
    answers: tuple[AnswerLine, ...]
    tables: tuple[LevelTable, ...]

    @property
    def assumed(self) -> bool:
        """Return whether anything here was chosen by the reconstruction."""
        cells = [estimate for line in self.answers for estimate in line.estimates]
        return any(estimate.assumed for estimate in cells if estimate)


def make_detail(document: Document, code: str) -> Detail:
    """Return an indicator opened; KeyError when the diagnosis has none of this code."""
    indicator = next((found for found in document.indicators if found.code == code), None)
    if indicator is None:
        raise KeyError(code)
    estimates = {estimate.id: estimate for estimate in document.estimates_of(code)}
    profile, counted = document.profile(), indicator.counted
    found = [(level, estimates.get(estimate_id(code, counted, {profile.code: level.code}))) for level in profile.levels]
    lines = tuple(Line(level, estimate) for level, estimate in found if estimate)
    gaps = [gap for gap in document.gaps_of(code) if gap.variable == profile.code]
    others = [variable for variable in document.variables if variable.role != "profile"]
    tables = [level_table(indicator, profile, variable, estimates, gaps) for variable in others]
    return Detail(
        indicator=indicator,
        section=next(section for section in document.sections if section.code == indicator.section),
        profile=profile,
        profiles=lines,
        pooled=estimates.get(estimate_id(code, counted, {})),
        mean=estimates.get(estimate_id(code, counted, {}, "mean")),
        gaps=tuple(gap for gap in gaps if not gap.within),
        answers=tuple(answer_line(code, share, profile.code, lines, estimates) for share in indicator.shares),
        tables=tuple(table for table in tables if table.lines),
    )


def answer_line(
    code: str, share: ShareInfo, profile: str, lines: tuple[Line, ...], estimates: dict[str, Estimate]
) -> AnswerLine:
    """Return one answer's shares, profile by profile and pooled."""
    ids = [estimate_id(code, share.code, {profile: line.level.code}) for line in lines]
    return AnswerLine(share, tuple(estimates.get(name) for name in [*ids, estimate_id(code, share.code, {})]))


def level_table(
    indicator: IndicatorInfo,
    profile: VariableInfo,
    variable: VariableInfo,
    estimates: dict[str, Estimate],
    gaps: list[Gap],
) -> LevelTable:
    """Return the counted share in each level of another variable, for everybody and for each profile."""
    code, counted = indicator.code, indicator.counted
    lines = []
    for level in variable.levels:
        domain = {variable.code: level.code}
        cells = [estimate_id(code, counted, {profile.code: group.code, **domain}) for group in profile.levels]
        found = tuple(estimates.get(name) for name in [estimate_id(code, counted, domain), *cells])
        if any(found):
            lines.append(LevelLine(level, found))
    return LevelTable(variable, tuple(lines), tuple(gap for gap in gaps if variable.code in gap.within))
