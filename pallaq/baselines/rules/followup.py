"""What a follow-up survey says of a baseline and a target, and what it would take to say it: in words.

Everything is in points: per cent of people, or percentage points of a gap.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from pallaq.plan.rules.units import Sense
from pallaq.shared.numbers import count, decimal

FEWEST = 30  # a figure of fewer people is marked as imprecise, so nobody is told that fewer would do


@dataclass(frozen=True)
class Change:
    """A newer figure minus the baseline, with limits and test; None in a census, where nothing is by chance."""

    points: float
    low: float | None
    high: float | None
    p: float | None
    df: float | None

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance: the interval leaves no change out."""
        if self.low is None or self.high is None:
            return self.points != 0
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Reach:
    """Whether a newer figure reached the target, and whether its whole interval says the same."""

    reached: bool
    is_sure: bool


@dataclass(frozen=True)
class Size:
    """A follow-up of so many answers sees a change of so many points; `deff` is the design effect assumed."""

    people: int
    points: float
    deff: float
    power: float
    alpha: float


def reach(sense: Sense | None, target: float, value: float, low: float | None, high: float | None) -> Reach | None:
    """Return whether a target was reached; None where it has no direction.

    >>> reach("rising", 40, 45, 41, 49), reach("rising", 40, 45, 38, 52).is_sure
    (Reach(reached=True, is_sure=True), False)
    """
    if sense not in {"rising", "falling"}:
        return None
    low, high = value if low is None else low, value if high is None else high
    if sense == "falling":
        target, value, low, high = -target, -value, -high, -low
    reached = value >= target
    return Reach(reached, low >= target if reached else high < target)


def shown(number: float) -> str:
    """Return a number of points as text prints it: whole, with a decimal only where it would vanish.

    >>> shown(12.3), shown(0.4), shown(-0.04)
    ('12', '0.4', '0')
    """
    return decimal(number, 0 if abs(number) >= 1 or abs(number) < 0.05 else 1)


def change_words(change: Change) -> str:
    """Return a change as a sentence: how many points, between which, and whether it is more than chance."""
    points = shown(abs(change.points))
    if points == "0":
        sentence = _("No change")
    elif change.points > 0:
        sentence = _("%(points)s points more") % {"points": points}
    else:
        sentence = _("%(points)s points less") % {"points": points}
    if change.low is None or change.high is None:
        return sentence + ": " + _("everybody was counted, so none of it is chance")
    between = _("between %(low)s and %(high)s") % {"low": shown(change.low), "high": shown(change.high)}
    verdict = _("more than chance") if change.is_clear else _("could be chance")
    return f"{sentence}; {between}: {verdict}"


def reach_words(found: Reach | None) -> str:
    """Return whether the target was reached as a sentence."""
    if found is None:
        return _("It cannot be said whether the target was reached: nobody declared where it should go.")
    if found.reached and found.is_sure:
        return _("The target is reached, and chance does not explain it: the whole interval is beyond it.")
    if found.reached:
        return _("The figure reaches the target, but that could be chance: its interval also holds values short of it.")
    if found.is_sure:
        return _("The target is not reached: the whole interval falls short of it.")
    return _("The figure falls short of the target, but that could be chance: its interval also holds the target.")


def needed_words(size: Size, target: str, period: str) -> str:
    """Return how many people must answer for the change up to a target to be seen."""
    words = {"people": count(size.people), "points": shown(abs(size.points)), "target": target, "period": period}
    if size.people < FEWEST:
        few = _("To see %(target)s reached in %(period)s, a change of %(points)s points, %(fewest)d people are enough.")
        return few % {**words, "fewest": FEWEST}
    many = _("To see %(target)s reached in %(period)s, a change of %(points)s points, %(people)s people must answer.")
    return many % words


def detectable_words(size: Size) -> str:
    """Return the smallest change that so many people would show."""
    words = {"people": count(size.people), "points": decimal(abs(size.points), 1)}
    return _("If %(people)s people answer, the smallest change that would be seen is %(points)s points.") % words


def assumption_words(size: Size) -> str:
    """Return what the two sentences above take for granted."""
    words = {
        "power": decimal(size.power * 100),
        "missed": decimal(100 - size.power * 100),
        "alpha": decimal(size.alpha * 100),
    }
    return (
        _(
            "Seen means: if the change is real, the survey shows it as more than chance %(power)s times in 100"
            " (power %(power)s %%) and misses it %(missed)s times; if nothing changed, it shows a change"
            " %(alpha)s times in 100 (alpha %(alpha)s %%). New people are asked in the same way as in the baseline,"
            " so that the design effect stays what it was."
        )
        % words
    )


def unseen_words(code: str) -> str:
    """Return why no size can be said, given the code of brecha's refusal."""
    return {
        "nothing_to_detect": _("The target is where the baseline is: there is no change to see."),
        "out_of_reach": _(
            "No follow-up, however large, would see the change to this target: the baseline itself is too uncertain."
        ),
        "not_detectable": _("So few people would see no change at all, however large. Ask more."),
    }.get(code, _("The baseline keeps too little of its sample to say how many people must be asked."))
