"""Two people edit one plan: what a file changes, what others changed since it was given out, where both did.

A row is told from others by its key (its code, its cell), not by a number of the database: an amendment copies all
rows, and a workbook given out before it can still be brought back after it.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from pallaq.exchange.rules.plan_file import Key, Row, Sheets, texts_of

Marks = dict[tuple[str, Key], str]
What = Literal["added", "changed", "removed"]
MERGED = ("organisations", "chain", "parts", "places", "indicators", "baselines", "targets", "values")


@dataclass(frozen=True)
class Change:
    """What a file does to one row. `conflict`: somebody else changed, added or removed that row in the meantime."""

    what: What
    theirs: Row | None
    mine: Row | None
    conflict: bool

    @property
    def row(self) -> Row:
        """The row of the file, or where the file no longer has it, that of the plan."""
        row = self.mine or self.theirs
        assert row is not None
        return row

    @property
    def title(self) -> str:
        """What people know its row by."""
        return " · ".join(part for part in self.row.key if part)

    @property
    def name(self) -> str:
        """What a form calls this change; no key of a plan can break it."""
        return sha256(json.dumps([self.row.sheet, self.row.key]).encode()).hexdigest()[:16]

    def fields(self) -> list[tuple[str, str, str]]:
        """Return each column in which the two rows differ: its name, theirs, mine."""
        theirs, mine = (texts_of(row) if row else {} for row in (self.theirs, self.mine))
        names = dict.fromkeys((*theirs, *mine))
        return [
            (name, theirs.get(name, ""), mine.get(name, "")) for name in names if theirs.get(name) != mine.get(name)
        ]


def mark(row: Row) -> str:
    """Return a short fingerprint of a row's values, the same whether they come from the database or a file."""
    return sha256(json.dumps(texts_of(row), sort_keys=True).encode()).hexdigest()[:12]


def marks_of(sheets: Sheets) -> Marks:
    """Return the mark of every row that a workbook may change."""
    return {(name, row.key): mark(row) for name in MERGED for row in sheets.get(name, [])}


def changes(given: Marks, theirs: Sheets, mine: Sheets) -> list[Change]:
    """Return what the file changes, given the marks it was given out with; sheets it does not have stay as they are."""
    found = []
    for name in MERGED:
        if name not in mine:
            continue
        ours, yours = ({row.key: row for row in sheets.get(name, [])} for sheets in (theirs, mine))
        for key in dict.fromkeys((*yours, *ours)):
            if change := compared(given.get((name, key)), ours.get(key), yours.get(key)):
                found.append(change)
    return found


def compared(given: str | None, theirs: Row | None, mine: Row | None) -> Change | None:
    """Return what happens to one row, or None where the file left it as it was."""
    now, wanted = (mark(row) if row else None for row in (theirs, mine))
    if wanted in (now, given):
        return None
    what: What = "removed" if mine is None else "added" if theirs is None else "changed"
    return Change(what, theirs, mine, conflict=now != given)


def chosen(found: Iterable[Change], mine: Collection[str]) -> list[Change]:
    """Return the changes to make: all without conflict, and the conflicts in which she takes her own."""
    return [change for change in found if not change.conflict or change.name in mine]


def merged(theirs: Sheets, found: Iterable[Change]) -> Sheets:
    """Return the plan as it will be once the changes are made."""
    rows: dict[str, dict[Key, Row]] = {name: {row.key: row for row in sheet} for name, sheet in theirs.items()}
    for change in found:
        sheet = rows.setdefault(change.row.sheet, {})
        if change.mine is None:
            sheet.pop(change.row.key, None)
        else:
            sheet[change.row.key] = change.mine
    return {name: list(sheet.values()) for name, sheet in rows.items()}


def digest(found: Iterable[Change]) -> str:
    """Return a fingerprint of all changes, to see whether they are still those that she was shown."""
    facts = [(one.name, one.conflict, one.fields()) for one in found]
    return sha256(json.dumps(facts).encode()).hexdigest()


def counts(found: Iterable[Change]) -> Mapping[str, dict[str, int]]:
    """Return how many rows of each sheet are added, changed, removed, and in conflict."""
    totals: dict[str, dict[str, int]] = {}
    for change in found:
        of = totals.setdefault(change.row.sheet, {"added": 0, "changed": 0, "removed": 0, "conflict": 0})
        of["conflict" if change.conflict else change.what] += 1
    return totals
