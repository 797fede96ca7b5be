"""Checks a report against its data: everything is written again, read back, and compared figure by figure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from pallaq.diagnosis.report.files import PROVENANCE, file_names, sum_of, write_files
from pallaq.diagnosis.report.reading import BROKEN, Reading, read
from pallaq.diagnosis.rules.document import Document
from pallaq.shared.errors import Refusal

WORKBOOK = "estimates.xlsx"  # its bytes hold the hour at which it was written, so its cells are compared
UNSTABLE = (WORKBOOK, PROVENANCE)  # and the provenance holds the workbook's sum, checked against the file itself
ABSENT = "—"


@dataclass(frozen=True)
class Mismatch:
    """One thing that is not as it should be; `id` is the estimate's, or empty for text outside any figure."""

    file: str
    id: str
    field: str
    printed: str
    expected: str


def verify(folder: Path, expected: Document) -> list[Mismatch]:
    """Return every difference between the files of a folder and what the recomputed document prints."""
    made = provenance_of(folder)
    with TemporaryDirectory() as temporary:
        again = Path(temporary)
        write_files(expected, again, str(made.get("language", "en")), str(made.get("command", "")))
        return [*changed_sums(folder, made), *different_files(folder, again)]


def provenance_of(folder: Path) -> dict[str, object]:
    """Return how the files were made."""
    try:
        made = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal(f"{folder} holds no {PROVENANCE}: it is not the folder of a diagnosis.") from None
    except ValueError as error:
        raise Refusal(f"{folder / PROVENANCE} cannot be read: {error}. Make the diagnosis again.") from None
    if not isinstance(made, dict):
        raise Refusal(f"{folder / PROVENANCE} is not a provenance. Make the diagnosis again.")
    return made


def changed_sums(folder: Path, made: dict[str, object]) -> Iterator[Mismatch]:
    """Yield the files that are no longer those whose sums were recorded."""
    recorded = made.get("files")
    for name, digest in (recorded if isinstance(recorded, dict) else {}).items():
        path = folder / str(name)
        if path.is_file() and sum_of(path) != digest:
            yield Mismatch(str(name), "", "sha256", sum_of(path), str(digest))


def different_files(folder: Path, again: Path) -> Iterator[Mismatch]:
    """Yield what is missing, what was added, and what differs inside the files."""
    present, wanted = set(file_names(folder)), set(file_names(again))
    for name in sorted(wanted - present):
        yield Mismatch(name, "", "file", ABSENT, "a file")
    for name in sorted(present - wanted):
        yield Mismatch(name, "", "file", "a file", ABSENT)
    for name in sorted(present & wanted):
        if sum_of(folder / name) != sum_of(again / name):
            yield from different(name, folder / name, again / name)


def different(name: str, path: Path, again: Path) -> list[Mismatch]:
    """Return what differs inside one file; at least one entry if its bytes should be the same and are not."""
    try:
        printed = read(path)
    except BROKEN as error:
        return [Mismatch(name, "", "file", f"cannot be read: {error}", "a file that can be read")]
    expected = read(again)
    figures = [Mismatch(name, *found) for found in different_figures(printed, expected)]
    lines = [Mismatch(name, "", *found) for found in different_lines(printed, expected, figures)]
    if figures or lines or name in UNSTABLE:
        return figures + lines
    return [Mismatch(name, "", "bytes", sum_of(path), sum_of(again))]


def different_figures(printed: Reading, expected: Reading) -> Iterator[tuple[str, str, str, str]]:
    """Yield id, field, printed and expected text of each figure that differs, was removed or was added."""
    for id_, field in dict.fromkeys((*expected.figures, *printed.figures)):
        if field == f"files.{WORKBOOK}" and (id_, field) in printed.figures:
            continue
        pair = (printed.figures.get((id_, field), []), expected.figures.get((id_, field), []))
        for one, other in zip_longest(*pair, fillvalue=ABSENT):
            if one != other:
                yield id_, field, one, other


def different_lines(printed: Reading, expected: Reading, named: list[Mismatch]) -> Iterator[tuple[str, str, str]]:
    """Yield place, printed and expected text of each line that differs and is not explained by a named figure."""
    mine, theirs = [text for _, text in printed.lines], [text for _, text in expected.lines]
    if mine == theirs:
        return
    for kind, start, end, other_start, other_end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for (place, one), (wanted, other) in zip_longest(
            printed.lines[start:end], expected.lines[other_start:other_end], fillvalue=("", ABSENT)
        ):
            if not explained(one, other, named):
                yield place or wanted, one, other


def explained(printed: str, expected: str, named: list[Mismatch]) -> bool:
    """Return whether a line differs only by figures that are already named."""
    return any(
        found.printed in printed and printed.replace(found.printed, found.expected) == expected for found in named
    )
