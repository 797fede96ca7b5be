"""The values of a dataset: identifiers, levels of domain variables, answer codes."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pallaq.shared.tabular import Findings, Say, Table, saying
from pallaq.study.rules.dataset.nearest import remedy
from pallaq.study.rules.definition import Answer, Indicator, Level, Study, Text, Variable


def check_identifiers(column: str, table: Table, findings: Findings) -> None:
    """Note rows without an identifier, and identifiers that stand twice."""
    values = table.data[column]
    text = _("Row %(row)d, %(column)s: there is no identifier; give each person one.")
    findings.add_rows("empty-identifier", column, table.found(column, pc.is_null(values)), saying(text, column))
    first: dict[str, int] = {}
    repeated = []
    for row, value in zip(table.rows, values.to_pylist(), strict=True):
        if value is not None and first.setdefault(value, row) != row:
            repeated.append((row, value))
    text = _("Row %(row)d, %(column)s: %(value)s already stands in row %(first)s; remove one, or give it its own.")
    findings.add_rows(
        "repeated-identifier",
        column,
        repeated,
        lambda row, value: saying(text, column, first=str(first[value]))(row, value),
    )


def check_levels(variable: Variable, table: Table, findings: Findings) -> None:
    """Note values of a domain variable that are none of its levels, and empty cells."""
    column, values = variable.code, table.data[variable.code]
    text = _("Row %(row)d, %(column)s: the cell is empty. %(remedy)s")
    empty = table.found(column, pc.is_null(values))
    findings.add_rows("empty-level", column, empty, advising(text, column, variable.levels))
    text = _("Row %(row)d, %(column)s: %(value)s is not a value that the study declares. %(remedy)s")
    unknown = table.found(column, pc.and_(pc.is_valid(values), pc.invert(is_one_of(values, variable.codes()))))
    findings.add_rows("unknown-level", column, unknown, advising(text, column, variable.levels))


def check_answers(study: Study, indicator: Indicator, table: Table, findings: Findings) -> None:
    """Note answers that are not in the codebook, are missing undeclared, or come from people who were not asked."""
    column, values = indicator.variable, table.data[indicator.variable]
    inside, outside = asked(study, indicator, table)
    codes = tuple(code for answer in indicator.answers for code in answer.codes) + indicator.missing
    text = _("Row %(row)d, %(column)s: %(value)s is not an answer in the codebook. %(remedy)s")
    strange = pc.and_(pc.is_valid(values), pc.invert(pc.or_(is_one_of(values, codes), outside)))
    say = advising(text, column, indicator.answers, indicator.missing)
    findings.add_rows("unknown-code", column, table.found(column, strange), say)
    if "" not in indicator.missing:
        text = _('Row %(row)d, %(column)s: the cell is empty and "" is no missing code of this question. %(remedy)s')
        empty = table.found(column, pc.and_(pc.is_null(values), inside))
        say = advising(text, column, indicator.answers, indicator.missing)
        findings.add_rows("empty-answer", column, empty, say)
    text = _("Row %(row)d, %(column)s: %(value)s, but only these people were asked: %(asked)s. Empty the cell.")
    unasked = table.found(column, pc.and_(pc.is_valid(values), outside))
    say = saying(text, column, asked=said(indicator.universe_text))
    findings.add_rows("answer-outside-universe", column, unasked, say)


def advising(text: str, column: str, options: Sequence[Level | Answer], others: Sequence[str] = ()) -> Say:
    """Return the message maker of a text that also says what to write instead of the value."""
    return lambda row, value: saying(text, column, remedy=remedy(value, options, others))(row, value)


def asked(study: Study, indicator: Indicator, table: Table) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Return who was asked and who was not; a row whose own level is in doubt is neither."""
    inside = pc.is_null(pa.nulls(table.data.num_rows))
    outside = pc.invert(inside)
    levels = {variable.code: variable.codes() for variable in study.variables()}
    for column, wanted in indicator.universe.items():
        if column not in table.columns:
            return pc.and_(inside, False), pc.and_(outside, False)
        values = table.data[column]
        known = is_one_of(values, levels.get(column, ())) if column in levels else pc.is_valid(values)
        member = is_one_of(values, wanted)
        inside, outside = pc.and_(inside, member), pc.or_(outside, pc.and_(known, pc.invert(member)))
    return inside, outside


def is_one_of(values: pa.ChunkedArray, codes: tuple[str, ...]) -> pa.ChunkedArray:
    """Return where a value is one of the codes; an empty cell is none."""
    return pc.is_in(values, pa.array(codes, pa.string()))


def said(text: Text) -> str:
    """Return a text of the study in the reader's language, or in one that it has."""
    return text.get((get_language() or "en")[:2]) or next(iter(text.values()), "")
