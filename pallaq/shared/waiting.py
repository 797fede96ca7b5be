"""Files that wait to be looked at: kept for a day, each for whoever brought it alone."""

import os
import shutil
import time
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal
from pallaq.shared.fields import uuid7

KEPT_SECONDS = 24 * 60 * 60
LONGEST_NAME = 100


def shelf() -> Path:
    """Return the folder of what waits."""
    return Path(settings.DATA) / "waiting-plans"


def folder_of(owner: str, upload: UUID) -> Path:
    """Return where an upload lies; its name says whose it is, so that nobody else's address finds it."""
    return shelf() / f"{owner}.{upload}"


def keep(owner: str, file: "UploadedFile[bytes]") -> UUID:
    """Keep a file for a day; what waited longer goes. `owner` names whose it is, and what it is for."""
    clear_expired()
    upload = uuid7()
    folder = folder_of(owner, upload)
    folder.mkdir(mode=0o700, parents=True)
    name = Path(file.name or "").name[-LONGEST_NAME:] or "plan.xlsx"
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as copy:
        for piece in file.chunks():
            copy.write(piece)
    return upload


def find(owner: str, upload: UUID) -> Path:
    """Return her file that waits."""
    for path in folder_of(owner, upload).glob("*"):
        return path
    message = _("This workbook is no longer here: it was used, thrown away, or waited over a day. Bring it again.")
    raise Refusal(message, code="no-upload", status=404)


def discard(path: Path) -> None:
    """Remove a file that waits no longer."""
    shutil.rmtree(path.parent, ignore_errors=True)


def clear_expired() -> None:
    """Remove what waited longer than a day."""
    for folder in shelf().glob("*"):
        if folder.stat().st_mtime < time.time() - KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
