"""Which state of an authorisation may follow which, and how it stands on a day."""

from datetime import date

ALLOWED: dict[str, tuple[str, ...]] = {
    "": ("requested",),
    "requested": ("offered", "refused", "withdrawn"),  # refused: by the holder
    "offered": ("offered", "in_force", "refused", "withdrawn"),  # offered again: on other terms; refused: by her
    "in_force": ("withdrawn", "ended"),
    "refused": (),
    "withdrawn": (),
    "ended": (),
}
NEED_A_REASON = frozenset({"refused", "withdrawn", "ended"})
OPEN = ("requested", "offered")  # nobody has said no, and not everybody has said yes


def allowed(before: str, after: str) -> bool:
    """Say whether a state may follow another."""
    return after in ALLOWED[before]


def standing(state: str, starts_on: date | None, ends_on: date | None, day: date) -> str:
    """Return how it stands on a day: its state, but "later" before its first day and "expired" after its last."""
    if state == "in_force" and starts_on and ends_on:
        return "later" if day < starts_on else "expired" if day > ends_on else "in_force"
    return "expired" if state == "offered" and ends_on and day > ends_on else state
