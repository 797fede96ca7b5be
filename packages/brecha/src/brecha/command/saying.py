"""What the command says: the figures, what they rest on, and how to read them; on the terminal or in a file."""

import json
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

import pyarrow

from brecha.command.choosing import Choosing
from brecha.errors import BrechaError
from brecha.frames import text
from brecha.results import FEW_DEGREES, FEW_ROWS, LARGE_CV, WIDE, DesignSummary, Result

Row = Mapping[str, object]
FORMATS = (".csv", ".parquet", ".json")
READINGS = {
    "few_rows": f"fewer than {FEW_ROWS} rows, or what unequal weights and clusters leave of them",
    "few_degrees": f"fewer than {FEW_DEGREES} degrees of freedom (PSUs minus strata)",
    "wide": f"an interval of {WIDE:.2f} or wider",
    "large_cv": f"a standard error of more than {LARGE_CV * 100:g} % of the figure",
}
MEANINGS = {
    "probability": "they tell how far the figure of the whole population may lie, given how the sample was drawn",
    "quota": (
        "they are model-based, as if rows had been drawn at random inside strata; a quota sample was not, and what "
        "that changes they cannot tell"
    ),
    "convenience": (
        "they are model-based, as if rows had been drawn at random; a convenience sample was not, and what that "
        "changes they cannot tell"
    ),
}


@dataclass(frozen=True)
class Answer:
    """Figures as rows, the headings of the columns to print, all columns' types, and what must be said of them."""

    rows: Sequence[Row]
    headings: Mapping[str, str]
    schema: pyarrow.Schema
    notes: Sequence[str]


def check_output(out: str | None) -> None:
    """Refuse a file of a kind that cannot be written, before the work is done."""
    if out is not None and Path(out).suffix.lower() not in FORMATS:
        raise BrechaError("unknown_output", path=out, allowed=FORMATS)


def deliver(answer: Answer, out: str | None) -> None:
    """Print the figures and the notes; with a path, write the figures there and print the notes."""
    if out is None:
        print(text(answer.rows, answer.headings), end="\n\n")
        say(answer.notes)
        return
    _write(answer, Path(out))
    say([*answer.notes, f"Written: {len(answer.rows)} rows in {out}."])


def say(notes: Iterable[str]) -> None:
    """Print sentences, none wider than a terminal."""
    for note in notes:
        print(fill(note, 110, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False))


def _write(answer: Answer, path: Path) -> None:
    if path.suffix.lower() == ".json":
        rows = [{name: row.get(name) for name in answer.schema.names} for row in answer.rows]
        whole = {"notes": list(answer.notes), "rows": rows}
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    # Here, because the two take a twentieth of a second that a printed answer does without.
    from pyarrow import csv, parquet

    if path.suffix.lower() == ".parquet":
        parquet.write_table(pyarrow.Table.from_pylist(list(answer.rows), schema=answer.schema), path)
        return
    place = answer.schema.get_field_index("flags")
    schema = answer.schema.set(place, pyarrow.field("flags", pyarrow.string()))
    flat = [{**row, "flags": " ".join(flags) if (flags := row["flags"]) else None} for row in answer.rows]  # type: ignore[arg-type]
    csv.write_csv(pyarrow.Table.from_pylist(flat, schema=schema), path)


def item_notes(choosing: Choosing, *, named: bool) -> list[str]:
    """Return what the items are and why, and what counts as no answer."""
    how = "Items:" if named else "Items, by what the columns hold (name them with --items to choose):"
    found = [f"  {reason}: {', '.join(columns)}" for reason, columns in choosing.reasons.items()]
    whose = "those who answered" if choosing.base == "answered" else "all who were asked, no answer included"
    codes = ", ".join(("blank", *(repr(code) for code in choosing.missing if code)))
    return [*([how, *found] if found else []), f"Shares are of {whose}. No answer, under missing: {codes}."]


def design_notes(arguments: Namespace, result: Result) -> list[str]:
    """Return how the sample was taken, what the intervals mean, and what the flags that occur say."""
    design = result.design
    notes = [_design(arguments, design), _intervals(design, result.level)]
    if arguments.kind is None:
        notes.append(
            "NOTE: no --kind was given, so this was taken for a probability sample, drawn at random. If it was not, "
            "say --kind quota or --kind convenience; if everybody was asked, --kind census."
        )
    if design.single_psu:
        names = ", ".join("/".join(stratum) for stratum in design.single_psu)
        notes.append(f"Strata with a single PSU, treated by the rule {design.single_psu_rule!r}: {names}.")
    return notes


def _design(arguments: Namespace, design: DesignSummary) -> str:
    weights = f"weights from {arguments.weight}" if design.weighted else "every row weighs 1"
    strata = f"{design.strata} strata ({', '.join(arguments.strata)})" if arguments.strata else "no strata"
    units = f"{design.psus} PSUs ({arguments.psu})" if design.clustered else "each row a PSU"
    name = "census" if design.kind == "census" else f"{design.kind} sample"
    return f"Design: {name}; {design.rows} rows, {units}, {strata}, {weights}."


def _intervals(design: DesignSummary, level: float) -> str:
    if design.kind == "census":
        return "A census has no sampling error, so there are no intervals."
    return f"Intervals (low to high, {level * 100:g} %): {MEANINGS[design.kind]}."


def flag_notes(rows: Iterable[Row], minimum: int) -> list[str]:
    """Return what each flag says that stands in the rows."""
    found = {flag for row in rows for flag in row["flags"]}  # type: ignore[attr-defined]
    hidden = f"fewer than {minimum} rows, or it would give such a figure away; --show-small shows all"
    readings = {**READINGS, "hidden": hidden}
    return [f"Flag {flag}: {reading}." for flag, reading in readings.items() if flag in found]
