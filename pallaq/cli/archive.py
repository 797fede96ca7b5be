"""A backup's file: one tar of the database's dump and the data folder's files, with a manifest of their sha256."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
FOLDERS = ("releases", "diagnoses", "evidence", "rolls")  # rolls: official lists that wait, encrypted
KEYS = "keys"


def members_of(data: Path, *, with_keys: bool) -> dict[str, Path]:
    """Return the files of the data folder that belong in a backup, by their name in it."""
    folders = [*FOLDERS, KEYS] if with_keys else FOLDERS
    files = (path for folder in folders for path in sorted((data / folder).rglob("*")) if path.is_file())
    return {path.relative_to(data).as_posix(): path for path in files}


def pack(file: IO[bytes], members: Mapping[str, Path], facts: Mapping[str, Any]) -> None:
    """Write the archive: the manifest first, then each member."""
    sums = {name: sha256(path) for name, path in members.items()}
    manifest = json.dumps({"format": FORMAT, **facts, "members": sums}, indent=1).encode()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(entry(MANIFEST, len(manifest)), io.BytesIO(manifest))
        for name, path in members.items():
            with path.open("rb") as source:
                archive.addfile(entry(name, os.fstat(source.fileno()).st_size), source)


def entry(name: str, size: int) -> tarfile.TarInfo:
    """Return a member's header; whoever restores it owns it."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def sha256(path: Path) -> str:
    """Return the file's sha256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Write the archive's members into the folder, and return its manifest; refuse what is not as it was saved."""
    with opened(path) as archive:
        manifest = read_manifest(archive, path)
        for name, expected in manifest["members"].items():
            target = folder / safe(name, path)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy(archive, name, target)
            if sha256(target) != expected:
                raise damaged(path, name)
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Open the archive; whatever tar cannot read is a damaged backup."""
    try:
        with tarfile.open(path, "r:") as archive:
            yield archive
    except (tarfile.TarError, KeyError) as error:
        raise damaged(path, str(error).strip("\"'")) from error
    except FileNotFoundError as error:
        raise Refusal(_("There is no file %(file)s.") % {"file": path}, code="backup-missing") from error


def read_manifest(archive: tarfile.TarFile, path: Path) -> dict[str, Any]:
    """Return the manifest; refuse the format of a later Pallaq."""
    source = archive.extractfile(MANIFEST)
    try:
        manifest: dict[str, Any] = json.load(source) if source else {}
    except ValueError as error:
        raise damaged(path, MANIFEST) from error
    if manifest.get("format", 0) > FORMAT:
        message = _("%(file)s was made by a later Pallaq (%(version)s). Restore it with that one or a newer one.")
        raise Refusal(message % {"file": path, "version": manifest.get("pallaq")}, code="backup-newer")
    if "members" not in manifest:
        raise damaged(path, MANIFEST)
    return manifest


def safe(name: str, path: Path) -> PurePosixPath:
    """Return a member's place; refuse one that would leave the data folder."""
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or place.parts[0] not in (DUMP, KEYS, *FOLDERS):
        raise damaged(path, name)
    return place


def copy(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """Write a member to a file that only its owner reads."""
    source = archive.extractfile(name)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while block := source.read(2**20) if source else b"":
            file.write(block)


def damaged(path: Path, what: str) -> Refusal:
    """Return the refusal of an archive that is not as it was saved."""
    message = _("%(file)s is damaged or no backup of Pallaq (%(what)s). Nothing was restored. Take another copy.")
    return Refusal(message % {"file": path, "what": what}, code="backup-damaged")
