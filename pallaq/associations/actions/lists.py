"""Official lists brought, looked at, and stored or dropped: all rows or none, and all that is wrong at once."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.actions.files import SCOPE, constraints_told, one_line
from pallaq.associations.judging import Judged, judge
from pallaq.associations.models import BroughtList, ListKind
from pallaq.associations.rules.dates import check_past
from pallaq.associations.rules.lists import Fault, Row, columns_of, judged
from pallaq.registry.actions.people import wait_for_numbers
from pallaq.shared.errors import Problem, Problems, Refusal
from pallaq.shared.models import record
from pallaq.shared.tabular import Findings, InMemory, Limits, Table, quoted, read_rows
from pallaq.shared.tabular.table import build

LIMITS = Limits(file_bytes=20_000_000, unpacked_bytes=100_000_000, rows=20_000, columns=60)
Regions = frozenset[str] | None


@dataclass(frozen=True)
class File:
    """A list as it is brought: its name and bytes, of what it is, who says so, of which day."""

    name: str
    content: bytes = field(repr=False)
    kind: ListKind
    source: str
    said_on: date


def bring_list(*, file: File, regions: Regions, by: User) -> BroughtList:
    """Read a list and keep it to be looked at; refuse it with all that is wrong in it. Nothing is stored of it yet."""
    check_past(timezone.localdate(), file.said_on)
    found = read_list(file, regions)
    digest = hashlib.sha256(file.content).hexdigest()
    if BroughtList.objects.filter(sha256=digest, kind=file.kind, stored_at__isnull=False).exists():
        raise Refusal(_("This file was stored already. Nothing is left to do."), code="list-again", status=409)
    with transaction.atomic():
        brought = BroughtList.objects.create(
            kind=file.kind,
            source=one_line(file.source),
            said_on=file.said_on,
            file_name=one_line(file.name)[-255:],
            sha256=digest,
            content=file.content,
            rows=len(found.rows),
            by=by,
        )
        note(brought, "list.bring", by)
    return brought


def preview(brought: BroughtList, regions: Regions) -> Judged:
    """Return what storing a list would do, as things stand now; refuse it if it can no longer be stored."""
    if brought.content is None:
        raise Refusal(_("This list was stored or dropped already."), code="list-done", status=409)
    name, said_on = brought.file_name, brought.said_on
    return read_list(File(name, bytes(brought.content), ListKind(brought.kind), brought.source, said_on), regions)


@transaction.atomic
def store_list(*, brought: BroughtList, regions: Regions, by: User) -> Counter[str]:
    """Store every row of a list, or none; return how many were new, changed or the same."""
    wait_for_numbers(["lists of organisations"])  # the second of two is judged by what the first stored
    brought = BroughtList.objects.select_for_update(of=("self",)).get(pk=brought.pk)
    found = preview(brought, regions)
    with constraints_told():  # a desk may write by hand at this moment
        counts = found.store(brought, by)
    brought.content, brought.stored_at = None, timezone.now()
    brought.save()
    note(brought, "list.store", by, **counts)
    return counts


@transaction.atomic
def drop_list(*, brought: BroughtList, by: User) -> None:
    """Drop a list that nobody stored."""
    brought = BroughtList.objects.select_for_update(of=("self",)).get(pk=brought.pk)
    if brought.stored_at or brought.dropped_at:
        raise Refusal(_("This list was stored or dropped already."), code="list-done", status=409)
    brought.content, brought.dropped_at = None, timezone.now()
    brought.save()
    note(brought, "list.drop", by)


def note(brought: BroughtList, action: str, by: User, **facts: Any) -> None:
    """Write into the trail what became of a list."""
    about = {"kind": brought.kind, "source": brought.source, "said_on": brought.said_on.isoformat()}
    record(by=by, action=action, scope=SCOPE, about=f"list {brought.pk}", rows=brought.rows, **about, **facts)


def read_list(file: File, regions: Regions) -> Judged:
    """Return what a list says, held against what is known."""
    numbered = read_rows(InMemory(file.content), name=file.name, limits=LIMITS)
    table = build(file.name, "csv" if not file.content.startswith(b"PK") else "xlsx", numbered, LIMITS)
    rows, faults = rows_of(table, file)
    found = judge(file.kind, rows, file.said_on, regions)
    told(file.name, [*faults, *found.faults])
    return found


def rows_of(table: Table, file: File) -> tuple[list[Row], list[Fault]]:
    """Return the rows of a table that can be read, and what is wrong in the others."""
    columns, missing = columns_of(file.kind, table.columns)
    if missing:
        message = _("The file lacks the columns %(columns)s. The names that are understood stand beside the form.")
        text = message % {"columns": ", ".join(missing)}
        raise Problems(_("The list cannot be read; nothing was stored."), [Problem("no-column", text, file.name, 1)])
    rows, faults = [], []
    for number, found in zip(table.rows, table.data.to_pylist(), strict=True):
        cells = {column: one_line(found[name] or "") for column, name in columns.items()}
        row, wrong = judged(file.kind, number, cells, file.said_on)
        rows += [row] if row else []
        faults += wrong
    return rows, faults


def told(name: str, faults: list[Fault]) -> None:
    """Refuse a list with all its faults, each kind of them in each column at most twenty times."""
    findings = Findings(name)
    kinds: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for fault in sorted(faults, key=lambda fault: fault.row):
        kinds.setdefault((fault.code, fault.column, fault.message), []).append((fault.row, fault.value))
    for (code, column, message), where in kinds.items():
        findings.add_rows(code, column, where, lambda row, value, words=message, at=column: said(row, at, value, words))  # type: ignore[misc] # defaults bind the loop's values
    findings.stop()


def said(row: int, column: str, value: str, message: str) -> str:
    """Return a fault in words, with its place."""
    words: Mapping[str, Any] = {"row": row, "column": column, "value": quoted(value), "message": message}
    if value:
        return _("Row %(row)d, %(column)s, %(value)s: %(message)s") % words
    return _("Row %(row)d, %(column)s: %(message)s") % words
