"""What is published of a release: which cells there are, and how they add up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise

WAYS = ("scheme", "state", "region", "sex", "age", "month")  # the columns of a release, and the order of a cell's codes
Cell = tuple[str | None, ...]  # a code for each way; None for all of them

# The margins that are published. Whoever is registered today is told by place, sex, age and month; of the other states
# only how many there are. They are hidden together: what one table shows may not give away what another hides.
MARGINS: tuple[tuple[str, ...], ...] = (
    ("scheme", "state"),
    ("scheme", "state", "region"),
    ("scheme", "state", "sex"),
    ("scheme", "state", "age"),
    ("scheme", "state", "month"),
    ("scheme", "state", "region", "sex"),
    ("scheme", "state", "age", "sex"),
)
TODAY = "registered"  # the one state that is told in detail
AGES = (18, 25, 35, 45, 55, 65)  # where bands begin; younger is a band of its own
UNKNOWN = "unknown"
MONTHS = 24  # told one by one; what is older stands together
BEFORE = "before"


def age_band(birth_on: date | None, day: date) -> str:
    """Return the band of an age: "under-18", "18-24", ... "65-over", or "unknown"."""
    if birth_on is None:
        return UNKNOWN
    age = day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
    if age < AGES[0]:
        return f"under-{AGES[0]}"
    return next((f"{low}-{high - 1}" for low, high in pairwise(AGES) if age < high), f"{AGES[-1]}-over")


def month_code(since: date, day: date) -> str:
    """Return the month of a day as "2026-11", or "before" where it is too long ago."""
    months = (day.year - since.year) * 12 + day.month - since.month
    return since.strftime("%Y-%m") if months < MONTHS else BEFORE


def cell_of(domain: Mapping[str, object]) -> Cell:
    """Return the cell of a domain's codes."""
    return tuple(str(domain[way]) if way in domain else None for way in WAYS)


def is_published(cell: Cell) -> bool:
    """Say whether a cell of a margin is told: states other than today's only as a whole."""
    return cell[1] == TODAY or all(code is None for code in cell[2:])


def relations(cells: Collection[Cell]) -> list[tuple[Cell, Sequence[Cell]]]:
    """Return each cell with its parts: the cells that say one way more, wherever those are published."""
    parts: dict[tuple[Cell, int], list[Cell]] = {}
    known = set(cells)
    for cell in cells:
        for way, code in enumerate(cell):
            total = (*cell[:way], None, *cell[way + 1 :])
            if code is not None and total in known:
                parts.setdefault((total, way), []).append(cell)
    return [(total, found) for (total, _way), found in parts.items()]
