"""Checks a report against its data: everything is written again, read back, and compared figure by figure."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from pallaq.report.files import PROVENANCE, write_files
from pallaq.report.rules.document import Document
from pallaq.shared.documents.comparing import Mismatch, different_files, sum_of
from pallaq.shared.errors import Refusal

WORKBOOK = "estimates.xlsx"


def verify(folder: Path, expected: Document) -> list[Mismatch]:
    """Return every difference between the files of a folder and what the recomputed document prints."""
    made = provenance_of(folder)
    with TemporaryDirectory() as temporary:
        again = Path(temporary)
        write_files(expected, again, str(made.get("language", "en")), str(made.get("command", "")))
        differences = [found for found in different_files(folder, again) if not expected_to_differ(found, made)]
        return [*changed_sums(folder, made), *differences]


def expected_to_differ(found: Mismatch, made: dict[str, object]) -> bool:
    """Return whether two writings differ here anyway: a workbook's bytes hold the hour at which it was written.

    Its cells are compared, and its recorded sum is held against the file itself.
    """
    if found.file == WORKBOOK:
        return found.field == "bytes"
    recorded = made.get("files")
    noted = isinstance(recorded, dict) and WORKBOOK in recorded
    return found.file == PROVENANCE and found.field == f"files.{WORKBOOK}" and noted


def provenance_of(folder: Path) -> dict[str, object]:
    """Return how the files were made."""
    path = folder / PROVENANCE
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal(_("%(file)s is missing: this is not the folder of a report.") % {"file": path}) from None
    except ValueError:
        made = None
    if not isinstance(made, dict):
        raise Refusal(_("%(file)s cannot be read. Make the report again.") % {"file": path})
    return made


def changed_sums(folder: Path, made: dict[str, object]) -> Iterator[Mismatch]:
    """Yield the files that are no longer those whose sums were recorded."""
    recorded = made.get("files")
    for name, digest in (recorded if isinstance(recorded, dict) else {}).items():
        path = folder / str(name)
        if path.is_file() and sum_of(path) != digest:
            yield Mismatch(str(name), "", "sha256", sum_of(path), str(digest))
