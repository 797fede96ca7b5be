"""Small diagnoses written by hand, for tests: a quota study like the gold one, and a survey of one gap."""

from dataclasses import replace
from typing import Any

from pallaq.report.rules.document import (
    FORMAT,
    ContextFigure,
    Contradiction,
    DataInfo,
    DesignInfo,
    Document,
    Estimate,
    Gap,
    IndicatorInfo,
    LevelInfo,
    Printed,
    SectionInfo,
    ShareInfo,
    VariableInfo,
    estimate_id,
    gap_id,
)

PROFILES = {"pallaqueras": 281, "women": 178, "men": 395}
SMALL_CELL = {"profile": "women", "region": "02"}
BESIDE_IT = {"profile": "men", "region": "02"}


def both(english: str, spanish: str) -> dict[str, str]:
    return {"en": english, "es": spanish}


def estimate(indicator: str, share: str, domain: dict[str, str], value: float, n: int, **more: Any) -> Estimate:
    pooling = more.pop("pooling", "pooled")
    made = Estimate(
        id=estimate_id(indicator, share, domain, pooling),
        indicator=indicator,
        share=share,
        domain=domain,
        pooling=pooling,
        estimate=value,
        se=0.02,
        low=max(0, value - 0.04),
        high=min(1, value + 0.04),
        df=831.0,
        n=n,
        asked=n,
        missing=round(n * 0.04),
        hidden="",
        imprecise=n < 30,
        assumed=False,
    )
    return replace(made, **more)


def hide(made: Estimate, why: str) -> Estimate:
    nothing = dict.fromkeys(("estimate", "se", "low", "high", "df", "n", "asked", "missing"))
    return replace(made, hidden=why, **nothing)


def gap(indicator: str, direction: int, pair: tuple[str, str], shares: tuple[float, float], p: float) -> Gap:
    difference = shares[0] - shares[1]
    better = difference * direction
    return Gap(
        id=gap_id(indicator, "yes", "profile", pair, {}),
        indicator=indicator,
        share="yes",
        variable="profile",
        group=pair[0],
        reference=pair[1],
        within={},
        n_group=PROFILES.get(pair[0], 100),
        n_reference=PROFILES.get(pair[1], 100),
        difference=difference,
        se=0.03,
        low=difference - 0.06,
        high=difference + 0.06,
        df=831.0,
        t=difference / 0.03,
        p=p,
        p_adjusted=p,
        family="profile",
        ratio=shares[0] / shares[1],
        ratio_low=shares[0] / shares[1] * 0.8,
        ratio_high=shares[0] / shares[1] * 1.25,
        hidden="",
        imprecise=False,
        favours="neither" if not better else "group" if better > 0 else "reference",
    )


def indicator(code: str, title: dict[str, str], direction: int, kind: str, **more: Any) -> IndicatorInfo:
    made = IndicatorInfo(
        code=code,
        title=title,
        section="work",
        question=both(f"{title['en']}?", f"¿{title['es']}?"),
        variable=code,
        universe={},
        universe_text=both("everybody surveyed", "todas las personas encuestadas"),
        base="asked",
        counted="yes",
        favourable="yes" if direction > 0 else "no",
        direction=direction,
        kind=kind,
        reference="men",
        shares=(ShareInfo("yes", both("Yes", "Sí"), ("yes",)), ShareInfo("no", both("No", "No"), ("no",))),
        note={},
        on_board=bool(kind),
    )
    return replace(made, **more)


INDICATORS = (
    (indicator("enough_ppe", both("Enough protective equipment", "Equipo suficiente"), 1, "resources"), (33, 55, 94)),
    (indicator("housework", both("Carries housework", "Hace el trabajo doméstico"), -1, "benefits"), (84, 66, 57)),
    (indicator("applied_for_loan", both("Applied for a loan", "Pidió un préstamo"), 1, "access"), (27, 34, 31)),
    (indicator("electricity", both("Electricity at home", "Electricidad en casa"), 0, "", reference=""), (93, 93, 93)),
)


def shares_of(info: IndicatorInfo, percents: tuple[int, int, int]) -> list[Estimate]:
    shares = {level: percent / 100 for level, percent in zip(PROFILES, percents, strict=True)}
    made = []
    for share in ("yes", "no"):
        values = {level: value if share == "yes" else max(0, 0.96 - value) for level, value in shares.items()}
        pooled = sum(values[level] * n for level, n in PROFILES.items()) / 854
        made += [
            estimate(info.code, share, {}, pooled, 854, assumed=not info.kind),
            estimate(info.code, share, {}, sum(values.values()) / 3, 854, pooling="mean", assumed=not info.kind),
            *(
                estimate(info.code, share, {"profile": level}, value, PROFILES[level], assumed=not info.kind)
                for level, value in values.items()
            ),
            estimate(info.code, share, {"region": "04"}, pooled, 282),
            estimate(info.code, share, {"profile": "men", "region": "04"}, values["men"], 94),
            hide(estimate(info.code, share, SMALL_CELL, values["women"], 3), "primary"),
            hide(estimate(info.code, share, BESIDE_IT, values["men"], 20), "secondary"),
        ]
    return made


def gaps_of(info: IndicatorInfo, percents: tuple[int, int, int]) -> list[Gap]:
    pallaqueras, women, men = (percent / 100 for percent in percents)
    chance = 0.26 if info.code == "applied_for_loan" else 0.0004
    return [
        gap(info.code, info.direction, ("pallaqueras", "men"), (pallaqueras, men), chance),
        gap(info.code, info.direction, ("women", "men"), (women, men), chance),
        gap(info.code, info.direction, ("pallaqueras", "women"), (pallaqueras, women), chance),
    ]


def variables() -> tuple[VariableInfo, ...]:
    profile = VariableInfo(
        "profile",
        "profile",
        both("Profile", "Perfil"),
        (
            LevelInfo("pallaqueras", both("Selectors", "Pallaqueras"), both("Selectors", "Pallaqueras"), "circle", 281),
            LevelInfo("women", both("Women miners", "Mineras"), both("Women miners", "Mineras"), "triangle", 178),
            LevelInfo("men", both("Men miners", "Mineros"), both("Men miners", "Mineros"), "square", 395),
        ),
    )
    arequipa, ancash = both("Arequipa", "Arequipa"), both("Ancash", "Áncash")
    regions = (LevelInfo("04", arequipa, arequipa, "", 282), LevelInfo("02", ancash, ancash, "", 4))
    return profile, VariableInfo("region", "region", both("Region", "Región"), regions)


def design() -> DesignInfo:
    return DesignInfo(
        kind="quota",
        strata=("region", "profile"),
        psu="",
        weight="",
        population="",
        single_psu="collapse",
        note=both("Ancash has one man: joined with Ica.", "Áncash tiene un solo hombre: se unió con Ica."),
        strata_count=23,
        psu_count=854,
        df=831.0,
        rows=854,
        collapsed=((both("Ancash, Men miners", "Áncash, Mineros"), both("Ica, Men miners", "Ica, Mineros")),),
        interval="model",
        level=0.95,
        method="wilson",
        gap_method="mover",
    )


def printed() -> tuple[Printed, ...]:
    right = Printed(
        number=1,
        section="work",
        item="enough_ppe",
        category="yes",
        profile="pallaqueras",
        percent=33.0,
        title={},
        where="table",
        note={},
        definition="share",
        estimate="enough_ppe.yes.profile-pallaqueras",
        indicator="enough_ppe",
        share="yes",
        levels=("pallaqueras",),
        ours=0.33,
        reproduced=True,
    )
    wrong = {"item": "housework", "indicator": "housework", "estimate": "housework.yes.mean-of-profiles"}
    levels = tuple(PROFILES)
    mean = {"definition": "mean", "levels": levels, "ours": 0.69, "reproduced": False}
    return right, replace(right, **wrong, **mean, number=2, percent=80.0)


def gold() -> Document:
    """Return a synthetic quota study: three profiles, two regions, a hidden cell, something assumed, a print."""
    gaps = [made for info, percents in INDICATORS if info.kind for made in gaps_of(info, percents)]
    return Document(
        format=FORMAT,
        study="women-and-men-of-gold",
        title=both("Women and Men of Gold", "Mujeres y hombres de oro"),
        summary=both("Gender gaps in gold mining", "Brechas de género en la minería de oro"),
        source=both("planetGOLD Peru", "planetGOLD Perú"),
        notes=(both("The study printed no regional result.", "El estudio no publicó resultados por región."),),
        synthetic=True,
        data=DataInfo("responses.csv", "3f9a" + "0" * 58 + "c2", 854),
        study_sha256="1" * 64,
        versions={"pallaq": "0.1.0", "brecha": "0.1.0"},
        design=design(),
        minimum=10,
        flag=30,
        variables=variables(),
        sections=(SectionInfo("work", "3.2", both("Work", "Trabajo")),),
        indicators=tuple(info for info, _ in INDICATORS),
        estimates=tuple(made for info, percents in INDICATORS for made in shares_of(info, percents)),
        gaps=tuple(sorted(gaps, key=lambda made: -abs(made.difference or 0))),
        printed=printed(),
        contradictions=(Contradiction("two_totals", (2,), both("Two totals: 79, 83.", "Dos totales: 79, 83.")),),
        context=(
            ContextFigure(
                section="work",
                item="registered_by_sex",
                category="female",
                about="reinfo",
                percent=21.9,
                title=both("Women registered: Reinfo", "Mujeres inscritas: Reinfo"),
                note=both("Minem records", "registros del Minem"),
            ),
        ),
    )


def one_gap() -> Document:
    """Return a probability survey of one indicator and two profiles: no print, no regions, nothing synthetic."""
    base = gold()
    info = replace(indicator("high_chol", both("High cholesterol", "Colesterol alto"), -1, "benefits"), base="answered")
    levels = tuple(
        LevelInfo(code, both(name, spanish), both(name, spanish), mark, 4000)
        for code, name, spanish, mark in (
            ("women", "Women", "Mujeres", "triangle"),
            ("men", "Men", "Hombres", "square"),
        )
    )
    return replace(
        base,
        study="nhanes",
        synthetic=False,
        notes=(),
        design=replace(base.design, kind="probability", interval="design", collapsed=(), note={}, weight="w"),
        variables=(VariableInfo("profile", "profile", both("Sex", "Sexo"), levels),),
        indicators=(info,),
        estimates=(
            estimate("high_chol", "yes", {}, 0.112, 7846),
            estimate("high_chol", "yes", {"profile": "women"}, 0.121, 4000),
            estimate("high_chol", "yes", {"profile": "men"}, 0.102, 3846),
        ),
        gaps=(gap("high_chol", -1, ("women", "men"), (0.121, 0.102), 0.02),),
        printed=(),
        contradictions=(),
        context=(),
    )
