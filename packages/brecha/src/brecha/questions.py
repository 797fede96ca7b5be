"""What an item asks of a row, in the engine's expressions: its base, its numerator and denominator, its faults."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import ibis

from brecha.design import Design
from brecha.items import Coded, Count, Item, Mean, Ratio, Share, Total
from brecha.source import Column, Table, among, blank, finite, number


@dataclass(frozen=True)
class Value:
    """A number for each row: 1 where `rows` holds (None: everywhere), or `number` there; 0 elsewhere.

    Two values with the same words are the same expression, and are summed once.
    """

    words: str
    rows: Column | None = None
    number: Column | None = None

    def __mul__(self, other: "Value") -> "Value":
        if self is EVERY_ROW or (self.words == other.words and self.number is None):
            return other
        if other is EVERY_ROW:
            return self
        both = [rows for rows in (self.rows, other.rows) if rows is not None]
        numbers = [one for one in (self.number, other.number) if one is not None]
        return Value(
            " * ".join(sorted((self.words, other.words))),
            reduce(lambda a, b: a & b, both) if both else None,
            reduce(lambda a, b: a * b, numbers) if numbers else None,
        )

    def total(self, table: Table, factor: Column | None = None) -> Column:
        """Return the sum over rows of the value, times `factor`."""
        if self.number is not None:
            product = self.number if factor is None else factor * self.number
            return (product if self.rows is None else ibis.ifelse(self.rows, product, 0.0)).sum()
        if factor is None:
            return table.count() if self.rows is None else self.rows.sum()
        # A product is twice as fast in DuckDB as a CASE, and a null condition drops out of the sum.
        return (factor if self.rows is None else factor * self.rows.cast("int8")).sum()


EVERY_ROW = Value("1")


@dataclass(frozen=True)
class Question:
    """What an item asks of a row.

    `denominator` is None for totals. `within` says that the numerator is zero outside a denominator of
    zeros and ones, so that their product is the numerator. `counted` are the rows that a share counts.
    `faults` are rows that the item cannot read: a code of refusal, the variable, and which rows.
    """

    item: Item
    asked: Value
    base: Value
    missing: Value | None
    counted: Value | None
    numerator: Value
    denominator: Value | None
    within: bool
    faults: tuple[tuple[str, str, Value], ...]

    def centred(self, rough: float) -> "Question":
        """Return the question with `rough` times the denominator taken from the numerator."""
        if self.numerator.number is None or self.denominator is None:
            return self
        measure = self.denominator.number
        shifted = self.numerator.number - (rough if measure is None else rough * measure)
        numerator = Value(f"{self.numerator.words} - {rough!r}", self.numerator.rows, shifted)
        return Question(**{**vars(self), "numerator": numerator})

    def products(self) -> dict[str, Value | None]:
        """Return the values whose squared-weight sums the variance needs where rows are units."""
        y, x = self.numerator, self.denominator
        return {
            "yy": y * y,
            "yx": None if x is None else y if self.within else y * x,
            "y1": y,
            "xx": None if x is None else x * x,
            "x1": x,
            "11": EVERY_ROW,
        }


def question(table: Table, item: Item) -> Question:
    """Return what an item asks of the rows of a table."""
    asked = EVERY_ROW
    for column, levels in sorted(item.universe.items()):
        asked = asked * _codes(table, column, levels)
    return _coded(table, item, asked) if isinstance(item, Coded) else _measured(table, item, asked)


def _codes(table: Table, column: str, codes: tuple[str, ...]) -> Value:
    return Value(f"{column} in {codes}", among(table[column], codes))


def _answered(table: Table, columns: Iterable[str], codes: tuple[str, ...]) -> Value:
    """Return that some of the columns is not among the missing codes."""
    columns = tuple(columns)
    rows = [~among(table[column], codes).fill_null(False) for column in columns]
    return Value(f"any of {columns} not in {codes}", reduce(lambda a, b: a | b, rows))


def _none(table: Table, columns: Iterable[str], codes: tuple[str, ...]) -> Value:
    """Return that all columns are among the missing codes."""
    columns = tuple(columns)
    rows = [among(table[column], codes) for column in columns]
    return Value(f"all of {columns} in {codes}", reduce(lambda a, b: a & b, rows))


def _coded(table: Table, item: Coded, asked: Value) -> Question:
    counted = asked * _codes(table, item.variable, item.counted)
    columns = (isinstance(item, Share) and item.respondents) or (item.variable,)
    missing = asked * _none(table, columns, item.missing) if item.missing else None
    answered = item.base == "answered" and item.missing
    base = asked * _answered(table, columns, item.missing) if answered else asked
    undeclared = Value(f"{item.variable} is blank", blank(table[item.variable]))
    return Question(
        item=item,
        asked=asked,
        base=base,
        missing=missing,
        counted=counted,
        numerator=counted,
        denominator=None if isinstance(item, Count) else base,
        within=True,
        faults=() if "" in item.missing else (("undeclared_blank", item.variable, asked * undeclared),),
    )


def _measured(table: Table, item: Item, asked: Value) -> Question:
    """A number's base are the rows in which every variable is known."""
    assert isinstance(item, Mean | Total | Ratio)
    codes = tuple(dict.fromkeys((*item.missing, "")))
    base, faults = asked, []
    for variable in item.variables:
        known = Value(f"{variable} not in {codes}", ~among(table[variable], codes))
        base = base * known
        value = number(table[variable])
        faults.append(("not_numeric", variable, asked * known * Value(f"{variable} is no number", ~finite(value))))
    missing = asked * Value(f"{item.variables} unknown", reduce(lambda a, b: a | b, _unknown(table, item, codes)))
    top = Value(f"{item.variables[0]} where {base.words}", base.rows, number(table[item.variables[0]]))
    bottom: Value | None = None if isinstance(item, Total) else base
    if isinstance(item, Ratio):
        bottom = Value(f"{item.denominator} where {base.words}", base.rows, number(table[item.denominator]))
    return Question(item, asked, base, missing, None, top, bottom, not isinstance(item, Ratio), tuple(faults))


def _unknown(table: Table, item: Item, codes: tuple[str, ...]) -> list[Column]:
    return [among(table[variable], codes) for variable in item.variables]


def row_weight(table: Table, design: Design) -> Column | None:
    """Return the expression of a row's weight before calibration, None where every row weighs 1."""
    return None if design.weight is None else number(table[design.weight])
