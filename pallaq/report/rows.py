"""A diagnosis as flat rows: the same columns in CSV and XLSX, figures as fractions, a word where one is hidden."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from pallaq.report.phrases import definition_words, place_words, printed_words, section_words, whose_words
from pallaq.report.rules.document import Document, Estimate, Gap, IndicatorInfo, Printed
from pallaq.report.rules.words import hidden_second_words, hidden_words, kind_of_gap, say

Row = dict[str, Any]

ESTIMATE_FIGURES = ("estimate", "se", "low", "high", "df", "n", "asked", "missing")
GAP_FIGURES = (
    "difference", "se", "low", "high", "df", "n_group", "n_reference",
    "t", "p", "p_adjusted", "ratio", "ratio_low", "ratio_high",
)  # fmt: skip
PRINTED_COLUMNS = (
    "id", "stamp", "section", "title", "whose", "percent", "ours", "reproduced", "definition", "estimate",
    "where", "note",
)  # fmt: skip


def estimate_columns(document: Document) -> tuple[str, ...]:
    """Return the columns of the estimates."""
    domains = tuple(variable.code for variable in document.variables)
    return (
        "id",
        "stamp",
        "indicator",
        "share",
        *domains,
        "pooling",
        *ESTIMATE_FIGURES,
        "hidden",
        "imprecise",
        "assumed",
    )


def gap_columns(document: Document) -> tuple[str, ...]:
    """Return the columns of the gaps."""
    domains = tuple(variable.code for variable in document.variables)
    compared = ("variable", "group", "reference")
    figures = (*GAP_FIGURES, "hidden", "imprecise", "family", "favours")
    return ("id", "stamp", "indicator", "share", *compared, *domains, *figures)


def all_columns(document: Document) -> tuple[str, ...]:
    """Return the columns of the one CSV file that holds both."""
    both = dict.fromkeys(("id", "stamp", "type", *estimate_columns(document), *gap_columns(document)))
    return tuple(both)


def estimate_row(document: Document, estimate: Estimate) -> Row:
    """Return an estimate as a row."""
    figures = {name: getattr(estimate, name) for name in ESTIMATE_FIGURES}
    return {
        "id": estimate.id,
        "stamp": stamp(document),
        "type": "estimate",
        "indicator": estimate.indicator,
        "share": estimate.share,
        **estimate.domain,
        "pooling": estimate.pooling,
        **figures,
        "hidden": why_hidden(document, estimate),
        "imprecise": estimate.imprecise,
        "assumed": estimate.assumed,
    }


def gap_row(document: Document, gap: Gap) -> Row:
    """Return a gap as a row."""
    named = ("id", "indicator", "share", "variable", "group", "reference", "family", "favours", "imprecise")
    return {
        "stamp": stamp(document),
        "type": "gap",
        **{name: getattr(gap, name) for name in (*named, *GAP_FIGURES)},
        **gap.within,
        "hidden": why_hidden(document, gap),
    }


def stamp(document: Document) -> str:
    """Return what marks each row made from synthetic data, the same word in every language; "" where they are real."""
    return "SYNTHETIC" if document.synthetic else ""


def why_hidden(document: Document, figure: Estimate | Gap) -> str:
    """Return the word that stands for hidden figures, or nothing."""
    reasons = {"": "", "primary": hidden_words(document), "secondary": hidden_second_words()}
    return reasons[figure.hidden]


def printed_id(printed: Printed) -> str:
    """Return the id by which a printed figure is found again."""
    return f"printed.{printed.number}"


def printed_row(document: Document, printed: Printed) -> Row:
    """Return a figure of the print as a row; its percentage becomes a fraction like all others."""
    return {
        "id": printed_id(printed),
        "stamp": stamp(document),
        "section": section_words(printed.section),
        "title": printed_words(document, printed),
        "whose": whose_words(document, printed),
        "percent": None if printed.percent is None else printed.percent / 100,
        "ours": printed.ours,
        "reproduced": printed.reproduced,
        "definition": definition_words(document, printed),
        "estimate": printed.estimate,
        "where": place_words(printed),
        "note": say(printed.note),
    }


def codebook_row(document: Document, indicator: IndicatorInfo) -> Row:
    """Return what an indicator means, in the reader's language."""
    section = next((section for section in document.sections if section.code == indicator.section), None)
    return {
        "indicator": indicator.code,
        "stamp": stamp(document),
        "title": say(indicator.title),
        "section": f"{section.number} {say(section.title)}".strip() if section else indicator.section,
        "kind": kind_of_gap(indicator),
        "question": say(indicator.question),
        "variable": indicator.variable,
        "universe": say(indicator.universe_text),
        "base": indicator.base,
        "counted": indicator.counted,
        "favourable": indicator.favourable,
        "reference": indicator.reference,
        "shares": "; ".join(f"{share.code} = {say(share.title)}" for share in indicator.shares),
        "note": say(indicator.note),
    }


def all_rows(document: Document) -> Iterator[Row]:
    """Yield every estimate, then every gap."""
    yield from (estimate_row(document, estimate) for estimate in document.estimates)
    yield from (gap_row(document, gap) for gap in document.gaps)


def column_title(column: str) -> str:
    """Return a column's name in the reader's language; a domain variable keeps its code."""
    titles = {
        "id": _("id"),
        "stamp": _("stamp"),
        "whose": _("whose"),
        "indicator": _("indicator"),
        "title": _("title"),
        "share": _("answer"),
        "pooling": _("pooling"),
        "estimate": _("estimate"),
        "se": _("standard error"),
        "low": _("low"),
        "high": _("high"),
        "df": _("degrees of freedom"),
        "n": _("n"),
        "asked": _("people asked"),
        "missing": _("no answer"),
        "hidden": _("hidden"),
        "imprecise": _("imprecise"),
        "assumed": _("assumed"),
        "variable": _("variable"),
        "group": _("group"),
        "reference": _("reference"),
        "difference": _("difference"),
        "n_group": _("n of the group"),
        "n_reference": _("n of the reference"),
        "p_adjusted": _("p, adjusted"),
        "ratio": _("ratio"),
        "ratio_low": _("ratio, low"),
        "ratio_high": _("ratio, high"),
        "family": _("family of tests"),
        "favours": _("whom it favours"),
        "section": _("section"),
        "percent": _("printed"),
        "ours": _("ours"),
        "reproduced": _("reproduced"),
        "definition": _("definition"),
        "where": _("where"),
        "note": _("note"),
        "kind": _("kind of gap"),
        "question": _("question"),
        "universe": _("who was asked"),
        "base": _("base"),
        "counted": _("answer counted"),
        "favourable": _("favourable answer"),
        "shares": _("answers"),
    }
    return titles.get(column, column)
