"""What a row changes in a registration, as far as the scheme allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pallaq.registry.rules.states import allowed

Step = tuple[str, str, date]  # before, after, the day from which it holds


@dataclass(frozen=True)
class Held:
    """How she stands on the scheme today: her state ("" if she was never on it), and since when."""

    state: str = ""
    since: date | None = None


def steps(
    held: Held, wanted: str, *, since: date | None, issued_on: date, transitions: Mapping[str, Sequence[str]]
) -> list[Step] | str:
    """Return the changes that bring her where the list says she is, or the code of why they cannot be.

    She who was never on the scheme was registered first, on the day of her registration, and then suspended or
    excluded by the day of the list: both steps stand in her history. From the state that she has here, one step at
    most: what a list leaves out is not made up.
    """
    if held.state == wanted:
        return []
    if held.state:
        if wanted not in allowed(held.state, transitions):
            return "transition-forbidden"
        if held.since and issued_on < held.since:
            return "list-older"
        return [(held.state, wanted, issued_on)]
    began = since or issued_on
    if wanted in allowed("", transitions):
        return [("", wanted, began)]
    if "registered" in allowed("", transitions) and wanted in allowed("registered", transitions):
        return [("", "registered", min(began, issued_on)), ("registered", wanted, max(began, issued_on))]
    return "transition-forbidden"
