"""The repository speaks of the project alone: of no machine, and of no package index."""

import re
from pathlib import Path

# Written in pieces, so that this file does not speak of them either.
FORBIDDEN = {
    "a folder of somebody's machine": r"(?<![\w.])/" + r"(work|home/\w+)/",
    "a package index": r"(py" + r"pi\.org|python" + r"hosted\.org|np" + r"mjs\.(org|com))",
    "the address of an index": r"--(extra-)?index" + r"-url\s+\S+://",
}


def test_no_file_names_a_machine_or_an_index(tracked: list[Path], root: Path) -> None:
    found = []
    for path in tracked:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font
        for what, pattern in FORBIDDEN.items():
            found += [f"{path.relative_to(root)}: {what}: {match[0]}" for match in re.finditer(pattern, text)]
    assert not found


def test_no_secret_or_data_is_kept(tracked: list[Path]) -> None:
    assert not [path for path in tracked if path.suffix in {".pem", ".key"} or path.name in {".env", "secret"}]
