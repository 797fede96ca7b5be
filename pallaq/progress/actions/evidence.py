"""Files of evidence: checked before anything is stored, put in place with their row, removed with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.plan.models import Item
from pallaq.plan.rules.periods import Period
from pallaq.progress.errors import period_closed, without_reason
from pallaq.progress.models import ClosedPeriod, Evidence
from pallaq.shared.errors import Problem, Refusal
from pallaq.shared.keeping import keep, name_of
from pallaq.shared.kinds import ENDINGS, found_in
from pallaq.shared.models import record


def add_evidence(*, item: Item, file: File[bytes], title: str = "", region: str = "", by: User) -> Evidence:
    """Check a file and keep it beside an item of a plan; `region` says whose it is, "" for all of the entity's."""
    with kept_files() as placed:
        return store_file(placed, item=item, file=file, title=title, region=region, by=by)


@contextmanager
def kept_files() -> Iterator[list[Path]]:
    """Open a transaction that puts files in place; if it fails, the files it put there go with its rows.

    A crash can leave a file without a row, which nobody can open; it never leaves a row without its file.
    """
    placed: list[Path] = []
    try:
        with transaction.atomic():
            yield placed
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise


def store_file(
    placed: list[Path], *, item: Item, file: File[bytes], title: str = "", region: str = "", by: User
) -> Evidence:
    """Check a file, add its row and put it in place; call it inside `kept_files`."""
    if problem := file_problem(file):
        raise Refusal(problem.message, code=problem.code)
    name = name_of(file)
    evidence = Evidence(item=item, title=title.strip() or name, file_name=name, region=region, by=by)
    evidence.title = evidence.title[:200]
    evidence.media_type = found_in(file, name).media_type
    placed.append(evidence.path())
    evidence.size, evidence.sha256 = keep(file, evidence.path())
    evidence.save(force_insert=True)
    facts = {"item": item.code, "sha256": evidence.sha256, "media_type": evidence.media_type}
    record(by=by, action="evidence.add", scope=item.plan.scope, about=f"evidence {evidence.pk}", **facts)
    return evidence


def file_problem(file: File[bytes]) -> Problem | None:
    """Return why a file is not kept, or None."""
    name = name_of(file)
    words = {"file": name, "limit": settings.EVIDENCE_LIMIT // 2**20, "kinds": ", ".join(ENDINGS)}
    if file.size > settings.EVIDENCE_LIMIT:
        message = _("%(file)s is larger than %(limit)d MB. Bring a smaller one: scan at 150 dpi, or split it.")
        return Problem("file-too-large", message % words, file=name)
    found = found_in(file, name)
    if not found.fault:
        return None
    messages = {
        "empty": _("%(file)s is empty. Choose the file again."),
        "kind": _("%(file)s is of a kind that is not kept here%(what)s. Bring one of these: %(kinds)s."),
        "macros": _("%(file)s holds macros, which can do harm. Save it without them, as .docx, .xlsx, .odt or .ods."),
        "encrypted": _(
            "%(file)s is encrypted, or of an Office before 2007. Save it without password, as .docx or .xlsx."
        ),
        "damaged": _("%(file)s is damaged: it cannot be opened. Send it again, or save it anew."),
        "encoding": _("%(file)s is text, but not UTF-8. Save it as “CSV UTF-8” or “text, UTF-8”."),
        "ending": _("%(file)s is not what its name says: it holds a %(what)s. Give it its right ending."),
    }
    words["what"] = f" ({found.what})" if found.what and found.fault == "kind" else found.what
    return Problem(f"file-{found.fault}", messages[found.fault] % words, file=name)


@transaction.atomic
def remove_evidence(*, evidence: Evidence, reason: str, by: User) -> None:
    """Delete a file, with the reason; that it was there stays."""
    evidence = Evidence.objects.select_for_update(of=("self",)).select_related("item__plan").get(pk=evidence.pk)
    if evidence.removed_at:
        message = _("%(title)s was removed already. Nothing is left to do.")
        raise Refusal(message % {"title": evidence.title}, code="evidence-gone", status=409)
    if not reason.strip():
        raise without_reason()
    for period in locked_periods(evidence):
        raise period_closed(period)
    evidence.removed_at, evidence.removed_by, evidence.removed_reason = timezone.now(), by, reason.strip()
    evidence.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    facts = {"item": evidence.item.code, "sha256": evidence.sha256, "reason": evidence.removed_reason}
    record(by=by, action="evidence.remove", scope=evidence.item.plan.scope, about=f"evidence {evidence.pk}", **facts)
    path = evidence.path()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def locked_periods(evidence: Evidence) -> list[Period]:
    """Return the closed periods of the values and the spending that a file is evidence of."""
    shown = {
        *evidence.values.values_list("year", "quarter").order_by(),
        *evidence.spending.values_list("year", "quarter").order_by(),
    }
    closed = set(ClosedPeriod.objects.filter(plan=evidence.item.plan).values_list("year", "quarter"))
    return [Period(year, quarter) for year, quarter in sorted(shown) if {(year, quarter), (year, 0)} & closed]
