"""Holds a table against its study: a Dataset when nothing is wrong, everything that is wrong when something is."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from pallaq.shared.tabular import Findings, Table, saying
from pallaq.study.rules.dataset.answers import check_answers, check_identifiers, check_levels
from pallaq.study.rules.dataset.columns import match_columns
from pallaq.study.rules.dataset.design import check_strata, numbers
from pallaq.study.rules.dataset.remarks import remarks
from pallaq.study.rules.definition import SYNTHETIC, Study, Text


@dataclass(frozen=True)
class Dataset:
    """A study's respondents in which nothing was found wrong.

    `table` has the declared columns alone: text, null where a cell is empty, and float64 for weight and population.
    """

    study: str
    table: pa.Table
    synthetic: bool
    warnings: tuple[Text, ...]

    @property
    def rows(self) -> int:
        """Return the number of respondents."""
        return int(self.table.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column names."""
        return tuple(self.table.column_names)


def check_dataset(study: Study, table: Table) -> Dataset:
    """Return the dataset that a table holds; raise Problems with everything that is wrong in it, at once."""
    findings = Findings(table.name)
    given, table = table, match_columns(study, table, findings)
    check_values(study, table, findings)
    measures = {
        column: numbers(column, table, findings)
        for column in (study.design.weight, study.design.population)
        if column in table.columns
    }
    strata = check_strata(study, table, measures.get(study.design.population), findings)
    synthetic = check_stamp(study, table, findings)
    findings.stop()
    return Dataset(study.code, typed(table, measures), synthetic, remarks(study, table, given, strata))


def check_values(study: Study, table: Table, findings: Findings) -> None:
    """Note what is wrong in identifiers, domain variables and answers, of the columns that are there."""
    asked_too = {indicator.variable for indicator in study.indicators}
    if study.identifier in table.columns:
        check_identifiers(study.identifier, table, findings)
    for variable in study.variables():
        if variable.code in table.columns and variable.code not in asked_too:
            check_levels(variable, table, findings)
    for indicator in study.indicators:
        if indicator.variable in table.columns:
            check_answers(study, indicator, table, findings)


def check_stamp(study: Study, table: Table, findings: Findings) -> bool:
    """Return whether the rows are stamped as synthetic; note other stamps, and a mixture of real and synthetic."""
    if study.stamp not in table.columns:
        return False
    values = table.data[study.stamp]
    stamped = pc.fill_null(pc.equal(values, SYNTHETIC), False)
    text = _('Row %(row)d, %(column)s: %(value)s is no stamp; write "SYNTHETIC", or empty the cell of a real answer.')
    strange = table.found(study.stamp, pc.and_(pc.is_valid(values), pc.invert(stamped)))
    findings.add_rows("unknown-stamp", study.stamp, strange, saying(text, study.stamp))
    synthetic = bool(pc.any(stamped).as_py())
    if synthetic:
        text = _("Row %(row)d, %(column)s: not stamped, and other rows are SYNTHETIC; keep real and made rows apart.")
        bare = table.found(study.stamp, pc.is_null(values))
        findings.add_rows("mixed-stamp", study.stamp, bare, saying(text, study.stamp))
    return synthetic


def typed(table: Table, measures: dict[str, pa.ChunkedArray]) -> pa.Table:
    """Return the columns as analysis reads them: numbers where the design has numbers, text elsewhere."""
    return pa.table({column: measures.get(column, table.data[column]) for column in table.columns})
