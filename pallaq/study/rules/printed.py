"""The figures a study printed, and the same figures computed from a dataset by their definitions."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from django.utils.translation import gettext as _

from pallaq.study.rules.definition import PrintedFigure, Study

Columns = dict[str, list[str]]


def interval_of(figure: PrintedFigure) -> tuple[float, float]:
    """Return the least and the largest percentage that round to the printed one, halves upwards."""
    percent, half = figure.percent or 0.0, 0.5 / 10 ** decimals(figure)
    return percent - half, percent + half - 1e-6


def decimals(figure: PrintedFigure) -> int:
    """Return how many decimals the study printed."""
    return len(f"{figure.percent:g}".partition(".")[2])


def percent_of(figure: PrintedFigure, study: Study, columns: Columns) -> Fraction | None:
    """Return the figure's percentage in a dataset by its definition, or None when it is no share of respondents."""
    if figure.definition not in {"share", "pooled", "mean"}:
        return None
    indicator = study.indicator(figure.indicator)
    members = {share.code: share.codes for share in indicator.shares()}[figure.share]
    unused = {""} if indicator.base == "asked" else {"", *indicator.missing}
    cells = list(zip(columns[study.profile.code], columns[indicator.variable], strict=True))
    used = {level: [c for profile, c in cells if profile == level and c not in unused] for level in figure.levels}
    counted = {level: sum(code in members for code in codes) for level, codes in used.items()}
    if figure.definition == "mean":
        return sum((Fraction(100 * counted[level], len(used[level])) for level in used), Fraction()) / len(used)
    return Fraction(100 * sum(counted.values()), sum(len(codes) for codes in used.values()))


def rounded(percent: Fraction, figure: PrintedFigure) -> float:
    """Return a percentage with the decimals of the print, halves upwards."""
    scale = int(10 ** decimals(figure))
    return floor(percent * scale + Fraction(1, 2)) / scale


def comparison(study: Study, columns: Columns) -> Iterator[str]:
    """Yield each printed figure beside ours as a line, and last how many there are of each sort."""
    yield f"{_('row'):>4}  {_('print'):>6}  {_('ours'):>6}  " + _("figure")
    reproduced, differing = 0, 0
    for figure in study.printed:
        percent = percent_of(figure, study, columns)
        if percent is None:
            continue
        ours = rounded(percent, figure)
        reproduced, differing = reproduced + (ours == figure.percent), differing + (ours != figure.percent)
        mark = "" if ours == figure.percent else "  " + _("NOT REPRODUCED: no counts give every printed figure at once")
        name = f"{figure.indicator}.{figure.share} ({figure.definition}: {' '.join(figure.levels)})"
        yield f"{figure.number:>4}  {figure.percent:>6g}  {ours:>6g}  {name}{mark}"
    words = {
        "rows": len(study.printed),
        "shares": reproduced + differing,
        "reproduced": reproduced,
        "differing": differing,
        "context": sum(figure.definition == "context" for figure in study.printed),
        "none": sum(figure.definition == "none" for figure in study.printed),
    }
    yield (
        _(
            "%(rows)s printed rows: %(shares)s are shares of respondents, %(reproduced)s of them reproduced and "
            "%(differing)s not; %(context)s are national or registry figures; "
            "%(none)s are no share or have lost their number."
        )
        % words
    )
