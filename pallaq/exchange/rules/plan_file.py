"""A plan as rows of ten sheets: what YAML and XLSX hold alike, to be checked, compared and loaded one way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pallaq.plan.rules.chain import KINDS
from pallaq.plan.rules.periods import Period, parse
from pallaq.plan.rules.units import RANGES, is_storable, parse_value

Kind = Literal["word", "words", "number", "whole", "day", "flag", "codes", "period"]
Key = tuple[str, ...]
ROLES = ("responsible", "takes_part", "funds")
ORGANISATIONS = ("ministry", "regional", "local", "service", "finance", "mining", "selectors", "assistance", "other")


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `words` have one column for each language: title_es, title_en."""

    name: str
    kind: Kind = "word"
    required: bool = False
    allowed: tuple[str, ...] = ()
    longest: int = 200  # characters of a word


@dataclass(frozen=True)
class Row:
    """One row: the line or row number where it stands in its file (0: in the database), and its values by column."""

    sheet: str
    number: int
    values: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)  # of a YAML file's keys

    def at(self, column: str) -> int:
        """Return the line or row on which a column's value stands."""
        return self.lines.get(column, self.number)

    @property
    def key(self) -> Key:
        """What tells this row from the others of its sheet, whatever its place."""
        return tuple(text_of(self.values.get(name)) for name in KEYS[self.sheet])


Sheets = dict[str, list[Row]]

CODE = Column("code", required=True, longest=40)
VALUE = Column("value", "number", required=True)
CELL = Column("cell", longest=120)
SHEETS: dict[str, tuple[Column, ...]] = {
    "plan": (
        Column("code", required=True, longest=80),
        Column("title", "words", required=True),
        Column("summary", "words"),
        Column("source", "words"),
        Column("translation", longest=40),
        Column("country", required=True, longest=2),
        Column("currency", required=True, longest=3),
        Column("study", longest=80),
        Column("starts_on", "day"),
        Column("ends_on", "day"),
        Column("green_from", "number"),
        Column("amber_from", "number"),
        Column("public", "flag"),
    ),
    "dimensions": (
        Column("dimension", required=True, longest=40),
        Column("dimension_title", "words"),
        Column("level", required=True, longest=40),
        Column("title", "words", required=True),
    ),
    "organisations": (
        Column("name", required=True),
        Column("short", longest=40),
        Column("kind", required=True, allowed=ORGANISATIONS),
        Column("place", longest=6),
        Column("stands_for_many", "flag"),
    ),
    "chain": (
        CODE,
        Column("kind", required=True, allowed=KINDS),
        Column("parent", longest=40),
        Column("position", "whole"),
        Column("title", "words", required=True),
        Column("description", "words"),
        Column("note", "words"),
        Column("legal_basis"),
        Column("gender_marker", allowed=("0", "1", "2")),
        Column("starts_on", "day"),
        Column("ends_on", "day"),
        Column("budget", "number"),
    ),
    "parts": (CODE, Column("organisation", required=True), Column("role", required=True, allowed=ROLES)),
    "places": (CODE, Column("place", required=True, longest=40)),
    "indicators": (
        CODE,
        Column("node", required=True, longest=40),
        Column("position", "whole"),
        Column("title", "words", required=True),
        Column("definition", "words"),
        Column("unit", required=True, allowed=tuple(RANGES)),
        Column("measured_in", "words"),
        Column("numerator", "words"),
        Column("denominator", "words"),
        Column("disaggregation", "codes"),
        Column("method", "words"),
        Column("responsible"),
        Column("frequency", required=True, allowed=("yearly", "quarterly")),
        Column("deadline_days", "whole"),
        Column("limits", "words"),
        Column("sense", allowed=("rising", "neutral", "falling")),
        Column("study_indicator", longest=80),
        Column("study_share", longest=80),
        Column("measure", longest=80),
    ),
    "baselines": (
        Column("indicator", required=True, longest=40),
        CELL,
        VALUE,
        Column("year", "whole", required=True),
        Column("source", longest=10_000),
        Column("n", "whole"),
        Column("low", "number"),
        Column("high", "number"),
        Column("design", longest=40),
        Column("sha256", longest=64),
    ),
    "targets": (
        Column("indicator", required=True, longest=40),
        CELL,
        Column("period", "period", required=True),
        VALUE,
    ),
    "values": (
        Column("indicator", required=True, longest=40),
        CELL,
        Column("period", "period", required=True),
        VALUE,
        Column("measured_on", "day"),
        Column("source", longest=10_000),
        Column("note", longest=10_000),
    ),
}
KEYS: dict[str, tuple[str, ...]] = {
    "plan": ("code",),
    "dimensions": ("dimension", "level"),
    "organisations": ("name",),
    "chain": ("code",),
    "parts": ("code", "organisation", "role"),
    "places": ("code", "place"),
    "indicators": ("code",),
    "baselines": ("indicator", "cell"),
    "targets": ("indicator", "cell", "period"),
    "values": ("indicator", "cell", "period"),
}


def value_of(column: Column, written: str) -> Any:
    """Return what a cell's text means; ValueError where it does not mean what its column holds.

    >>> value_of(Column("budget", "number"), "1500.50"), value_of(Column("public", "flag"), "yes")
    (Decimal('1500.50'), True)
    """
    written = written.strip()
    if not written:
        return {"words": {}, "codes": [], "flag": False, "word": ""}.get(column.kind)
    if column.kind == "number":
        return number(written)
    if column.kind == "whole":
        return whole(written)
    if column.kind == "day":
        return date.fromisoformat(written)
    if column.kind == "period":
        return parse(written)
    if column.kind == "codes":
        return [code for code in (part.strip() for part in written.replace(",", ";").split(";")) if code]
    if column.kind == "flag":
        return flag(written)
    if len(written) > column.longest or "\0" in written:
        raise ValueError(written)
    return written


def number(written: str) -> Decimal:
    """Return a number with a decimal point, as many digits as the tables keep."""
    found = parse_value(written)
    if not is_storable(found):
        raise ValueError(written)
    return found


def whole(written: str) -> int:
    """Return a whole number from zero on."""
    if not (written.isascii() and written.isdecimal()) or len(written) > 9:
        raise ValueError(written)
    return int(written)


def flag(written: str) -> bool:
    """Return yes or no, as English, Spanish, YAML and spreadsheets write them."""
    word = written.casefold()
    if word in {"yes", "true", "1", "si", "sí", "verdadero"}:
        return True
    if word in {"no", "false", "0", "falso"}:
        return False
    raise ValueError(written)


def text_of(value: Any) -> str:
    """Return a value as a file writes it, one way for each: 40 and 40.00 are both "40"; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(value)
    return str(value)


def texts_of(row: Row) -> dict[str, str]:
    """Return a row's values as text by column, languages apart; what is empty is left out."""
    found: dict[str, str] = {}
    for column in SHEETS[row.sheet]:
        value = row.values.get(column.name)
        if column.kind == "words":
            by_language = sorted((value or {}).items())
            found |= {f"{column.name}_{language}": tidy(words) for language, words in by_language if tidy(words)}
        elif text := tidy(text_of(value)):
            found[column.name] = text
    return found


def tidy(words: str) -> str:
    """Return a text as spreadsheets give it back."""
    return words.replace("\r\n", "\n").strip()


def period_of(row: Row) -> Period:
    """Return the period of a target or value."""
    period: Period = row.values["period"]
    return period
