"""Files that people bring and that are kept as they are: their names, and their bytes on the disk."""

import hashlib
import os
from pathlib import Path

from django.core.files import File


def name_of(file: File[bytes]) -> str:
    """Return a file's name without what no name shows, cut in its middle so that its ending stays."""
    name = "".join(letter for letter in Path(file.name or "").name if letter.isprintable()).strip() or "?"
    return name if len(name) <= 255 else name[:200] + name[-55:]


def keep(file: File[bytes], path: Path) -> tuple[int, str]:
    """Write a file for its owner alone, wait until it is on the disk, and return its size and sha256."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        for chunk in file.chunks():
            digest.update(chunk)
            size += target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()
