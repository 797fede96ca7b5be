"""The reference sheet of an indicator that a study measures, in every language of the house."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from pallaq.baselines.rules.taking import Figure, Measured
from pallaq.plan.rules.cells import TOTAL, levels_of
from pallaq.report.rules import words
from pallaq.report.rules.document import Document, IndicatorInfo

LANGUAGES = ("es", "en")
Named = tuple[int, str]  # a release: its number and sha256


def study_sheet(
    document: Document, indicator: str, measured: Measured, figures: list[Figure], release: Named
) -> dict[str, Any]:
    """Return the fields of the sheet; `release` is its number and sha256."""
    info = document.indicator(indicator)
    used = {name for figure in figures if not figure.why and figure.cell != TOTAL for name in levels_of(figure.cell)}
    is_gap = bool(measured.variable)
    return {
        "title": in_languages(lambda: title(document, info, measured)),
        "definition": in_languages(lambda: definition(document, info, measured)),
        "unit": "quantity" if is_gap else "percentage",
        "measured_in": in_languages(lambda: _("percentage points")) if is_gap else {},
        "numerator": in_languages(lambda: numerator(document, info, measured)),
        "denominator": in_languages(lambda: denominator(info)),
        "disaggregation": sorted(used),
        "method": in_languages(lambda: method(document, release)),
        "limits": in_languages(lambda: limits(document, info)),
        "study_indicator": indicator,
        "study_share": str(measured),
    }


def in_languages(said: Callable[[], str]) -> dict[str, str]:
    """Return what is said in each language."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = said()
    return found


def title(document: Document, info: IndicatorInfo, measured: Measured) -> str:
    """Return the study's title, with the answer where it is not the counted one, and the pair of a gap."""
    said = words.say(info.title)
    if measured.share != info.counted:
        said = f"{said}: {words.inside(words.say(info.share(measured.share).title))}"
    if not measured.variable:
        return said
    return _("Gap: %(title)s, %(group)s minus %(reference)s") % {
        "title": words.inside(said),
        **pair(document, measured),
    }


def pair(document: Document, measured: Measured) -> Mapping[str, str]:
    """Return the two groups of a gap as a sentence names them."""
    names = {"group": measured.group, "reference": measured.reference}
    return {key: words.inside(words.level_name(document, measured.variable, level)) for key, level in names.items()}


def definition(document: Document, info: IndicatorInfo, measured: Measured) -> str:
    """Return the question, who was asked, and what is counted."""
    said = _("Share of those who answered “%(answer)s” to the question “%(question)s”. Asked: %(universe)s.") % {
        "answer": words.say(info.share(measured.share).title),
        "question": words.say(info.question),
        "universe": words.say(info.universe_text),
    }
    if not measured.variable:
        return said
    gap = _("The indicator is the share of %(group)s minus that of %(reference)s.") % pair(document, measured)
    return f"{said} {gap}"


def numerator(document: Document, info: IndicatorInfo, measured: Measured) -> str:
    """Return what stands above the line; of a gap, what is taken from what."""
    if measured.variable:
        return _("per cent of %(group)s minus per cent of %(reference)s") % pair(document, measured)
    return _("people who answered “%(answer)s”") % {"answer": words.say(info.share(measured.share).title)}


def denominator(info: IndicatorInfo) -> str:
    """Return what stands below the line."""
    if info.base == "asked":
        return _("everybody who was asked, also who gave no answer")
    return _("everybody who answered the question")


def method(document: Document, release: Named) -> str:
    """Return the source and how it was collected; what is made up says so first."""
    said = _("Survey “%(study)s”, %(release)s, %(sample)s. %(meaning)s") % {
        "study": words.say(document.title),
        "release": release_name(release),
        "sample": words.sample_kind(document),
        "meaning": words.interval_meaning(document),
    }
    return f"SYNTHETIC. {said}" if document.synthetic else said


def limits(document: Document, info: IndicatorInfo) -> str:
    """Return what the figure cannot say: the study's doubts, and whom it hides."""
    hidden = _("Groups of fewer than %(minimum)d people are hidden and have no baseline.") % {
        "minimum": document.minimum
    }
    return " ".join(part for part in (words.say(info.note), hidden) if part)


def release_name(release: Named) -> str:
    """Return a release as people name it, in the language that is on."""
    number, sha256 = release
    return _("release %(number)s (sha256 %(sha256)s)") % {"number": number, "sha256": sha256[:12]}


def source(document: Document, release: Named) -> str:
    """Return what a baseline says of where it is from."""
    said = f"{words.say(document.title)}, {release_name(release)}, {words.sample_kind(document)}"
    return f"SYNTHETIC. {said}" if document.synthetic else said
