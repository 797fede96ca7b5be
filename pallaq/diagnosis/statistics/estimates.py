"""Brecha's estimates as the document holds them: with ids, hidden where they must be, marked where assumed."""

from collections.abc import Iterator, Mapping, Sequence

import brecha
from pallaq.diagnosis.statistics.hiding import Cell, Hiding, cell
from pallaq.diagnosis.statistics.shares import name_of
from pallaq.report.rules.document import Estimate, Hidden, estimate_id, partial_mean_id
from pallaq.study.rules.definition import Answer, Indicator, Study

HiddenCells = Mapping[str, Mapping[Cell, Hidden]]  # of each indicator


def hidden_cells(study: Study, result: brecha.Result) -> HiddenCells:
    """Return, for each indicator, the domains to hide: one decision for all its shares, as they share a base."""
    hiding = Hiding(study)
    bases: dict[str, dict[Cell, int]] = {}
    for estimate in result:
        bases.setdefault(estimate.name.split(".")[0], {})[cell(estimate.domain)] = estimate.n
    return {indicator: hiding.of(counts) for indicator, counts in bases.items()}


def all_estimates(study: Study, result: brecha.Result, hidden: HiddenCells) -> Iterator[Estimate]:
    """Yield every estimate: those of each domain, then the means of the profiles."""
    by_name = {name_of(i, share): (i, share) for i in study.indicators for share in i.shares()}
    for estimate in result:
        indicator, share = by_name[estimate.name]
        how = hidden[indicator.code].get(cell(estimate.domain), "")
        yield pooled_estimate(study, indicator, share, estimate, how)
    for indicator, share in by_name.values():
        levels = measured(study, result, indicator, share, asked_profiles(study, indicator))
        if len(levels) > 1:
            yield mean_estimate(study, result, hidden, indicator, share, levels)


def pooled_estimate(
    study: Study, indicator: Indicator, share: Answer, found: brecha.Estimate, hidden: Hidden
) -> Estimate:
    """Return one estimate; a hidden one says nothing but that it is hidden."""
    domain = dict(found.domain)
    names = ("estimate", "se", "low", "high", "df", "n", "asked", "missing")
    return Estimate(
        id=estimate_id(indicator.code, share.code, domain),
        indicator=indicator.code,
        share=share.code,
        domain=domain,
        pooling="pooled",
        hidden=hidden,
        imprecise=found.n < study.disclosure.flag,
        assumed=is_assumed(study, indicator, share, domain),
        **{name: None if hidden else getattr(found, name) for name in names},
    )


def measured(
    study: Study, result: brecha.Result, indicator: Indicator, share: Answer, levels: Sequence[str]
) -> list[str]:
    """Return the profiles of which the data hold an estimate."""
    name = name_of(indicator, share)
    return [level for level in levels if result.find(name, {study.profile.code: level})]


def mean_estimate(
    study: Study, result: brecha.Result, hidden: HiddenCells, indicator: Indicator, share: Answer, levels: Sequence[str]
) -> Estimate:
    """Return the plain mean of some profiles' shares, which the print uses for some of its totals.

    Its base and non-response are theirs, added up. Where one of them is hidden, so is the mean: it would give it away.
    """
    profile = study.profile.code
    how: Hidden = "secondary" if any(cell({profile: one}) in hidden[indicator.code] for one in levels) else ""
    parts = [result.get(name_of(indicator, share), {profile: level}) for level in levels]
    mean = brecha.mean_of(result, name_of(indicator, share), profile, levels)
    names = ("estimate", "se", "low", "high", "df", "n")
    sums = {name: sum(getattr(part, name) for part in parts) for name in ("asked", "missing")}
    figures = {**{name: getattr(mean, name) for name in names}, **sums}
    everybody = set(levels) == set(asked_profiles(study, indicator))
    return Estimate(
        id=estimate_id(indicator.code, share.code, {}, "mean")
        if everybody
        else partial_mean_id(indicator.code, share.code, levels),
        indicator=indicator.code,
        share=share.code,
        domain={},
        pooling="mean",
        hidden=how,
        imprecise=mean.n < study.disclosure.flag,
        assumed=any((indicator.code, code, level) in study.assumed for code in share.codes for level in levels),
        **{name: None if how else figure for name, figure in figures.items()},
    )


def asked_profiles(study: Study, indicator: Indicator) -> tuple[str, ...]:
    """Return the profiles that an indicator was asked of."""
    return indicator.universe.get(study.profile.code, study.profile.codes())


def is_assumed(study: Study, indicator: Indicator, share: Answer, domain: Mapping[str, str]) -> bool:
    """Return whether any value behind a figure was chosen by a reconstruction.

    A pooled total that was itself printed is not: only its split over the profiles was chosen.
    """
    profile = study.profile.code
    here = (domain[profile],) if profile in domain else asked_profiles(study, indicator)
    if not any((indicator.code, code, level) in study.assumed for code in share.codes for level in here):
        return False
    printed = {(figure.indicator, figure.share) for figure in study.printed if figure.definition == "pooled"}
    return bool(domain) or (indicator.code, share.code) not in printed
