"""Lists brought: looked at, kept encrypted, their columns named, stopped, thrown away."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.registry.models import IdentifierKind, Scheme
from pallaq.rolls.models import BAD_ROW_DAYS, FILE_DAYS, WITH_FILE, Roll, RollRow, RollState, shelf
from pallaq.rolls.rules.fields import guess, guess_codes, missing
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.shared.sealed import SealedWriter
from pallaq.shared.tabular import Findings, InMemory, Limits, read_rows
from pallaq.shared.tabular.table import check_header, header_of

SCOPE = "registry"
LIMITS = Limits(file_bytes=settings.UPLOAD_LIMIT, unpacked_bytes=500_000_000, rows=1_000_000, columns=100)


@dataclass(frozen=True)
class Brought:
    """A list as it is brought: the scheme, the authority's date, the document of rows that name none."""

    scheme: Scheme
    issued_on: date
    document_kind: IdentifierKind
    synthetic: bool = False


def bring_roll(*, brought: Brought, data: bytes, name: str, regions: frozenset[str] | None, by: User) -> Roll:
    """Keep a list, encrypted; refuse what is no table, and a scheme that did not hold on its day.

    A list whose columns are all understood goes to be checked at once.
    """
    check_day(brought.scheme, brought.issued_on)
    clear_expired()
    columns = read_header(data, name)
    fields = guess(columns)
    ready = not missing(fields)
    roll = Roll(
        scheme=brought.scheme,
        issued_on=brought.issued_on,
        document_kind=brought.document_kind,
        synthetic=brought.synthetic,
        file_name=Path(name).name[-100:],
        columns=columns,
        fields=fields,
        codes=guess_codes(columns),
        regions=None if regions is None else sorted(regions),
        state=RollState.CHECKING if ready else RollState.MAPPING,
        made_by=by,
    )
    with transaction.atomic():
        roll.save()
        facts = {"scheme": roll.scheme_id, "issued_on": roll.issued_on.isoformat(), "synthetic": roll.synthetic}
        record(by=by, action="roll.bring", scope=SCOPE, about=f"roll {roll.pk}", **facts)
        with SealedWriter(roll.path("file"), roll.about("file")) as file:
            file.write(data)
    return roll


def check_day(scheme: Scheme, issued_on: date) -> None:
    """Refuse a list of tomorrow, and one of a day on which its scheme did not hold."""
    if issued_on > timezone.localdate():
        raise Refusal(_("The date of the list is in the future. Write the day that stands on it."), code="roll-future")
    if not Scheme.objects.on(issued_on).filter(pk=scheme.pk).exists():
        message = _("“%(scheme)s” does not hold on %(day)s. Look at its dates among the schemes.")
        raise Refusal(message % {"scheme": scheme, "day": issued_on.isoformat()}, code="scheme-not-in-force")


def read_header(data: bytes, name: str) -> list[str]:
    """Return the column names; Problems with what makes the file unreadable. A CSV is read to its end for that."""
    rows = read_rows(InMemory(data), name=name, limits=LIMITS)
    if data[:2] == b"PK":
        rows = islice(rows, 1)  # a workbook takes long: the worker reads the rest
    header: list[str] = []
    for position, (_number, cells) in enumerate(rows):
        if position == 0:
            header = header_of(cells)
    findings = Findings(name)
    if not header:
        findings.add("no-header", _("Row 1 is empty: write the column names there."), row=1)
    check_header(header, findings)
    findings.stop()
    return header


@transaction.atomic
def name_columns(*, roll: Roll, fields: Mapping[str, int], codes: str, states: Mapping[str, str], by: User) -> Roll:
    """Say what each column holds and what the list's words for states mean; the list is then checked again."""
    roll = held(roll)
    if roll.started_by_id or roll.state not in (RollState.MAPPING, RollState.CHECKED, RollState.FAILED):
        message = _("This list is being worked on, or its import has begun: its columns stay as they are.")
        raise Refusal(message, code="roll-begun", status=409)
    if lacking := missing(fields):
        message = _("The list needs a column for: %(what)s. Choose it.")
        raise Refusal(message % {"what": "; ".join(map(str, lacking))}, code="columns-missing")
    roll.fields, roll.codes, roll.states = dict(fields), codes, dict(states)
    roll.state, roll.failure, roll.done = RollState.CHECKING, "", 0
    roll.save()
    record(by=by, action="roll.columns", scope=SCOPE, about=f"roll {roll.pk}", fields=sorted(fields), codes=codes)
    return roll


@transaction.atomic
def begin_import(*, roll: Roll, by: User) -> Roll:
    """Let the import begin, or go on after it was stopped or failed."""
    roll = held(roll)
    if roll.state == RollState.IMPORTING:
        message = _("%(who)s has started this import already. Watch how far it is.")
        raise Refusal(message % {"who": roll.started_by or _("Somebody")}, code="roll-started", status=409)
    again = roll.started_by_id and not roll.ended_at and roll.state in (RollState.STOPPED, RollState.FAILED)
    if roll.state != RollState.CHECKED and not again:
        message = _("This list cannot be imported now: it is “%(state)s”. Look at its page.")
        raise Refusal(message % {"state": roll.get_state_display()}, code="roll-not-checked", status=409)
    if not again:
        roll.done, roll.counts = 0, {**roll.counts, "imported": {}}
    roll.state, roll.failure, roll.started_by = RollState.IMPORTING, "", by
    roll.save()
    record(by=by, action="roll.import", scope=SCOPE, about=f"roll {roll.pk}", rows=roll.rows, done=roll.done)
    return roll


@transaction.atomic
def stop_roll(*, roll: Roll, by: User) -> Roll:
    """Stop an import after the rows that are in; it can go on later."""
    roll = held(roll)
    if roll.state != RollState.IMPORTING:
        message = _("There is nothing to stop: the list is “%(state)s”.")
        raise Refusal(message % {"state": roll.get_state_display()}, code="roll-not-running", status=409)
    roll.state = RollState.STOPPED
    roll.save(update_fields=["state"])
    record(by=by, action="roll.stop", scope=SCOPE, about=f"roll {roll.pk}", done=roll.done)
    return roll


@transaction.atomic
def discard_roll(*, roll: Roll, by: User) -> None:
    """Throw away what waits of a list: its file, and the rows that could not go in. What is in stays."""
    roll = held(roll)
    if roll.running():
        message = _("The list is being worked on. Stop it first.")
        raise Refusal(message, code="roll-running", status=409)
    bad, _each = roll.bad_rows.filter(mended_at__isnull=True).delete()
    if roll.state in WITH_FILE:
        roll.state = RollState.STOPPED if roll.started_by_id else RollState.DISCARDED
        roll.ended_at = timezone.now()
        roll.save(update_fields=["state", "ended_at"])
    record(by=by, action="roll.discard", scope=SCOPE, about=f"roll {roll.pk}", bad_rows=bad)
    transaction.on_commit(roll.remove_files)


@transaction.atomic
def export_rows(*, roll: Roll, why: str, rows: int, by: User) -> None:
    """Note that the bad rows of a list are taken out of Pallaq, and why."""
    record(by=by, action="roll.rows.export", scope=SCOPE, about=f"roll {roll.pk}", rows=rows, why=why)


def held(roll: Roll) -> Roll:
    """Return the list as it is now, locked: between two batches, or before the first."""
    return Roll.objects.select_for_update(of=("self",)).select_related("scheme", "started_by").get(pk=roll.pk)


def clear_expired() -> None:
    """Remove lists that waited too long, and files that belong to none."""
    for roll in Roll.objects.expired():
        with transaction.atomic():
            roll.bad_rows.filter(mended_at__isnull=True).delete()
            ended = RollState.STOPPED if roll.started_by_id else RollState.DISCARDED
            Roll.objects.filter(pk=roll.pk).update(state=ended, ended_at=timezone.now())
            record(by=None, action="roll.expire", scope=SCOPE, about=f"roll {roll.pk}")
        roll.remove_files()
    clear_old_rows()
    known = {str(key) for key in Roll.objects.filter(state__in=WITH_FILE, ended_at=None).values_list("pk", flat=True)}
    for path in shelf().glob("*"):
        orphan = path.name.lstrip(".").split(".")[0] not in known
        if orphan and path.stat().st_mtime < time.time() - FILE_DAYS * 24 * 60 * 60:
            path.unlink(missing_ok=True)


def clear_old_rows() -> None:
    """Remove rows that nobody corrected in time."""
    before = timezone.now() - timedelta(days=BAD_ROW_DAYS)
    with transaction.atomic():
        gone, _each = RollRow.objects.filter(roll__made_at__lt=before, mended_at__isnull=True).delete()
        if gone:
            record(by=None, action="roll.rows.expire", scope=SCOPE, about="rolls", bad_rows=gone)
