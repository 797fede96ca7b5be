"""Gaps of each indicator's counted answer: group minus reference, tested and adjusted, widest first."""

from collections.abc import Iterable, Mapping

import brecha
from pallaq.diagnosis.statistics.shares import name_of
from pallaq.report.rules.document import Estimate, Gap, Hidden, estimate_id, gap_id
from pallaq.study.rules.definition import Comparison, Indicator, Study


def all_gaps(study: Study, result: brecha.Result, estimates: Iterable[Estimate]) -> list[Gap]:
    """Return every gap whose two sides are measured (neither assumed nor empty), widest first, outer before inner."""
    known = {estimate.id: estimate for estimate in estimates}
    families: dict[str, list[tuple[Indicator, brecha.Gap, Hidden]]] = {}
    for indicator in (indicator for indicator in study.indicators if indicator.kind):
        for comparison, within in comparisons(study):
            sides = [side(indicator, comparison, level, within) for level in (comparison.group, comparison.reference)]
            pair = [known.get(id_) for id_ in sides]
            if any(one is None or one.assumed for one in pair):
                continue
            family = ".".join([comparison.variable, *within])
            asked = brecha.Comparison(comparison.variable, comparison.group, comparison.reference, within)
            [found] = brecha.gaps(result, [asked], [name_of_counted(indicator)])
            families.setdefault(family, []).append((indicator, found, worst(one.hidden for one in pair if one)))
    gaps = [gap for family, members in families.items() for gap in family_of_gaps(study, family, members)]
    return sorted(gaps, key=lambda gap: (bool(gap.within), -abs(gap.difference or 0.0), gap.id))


def comparisons(study: Study) -> list[tuple[Comparison, dict[str, str]]]:
    """Return each comparison overall, then inside each level of the variables the study names."""
    named = {variable.code: variable for variable in study.variables()}
    inner = [{code: level} for code in study.gaps_within for level in named[code].codes()]
    return [(comparison, within) for within in [{}, *inner] for comparison in study.comparisons]


def name_of_counted(indicator: Indicator) -> str:
    """Return brecha's name of the share that is the indicator's figure."""
    return name_of(indicator, {share.code: share for share in indicator.shares()}[indicator.counted])


def side(indicator: Indicator, comparison: Comparison, level: str, within: Mapping[str, str]) -> str:
    """Return the id of the estimate on one side of a gap."""
    return estimate_id(indicator.code, indicator.counted, {comparison.variable: level, **within})


def worst(hidden: Iterable[Hidden]) -> Hidden:
    """Return the stronger of two reasons to hide."""
    return max(hidden, key=("", "secondary", "primary").index)


def family_of_gaps(study: Study, family: str, members: list[tuple[Indicator, brecha.Gap, Hidden]]) -> list[Gap]:
    """Return a family's gaps with their tests adjusted for how many are shown; hidden ones take no part."""
    adjusted = brecha.adjust([None if hidden else found.p for _, found, hidden in members])
    return [
        document_gap(study, indicator, found, hidden, family, p)
        for (indicator, found, hidden), p in zip(members, adjusted, strict=True)
    ]


def document_gap(
    study: Study, indicator: Indicator, found: brecha.Gap, hidden: Hidden, family: str, p_adjusted: float | None
) -> Gap:
    """Return one gap; a hidden one says nothing but that it is hidden."""
    names = (
        "n_group",
        "n_reference",
        "difference",
        "se",
        "low",
        "high",
        "df",
        "t",
        "p",
        "ratio",
        "ratio_low",
        "ratio_high",
    )
    figures = {name: None if hidden else getattr(found, name) for name in names}
    good = 0.0 if hidden else found.difference * indicator.direction()
    return Gap(
        id=gap_id(indicator.code, indicator.counted, found.variable, (found.group, found.reference), found.within),
        indicator=indicator.code,
        share=indicator.counted,
        variable=found.variable,
        group=found.group,
        reference=found.reference,
        within=dict(found.within),
        p_adjusted=None if hidden else p_adjusted,
        family=family,
        hidden=hidden,
        imprecise=min(found.n_group, found.n_reference) < study.disclosure.flag,
        favours="group" if good > 0 else "reference" if good < 0 else "neither",
        **figures,
    )
