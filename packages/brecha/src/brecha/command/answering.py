"""What each question does: read, choose, estimate, hide, say."""

from argparse import Namespace
from collections.abc import Sequence

import pyarrow

from brecha.command.choosing import Choosing, known
from brecha.command.hiding import Figure, hidden
from brecha.command.saying import Answer, check_output, deliver, design_notes, flag_notes, item_notes, say
from brecha.design import Design, SinglePsu
from brecha.errors import BrechaError
from brecha.estimating import estimate
from brecha.frames import ESTIMATE_COLUMNS, GAP_COLUMNS, headings, library, rows, to_arrow
from brecha.gaps import Comparison, Gap, adjust, gaps
from brecha.items import Item
from brecha.r_script import Request, to_r
from brecha.results import Result, domain_key
from brecha.source import Engine, Table, read

Row = dict[str, object]


def answer_estimate(arguments: Namespace) -> None:
    """Estimate the items in everybody and in every domain."""
    check_output(arguments.out)
    table, design = _read(arguments)
    items, notes = _items(arguments, table, [column for columns in arguments.by for column in columns])
    result = _estimated(arguments, table, design, items, [(), *arguments.by])
    small = _small(arguments, result)
    found = [
        blanked(row) if (one.name, domain_key(one.domain)) in small else row
        for row, one in zip(rows(result), result, strict=True)
    ]
    notes += [*design_notes(arguments, result), *flag_notes(found, arguments.minimum)]
    deliver(Answer(found, headings(result, ESTIMATE_COLUMNS), to_arrow(result).schema, notes), arguments.out)


def answer_gaps(arguments: Namespace) -> None:
    """Compare every other level of a column with the reference."""
    check_output(arguments.out)
    if len(arguments.by) != 1:
        raise BrechaError("one_column", columns=arguments.by)
    table, design = _read(arguments)
    [variable] = arguments.by
    items, notes = _items(arguments, table, [variable, *arguments.within])
    result = _estimated(arguments, table, design, items, [(*arguments.within, variable)])
    made = gaps(result, _comparisons(result, variable, arguments.reference))
    small = _small(arguments, result)
    found = [_gap_row(row, gap, result, small) for row, gap in zip(rows(made), made, strict=True)]
    shown = [column for column in GAP_COLUMNS if column != "reference"]
    columns, schema = headings(made, shown), to_arrow(made).schema
    for name, heading in (("missing_group", "missing"), ("missing_reference", "ref missing")):
        columns[name], schema = heading, schema.append(pyarrow.field(name, pyarrow.int64()))
    notes = [f"Each group against {variable} = {arguments.reference}.", *notes, *design_notes(arguments, result)]
    if arguments.adjust:
        adjusted = adjust([gap.p for gap in made])
        found = [{**row, "p_adjusted": None if row["p"] is None else p} for row, p in zip(found, adjusted, strict=True)]
        columns["p_adjusted"], schema = "p adjusted", schema.append(pyarrow.field("p_adjusted", pyarrow.float64()))
        tests = sum(p is not None for p in adjusted)
        notes.append(f"p adjusted: Benjamini and Hochberg's, for {tests} tests, hidden ones included.")
    notes += flag_notes(found, arguments.minimum)
    flagged = schema.append(pyarrow.field("flags", pyarrow.list_(pyarrow.string())))
    deliver(Answer(found, {**columns, "flags": "flags"}, flagged, notes), arguments.out)


def answer_r(arguments: Namespace) -> None:
    """Write the script that estimates the same in R."""
    table, design = _read(arguments)
    by = [(), *arguments.by]
    items, notes = _items(arguments, table, [column for columns in by for column in columns])
    request = Request(tuple(items), design, tuple(dict.fromkeys(by)), arguments.data, arguments.separator)
    to_r(request, arguments.out)
    run = f"Run it where {arguments.data} is found: Rscript {arguments.out}"
    say([*notes, f"Written: {arguments.out}. {run}"])


def _read(arguments: Namespace) -> tuple[Table, Design]:
    table = read(arguments.data, separator=arguments.separator, engine=_engine(arguments.engine))
    design = Design(
        kind=arguments.kind or "probability",
        strata=arguments.strata,
        psu=arguments.psu,
        weight=arguments.weight,
        population=arguments.population,
        single_psu=SinglePsu(arguments.single_psu),
    )
    known(table, design.columns)
    return table, design


def _engine(name: str) -> Engine:
    if name == "duckdb":
        return None
    session = library("pyspark.sql", "pyspark").SparkSession.builder.getOrCreate()
    return library("ibis").pyspark.connect(session)


def _items(arguments: Namespace, table: Table, columns: Sequence[str]) -> tuple[list[Item], list[str]]:
    """Return what to estimate, and the sentences that say how it was chosen."""
    known(table, columns)
    choosing = Choosing(table, tuple(dict.fromkeys(("", *arguments.missing))), arguments.base)
    if arguments.items:
        items = choosing.named(arguments.items)
    else:
        used = {*columns, *arguments.strata, arguments.psu, arguments.weight, arguments.population}
        items = choosing.guessed([column for column in table.columns if column not in used])
    return items, item_notes(choosing, named=bool(arguments.items))


def _estimated(
    arguments: Namespace, table: Table, design: Design, items: Sequence[Item], by: Sequence[tuple[str, ...]]
) -> Result:
    return estimate(table, design, items, by=by, level=arguments.level, interval=arguments.interval)


def _comparisons(result: Result, variable: str, reference: str) -> list[Comparison]:
    """Return the reference against every other level, in every domain that has rows."""
    others = [level for level in result.levels[variable] if level != reference]
    if not others:
        raise BrechaError("one_level", variable=variable, level=reference)
    around = []
    for one in result:
        within = {column: level for column, level in one.domain.items() if column != variable}
        if within not in around:
            around.append(within)
    return [
        Comparison(variable=variable, group=other, reference=reference, within=within)
        for within in around
        for other in others
    ]


def _small(arguments: Namespace, result: Result) -> set[Figure]:
    return set() if arguments.show_small else hidden(result, arguments.minimum)


def _gap_row(row: Row, gap: Gap, result: Result, small: set[Figure]) -> Row:
    """Return a gap's row with both sides' missing answers and flags, or without figures if one side is hidden."""
    domains = Comparison(gap.variable, gap.group, gap.reference, gap.within).domains
    group, reference = (result.get(gap.name, domain) for domain in domains)
    if any((gap.name, domain_key(domain)) in small for domain in domains):
        return blanked(row)
    flags = tuple(dict.fromkeys((*group.flags, *reference.flags)))
    return {**row, "missing_group": group.missing, "missing_reference": reference.missing, "flags": flags}


def blanked(row: Row) -> Row:
    """Return a row without its figures: only the texts that say what it is about.

    >>> blanked({"name": "age", "estimate": 41.5, "n": 7, "flags": ()})
    {'name': 'age', 'estimate': None, 'n': None, 'flags': ('hidden',)}
    """
    return {**{name: value if isinstance(value, str) else None for name, value in row.items()}, "flags": ("hidden",)}
