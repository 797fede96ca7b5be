"""What the studies say of a plan's indicators: newer figures, whether they differ from the baseline, samples needed."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

import brecha
from brecha.planning import Assumptions, Expected, FirstWave, detectable, sample_size
from brecha.planning import Plan as Sizing
from pallaq.accounts.perms import Person
from pallaq.baselines.rules.followup import Change, Size, unseen_words
from pallaq.baselines.rules.taking import Figure, Measured, find
from pallaq.diagnosis.readable import Shown, newest
from pallaq.plan.models import Baseline, Indicator
from pallaq.plan.rules.cells import TOTAL, levels_of
from pallaq.report.rules import words
from pallaq.shared.errors import Refusal
from pallaq.study.models import Release, Study

POWER, ALPHA = 0.8, 0.05


@dataclass(frozen=True)
class Proposal:
    """A figure of the newest release for somebody to accept: per cent or points, with what it rests on."""

    value: Decimal
    n: int
    low: Decimal | None
    high: Decimal | None
    se: Decimal | None
    df: int | None
    design: str
    release: Release
    sha256: str
    estimate: str
    words: str  # what it counts, of whom, from what


@dataclass(frozen=True)
class Side:
    """One side of a change, in fractions: a figure as brecha takes it."""

    estimate: float
    se: float | None
    low: float | None
    high: float | None
    df: float | None


def study_value(indicator: Indicator, cell: str = TOTAL, reader: Person | None = None) -> Proposal | None:
    """Return the figure of the newest release that the reader may read; of those for anybody where none is named.

    None where the indicator is of no study, and where the release hides the figure or does not have it.
    """
    shown, measured = newest_of(indicator, reader), measured_by(indicator)
    if shown is None or measured is None:
        return None
    figure = find(shown.document, indicator.study_indicator, measured, levels_of(cell))
    return proposal(shown, indicator, measured, figure) if figure else None


def newest_of(indicator: Indicator, reader: Person | None = None) -> Shown | None:
    """Return the newest diagnosis of the study that an indicator is of."""
    study = study_of(indicator) if indicator.study_indicator else None
    return newest(study, reader or AnonymousUser()) if study else None


def study_of(indicator: Indicator) -> Study | None:
    """Return the study of an indicator's baselines, or else of its plan."""
    released = indicator.baselines.filter(release__isnull=False).select_related("release__study").first()
    return released.release.study if released and released.release else indicator.version.plan.study


def measured_by(indicator: Indicator) -> Measured | None:
    """Return what an indicator measures in its study; None where its sheet names nothing of the kind."""
    try:
        return Measured.parse(indicator.study_share)
    except ValueError:
        return None


def proposal(shown: Shown, indicator: Indicator, measured: Measured, figure: Figure) -> Proposal | None:
    """Return a figure with what it rests on; None where the release hides it."""
    if figure.value is None or figure.n is None:
        return None
    release = shown.release
    return Proposal(
        value=figure.value,
        n=figure.n,
        low=figure.low,
        high=figure.high,
        se=figure.se,
        df=figure.df,
        design=shown.document.design.kind,
        release=release,
        sha256=release.sha256,
        estimate=figure.id,
        words=proposal_words(shown, indicator, measured),
    )


def proposal_words(shown: Shown, indicator: Indicator, measured: Measured) -> str:
    """Return what a figure counts, of whom, and from what; what is made up says so first."""
    document = shown.document
    info = document.indicator(indicator.study_indicator)
    said = _("“%(question)s”: “%(answer)s”. Asked: %(universe)s. %(study)s, release %(number)s, %(sample)s.") % {
        "question": words.say(info.question),
        "answer": words.say(info.share(measured.share).title),
        "universe": words.say(info.universe_text),
        "study": words.say(document.title),
        "number": shown.release.number,
        "sample": words.sample_kind(document),
    }
    return f"SYNTHETIC. {said}" if shown.release.synthetic else said


def change_since(baseline: Baseline, now: Proposal) -> Change:
    """Return the change from a baseline to a newer figure, as of two samples drawn apart from each other."""
    try:
        found = brecha.change(side(baseline), side(now))
    except brecha.BrechaError as error:
        message = _("One of the two counted everybody, the other asked a sample: their change has no interval.")
        raise Refusal(message, code="census-and-sample") from error
    low, high = (None if limit is None else 100 * limit for limit in (found.low, found.high))
    return Change(100 * found.estimate, low, high, found.p, found.df)


def side(figure: Baseline | Proposal) -> Side:
    """Return a figure in fractions."""
    numbers = (figure.value, figure.se, figure.low, figure.high)
    estimate, se, low, high = (None if number is None else float(number) / 100 for number in numbers)
    assert estimate is not None
    return Side(estimate, se, low, high, figure.df)


def needed(baseline: Baseline, target: Decimal) -> Size:
    """Return the smallest follow-up that would see the change to a target; refuse in words what none would see."""
    with refusing_in_words(baseline):
        return size_of(baseline, sample_size(expected(baseline, target), assumptions(baseline), POWER, ALPHA))


def smallest_change(baseline: Baseline, target: Decimal | None, people: int) -> Size:
    """Return the smallest change, towards the target or else upwards, that so many answers would show."""
    up = baseline.value + (1 if baseline.value < 99 else -1)
    towards = up if target is None or target == baseline.value else target
    with refusing_in_words(baseline):
        found = detectable(expected(baseline, towards), assumptions(baseline), (people,), POWER, ALPHA)
    size = size_of(baseline, found)
    if abs(float(baseline.value) + size.points) > 100:  # a gap is planned as a mean, which knows no ends
        raise Refusal(unseen_words("not_detectable"), code="not-detectable")
    return size


@contextmanager
def refusing_in_words(baseline: Baseline) -> Iterator[None]:
    """Turn brecha's refusals to plan a sample into words; a census needs no sample."""
    if baseline.origin == "study" and baseline.se is None:
        raise Refusal(_("The baseline counted everybody: any change is real, and no sample is needed."), code="census")
    try:
        yield
    except brecha.BrechaError as error:
        raise Refusal(unseen_words(error.code), code=error.code.replace("_", "-")) from error


def expected(baseline: Baseline, target: Decimal) -> Expected:
    """Return the change that is planned for. A gap is planned as a mean whose spread gives the gap's own error."""
    first = FirstWave((float(baseline.value) / 100,), answers=(baseline.n or 0,))
    sd = None if is_share(baseline) else float(baseline.se or 0) / 100 * math.sqrt(baseline.n or 0)
    return Expected(now=(float(target) / 100,), before=first, sd=sd)


def assumptions(baseline: Baseline) -> Assumptions:
    """Return a follow-up of the baseline's own design effect and degrees of freedom."""
    return Assumptions(deff=design_effect(baseline), df=math.inf if baseline.df is None else float(baseline.df))


def design_effect(baseline: Baseline) -> float:
    """Return the variance of a share over that of as many people drawn simply at random; 1 where that is nothing."""
    p = float(baseline.value) / 100
    if not is_share(baseline) or not 0 < p < 1 or not baseline.se or not baseline.n:
        return 1.0
    return min(1000.0, max(0.01, (float(baseline.se) / 100) ** 2 * baseline.n / (p * (1 - p))))


def is_share(baseline: Baseline) -> bool:
    """Say whether a baseline is a share of people, not a gap between two shares."""
    return baseline.indicator.unit == "percentage"


def size_of(baseline: Baseline, plan: Sizing) -> Size:
    """Return a plan of brecha's as the words need it."""
    return Size(sum(plan.answers), 100 * (plan.effect or 0), design_effect(baseline), POWER, ALPHA)
