"""Which columns a study needs, and which of them a table has."""

from dataclasses import replace

from django.utils.translation import gettext as _

from pallaq.shared.tabular import Findings, Table, quoted
from pallaq.study.rules.dataset.nearest import nearest, plain
from pallaq.study.rules.definition import Study


def declared_columns(study: Study) -> list[str]:
    """Return every column that the study reads, in the order in which a dataset keeps them."""
    design = study.design
    columns = [study.identifier, study.stamp, *(variable.code for variable in study.variables())]
    columns += [*design.strata, design.psu, design.weight, design.population]
    columns += [indicator.variable for indicator in study.indicators]
    return [column for column in dict.fromkeys(columns) if column]


def match_columns(study: Study, table: Table, findings: Findings) -> Table:
    """Return the table with the declared columns that it has; note those that are missing, renamed or unknown.

    A column whose name differs in case, accents or spaces alone is refused too, but its values are checked.
    """
    declared = declared_columns(study)
    spare = [column for column in table.columns if column not in declared]
    unknown = [column for column in spare if column not in study.ignored]
    here = {column: column for column in declared if column in table.columns}
    for column in declared:
        if column not in here:
            near = note_missing(column, [one for one in unknown if one not in here.values()], findings)
            if near:
                unknown.remove(near)
            if near and plain(near) == plain(column):
                here[column] = near
    for column in unknown:
        note_unknown(column, findings)
    data = table.data.select(list(here.values())).rename_columns(list(here))
    return replace(table, data=data)


def note_missing(column: str, spare: list[str], findings: Findings) -> str:
    """Note a column that is not there; return the one that is most likely meant to be it."""
    near = nearest(column, spare)
    if near:
        text = _("There is no column %(column)s, and %(near)s is like it: rename it in row 1.")
    else:
        text = _("There is no column %(column)s: add it, or look whether it has another name in row 1.")
    words = {"column": quoted(column), "near": quoted(near)}
    findings.add("missing-column", text % words, row=1, column=column, value=near)
    return near


def note_unknown(column: str, findings: Findings) -> None:
    """Note a column that the study says nothing about: it may hold what must not be kept."""
    text = _('The study says nothing of the column %(column)s: remove it, or add it to "ignored" in study.yaml.')
    findings.add("unknown-column", text % {"column": quoted(column)}, row=1, column=column)
