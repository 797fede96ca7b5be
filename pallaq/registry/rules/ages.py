"""How old somebody is on a day."""

from datetime import date


def age_on(birth_on: date, day: date) -> int:
    """Return whole years; who was born on 29 February has her birthday on 1 March in other years."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
