"""Statutes kept: what a version says, with its file, checked before anything is stored."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.actions.files import change
from pallaq.associations.actions.members import refuse_others
from pallaq.associations.models import Statute
from pallaq.associations.rules.dates import check_past, check_span
from pallaq.associations.rules.papers import ENDINGS, paper_kind
from pallaq.places.models import Organisation
from pallaq.shared.errors import Refusal


def add_statute(
    *,
    organisation: Organisation,
    edition: int | None,
    fields: Mapping[str, Any],
    file: File[bytes] | None,
    by: User | None,
) -> Statute:
    """Add a version of the statute; if anything fails, its file goes with its row."""
    refuse_others(organisation)
    check_span(fields["approved_on"], None)
    check_past(timezone.localdate(), fields["approved_on"])
    statute = Statute(organisation=organisation, changed_by=by, **fields)
    if file is not None:
        statute.file_name, statute.media_type = checked_file(file)
    try:
        with change(organisation, edition, action="association.statute_add", by=by) as facts:
            last = Statute.objects.filter(organisation=organisation).values_list("version", flat=True).first()
            statute.version = (last or 0) + 1
            if file is not None:
                statute.size, statute.sha256 = write(file, statute.path())
            statute.save(force_insert=True)
            facts |= {"version": statute.version, "sha256": statute.sha256}
    except BaseException:
        statute.path().unlink(missing_ok=True)
        raise
    return statute


def checked_file(file: File[bytes]) -> tuple[str, str]:
    """Return a file's name and media type; refuse what is not kept."""
    name = "".join(letter for letter in Path(file.name or "").name if letter.isprintable()).strip() or "?"
    name = name if len(name) <= 255 else name[:200] + name[-55:]
    words = {"file": name, "limit": settings.EVIDENCE_LIMIT // 2**20}
    if file.size > settings.EVIDENCE_LIMIT:
        message = _("%(file)s is larger than %(limit)d MB. Scan it at 150 dpi, or bring the part that counts.")
        raise Refusal(message % words, code="file-too-large")
    kind, fault = paper_kind(file, name)
    if fault:
        messages = {
            "empty": _("%(file)s is empty. Choose the file again."),
            "kind": _("%(file)s is no PDF and no Word document (.docx). Bring one of these."),
            "macros": _("%(file)s holds macros, which can do harm. Save it without them, as .docx or PDF."),
            "encrypted": _(
                "%(file)s is encrypted, or of an Office before 2007. Save it without password, as .docx or PDF."
            ),
            "damaged": _("%(file)s is damaged: it cannot be opened. Send it again, or save it anew."),
            "ending": _("%(file)s is not what its name says. Give it the ending %(ending)s."),
        }
        raise Refusal(messages[fault] % {**words, "ending": ENDINGS.get(kind, "")}, code=f"file-{fault}")
    return name, kind


def write(file: File[bytes], path: Path) -> tuple[int, str]:
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
