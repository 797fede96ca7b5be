"""Decisions about dated records: which one a new one ends, and what a scheme's changes of state may look like."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

STATES = ("applied", "registered", "suspended", "excluded", "ended")

Span = tuple[date | None, date | None]  # from and to; None is "not known", and reaches as far as it can


def overlap(one: Span, other: Span) -> bool:
    """Say whether two spans share a day."""
    (from_one, to_one), (from_other, to_other) = one, other
    return (to_one or date.max) >= (from_other or date.min) and (to_other or date.max) >= (from_one or date.min)


def cut(old: Span, new: Span) -> date | None:
    """Return the last day of an open record when a newer one begins inside it; None where it stays as it is."""
    (old_from, old_to), (new_from, _new_to) = old, new
    if old_to is not None or new_from is None or new_from <= (old_from or date.min):
        return None
    return new_from - timedelta(days=1)


def wrong_changes(transitions: Mapping[str, Iterable[str]]) -> str:
    """Return what makes changes of state unusable: "no-start", "unknown", "to-itself"; "" where nothing does."""
    if not list(transitions.get("", [])):
        return "no-start"
    for before, following in transitions.items():
        for after in following:
            if (before and before not in STATES) or after not in STATES:
                return "unknown"
            if before == after:
                return "to-itself"
    return ""
