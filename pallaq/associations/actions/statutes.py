"""Statutes kept: what a version says, with its file, checked before anything is stored."""

from collections.abc import Mapping
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
from pallaq.associations.rules.papers import paper_in
from pallaq.places.models import Organisation
from pallaq.shared.errors import Refusal
from pallaq.shared.keeping import keep, name_of


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
                statute.size, statute.sha256 = keep(file, statute.path())
            statute.save(force_insert=True)
            facts |= {"version": statute.version, "sha256": statute.sha256}
    except BaseException:
        statute.path().unlink(missing_ok=True)
        raise
    return statute


def checked_file(file: File[bytes]) -> tuple[str, str]:
    """Return a file's name and media type; refuse what is not kept."""
    name = name_of(file)
    words = {"file": name, "limit": settings.EVIDENCE_LIMIT // 2**20}
    if file.size > settings.EVIDENCE_LIMIT:
        message = _("%(file)s is larger than %(limit)d MB. Scan it at 150 dpi, or bring the part that counts.")
        raise Refusal(message % words, code="file-too-large")
    found = paper_in(file, name)
    if found.fault:
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
        raise Refusal(messages[found.fault] % {**words, "ending": found.what}, code=f"file-{found.fault}")
    return name, found.media_type
