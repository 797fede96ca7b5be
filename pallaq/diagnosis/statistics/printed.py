"""Each figure the study printed beside ours, with the definition that gives it back."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

import brecha
from pallaq.diagnosis.statistics.estimates import HiddenCells, asked_profiles, mean_estimate, measured
from pallaq.report.rules.document import Estimate, Printed, estimate_id, partial_mean_id
from pallaq.study.rules.definition import PrintedFigure, Study


def leaves_a_profile_out(study: Study, figure: PrintedFigure) -> bool:
    """Return whether a printed mean is of fewer profiles than were asked."""
    return figure.definition == "mean" and set(figure.levels) != set(
        asked_profiles(study, study.indicator(figure.indicator))
    )


def partial_means(study: Study, result: brecha.Result, hidden: HiddenCells) -> list[Estimate]:
    """Return the means that only a printed total asks for, because it leaves a profile out."""
    means = []
    for figure in (figure for figure in study.printed if leaves_a_profile_out(study, figure)):
        indicator = study.indicator(figure.indicator)
        share = {share.code: share for share in indicator.shares()}[figure.share]
        if measured(study, result, indicator, share, figure.levels) == list(figure.levels):
            means.append(mean_estimate(study, result, hidden, indicator, share, figure.levels))
    return means


def against_the_print(study: Study, estimates: Iterable[Estimate]) -> tuple[Printed, ...]:
    """Return every printed figure with ours, whether they agree, and the id of the estimate that answers it."""
    known = {estimate.id: estimate for estimate in estimates}
    return tuple(one_printed(study, figure, known) for figure in study.printed)


def one_printed(study: Study, figure: PrintedFigure, known: dict[str, Estimate]) -> Printed:
    """Return one printed figure beside ours."""
    answered_by = answering_id(study, figure)
    ours = known[answered_by].estimate if answered_by in known else None
    comparable = ours is not None and figure.percent is not None
    return Printed(
        number=figure.number,
        section=figure.section,
        item=figure.item,
        category=figure.category,
        profile=figure.profile,
        percent=figure.percent,
        title=figure.title,
        where=figure.where,
        note=figure.note,
        definition=figure.definition,
        estimate=answered_by if answered_by in known else "",
        indicator=figure.indicator,
        share=figure.share,
        levels=figure.levels,
        ours=ours,
        reproduced=agrees(ours, figure.percent) if comparable else None,
    )


def answering_id(study: Study, figure: PrintedFigure) -> str:
    """Return the id of the estimate that a printed figure is compared with, "" when there is none."""
    if figure.definition == "share":
        return estimate_id(figure.indicator, figure.share, {study.profile.code: figure.levels[0]})
    if figure.definition == "pooled":
        return estimate_id(figure.indicator, figure.share, {})
    if figure.definition == "mean" and leaves_a_profile_out(study, figure):
        return partial_mean_id(figure.indicator, figure.share, figure.levels)
    return estimate_id(figure.indicator, figure.share, {}, "mean") if figure.definition == "mean" else ""


def agrees(ours: float | None, printed: float | None) -> bool:
    """Return whether our share, rounded half up to the printed decimals, is the printed percentage.

    >>> agrees(0.826, 83.0), agrees(0.175, 18.0), agrees(0.2416, 24.16), agrees(0.744, 75.0)
    (True, True, True, False)
    """
    if ours is None or printed is None:
        return False
    print_ = Decimal(repr(printed)).normalize()
    unit = Decimal(1).scaleb(min(0, int(print_.as_tuple().exponent)))
    return Decimal(repr(round(ours * 100, 9))).quantize(unit, ROUND_HALF_UP) == print_
