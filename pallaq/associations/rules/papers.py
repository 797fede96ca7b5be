"""What a statute's file is, by its bytes: a PDF or a Word document without macros; its name has to agree."""

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

import puremagic

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {PDF: ".pdf", DOCX: ".docx"}
HEAD = 4096  # bytes by which a kind is known
MEMBER = 2**20  # bytes that are read of the member that says what an archive is


def paper_kind(file: IO[bytes], name: str) -> tuple[str, str]:
    """Return a file's media type, and what is wrong with it.

    Faults: "empty", "kind" (no PDF or Word document), "macros", "encrypted", "damaged", "ending" (of another kind).
    """
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        return "", "empty"
    kind, fault = in_zip(file) if head.startswith(b"PK") else of_bytes(head)
    file.seek(0)
    if kind and PurePosixPath(name).suffix.lower() != ENDINGS[kind]:
        return kind, "ending"
    return kind, fault


def of_bytes(head: bytes) -> tuple[str, str]:
    """Return the kind of a file that is no archive; Office encrypts into the container that it used before 2007."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "", "encrypted"
    if not head.startswith(b"%PDF-"):
        return "", "kind"
    try:
        kinds = {match.mime_type for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        kinds = set()
    return (PDF, "") if PDF in kinds else ("", "kind")


def in_zip(file: IO[bytes]) -> tuple[str, str]:
    """Return whether an archive is a Word document, by what its own member says."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if any(member.flag_bits & 1 for member in archive.infolist()):
                return "", "encrypted"
            if "[Content_Types].xml" not in names:
                return "", "kind"
            with archive.open("[Content_Types].xml") as member:
                types = member.read(MEMBER).decode("utf-8", "replace")
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, zlib.error):
        return "", "damaged"
    if "macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        return "", "macros"
    return (DOCX, "") if f"{DOCX}.main+xml" in types else ("", "kind")
