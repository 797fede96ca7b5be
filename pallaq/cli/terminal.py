"""How commands speak: in the terminal's language, and in one line about what the machine denies."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.utils import translation
from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal

DENIED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


def start_django() -> None:
    """Load Django, and speak Spanish where the terminal does, else English."""
    with plainly():
        django.setup()
    language = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    translation.activate("es-pe" if language.startswith("es") else "en")


@contextmanager
def plainly() -> Iterator[None]:
    """Say in one line what the machine denied: a file, a folder, space on its disk."""
    try:
        yield
    except OSError as error:
        if error.errno not in DENIED:
            raise
        place = f"{error.filename}: " if error.filename else ""  # a write to a full disk names no file
        raise Refusal(f"{place}{error.strerror}", code="denied") from error
    except django.db.DatabaseError as error:
        if "No space left on device" not in str(error):
            raise
        message = _("The database's disk is full. Free some space and start again.")
        raise Refusal(message, code="disk-full") from error
