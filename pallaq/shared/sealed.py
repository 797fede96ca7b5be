"""Files that nobody can read at rest: AES-GCM in chunks under the ring's keys, written and read as a stream.

A file is a row of `length (4 bytes) | value of Ring.encrypt`, and ends with an empty value that says "end". Each value
is bound to what the file is, to its number in the file and to whether it is the last: a chunk that was altered, moved,
left out or taken from another file does not open, and a file cut short is told from a whole one.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from django.utils.translation import gettext as _

from pallaq.shared.encryption import Unreadable, key_of, ring

CHUNK = 64 * 1024
LENGTH = 4
LONGEST = 2 * CHUNK  # a length beyond this is no length: the file was altered


class SealedWriter(io.RawIOBase):
    """A file to write into; whole only after `close`, and gone if the work ends in an error."""

    def __init__(self, path: Path, about: str) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path, self.about, self.count, self.waiting = path, about, 0, bytearray()
        self.draft = path.with_name(f".{path.name}.draft")
        self.draft.unlink(missing_ok=True)
        descriptor = os.open(self.draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self.file: BinaryIO = os.fdopen(descriptor, "wb")

    def writable(self) -> bool:
        """Say that it is written into."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override] # any buffer
        """Take bytes; whole chunks go into the file."""
        self.waiting += data
        while len(self.waiting) >= CHUNK:
            self.put(bytes(self.waiting[:CHUNK]))
            del self.waiting[:CHUNK]
        return len(data)

    def put(self, plain: bytes, *, last: bool = False) -> None:
        """Write one chunk."""
        sealed = ring().encrypt(plain, place(self.about, self.count, last=last))
        self.file.write(len(sealed).to_bytes(LENGTH, "big") + sealed)
        self.count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in place whole, or leave nothing of it."""
        if kind is not None:
            self.file.close()
            self.draft.unlink(missing_ok=True)
            return
        if self.waiting:
            self.put(bytes(self.waiting))
        self.put(b"", last=True)
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.draft.replace(self.path)

    def __enter__(self) -> Self:
        return self


def place(about: str, number: int, *, last: bool) -> str:
    """Return what a chunk is bound to."""
    return f"{about}:{number}:{'end' if last else 'more'}"


def chunks(path: Path, about: str) -> Iterator[bytes]:
    """Yield the file's chunks in clear; refuse one that is not as it was written, at the place where it is not."""
    with path.open("rb") as file:
        number, sealed = 0, next_value(file, about)
        while following := next_value(file, about):
            yield ring().decrypt(sealed, place(about, number, last=False))
            number, sealed = number + 1, following
        if not sealed:
            raise cut_short(about)
        ring().decrypt(sealed, place(about, number, last=True))


def next_value(file: BinaryIO, about: str) -> bytes:
    """Return the next value of a file as it is stored; b"" at its end."""
    if not (head := file.read(LENGTH)):
        return b""
    length = int.from_bytes(head, "big")
    sealed = file.read(length) if len(head) == LENGTH and length <= LONGEST else b""
    if not sealed or len(sealed) < length:
        raise cut_short(about)
    return sealed


def cut_short(about: str) -> Unreadable:
    """Return the refusal of a file that is not whole."""
    message = _("An encrypted file of %(about)s is not whole, and is not read. Bring it again.")
    return Unreadable(message % {"about": about.split(":")[0]}, code="sealed-file-cut")


@contextmanager
def sealed_lines(path: Path, about: str) -> Iterator[Iterator[bytes]]:
    """Give the lines of a file, one at a time, with one chunk of it in memory."""

    def lines() -> Iterator[bytes]:
        rest = b""
        for chunk in chunks(path, about):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
        if rest:
            yield rest

    yield lines()


def keys_of_file(path: Path) -> set[str]:
    """Return the names of the keys that a file's chunks are under: none of them may go while the file is there."""
    names = set()
    with path.open("rb") as file:
        while sealed := next_value(file, path.name):
            names.add(key_of(sealed))
    return names
