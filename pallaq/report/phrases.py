"""The report's longer texts, looked up by the codes that a diagnosis carries."""

from django.utils.translation import gettext as _

from pallaq.report.rules.document import Contradiction, Document, Printed
from pallaq.report.rules.words import inside, listed, say
from pallaq.shared.numbers import decimal


def contradiction_words(contradiction: Contradiction) -> str:
    """Return what printed figures say against each other, in the study's own words."""
    return say(contradiction.words) or contradiction.code.replace("_", " ")


def place_words(printed: Printed) -> str:
    """Return where in the study a figure is printed; a place without words is shown as the study names it."""
    if printed.where.startswith("chapter "):
        return _("chapter %(number)s") % {"number": printed.where.removeprefix("chapter ")}
    places = {
        "introduction": _("introduction"),
        "text": _("text"),
        "table": _("table"),
        "figure": _("figure"),
        "box": _("box"),
        "conclusions": _("conclusions"),
        "annex": _("annex"),
    }
    return places.get(printed.where, printed.where)


def section_words(section: str) -> str:
    """Return the section of a printed figure as the study numbers it."""
    return {"intro": _("introduction")}.get(section, section)


def printed_words(document: Document, printed: Printed) -> str:
    """Return what a printed figure is of: the indicator's title and the answer, or the study's words for it."""
    indicator = next((info for info in document.indicators if info.code == printed.indicator), None)
    if indicator is None:
        return say(printed.title)
    return f"{say(indicator.title)}: {inside(say(indicator.share(printed.share).title))}"


def whose_words(document: Document, printed: Printed) -> str:
    """Return whose figure it is: one profile, several, everybody; a dash where it is not of the survey."""
    levels = document.profile().levels
    if printed.profile == "all":
        return _("everybody")
    codes = {printed.profile, *(printed.levels if printed.profile not in {level.code for level in levels} else ())}
    return listed(say(level.short) for level in levels if level.code in codes) or "–"


def definition_words(document: Document, printed: Printed) -> str:
    """Return how our figure was computed to answer a printed one."""
    levels = document.profile().levels
    averaged = [inside(say(level.short)) for level in levels if level.code in printed.levels]
    whole = len(averaged) == len(levels)
    definitions = {
        "share": _("share of the profile"),
        "pooled": _("pooled"),
        "mean": _("mean of profiles") if whole else _("mean of %(profiles)s") % {"profiles": listed(averaged)},
        "context": _("national or registry figure, not of this survey"),
        "none": _("nothing to compute it from"),
    }
    return definitions.get(printed.definition, printed.definition)


def method_words(code: str) -> str:
    """Return a method of estimation in words; one without words is shown by its code."""
    methods = {
        "wilson": _("Wilson's interval with the effective sample size and Student's t"),
        "mover": _("MOVER: the limits of both shares combined with their covariance"),
        "none": _("none"),
    }
    return methods.get(code, code)


def single_psu_words(code: str) -> str:
    """Return what was done with a stratum of one sampling unit."""
    rules = {
        "refuse": _("refused"),
        "collapse": _("joined with a named stratum"),
        "adjust": _("centred on the grand mean"),
        "average": _("given the mean variance of the others"),
        "certainty": _("taken as certain"),
    }
    return rules.get(code, code)


def reading_words(document: Document) -> list[str]:
    """Return how to read the report, one sentence each."""
    always = [
        _(
            "A gap is the group's share minus the reference's, in percentage points. The favourable answer sets only"
            " the words."
        ),
        _("“All, pooled” counts each person once. “Mean of profiles” is the plain mean of the profiles' shares."),
        _(
            "Where a base has fewer than %(minimum)d people the figure is hidden, with a second one where the margins"
            " would give it away; * marks a base under %(flag)d: imprecise."
        )
        % {"minimum": document.minimum, "flag": document.flag},
    ]
    if document.gaps and document.design.interval != "none":
        always.append(
            _("p is adjusted for the number of tests (Benjamini-Hochberg). Under %(limit)s a gap is called clear.")
            % {"limit": decimal(1 - document.design.level, 2)}
        )
    if any(estimate.assumed for estimate in document.estimates):
        always.append(
            _(
                "“Assumed” stands where the study printed no figure and the reconstruction had to choose: no gap and"
                " no chart uses it."
            )
        )
    return always + [say(note) for note in document.notes]


def synthetic_words() -> str:
    """Return the stamp of what is made from printed percentages."""
    return _("SYNTHETIC")


def synthetic_explained() -> str:
    """Return what the stamp means."""
    return _("SYNTHETIC: made from printed percentages, not from answers")
