"""Frozen folders: files that never change, and one sha256 over all of them.

A draft is filled, sealed and renamed into place, so that a crash leaves either the whole folder or a draft that the
next freeze clears away. The seal is a file that `sha256sum -c` reads; its own sha256 stands for the whole folder.
"""

import hashlib
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

SEAL = "SHA256SUMS"
UNSEALED = frozenset({SEAL, "release.json"})  # says when and by which number, so it cannot be part of the content
DRAFT = ".draft-"


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealed_files(folder: Path) -> list[str]:
    """Return the names of what the seal covers, sorted, with forward slashes."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if name not in UNSEALED)


def start_draft(shelf: Path) -> Path:
    """Clear what crashed freezes left on the shelf, and return a new empty draft folder.

    Whoever calls holds the lock of the shelf: any draft found there is nobody's.
    """
    shelf.mkdir(parents=True, exist_ok=True)
    for orphan in shelf.glob(f"{DRAFT}*"):
        shutil.rmtree(orphan)
    return Path(mkdtemp(prefix=DRAFT, dir=shelf))


def seal(draft: Path) -> str:
    """Write the seal over every file in sorted order and return its sha256."""
    lines = "".join(f"{sha256_of(draft / name)}  {name}\n" for name in sealed_files(draft))
    (draft / SEAL).write_text(lines, encoding="utf-8")
    return sha256_of(draft / SEAL)


def put_in_place(draft: Path, folder: Path) -> None:
    """Flush the draft to the disk and give it its name; a folder of that name that no row knows gives way."""
    for path in (*draft.rglob("*"), draft):
        flush(path)
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)
    flush(folder.parent)


def flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def changed_files(folder: Path, sha256: str) -> list[str]:
    """Return the names of files that are not as they were sealed: altered, lost or added. Empty: all is well."""
    if not (folder / SEAL).is_file() or sha256_of(folder / SEAL) != sha256:
        return [SEAL]
    lines = (folder / SEAL).read_text(encoding="utf-8").splitlines()
    stated = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    found = set(sealed_files(folder))
    altered = {name for name in found & stated.keys() if sha256_of(folder / name) != stated[name]}
    return sorted(altered | (found ^ stated.keys()))
