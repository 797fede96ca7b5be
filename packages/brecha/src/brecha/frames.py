"""Results as data frames, and as a plain table for a terminal."""

import importlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pyarrow

from brecha.errors import BrechaError
from brecha.gaps import Gap
from brecha.results import Domain, Estimate, Key, Result

Figure = Estimate | Gap
Row = Mapping[str, object]

TYPES: dict[object, pyarrow.DataType] = {
    str: pyarrow.string(),
    Literal: pyarrow.string(),
    float: pyarrow.float64(),
    int: pyarrow.int64(),
    tuple: pyarrow.list_(pyarrow.string()),
}
# What a printed table shows, and above it what it says if that is not the field's name.
ESTIMATE_COLUMNS = ("name", "statistic", "domain", "estimate", "se", "low", "high", "n", "missing", "deff", "flags")
GAP_COLUMNS = {
    **dict.fromkeys(("name", "within", "group", "reference")),
    "group_estimate": "group est",
    "reference_estimate": "ref est",
    **dict.fromkeys(("difference", "low", "high", "p", "ratio")),
    "n_group": "n group",
    "n_reference": "n ref",
}


def to_arrow(figures: Iterable[Figure]) -> pyarrow.Table:
    """Return estimates or gaps as an Arrow table: a row each, in their order, a column for each of their fields.

    In place of `domain` (of a gap: `within`) stands one text column for each column of the domains, null where a
    domain does not use it. One that is called like a field, such as n, becomes by_n. `flags` is a list of texts.

    >>> import brecha
    >>> answers = {"who": ["women", "men"] * 4, "ppe": ["no", "yes"] * 2 + ["yes"] * 4}
    >>> result = brecha.estimate(answers, brecha.Design(kind="quota"),
    ...     [brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[(), ("who",)])
    >>> to_arrow(result).select(["name", "who", "estimate", "n"]).to_pylist()[1]
    {'name': 'ppe.yes', 'who': 'men', 'estimate': 1.0, 'n': 4}
    """
    found = list(figures)
    kind = type(found[0]) if found else Estimate if isinstance(figures, Result) else Gap
    columns: dict[str, pyarrow.DataType] = {}
    for name, hint in get_type_hints(kind).items():
        domains = dict.fromkeys(domain_columns(found).values(), pyarrow.string())
        columns |= domains if name == _domain_field(kind) else {name: _type(hint)}
    return pyarrow.Table.from_pylist(rows(found), schema=pyarrow.schema(list(columns.items())))


def rows(figures: Iterable[Figure]) -> list[dict[str, object]]:
    """Return a row for each estimate or gap, with the columns of `to_arrow`; those a domain does not use are left out.

    >>> rows([])
    []
    """
    found = list(figures)
    names, made = domain_columns(found), []
    for one in found:
        domain = _domain_field(type(one))
        row = {name: value for name, value in vars(one).items() if name != domain}
        made.append({**row, **{names[column]: level for column, level in getattr(one, domain).items()}})
    return made


def domain_columns(figures: Iterable[Figure]) -> dict[str, str]:
    """Return the columns of all domains, in the order they appear in, with their names in a frame.

    >>> domain_columns([])
    {}
    """
    found = list(figures)
    taken = {field.name for one in found[:1] for field in fields(one)}
    columns = dict.fromkeys(column for one in found for column in getattr(one, _domain_field(type(one))))
    return {column: f"by_{column}" if column in taken else column for column in columns}


def _domain_field(kind: type[Figure]) -> str:
    return "domain" if kind is Estimate else "within"


def _type(hint: object) -> pyarrow.DataType:
    kinds = [one for one in get_args(hint) if one is not NoneType] if NoneType in get_args(hint) else [hint]
    return TYPES[get_origin(kinds[0]) or kinds[0]]


def covariances_to_arrow(result: Result, keys: Sequence[Key] | None = None) -> pyarrow.Table:
    """Return the covariance matrix of m estimates, by default of all, as m rows and columns with their labels.

    The first column, `estimate`, names the rows; the others are called like them.

    >>> import brecha
    >>> answers = {"who": ["women", "men"] * 4, "ppe": ["no", "yes"] * 2 + ["yes"] * 4}
    >>> result = brecha.estimate(answers, brecha.Design(kind="quota"),
    ...     [brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[("who",)])
    >>> covariances_to_arrow(result).column_names
    ['estimate', 'ppe.yes: who=men', 'ppe.yes: who=women']
    """
    keys = [(one.name, one.domain) for one in result] if keys is None else list(keys)
    labels = [": ".join(filter(None, (name, domain_text(domain)))) for name, domain in keys]
    matrix = result.covariances(keys)
    columns = [pyarrow.array(labels, pyarrow.string()), *(pyarrow.array(column) for column in matrix.T)]
    return pyarrow.Table.from_arrays(columns, names=["estimate", *labels])


def domain_text(domain: Domain) -> str:
    """Return a domain in one line, empty for everybody.

    >>> domain_text({"profile": "men", "region": "Puno"})
    'profile=men, region=Puno'
    """
    return ", ".join(f"{column}={level}" for column, level in domain.items())


def to_polars(figures: Iterable[Figure]) -> Any:
    """Return `to_arrow` as a polars data frame; refused (`library_missing`) where polars is not installed."""
    return library("polars").from_arrow(to_arrow(figures))


def to_pandas(figures: Iterable[Figure]) -> Any:
    """Return `to_arrow` as a pandas data frame; refused (`library_missing`) where pandas is not installed.

    Whole numbers are Int64, which has missing values too.

    >>> to_pandas([]).columns[0]
    'name'
    """
    whole = library("pandas").Int64Dtype()
    return to_arrow(figures).to_pandas(types_mapper={pyarrow.int64(): whole}.get)


def library(module: str, package: str | None = None) -> Any:
    """Return an optional library's module, refusing in plain words where its package is not installed.

    >>> library("math").floor(2.5)
    2
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise BrechaError("library_missing", package=package or module) from error


def table(figures: Iterable[Figure]) -> str:
    """Return estimates or gaps as plain text in columns of one width, numbers to the right, shares as fractions.

    The fields that are most read stand in it, and of those none that is empty in all rows; `to_arrow` has the others.

    >>> import brecha
    >>> answers = {"who": ["women", "men"] * 4, "ppe": ["no", "yes"] * 2 + ["yes"] * 4}
    >>> result = brecha.estimate(answers, brecha.Design(kind="quota", strata=("who",)),
    ...     [brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[("who",)])
    >>> print(table(brecha.gaps(result, [brecha.Comparison(variable="who", group="women", reference="men")])))
    name     group  reference  group est  ref est  difference      low    high       p   ratio  n group  n ref
    ppe.yes  women  men           0.5000   1.0000     -0.5000  -0.9081  0.2252  0.1340  0.5000        4      4
    """
    found = list(figures)
    estimates = not found or isinstance(found[0], Estimate)
    return text(rows(found), headings(found, ESTIMATE_COLUMNS if estimates else GAP_COLUMNS))


def headings(figures: Iterable[Figure], columns: Iterable[str]) -> dict[str, str]:
    """Return the heading of each column, the domains' in the place of `domain` or `within`.

    >>> headings([], ["name", "n_group"])
    {'name': 'name', 'n_group': 'n group'}
    """
    found: dict[str, str] = {}
    for name in columns:
        domain = name in ("domain", "within")
        found |= (
            {one: one for one in domain_columns(figures).values()} if domain else {name: GAP_COLUMNS.get(name) or name}
        )
    return found


def text(found: Sequence[Row], columns: Mapping[str, str]) -> str:
    """Return rows as plain text under the columns' headings, without the columns that are empty in all of them.

    >>> print(text([{"name": "age", "estimate": 41.25, "low": None}], {"name": "item", "estimate": "", "low": ""}))
    item
    age   41.250
    """
    used = [column for column in columns if any(row.get(column) not in (None, ()) for row in found)]
    right = [any(isinstance(row.get(column), int | float) for row in found) for column in used]
    lines = [[columns[column] for column in used], *([cell(row.get(column)) for column in used] for row in found)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            one.rjust(width) if number else one.ljust(width)
            for one, width, number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def cell(value: object) -> str:
    """Return a value as a table shows it: numbers below ten with four decimals, above with fewer.

    >>> [cell(value) for value in (0.125, 1234.5678, 3e-7, 12, None, ("wide", "few_rows"))]
    ['0.1250', '1234.6', '3e-07', '12', '-', 'wide few_rows']
    """
    if value is None or value == ():
        return "-"
    if isinstance(value, tuple):
        return " ".join(value)
    if not isinstance(value, float):
        return str(value)
    size = abs(value)
    if 0 < size < 0.00005:
        return f"{value:.0e}"
    whole_digits = math.floor(math.log10(size)) if size >= 10 else 0
    return f"{value:.{max(0, 4 - whole_digits)}f}"
