"""Extract and compile translations with Babel, so that no gettext tools are needed.

    python tools/messages.py update    add new messages to every room's Spanish catalogue
    python tools/messages.py compile   write the .mo files that Django reads

Each room keeps its own catalogue, `pallaq/<room>/locale/es/LC_MESSAGES/django.po`.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent / "pallaq"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": None,
    "lazy": None,  # what forms call gettext_lazy
}


def rooms() -> list[Path]:
    """Return the folders that hold messages of their own."""
    return sorted(path for path in ROOT.iterdir() if path.is_dir() and path.name not in {"__pycache__", "formats"})


def source_of(path: Path) -> io.BytesIO:
    """Return Python source; a Django template becomes Python-like source as Django's own extractor makes it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # A template's indentation is not Python's, and Babel's tokenizer would stumble over it.
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    return io.BytesIO(text.encode())


def messages_of(room: Path) -> Iterator[tuple[Path, int, str | tuple[str, ...], str | None]]:
    """Yield file, line, message (or singular and plural) and context of every text a person reads."""
    files = [p for suffix in ("*.py", "*.html", "*.txt") for p in room.rglob(suffix)]
    for path in sorted(p for p in files if "tests" not in p.parts and "migrations" not in p.parts):
        for line, message, _comments, context in extract("python", source_of(path), keywords=KEYWORDS):
            yield path, line, message, context


def extracted(room: Path) -> Catalog:
    """Return the catalogue of everything that the room's code and templates say."""
    catalogue = Catalog(locale="es", charset="utf-8", fuzzy=False)
    for path, _line, message, context in messages_of(room):
        python_format = ["python-format"] if "%(" in str(message) else []
        catalogue.add(message, None, [(str(path.relative_to(ROOT.parent)), 0)], python_format, context=context)
    return catalogue


def catalogue_path(room: Path) -> Path:
    """Return where the room's Spanish catalogue lies."""
    return room / "locale" / "es" / "LC_MESSAGES" / "django.po"


def update() -> None:
    """Add new messages to each catalogue and drop those that no code says any more."""
    for room in rooms():
        path, new = catalogue_path(room), extracted(room)
        if not len(new):
            continue
        old = read_po(io.BytesIO(path.read_bytes()), locale="es") if path.exists() else Catalog(locale="es")
        old.update(new, no_fuzzy_matching=True)
        old.obsolete.clear()
        old.header_comment = "# The Spanish of this room; the English is in its code."
        path.parent.mkdir(parents=True, exist_ok=True)
        written = io.BytesIO()
        write_po(written, old, sort_output=True, width=110, include_lineno=False)
        path.write_text("".join(line for line in written.getvalue().decode().splitlines(True) if not dated(line)))


def dated(line: str) -> bool:
    """Return whether a line of the header says when or by whom: git knows, and two branches would collide on it."""
    noise = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Report-Msgid", "Project-Id")
    return line.startswith(tuple(f'"{name}' for name in (*noise, "Generated-By")))


def compile_catalogues() -> None:
    """Write a .mo beside every .po."""
    for path in ROOT.rglob("django.po"):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale="es"))


if __name__ == "__main__":
    settings.configure()
    {"update": update, "compile": compile_catalogues}[sys.argv[1]]()
