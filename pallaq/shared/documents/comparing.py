"""Compares what two folders of documents print, file by file, figure by figure, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from pallaq.shared.documents.reading import BROKEN, Reading, read

ABSENT = "—"


@dataclass(frozen=True)
class Mismatch:
    """One thing that is not as it should be; `id` is the estimate's, or empty for text outside any figure."""

    file: str
    id: str
    field: str
    printed: str
    expected: str


def file_names(folder: Path) -> list[str]:
    """Return the names of the files of a folder and its folders, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def sum_of(path: Path) -> str:
    """Return a file's SHA-256."""
    return sha256(path.read_bytes()).hexdigest()


def different_files(folder: Path, again: Path) -> Iterator[Mismatch]:
    """Yield what is missing in `folder`, what was added to it, and what differs inside the files."""
    present, wanted = set(file_names(folder)), set(file_names(again))
    for name in sorted(wanted - present):
        yield Mismatch(name, "", "file", ABSENT, "a file")
    for name in sorted(present - wanted):
        yield Mismatch(name, "", "file", "a file", ABSENT)
    for name in sorted(present & wanted):
        if sum_of(folder / name) != sum_of(again / name):
            yield from different(name, folder / name, again / name)


def different(name: str, path: Path, again: Path) -> list[Mismatch]:
    """Return what differs inside one file; where nothing that is printed differs, that its bytes do."""
    try:
        printed = read(path)
    except BROKEN as error:
        return [Mismatch(name, "", "file", f"cannot be read: {error}", "a file that can be read")]
    expected = read(again)
    figures = [Mismatch(name, *found) for found in different_figures(printed, expected)]
    lines = [Mismatch(name, "", *found) for found in different_lines(printed, expected, figures)]
    if figures or lines:
        return figures + lines
    return [Mismatch(name, "", "bytes", sum_of(path), sum_of(again))]


def different_figures(printed: Reading, expected: Reading) -> Iterator[tuple[str, str, str, str]]:
    """Yield id, field, printed and expected text of each figure that differs, was removed or was added."""
    for id_, field in dict.fromkeys((*expected.figures, *printed.figures)):
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
