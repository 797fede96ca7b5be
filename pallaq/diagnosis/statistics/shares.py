"""What brecha is asked to estimate, in brecha's own terms."""

import itertools

import brecha
from pallaq.study.rules.definition import Answer, Indicator, Study


def name_of(indicator: Indicator, share: Answer) -> str:
    """Return the name of a share in brecha's results; ids of estimates begin with it."""
    return f"{indicator.code}.{share.code}"


def shares(study: Study) -> list[brecha.Share]:
    """Return every share of every indicator."""
    return [
        brecha.Share(
            name=name_of(indicator, share),
            variable=indicator.variable,
            counted=share.codes,
            base=indicator.base,
            missing=indicator.missing,
            universe=dict(indicator.universe),
        )
        for indicator in study.indicators
        for share in indicator.shares()
    ]


def domains(study: Study) -> list[tuple[str, ...]]:
    """Return the domains: everybody, each variable, and each further variable inside the profiles."""
    profile, *others = [variable.code for variable in study.variables()]
    return [(), *((code,) for code in (profile, *others)), *((profile, code) for code in others)]


def design(study: Study) -> brecha.Design:
    """Return the study's design; a collapse rule by region is spelled out for each stratum of that region."""
    declared = study.design
    return brecha.Design(
        kind=declared.kind,
        strata=declared.strata,
        psu=declared.psu or None,
        weight=declared.weight or None,
        population=declared.population or None,
        single_psu=brecha.SinglePsu(declared.single_psu, into=collapsed_strata(study)),
    )


def collapsed_strata(study: Study) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return which stratum joins which when it has one PSU, from the study's rule by region."""
    strata = study.design.strata
    levels = {variable.code: variable.codes() for variable in study.variables()}
    joined: dict[tuple[str, ...], tuple[str, ...]] = {}
    for stratum in itertools.product(*(levels.get(column, ()) for column in strata)):
        here = dict(zip(strata, stratum, strict=True))
        there = study.design.collapse.get(here.get(study.region.code, ""))
        if there is not None:
            joined[stratum] = tuple(there if column == study.region.code else here[column] for column in strata)
    return joined
