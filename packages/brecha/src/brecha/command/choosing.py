"""What to estimate: the items that were named, or those that a table's columns seem to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from brecha.cells import gather
from brecha.errors import BrechaError
from brecha.items import Base, Count, Item, Mean, Ratio, Share, Total
from brecha.source import Column, Table, among, number

# A column of at most so many codes is a question with answers to choose from; one of more is a number, or a text.
MOST_CODES = 10
KINDS = ("share", "mean", "total", "count", "ratio")


@dataclass(frozen=True)
class Facts:
    """What a column holds beside codes of no answer: rows, about how many values, numbers or not, and their range."""

    rows: int
    values: int
    numeric: bool
    low: float
    high: float

    @property
    def numbers_rows(self) -> bool:
        """Whether it looks like the rows' own numbers: whole, one after another, none twice."""
        return self.numeric and self.high - self.low + 1 == self.rows and self.values > 0.9 * self.rows


@dataclass
class Choosing:
    """Makes items of a table's columns, and keeps why each column was taken for what it is."""

    table: Table
    missing: tuple[str, ...]
    base: Base
    reasons: dict[str, list[str]] = field(default_factory=dict)

    def named(self, wanted: Sequence[str]) -> list[Item]:
        """Return the items that were named, see the command's help."""
        return [item for word in wanted for item in self._item(word)]

    def guessed(self, columns: Sequence[str]) -> list[Item]:
        """Return items for all the columns that seem to hold answers."""
        items: list[Item] = []
        for column, facts in self._facts(columns).items():
            few = facts.values <= 2 * MOST_CODES  # the engine counts about; few enough to count exactly
            codes = self._codes(column) if few else []
            if not facts.rows or (few and len(codes) == 1):
                self._because("left out: one value at most", column)
            elif few and len(codes) <= MOST_CODES:
                items += self._shares(column, codes)
            elif facts.numbers_rows:
                self._because("left out: it numbers the rows", column)
            elif facts.numeric:
                items.append(self._mean(column))
            else:
                self._because("left out: many different texts", column)
        left = [column for column in columns if not _readable(self.table[column])]
        for column in left:
            self._because("left out: neither a text nor a number", column)
        if not items:
            raise BrechaError("no_items")
        return items

    def _item(self, word: str) -> list[Item]:
        kind, colon, rest = word.partition(":")
        if word in self.table.columns or not colon or kind not in KINDS:
            kind, rest = "", word
        column, equals, codes = (rest, "", "") if rest in self.table.columns else rest.partition("=")
        if kind == "ratio":
            above, _, below = rest.partition("/")
            known(self.table, (above, below))
            return [Ratio(name=rest, numerator=above, denominator=below, missing=self.missing)]
        known(self.table, (column,))
        if kind == "total":
            return [Total(name=word, variable=column, missing=self.missing)]
        if kind == "mean":
            return [self._mean(column)]
        chosen = [tuple(codes.split("|"))] if equals else None
        if kind == "count":
            return [
                Count(name=f"count:{column}={'|'.join(one)}", variable=column, counted=one, missing=self._without(one))
                for one in chosen or [(code,) for code in self._few_codes(column)]
            ]
        if chosen:
            return [self._share(column, chosen[0])]
        if kind == "share":
            return list(self._shares(column, self._few_codes(column)))
        return self._alone(column)

    def _alone(self, column: str) -> list[Item]:
        facts = self._facts([column]).get(column)
        if facts is None or (facts.values > 2 * MOST_CODES and not facts.numeric):
            raise BrechaError("many_codes", column=column, most=MOST_CODES)
        if facts.values > 2 * MOST_CODES or (len(codes := self._codes(column)) > MOST_CODES and facts.numeric):
            return [self._mean(column)]
        return list(self._shares(column, self._few(column, codes)))

    def _mean(self, column: str) -> Mean:
        self._because("mean: numbers", column)
        return Mean(name=column, variable=column, missing=self.missing)

    def _shares(self, column: str, codes: Sequence[str]) -> list[Share]:
        if set(codes) <= {"0", "1"}:
            self._because("share of 1: codes 0 and 1", column)
            return [self._share(column, ("1",))]
        self._because(f"share of each code: at most {MOST_CODES}", column)
        return [self._share(column, (code,)) for code in codes]

    def _share(self, column: str, counted: tuple[str, ...]) -> Share:
        name = f"{column}={'|'.join(counted)}"
        missing = self._without(counted)
        return Share(name=name, variable=column, counted=counted, missing=missing, base=self.base)

    def _without(self, counted: Sequence[str]) -> tuple[str, ...]:
        """Return the codes of no answer but those that were named to be counted."""
        return tuple(code for code in self.missing if code not in counted)

    def _few_codes(self, column: str) -> list[str]:
        facts = self._facts([column]).get(column)
        if facts is None or facts.values > 2 * MOST_CODES:
            raise BrechaError("many_codes", column=column, most=MOST_CODES)
        return self._few(column, self._codes(column))

    def _few(self, column: str, codes: list[str]) -> list[str]:
        if not 0 < len(codes) <= MOST_CODES:
            raise BrechaError("many_codes", column=column, most=MOST_CODES)
        return codes

    def _codes(self, column: str) -> list[str]:
        return [code for code in gather(self.table, (column,), {}).labels[column] if code not in self.missing]

    def _facts(self, columns: Iterable[str]) -> dict[str, Facts]:
        """Ask the rows once about all the columns that hold texts or numbers."""
        readable = [column for column in columns if _readable(self.table[column])]
        wanted: dict[str, Column] = {}
        for column in readable:
            answered = ~among(self.table[column], self.missing)
            value = number(self.table[column])
            finite = ~(value.isnull() | value.isnan() | value.isinf())
            wanted |= {
                f"rows {column}": answered.sum(),
                f"values {column}": self.table[column].approx_nunique(where=answered),
                f"numbers {column}": (answered & finite).sum(),
                f"low {column}": value.min(where=answered),
                f"high {column}": value.max(where=answered),
            }
        found = {name: float(values[0]) for name, values in gather(self.table, (), wanted).sums.items()}
        return {
            column: Facts(
                rows=int(found[f"rows {column}"]),
                values=int(found[f"values {column}"]),
                numeric=found[f"numbers {column}"] == found[f"rows {column}"],
                low=found[f"low {column}"],
                high=found[f"high {column}"],
            )
            for column in readable
        }

    def _because(self, reason: str, column: str) -> None:
        self.reasons.setdefault(reason, []).append(column)


def known(table: Table, columns: Iterable[str]) -> None:
    """Refuse a column that the table does not have, with the names that are near it."""
    for column in columns:
        if column in table.columns:
            continue
        near = get_close_matches(column, table.columns, 3, 0.6) or [
            one for one in table.columns if one.lower() == column.lower()
        ]
        advice = f"The columns are: {', '.join(table.columns)}."
        if near:
            advice = f"Did you mean {' or '.join(map(repr, near))}?"
        elif len(table.columns) == 1:
            advice = f"Its only one is {table.columns[0]!r}: name what separates the values, as in --separator ';'."
        raise BrechaError("no_such_column", column=column, advice=advice)


def _readable(column: Column) -> bool:
    kind = column.type()
    return bool(kind.is_string() or kind.is_numeric() or kind.is_boolean())
