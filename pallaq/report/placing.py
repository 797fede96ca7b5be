"""A folder that appears whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal

REPORT = {
    "report.pdf",
    "report.html",
    *(f"estimates.{kind}" for kind in ("csv", "xlsx", "json")),
    "charts",
    "provenance.json",
}


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; it takes the target's name at the end, in place of an earlier report.

    A target that holds anything else is refused before work starts; what fails on the way leaves nothing behind.
    """
    target = target.resolve()  # a link's own place, and a name for "."
    draft = start_draft(target)
    try:
        yield draft
        draft.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def start_draft(target: Path) -> Path:
    """Return an empty folder beside the target; refuse a target in use, or where nothing can be written."""
    try:
        if target.exists() and not is_report(target):
            message = _("%(folder)s holds other files. Name a new folder, or one that holds an earlier report.")
            raise Refusal(message % {"folder": target}, code="folder-in-use")
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=".report-", dir=target.parent))
    except OSError as error:
        message = _("The folder %(folder)s cannot be made (%(reason)s). Name another one with --out.")
        raise Refusal(message % {"folder": target, "reason": error.strerror}, code="folder-denied") from error


def is_report(folder: Path) -> bool:
    """Return whether a folder is empty or holds a report of ours and nothing else: it may be replaced."""
    return folder.is_dir() and {path.name for path in folder.iterdir()} <= REPORT
