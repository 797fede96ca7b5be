"""What a diagnosis says, in the reader's language: the board, the report and the charts use these same words."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from pallaq.report.rules.document import Document, Estimate, Gap, IndicatorInfo, LevelInfo, Text, estimate_id
from pallaq.shared.numbers import decimal, percent

# One message, so that a translator sees the series; in Spanish they count measures, which are feminine.
NUMBERS = gettext_noop(
    "none one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)


def say(text: Text) -> str:
    """Return a text of the study in the reader's language, or in one it has."""
    language = (get_language() or "en").split("-")[0]
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def inside(words: str) -> str:
    """Return words as they stand inside a sentence: lower case, unless they start with an acronym."""
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2].isspace() else words


def number_word(number: int) -> str:
    """Return a small number as a word, a large one as digits."""
    words = _(NUMBERS).split()
    return words[number] if number < len(words) else decimal(number)


def listed(words: Iterable[str]) -> str:
    """Return "a, b, c" as a list of a sentence."""
    return ", ".join(words)


def hidden_words(document: Document) -> str:
    """Return what stands where a figure is hidden."""
    return _("fewer than %(minimum)d") % {"minimum": document.minimum}


def hidden_second_words() -> str:
    """Return what stands where a figure is hidden only because it would give away another."""
    return _("hidden, it would give away a smaller one")


def figure_words(document: Document, estimate: Estimate | None) -> str:
    """Return a share as text prints it: a whole percentage, or why there is none."""
    if estimate is None:
        return _("not asked")
    if estimate.estimate is None:
        return hidden_second_words() if estimate.hidden == "secondary" else hidden_words(document)
    return percent(estimate.estimate)


def level_name(document: Document, variable: str, level: str) -> str:
    """Return the short name of a level of a domain variable."""
    return say(next(info for info in document.variables if info.code == variable).level(level).short)


def share_of(document: Document, indicator: str, share: str, variable: str, level: str) -> Estimate | None:
    """Return the estimate of one share in one level; None where it was not asked."""
    wanted = estimate_id(indicator, share, {variable: level})
    return next((estimate for estimate in document.estimates if estimate.id == wanted), None)


def is_clear(document: Document, gap: Gap) -> bool:
    """Return whether a gap stands out of chance: by its adjusted test, or by being one at all in a census."""
    if gap.difference is None or gap.hidden:
        return False
    if document.design.interval == "none":
        return gap.difference != 0
    return gap.p_adjusted is not None and gap.p_adjusted < 1 - document.design.level


def board_gaps(document: Document) -> list[Gap]:
    """Return the gaps between profiles that the board shows, widest first: none assumed, none hidden."""
    on_board = {indicator.code for indicator in document.indicators if indicator.on_board}
    profile = document.profile().code
    return [
        gap
        for gap in document.gaps
        if gap.indicator in on_board and gap.variable == profile and not gap.within and gap.difference is not None
    ]


def headline(document: Document) -> str:
    """Return the finding of the whole diagnosis in one sentence."""
    judged = [gap for gap in board_gaps(document) if document.indicator(gap.indicator).direction]
    if not judged:
        return say(document.title)
    widest = judged[0]
    pair = [gap for gap in judged if (gap.group, gap.reference) == (widest.group, widest.reference)]
    if len(pair) == 1:
        return finding(document, document.indicator(widest.indicator))
    return _("%(standing)s; the widest gap: %(title)s") % {
        "standing": standing(document, pair),
        "title": inside(say(document.indicator(widest.indicator).title)),
    }


def standing(document: Document, gaps: list[Gap]) -> str:
    """Return on how many measures one group trails (or leads) its reference, counting only clear gaps."""
    first = gaps[0]
    clear = [gap for gap in gaps if is_clear(document, gap)]
    behind = sum(gap.favours == "reference" for gap in clear)
    ahead = sum(gap.favours == "group" for gap in clear)
    if not clear:
        template = _("%(group)s and %(reference)s cannot be told apart on any of %(total)s measures")
    elif behind == len(gaps):
        template = _("%(group)s trail %(reference)s on all %(total)s measures")
    elif behind >= ahead:
        template = _("%(group)s trail %(reference)s on %(behind)s of %(total)s measures")
    else:
        template = _("%(group)s are ahead of %(reference)s on %(ahead)s of %(total)s measures")
    return template % {
        "group": level_name(document, first.variable, first.group),
        "reference": inside(level_name(document, first.variable, first.reference)),
        "behind": number_word(behind),
        "ahead": number_word(ahead),
        "total": number_word(len(gaps)),
    }


def balance(document: Document, gaps: list[Gap]) -> str:
    """Return on how many measures one group is behind, ahead, or not clearly either; the gaps are of one pair."""
    first = gaps[0]
    favoured = [gap.favours for gap in gaps if is_clear(document, gap)]
    behind, ahead = favoured.count("reference"), favoured.count("group")
    return _(
        "%(group)s against %(reference)s: behind on %(behind)s, ahead on %(ahead)s, no clear gap on %(rest)s"
        " of %(total)s measures."
    ) % {
        "group": level_name(document, first.variable, first.group),
        "reference": inside(level_name(document, first.variable, first.reference)),
        "behind": number_word(behind),
        "ahead": number_word(ahead),
        "rest": number_word(len(gaps) - behind - ahead),
        "total": number_word(len(gaps)),
    }


def finding(document: Document, indicator: IndicatorInfo) -> str:
    """Return what an indicator found, profile by profile: "Enough protective equipment: selectors 33 %, men 94 %"."""
    profile = document.profile()
    shares = [
        (level, share_of(document, indicator.code, indicator.counted, profile.code, level.code))
        for level in profile.levels
    ]
    said = [f"{inside(say(level.short))} {figure_words(document, share)}" for level, share in shares if share]
    return f"{say(indicator.title)}: {listed(said)}" if said else say(indicator.title)


def gap_words(document: Document, gap: Gap) -> str:
    """Return a gap as a sentence: who is how far below or above whom, and whether chance alone would do it."""
    names = {
        "group": level_name(document, gap.variable, gap.group),
        "reference": inside(level_name(document, gap.variable, gap.reference)),
    }
    if gap.difference is None:
        return _("%(group)s and %(reference)s: too few people to compare") % names
    share = share_of(document, gap.indicator, gap.share, gap.variable, gap.group) if not gap.within else None
    other = share_of(document, gap.indicator, gap.share, gap.variable, gap.reference) if not gap.within else None
    size = decimal(abs(gap.difference) * 100)
    if size == "0":
        sentence = _("%(group)s and %(reference)s are level") % names
    elif gap.difference < 0:
        sentence = _("%(group)s are %(points)s points below %(reference)s") % {**names, "points": size}
    else:
        sentence = _("%(group)s are %(points)s points above %(reference)s") % {**names, "points": size}
    if share and other:
        shares = {"share": figure_words(document, share), "other": figure_words(document, other)}
        sentence += ": " + _("%(share)s against %(other)s") % shares
    return sentence if is_clear(document, gap) else sentence + " " + _("(could be chance)")


def level_words(level: LevelInfo) -> str:
    """Return a level with its number of people: "Selectors (281)"."""
    return f"{say(level.short)} ({decimal(level.n)})"


def sample_kind(document: Document) -> str:
    """Return the kind of sample in two words."""
    kinds = {
        "probability": _("probability sample"),
        "quota": _("quota sample"),
        "convenience": _("convenience sample"),
        "census": _("census"),
    }
    return kinds[document.design.kind]


def interval_meaning(document: Document) -> str:
    """Return what the intervals of this diagnosis mean; every table and chart says it."""
    meanings = {
        "probability": _("Probability sample: the %(level)s intervals follow from how people were drawn."),
        "quota": _(
            "Quota sample: the %(level)s intervals are model-based, as if people had been drawn at random"
            " within each quota cell. They do not cover who could not be reached."
        ),
        "convenience": _(
            "Convenience sample: the %(level)s intervals are model-based, as if people had been drawn at random."
            " The people asked may differ from those who were not."
        ),
        "census": _("Census: everybody was asked, so there is no sampling interval."),
    }
    return meanings[document.design.kind] % {"level": percent(document.design.level)}


def kind_of_gap(indicator: IndicatorInfo) -> str:
    """Return the kind of gap in words; what measures none is a characteristic."""
    kinds = {
        "access": _("Access"),
        "participation": _("Participation"),
        "resources": _("Resources"),
        "services": _("Services"),
        "opportunities": _("Opportunities"),
        "benefits": _("Benefits"),
    }
    return kinds.get(indicator.kind, _("Characteristic"))
