"""The whole diagnosis of one dataset."""

from collections.abc import Iterable
from importlib.metadata import version

import pyarrow as pa

import brecha
from pallaq.diagnosis.statistics.estimates import all_estimates, hidden_cells
from pallaq.diagnosis.statistics.gaps import all_gaps
from pallaq.diagnosis.statistics.printed import against_the_print, partial_means
from pallaq.diagnosis.statistics.refusing import in_words
from pallaq.diagnosis.statistics.shares import design, domains, shares
from pallaq.places.rules import district
from pallaq.report.rules.document import (
    FORMAT,
    ContextFigure,
    Contradiction,
    DataInfo,
    DesignInfo,
    Document,
    Gap,
    IndicatorInfo,
    LevelInfo,
    PlaceInfo,
    PlannedCell,
    SectionInfo,
    ShareInfo,
    Text,
    VariableInfo,
)
from pallaq.study.rules.dataset.remarks import stratum_words
from pallaq.study.rules.definition import Indicator, Level, Study, Variable

LEVEL = 0.95
PARTS = ("pallaq", "brecha", "ibis-framework", "duckdb", "numpy", "scipy", "pyarrow")


def diagnose(
    study: Study,
    table: pa.Table,
    data: DataInfo,
    study_sha256: str,
    *,
    synthetic: bool = False,
    warnings: Iterable[Text] = (),
) -> Document:
    """Return every estimate and gap of a dataset that `check_dataset` passed.

    `data` and `study_sha256` say what it was computed from; they are carried, not checked, here.
    """
    source = brecha.read(table)
    with in_words():
        result = brecha.estimate(source, design(study), shares(study), by=domains(study), level=LEVEL)
    hidden = hidden_cells(study, result)
    estimates = [*all_estimates(study, result, hidden), *partial_means(study, result, hidden)]
    gaps = all_gaps(study, result, estimates)
    return Document(
        format=FORMAT,
        study=study.code,
        title=study.title,
        summary=study.summary,
        source=study.source,
        notes=study.notes,
        synthetic=synthetic,
        data=data,
        study_sha256=study_sha256,
        versions={part: version(part) for part in PARTS},
        design=design_info(study, result),
        minimum=study.disclosure.minimum,
        flag=study.disclosure.flag,
        variables=tuple(variable_info(study, variable, table) for variable in study.variables()),
        sections=tuple(SectionInfo(section.code, section.number, section.title) for section in study.sections),
        indicators=tuple(indicator_info(indicator, gaps) for indicator in study.indicators),
        estimates=tuple(estimates),
        gaps=tuple(gaps),
        printed=against_the_print(study, estimates),
        contradictions=tuple(Contradiction(one.code, one.figures, one.words) for one in study.contradictions),
        context=tuple(ContextFigure(**vars(figure)) for figure in study.context),
        plan=tuple(PlannedCell(**vars(cell)) for cell in study.plan),
        warnings=tuple(warnings),
    )


def design_info(study: Study, result: brecha.Result) -> DesignInfo:
    """Return how the sample was drawn and what its intervals mean."""
    declared, used = study.design, result.design
    meaning = {"probability": "design", "quota": "model", "convenience": "model", "census": "none"}
    return DesignInfo(
        kind=declared.kind,
        strata=declared.strata,
        psu=declared.psu,
        weight=declared.weight,
        population=declared.population,
        single_psu=declared.single_psu,
        note=declared.note,
        strata_count=used.strata,
        psu_count=used.psus,
        df=used.df,
        rows=used.rows,
        collapsed=tuple((stratum_words(study, one), stratum_words(study, other)) for one, other in used.collapsed),
        interval=meaning[declared.kind],
        level=LEVEL,
        method="wilson",
        gap_method="mover",
    )


def variable_info(study: Study, variable: Variable, table: pa.Table) -> VariableInfo:
    """Return a domain variable with how many people of each level the data hold."""
    counts = {row["values"]: row["counts"] for row in table.column(variable.code).value_counts().to_pylist()}
    role = {study.profile.code: "profile", study.region.code: "region"}.get(variable.code, "breakdown")
    levels = tuple(level_info(level, counts.get(level.code, 0)) for level in variable.levels)
    return VariableInfo(variable.code, role, variable.title, levels)


def level_info(level: Level, people: int) -> LevelInfo:
    """Return a level with how many people of it the data hold, its districts named."""
    places = (place for code in level.districts if (place := district(code)))
    return LevelInfo(
        code=level.code,
        title=level.title,
        short=level.short,
        mark=level.mark,
        n=people,
        sub_roles=level.sub_roles,
        direct_action=level.direct_action,
        districts=tuple(PlaceInfo(place.ubigeo, place.name, place.province) for place in places),
    )


def indicator_info(indicator: Indicator, gaps: Iterable[Gap]) -> IndicatorInfo:
    """Return what an indicator's figures mean, and whether the board shows it: some gap of it was measured."""
    return IndicatorInfo(
        code=indicator.code,
        title=indicator.title,
        section=indicator.section,
        question=indicator.question,
        variable=indicator.variable,
        universe=indicator.universe,
        universe_text=indicator.universe_text,
        base=indicator.base,
        counted=indicator.counted,
        favourable=indicator.favourable,
        direction=indicator.direction(),
        kind=indicator.kind or "",
        reference=indicator.reference,
        shares=tuple(ShareInfo(share.code, share.title, share.codes) for share in indicator.shares()),
        note=indicator.note,
        on_board=any(gap.indicator == indicator.code and not gap.within for gap in gaps),
    )
