"""What a file that is kept is, by its bytes; its name has to agree. Only kinds that nobody can run are known."""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

import puremagic

OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
# Media type -> how the names of its files end.
KINDS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    f"{OOXML}.wordprocessingml.document": (".docx",),
    f"{OOXML}.spreadsheetml.sheet": (".xlsx",),
    f"{ODF}.text": (".odt",),
    f"{ODF}.spreadsheet": (".ods",),
    "text/csv": (".csv",),
    "text/plain": (".txt",),
}
ENDINGS = tuple(ending for endings in KINDS.values() for ending in endings)
SIGNATURES = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<svg", b"<?xml", b"<?php")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
SNIFFED = 4096  # bytes in which a browser would look for markup, and more
MEMBER = 2**20  # bytes that are read of a member that says what its archive is


@dataclass(frozen=True)
class Found:
    """A file's media type; or why it is not kept: `fault` is a code, `what` the kind that it is."""

    media_type: str = ""
    fault: str = ""
    what: str = ""


def found_in(file: IO[bytes], name: str) -> Found:
    """Return what a file is.

    Faults: "empty"; "kind" (what it is cannot be kept), "macros", "encrypted", "damaged", "encoding" (text that is
    not UTF-8), "ending" (its name ends as another kind's).
    """
    file.seek(0)
    head = file.read(SNIFFED)
    if not head:
        return Found(fault="empty")
    ending = PurePosixPath(name).suffix.lower()
    found = by_bytes(file, head, ending)
    file.seek(0)
    if not found.fault and ending not in KINDS[found.media_type]:
        return Found(fault="ending", what=KINDS[found.media_type][0])
    return found


def by_bytes(file: IO[bytes], head: bytes, ending: str) -> Found:
    """Return what the bytes are; the ending of the name only tells CSV from plain text."""
    if head.startswith(b"PK"):
        return in_zip(file)
    if head.startswith(SIGNATURES):
        return Found(magic(head)[0])
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if any(mark in text for mark in MARKUP):
        return Found(fault="kind", what=".svg" if b"<svg" in text else ".html")
    if text.startswith((b"#!", b"{\\rtf", b"%!ps")):
        return Found(fault="kind", what={b"#": ".sh", b"{": ".rtf"}.get(text[:1], ".ps"))
    if is_binary(head):
        return of_no_kind(head)
    return text_of(file, ending)


def magic(head: bytes) -> tuple[str, str]:
    """Return the media type and the usual ending that the first bytes are known by; two "" if they are not."""
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return "", ""
    # Several kinds begin alike (PDF and FDF do): one that is kept goes first.
    best = next((match for match in matches if match.mime_type in KINDS), matches[0])
    return best.mime_type, best.extension


def is_binary(head: bytes) -> bool:
    """Say whether bytes hold control characters that no text has."""
    return bool(CONTROL.search(head))


def of_no_kind(head: bytes) -> Found:
    """Return what a binary file that is not kept is; Office encrypts into the container that it used before 2007."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Found(fault="encrypted", what=".doc")
    return Found(fault="kind", what=magic(head)[1])


def text_of(file: IO[bytes], ending: str) -> Found:
    """Return the kind of a text, read whole: every byte of it has to be UTF-8."""
    file.seek(0)
    content = file.read()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return Found(fault="encoding")
    if is_binary(content):
        return Found(fault="kind")
    return Found("text/csv" if ending == ".csv" else "text/plain")


def in_zip(file: IO[bytes]) -> Found:
    """Return which office document an archive is, if it is one."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = {member.filename: member for member in archive.infolist()}
            if any(member.flag_bits & 1 for member in members.values()):
                return Found(fault="encrypted", what=".zip")
            return office_of(archive, members)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, zlib.error):
        return Found(fault="damaged", what=".zip")


def office_of(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Found:
    """Return the kind that an archive's own member says it is."""

    def read(name: str) -> str:
        with archive.open(members[name]) as member:
            return member.read(MEMBER).decode("utf-8", "replace")

    if "[Content_Types].xml" in members:
        types = read("[Content_Types].xml")
        if "macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in members):
            return Found(fault="macros")
        for name in ("wordprocessingml.document", "spreadsheetml.sheet"):
            if f"{OOXML}.{name}.main+xml" in types:
                return Found(f"{OOXML}.{name}")
    elif "mimetype" in members and (media_type := read("mimetype").strip()) in KINDS:
        if any(name.startswith(("Basic/", "Scripts/")) for name in members):
            return Found(fault="macros")
        manifest = read("META-INF/manifest.xml") if "META-INF/manifest.xml" in members else ""
        return Found(fault="encrypted", what=".odt") if "encryption-data" in manifest else Found(media_type)
    return Found(fault="kind", what=".zip")
