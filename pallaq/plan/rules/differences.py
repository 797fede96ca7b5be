"""What changed between two versions of a plan, by code; pure: versions come as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Row = Mapping[str, Any]  # field -> value
Rows = Mapping[tuple[str, str], Row]  # (kind, code) -> row

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Difference:
    """One field of one row that is not the same; of a row that is in one version only, its first field: its title."""

    change: Change
    kind: str
    code: str
    field: str
    before: Any
    after: Any


def differences(before: Rows, after: Rows) -> list[Difference]:
    """Return what changed, in the order of the rows of `after`, then what was removed.

    >>> before = {("action", "1.1"): {"budget": 10}, ("action", "1.2"): {"title": "Old"}}
    >>> after = {("action", "1.1"): {"budget": 12}, ("action", "1.3"): {"title": "New"}}
    >>> [(d.change, d.code, d.field, d.before, d.after) for d in differences(before, after)]
    [('changed', '1.1', 'budget', 10, 12), ('added', '1.3', '', None, 'New'), ('removed', '1.2', '', 'Old', None)]
    """
    found = [one for key, row in after.items() for one in changed(key, before.get(key), row)]
    return found + [
        Difference("removed", *key, "", first(row), None) for key, row in before.items() if key not in after
    ]


def changed(key: tuple[str, str], before: Row | None, after: Row) -> Iterator[Difference]:
    """Yield the fields of a row that changed, or one difference if it is new."""
    if before is None:
        yield Difference("added", *key, "", None, first(after))
        return
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Difference("changed", *key, name, before.get(name), after.get(name))


def first(row: Row) -> Any:
    """Return the first value of a row."""
    return next(iter(row.values()), None)
