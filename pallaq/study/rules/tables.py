"""The study's CSV files: sample plan, context figures, printed figures, assumed values."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from django.utils.translation import gettext as _

from pallaq.study.errors import CannotWrite
from pallaq.study.rules.definition import (
    ContextFigure,
    Definition,
    Indicator,
    PlannedCell,
    PrintedFigure,
    Study,
    Text,
)
from pallaq.study.rules.entries import LANGUAGES, read_text
from pallaq.study.rules.findings import Findings

CONTEXT = ("section", "item", "category", "about", "percent", "title_es", "title_en", "note_es", "note_en")
PRINT = (
    "section",
    "item",
    "category",
    "profile",
    "percent",
    "where",
    "note_es",
    "note_en",
    "definition",
    "indicator",
    "share",
    "levels",
    "title_es",
    "title_en",
)
PLACES = ("introduction", "text", "table", "figure", "box", "conclusions", "annex")
CHAPTER = "chapter "  # a whole chapter is a place too: "chapter 2"
ASSUMED = ("indicator", "answer", "profile", "percent")


@dataclass(frozen=True)
class Row:
    """One row of a CSV file; the header is row 1."""

    number: int
    cells: Mapping[str, str]
    findings: Findings

    def note(self, code: str, column: str, message: str) -> None:
        """Note that a cell of this row is wrong."""
        self.findings.add(code, message, self.number, column=column, value=self.cells[column])

    def choice(self, column: str, allowed: tuple[str, ...]) -> str:
        """Return the cell, or "" after noting that it is not allowed."""
        value = self.cells[column]
        if value in allowed:
            return value
        self.findings.unknown(column, value, allowed, self.number, column)
        return ""

    def percent(self, column: str, *, required: bool) -> float | None:
        """Return a percentage from 0 to 100, or None for an empty cell."""
        value = self.cells[column]
        if not value and not required:
            return None
        if value.replace(".", "", 1).isdecimal() and float(value) <= 100:
            return float(value)
        self.note(
            "bad-percent",
            column,
            _('"%(value)s" is no percentage. Write 0 to 100, with a decimal point.') % {"value": value},
        )
        return None

    def text(self, column: str, *, required: bool) -> Text:
        """Return words in every language, from one column each, or {} where all of them may be and are empty."""
        words = {language: self.cells[f"{column}_{language}"] for language in LANGUAGES}
        if not any(words.values()) and not required:
            return {}
        for language in (language for language in LANGUAGES if not words[language]):
            said = {"key": column, "language": language, "column": f"{column}_{language}"}
            message = _('"%(key)s" has no words in %(language)s. Fill the column %(column)s.')
            self.note("missing-language", f"{column}_{language}", message % said)
        return words

    def place(self, column: str) -> str:
        """Return where something is printed: a part of the study, or a whole chapter of it."""
        value = self.cells[column]
        return value if value.startswith(CHAPTER) else self.choice(column, PLACES)

    def persons(self, column: str) -> int:
        """Return a number of people."""
        value = self.cells[column]
        if value.isdecimal():
            return int(value)
        self.note("bad-count", column, _('"%(value)s" is no number of people. Write 0 or more.') % {"value": value})
        return 0


def read_rows(path: Path, columns: tuple[str, ...], findings: Findings) -> list[Row]:
    """Return the rows of an optional CSV file that has exactly these columns."""
    text = read_text(path, findings) if path.exists() else None
    if text is None:
        return []
    try:
        header, *lines = csv.reader(io.StringIO(text, newline=""))
    except csv.Error:  # a quote that is never closed swallows the rest of the file
        findings.add("not-csv", _("This is not CSV. Look for a quote that is opened and never closed."))
        return []
    if sorted(header) != sorted(columns):
        words = {"columns": ",".join(columns), "found": ",".join(header)}
        message = _('The columns must be "%(columns)s"; found "%(found)s".') % words
        findings.add("wrong-columns", message, 1)
        return []
    return list(_rows_of(lines, header, findings))


def _rows_of(lines: list[list[str]], header: list[str], findings: Findings) -> Iterator[Row]:
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            words = {"found": len(cells), "wanted": len(header)}
            message = _("The row has %(found)s cells instead of %(wanted)s. Put a text with commas in quotes.") % words
            findings.add("wrong-width", message, number)
        else:
            yield Row(number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}, findings)


def read_plan(path: Path, study: Study, findings: Findings) -> tuple[PlannedCell, ...]:
    """Return the sample plan: one row a region, one column a profile, and their total."""
    profiles = study.profile.codes()
    cells: dict[tuple[str, str], PlannedCell] = {}
    for row in read_rows(path, ("region", *profiles, "total"), findings):
        region = row.choice("region", study.region.codes())
        persons = {profile: row.persons(profile) for profile in profiles}
        if sum(persons.values()) != row.persons("total"):
            words = {"sum": sum(persons.values()), "total": row.cells["total"]}
            row.note("wrong-total", "total", _("The profiles add up to %(sum)s, not %(total)s. Correct one.") % words)
        if (region, profiles[0]) in cells:
            row.note(
                "repeated", "region", _('The region "%(region)s" stands twice. Keep one row.') % {"region": region}
            )
        elif region:
            cells |= {(region, profile): PlannedCell(region, profile, persons[profile]) for profile in profiles}
    return tuple(cells.values())


def read_context(path: Path, findings: Findings) -> tuple[ContextFigure, ...]:
    """Return the national and registry figures that stand beside the survey."""
    return tuple(
        ContextFigure(
            cells["section"],
            cells["item"],
            cells["category"],
            cells["about"],
            row.percent("percent", required=False),
            row.text("title", required=True),
            row.text("note", required=False),
        )
        for row in read_rows(path, CONTEXT, findings)
        for cells in [row.cells]
    )


def read_print(path: Path, study: Study, findings: Findings) -> tuple[PrintedFigure, ...]:
    """Return the figures that the study printed, each with the definition that gives it back."""
    return tuple(_printed(row, study) for row in read_rows(path, PRINT, findings))


def _printed(row: Row, study: Study) -> PrintedFigure:
    cells = row.cells
    definition = row.choice("definition", get_args(Definition))
    estimated = definition in {"share", "pooled", "mean"}
    indicator, share, levels = "", "", tuple(cells["levels"].split())
    if estimated:
        indicator = row.choice("indicator", tuple(each.code for each in study.indicators))
        if indicator:
            share = row.choice("share", tuple(each.code for each in study.indicator(indicator).shares()))
        _note_levels(row, levels, study)
    elif cells["indicator"] or cells["share"] or cells["levels"]:
        row.note(
            "not-estimated",
            "definition",
            _("A figure that is not estimated names no indicator, share or levels. Empty those cells."),
        )
    return PrintedFigure(
        number=row.number,
        **{name: cells[name] for name in ("section", "item", "category", "profile")},
        percent=row.percent("percent", required=estimated),
        where=row.place("where"),
        note=row.text("note", required=False),
        definition=cast("Definition", definition),
        indicator=indicator,
        share=share,
        levels=levels,
        title=row.text("title", required=definition in {"context", "none"}),
    )


def _note_levels(row: Row, levels: tuple[str, ...], study: Study) -> None:
    for level in levels:
        if level not in study.profile.codes():
            row.findings.unknown("levels", level, study.profile.codes(), row.number, "levels")
    if not levels or (row.cells["definition"] == "share" and len(levels) > 1):
        row.note("wrong-levels", "levels", _("A share names one profile; pooled and mean name one or more."))


def read_assumed(path: Path, study: Study, findings: Findings) -> Mapping[tuple[str, str, str], float]:
    """Return the percentages that were chosen because none was printed: (indicator, answer, profile) -> percent."""
    assumed: dict[tuple[str, str, str], float] = {}
    indicators = {indicator.code: indicator for indicator in study.indicators}
    printed = {
        (figure.indicator, figure.share, figure.levels) for figure in study.printed if figure.definition == "share"
    }
    for row in read_rows(path, ASSUMED, findings):
        code = row.choice("indicator", tuple(indicators))
        answer = row.choice("answer", codes_of(indicators[code])) if code else ""
        profile = row.choice("profile", study.profile.codes())
        percent = row.percent("percent", required=True)
        if (code, answer, profile) in assumed:
            row.note("repeated", "answer", _("This value is assumed twice. Keep one row."))
        elif (code, answer, (profile,)) in printed:
            row.note("printed", "answer", _("This value was printed, so it is not assumed. Remove the row."))
        elif code and answer and profile and percent is not None:
            assumed[code, answer, profile] = percent
    return assumed


def codes_of(indicator: Indicator) -> tuple[str, ...]:
    """Return every code that a cell of the indicator's column may hold, but the empty one."""
    return tuple(answer.code for answer in indicator.answers) + tuple(code for code in indicator.missing if code)


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_assumed(path: Path, study: Study) -> None:
    """Write the percentages that were chosen, as `read_assumed` reads them, in the codebook's order."""
    order = [
        (indicator.code, code, profile)
        for indicator in study.indicators
        for profile in study.profile.codes()
        for code in codes_of(indicator)
    ]
    rows = [(*key, f"{study.assumed[key]:g}") for key in order if key in study.assumed]
    write_rows(path, ASSUMED, rows)


def write_reconstruction(folder: Path, study: Study, columns: Mapping[str, list[str]]) -> None:
    """Write responses.csv and assumed.csv into a folder, which is made when there is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_rows(folder / "responses.csv", columns, zip(*columns.values(), strict=True))
        write_assumed(folder / "assumed.csv", study)
    except OSError as error:
        words = {"folder": folder, "why": error.strerror}
        raise CannotWrite(
            _("%(folder)s cannot be written (%(why)s). Choose another folder with --out.") % words
        ) from error
