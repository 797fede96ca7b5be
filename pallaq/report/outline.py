"""The order of the report: the finding first, then who was asked, the gaps, each section, the print, the method."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from pallaq.report.phrases import (
    contradiction_words,
    method_words,
    reading_words,
    single_psu_words,
    synthetic_explained,
)
from pallaq.report.rules.document import Document, Gap, IndicatorInfo, VariableInfo
from pallaq.report.rules.words import (
    balance,
    board_gaps,
    headline,
    interval_meaning,
    kind_of_gap,
    level_name,
    listed,
    sample_kind,
    say,
)
from pallaq.report.tables import (
    Book,
    breakdown_table,
    context_table,
    fill,
    folded_table,
    gap_line,
    gaps_table,
    indicator_table,
    printed_table,
    sample_table,
)
from pallaq.shared import numbers
from pallaq.shared.documents.blocks import Block, Chart, Figure, Heading, Line, Paragraph, Table, line

WIDEST = 5  # gaps told on the first page


def outline(document: Document, command: str, charts: Mapping[str, str]) -> list[Block]:
    """Return the whole report in the language that is active; `charts` are those that were drawn, code and alt text."""
    book = Book.of(document)
    return [
        *opening(book, charts),
        *people(book),
        *reading(document),
        *all_gaps(book),
        *sections(book, charts),
        *characteristics(book),
        *against_the_print(book),
        *context(document),
        *breakdowns(book),
        *method(document),
        *provenance(document, command),
    ]


def opening(book: Book, charts: Mapping[str, str]) -> Iterator[Block]:
    """Yield the title, the stamp, the finding, and how each pair of profiles stands."""
    document = book.document
    yield Heading(1, say(document.title))
    yield Paragraph((say(document.summary),))
    if document.synthetic:
        yield Paragraph((synthetic_explained(),), "stamp")
    yield Paragraph((headline(document),), "lead")
    yield Paragraph(about(document), "note")
    if "overview" in charts:
        yield Chart("overview", charts["overview"])
    judged = [gap for gap in board_gaps(document) if document.indicator(gap.indicator).direction]
    pairs: dict[tuple[str, str], list[Gap]] = {}
    for gap in judged:
        pairs.setdefault((gap.group, gap.reference), []).append(gap)
    yield from (Paragraph((balance(document, gaps),), "item") for gaps in pairs.values() if len(gaps) > 1)
    if len(judged) > WIDEST:
        yield from (widest_line(book, gap) for gap in judged[:WIDEST])


def widest_line(book: Book, gap: Gap) -> Paragraph:
    """Return one of the widest gaps for the first page."""
    title = say(book.document.indicator(gap.indicator).title)
    return Paragraph(line(f"{title}. ", gap_line(book, gap)), "item")


def about(document: Document) -> Line:
    """Return in one line how many people, which sample, which data."""
    rows = Figure("sample.all", "n", numbers.count(document.data.rows))
    sha = document.data.sha256
    return fill(
        _("%(people)s people · %(kind)s · data %(sha)s"),
        people=rows,
        kind=sample_kind(document),
        sha=f"{sha[:8]}…{sha[-4:]}",
    )


def people(book: Book) -> Iterator[Block]:
    """Yield who was asked."""
    yield Heading(2, _("Who was asked"), "people")
    yield sample_table(book)


def reading(document: Document) -> Iterator[Block]:
    """Yield how to read the figures."""
    yield Heading(2, _("How to read this"), "reading")
    for sentence in (interval_meaning(document), *reading_words(document)):
        yield Paragraph((sentence,), "item")


def all_gaps(book: Book) -> Iterator[Block]:
    """Yield every gap between profiles, widest first."""
    gaps = board_gaps(book.document)
    if gaps:
        yield Heading(2, _("The gaps, widest first"), "gaps")
        yield gaps_table(book, gaps)


def sections(book: Book, charts: Mapping[str, str]) -> Iterator[Block]:
    """Yield each section of the study with the measures of a gap."""
    document = book.document
    for section in document.sections:
        here = [info for info in document.indicators if info.section == section.code and info.kind]
        if here:
            yield Heading(2, f"{section.number} {say(section.title)}".strip(), f"section-{section.code}")
        for indicator in here:
            if indicator.on_board:
                yield from measure(book, indicator, charts)
        yield from folded(book, [info for info in here if not info.on_board], _("Also asked, without a gap to show"))


def measure(book: Book, indicator: IndicatorInfo, charts: Mapping[str, str]) -> Iterator[Block]:
    """Yield one measure: what was asked, the chart, the gaps and the table."""
    yield Heading(3, say(indicator.title), f"measure-{indicator.code}")
    yield Paragraph((question_of(indicator),), "text")
    yield Paragraph((f"{kind_of_gap(indicator)} · {base_of(indicator)}",), "note")
    if note := say(indicator.note):
        yield Paragraph((note,), "note")
    if indicator.code in charts:
        yield Chart(indicator.code, charts[indicator.code])
    profile = book.document.profile().code
    for gap in book.document.gaps_of(indicator.code):
        if gap.variable == profile and not gap.within:
            yield Paragraph(gap_line(book, gap), "item")
    yield indicator_table(book, indicator)


def question_of(indicator: IndicatorInfo) -> str:
    """Return the question as it was asked."""
    question = say(indicator.question)
    return question if question.startswith("(") else _("Asked: %(question)s") % {"question": question}


def base_of(indicator: IndicatorInfo) -> str:
    """Return who was asked and who is in the denominator."""
    bases = {
        "asked": _("base: everybody asked, also who gave no answer"),
        "answered": _("base: those who answered"),
    }
    return f"{say(indicator.universe_text)} · {bases[indicator.base]}"


def characteristics(book: Book) -> Iterator[Block]:
    """Yield what describes people but measures no gap."""
    here = [info for info in book.document.indicators if not info.kind]
    if here:
        yield Heading(2, _("Who they are"), "characteristics")
    yield from folded(book, here, _("What describes people and measures no gap"))


def folded(book: Book, indicators: list[IndicatorInfo], caption: str) -> Iterator[Block]:
    """Yield questions without a gap in one table, with the doubts about them."""
    for indicator in indicators:
        if note := say(indicator.note):
            yield Paragraph((f"{say(indicator.title)}: {note}",), "note")
    table = folded_table(book, indicators, caption)
    if table.rows:
        yield table


def against_the_print(book: Book) -> Iterator[Block]:
    """Yield each figure the study printed beside ours, and where the print contradicts itself."""
    document = book.document
    compared = [figure for figure in document.printed if figure.definition != "context"]
    if not compared:
        return
    judged = [figure for figure in compared if figure.reproduced is not None]
    again = sum(figure.reproduced is True for figure in judged)
    yield Heading(2, _("Against the print"), "print")
    yield Paragraph(
        fill(
            _("%(again)s of %(judged)s printed percentages come out again. Printed figures are public."),
            again=Figure("printed", "reproduced", numbers.count(again)),
            judged=Figure("printed", "judged", numbers.count(len(judged))),
        )
    )
    for contradiction in document.contradictions:
        yield Paragraph((contradiction_words(contradiction),), "item")
    yield printed_table(book, compared)


def context(document: Document) -> Iterator[Block]:
    """Yield the figures from elsewhere that the study quotes."""
    if document.context:
        yield Heading(2, _("Figures from elsewhere"), "context")
        yield Paragraph((_("National and registry figures that the study quotes; none is from the survey."),))
        yield context_table(document)


def breakdowns(book: Book) -> Iterator[Block]:
    """Yield the counted answer by region and by every other variable, under disclosure."""
    document = book.document
    measures = [info for info in document.indicators if info.on_board]
    for variable in (variable for variable in document.variables if variable.role != "profile"):
        tables = [table for info in measures if (table := breakdown_table(book, info, variable)).rows]
        if tables:
            yield Heading(2, _("Results by %(variable)s") % {"variable": say(variable.title).lower()}, variable.code)
            if document.synthetic:
                yield from (Paragraph((say(note),), "note") for note in document.notes)
            yield Paragraph((_("Share and n; the word stands where a figure is hidden."),), "note")
            yield from tables
            yield from gaps_by(book, variable)


def gaps_by(book: Book, variable: VariableInfo) -> Iterator[Block]:
    """Yield the gaps inside each level of a variable, or between its levels."""
    for gap in book.document.gaps:
        if variable.code in (gap.variable, *gap.within):
            here = [level_name(book.document, name, level) for name, level in gap.within.items()]
            title = listed([say(book.document.indicator(gap.indicator).title), *here])
            yield Paragraph(line(f"{title}. ", gap_line(book, gap)), "item")


def method(document: Document) -> Iterator[Block]:
    """Yield the design, the method and their limits."""
    design = document.design
    weight = design.weight or _("none, every person counts once")
    facts = [
        (_("Kind of sample"), sample_kind(document)),
        (_("Strata"), listed(variable_words(document, code) for code in design.strata) or _("none")),
        (_("Number of strata"), numbers.count(design.strata_count)),
        (_("Sampling units"), design.psu or _("each person")),
        (_("Number of sampling units"), numbers.count(design.psu_count)),
        (_("Weights"), weight),
        (_("Degrees of freedom"), "–" if design.df is None else numbers.decimal(design.df)),
        (_("Strata of one unit"), single_psu_words(design.single_psu)),
        (_("Joined strata"), "; ".join(f"{say(one)} + {say(other)}" for one, other in design.collapsed)),
        (_("Intervals of shares"), method_words(design.method)),
        (_("Intervals of gaps"), method_words(design.gap_method)),
        (_("Population counts"), design.population),
    ]
    yield Heading(2, _("Design, method and limits"), "method")
    yield Paragraph((interval_meaning(document),))
    if note := say(design.note):
        yield Paragraph((note,))
    yield facts_table(_("Design"), facts)
    yield from (Paragraph((say(warning),), "item") for warning in document.warnings)


def variable_words(document: Document, code: str) -> str:
    """Return a column of the design by its title where it is a domain variable too."""
    return next((say(variable.title) for variable in document.variables if variable.code == code), code)


def provenance(document: Document, command: str) -> Iterator[Block]:
    """Yield from which data, files and versions the report was made, and by which command."""
    versions = listed(f"{name} {version}" for name, version in document.versions.items())
    yield Heading(2, _("Provenance"), "provenance")
    facts = [
        (_("Source"), say(document.source)),
        (_("Data"), document.data.name),
        (_("SHA-256 of the data"), document.data.sha256),
        (_("SHA-256 of the study's files"), document.study_sha256),
        (_("Versions"), versions),
        (_("Format"), document.format),
        (_("Command"), command),
    ]
    yield facts_table(_("Provenance"), facts)


def facts_table(caption: str, facts: list[tuple[str, str]]) -> Table:
    """Return facts and their values; empty ones are left out."""
    rows = tuple(((name,), (value,)) for name, value in facts if value)
    return Table(caption, (_("What"), _("Value")), rows, words=True)
