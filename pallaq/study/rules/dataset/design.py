"""The columns of a sample's design: weights, populations, strata, primary sampling units."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from pallaq.shared.tabular import Findings, Table, quoted, saying
from pallaq.study.rules.definition import Study

NUMBER = r"^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$"

Stratum = tuple[str, ...]


def numbers(column: str, table: Table, findings: Findings) -> pa.ChunkedArray:
    """Return a column of weights or sizes as numbers, null where it is not a number above zero, which is noted."""
    values = points(column, table, findings)
    is_number = pc.fill_null(pc.match_substring_regex(values, NUMBER), False)
    digits = pc.if_else(is_number, pc.replace_substring_regex(values, r"^[+]", ""), pa.scalar(None, pa.string()))
    result = digits.cast(pa.float64())
    usable = pc.fill_null(pc.is_finite(result), False)
    text = _("Row %(row)d, %(column)s: the cell is empty; write a number above 0.")
    findings.add_rows("empty-number", column, table.found(column, pc.is_null(values)), saying(text, column))
    text = _("Row %(row)d, %(column)s: %(value)s is not a number; write digits, with a point before the decimals.")
    strange = table.found(column, pc.and_(pc.is_valid(values), pc.invert(usable)))
    findings.add_rows("not-a-number", column, strange, saying(text, column))
    text = _("Row %(row)d, %(column)s: %(value)s is not above 0; correct it, or remove the row.")
    low = pc.and_(usable, pc.less_equal(result, 0))
    findings.add_rows("not-positive", column, table.found(column, low), saying(text, column))
    return pc.if_else(pc.and_(usable, pc.invert(low)), result, pa.scalar(None, pa.float64()))


def points(column: str, table: Table, findings: Findings) -> pa.ChunkedArray:
    """Return the column with points for decimal commas, which a semicolon CSV may have, but not beside points."""
    values = table.data[column]
    commas, dots = (table.found(column, pc.match_substring(values, sign)) for sign in (",", "."))
    if not (table.decimal_comma and commas):
        return values
    if dots:
        text = _(
            "%(column)s has decimal commas (row %(comma)d: %(with_comma)s) and points (row %(dot)d: %(with_dot)s): "
            "use one of them."
        )
        words = {"column": quoted(column), "comma": commas[0][0], "dot": dots[0][0]}
        words |= {"with_comma": quoted(commas[0][1]), "with_dot": quoted(dots[0][1])}
        findings.add("mixed-decimals", text % words, row=dots[0][0], column=column, value=dots[0][1])
    return pc.replace_substring(values, ",", ".")


@dataclass(frozen=True)
class Strata:
    """How many primary sampling units a dataset has in each stratum, and the rule for those with one."""

    study: Study
    units: Counter[Stratum]
    populations: dict[Stratum, float]

    def name(self, stratum: Stratum) -> str:
        """Return a stratum as messages call it."""
        pairs = zip(self.study.design.strata, stratum, strict=True)
        return ", ".join(f"{column} = {quoted(value)}" for column, value in pairs) or _("the whole sample")

    def single(self) -> list[Stratum]:
        """Return the strata with one unit that is not all there is of its population, as far as can be known."""
        if self.study.design.kind == "census":
            return []
        alone = (one for one, units in self.units.items() if units == 1 and self.populations.get(one) != 1)
        return [one for one in alone if not self.is_in_doubt(one)]

    @cached_property
    def doubts(self) -> set[tuple[str | None, ...]]:
        """Return the strata with a level that nobody declared, that level as None: a problem is noted of it already."""
        levels = {variable.code: variable.codes() for variable in self.study.variables()}
        known = [levels.get(column) for column in self.study.design.strata]
        read = ((*(v if k is None or v in k else None for v, k in zip(one, known, strict=True)),) for one in self.units)
        return {one for one in read if None in one}

    def is_in_doubt(self, stratum: Stratum) -> bool:
        """Say whether rows of an undeclared level may belong to the stratum, so that its units cannot be counted."""
        return any(all(mine in (None, its) for mine, its in zip(one, stratum, strict=True)) for one in self.doubts)

    def partner(self, stratum: Stratum) -> Stratum | None:
        """Return the stratum that a single one joins, by its region; None when the study names none."""
        design, region = self.study.design, self.study.region.code
        pairs = dict(zip(design.strata, stratum, strict=True))
        target = design.collapse.get(pairs.get(region, ""))
        if target in (None, pairs.get(region)):
            return None
        return tuple(target if column == region else value for column, value in pairs.items())


def check_strata(study: Study, table: Table, sizes: pa.ChunkedArray | None, findings: Findings) -> Strata | None:
    """Note empty cells of the design, impossible populations, and strata of one unit without a rule.

    Returns None when a column is missing or has empty cells, and so the strata cannot be counted.
    """
    design = study.design
    columns = [column for column in dict.fromkeys((*design.strata, design.psu)) if column]
    if not set(columns) <= set(table.columns):
        return None
    domains = {variable.code for variable in study.variables()}
    text = _("Row %(row)d, %(column)s: the cell is empty and the design needs it; fill it in.")
    for column in columns:
        empty = table.found(column, pc.is_null(table.data[column]))
        if empty and column not in domains:
            findings.add_rows("empty-design", column, empty, saying(text, column))
    if any(table.data[column].null_count for column in columns):
        return None
    strata = Strata(study, count_units(study, table), check_populations(study, table, sizes, findings))
    check_single(strata, findings)
    return strata


def count_units(study: Study, table: Table) -> Counter[Stratum]:
    """Return the number of primary sampling units (rows, when the study names none) of each stratum."""
    strata, psu = list(study.design.strata), study.design.psu
    columns = list(dict.fromkeys([*strata, psu] if psu else strata))
    if not columns:
        return Counter({(): table.data.num_rows})
    groups = table.data.group_by(columns).aggregate([([], "count_all")])
    keys = zip(*(groups[column].to_pylist() for column in strata), strict=True) if strata else [()] * len(groups)
    units: Counter[Stratum] = Counter()
    for stratum, rows in zip(keys, groups["count_all"].to_pylist(), strict=True):
        units[stratum] += 1 if psu else rows
    return units


def check_populations(
    study: Study, table: Table, sizes: pa.ChunkedArray | None, findings: Findings
) -> dict[Stratum, float]:
    """Return each stratum's size; note those that vary inside a stratum or are below what was sampled."""
    if sizes is None or sizes.null_count:
        return {}
    strata, units = list(study.design.strata), count_units(study, table)
    groups = table.data.select(strata).append_column("size", sizes).group_by(strata)
    found: dict[Stratum, float] = {}
    namer = Strata(study, units, found)
    for group in groups.aggregate([("size", "min"), ("size", "max")]).to_pylist():
        stratum = tuple(group[column] for column in strata)
        low, high = group["size_min"], group["size_max"]
        found[stratum] = low
        words = {"stratum": namer.name(stratum), "low": f"{low:g}", "high": f"{high:g}", "units": units[stratum]}
        if low != high:
            text = _("The stratum %(stratum)s has populations from %(low)s to %(high)s: write one for all its rows.")
            findings.add("population-varies", text % words, column=study.design.population)
        elif low < units[stratum]:
            text = _("The stratum %(stratum)s has a population of %(low)s and %(units)d were sampled: correct it.")
            findings.add("population-too-small", text % words, column=study.design.population)
    return found


def check_single(strata: Strata, findings: Findings) -> None:
    """Note each stratum whose one unit leaves its variance unknown, where the study's rule does not help."""
    rule = strata.study.design.single_psu
    if rule not in ("refuse", "collapse") and strata.single() and set(strata.units.values()) == {1}:
        text = _(
            "Every stratum has one sampling unit, so no variance is known: "
            "bring all the rows, or declare fewer strata in study.yaml."
        )
        findings.add("no-variance", text)
    for stratum in strata.single() if rule in ("refuse", "collapse") else []:
        partner = strata.partner(stratum) if rule == "collapse" else None
        words = {"stratum": strata.name(stratum), "partner": strata.name(partner) if partner is not None else ""}
        if partner is None:
            text = _(
                "The stratum %(stratum)s has one sampling unit, so its variance is unknown: look for missing rows, or "
                'choose a rule in study.yaml ("single_psu"; for "collapse", the region it joins).'
            )
        elif not (partner in strata.units or strata.is_in_doubt(partner)):
            text = _("The stratum %(stratum)s should join %(partner)s, which has no row: choose another in study.yaml.")
        else:
            continue
        findings.add("single-psu", text % words, value=strata.name(stratum))
