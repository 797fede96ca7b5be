"""Numbers of documents: cleaned of air, held against the pattern of their kind, and checked where a check exists."""

import re
from collections.abc import Callable

RUC_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def cleaned(number: str) -> str:
    """Return a number without spaces, dots and dashes, in upper case."""
    return re.sub(r"[\s.\-/]", "", number).upper()


def phone_digits(phone: str) -> str:
    """Return the last nine digits of a phone, by which it is found again: Peru's mobile numbers have nine."""
    return "".join(character for character in phone if character.isdigit())[-9:]


def masked(number: str) -> str:
    """Return a number with all but its last three characters hidden, of a short one all but less than half."""
    shown = min(3, len(number) // 2)
    return "•" * (len(number) - shown) + number[len(number) - shown :]


def ruc_checks(number: str) -> bool:
    """Say whether a RUC's last digit is right (SUNAT: weights 5 4 3 2 7 6 5 4 3 2, modulo 11)."""
    total = sum(weight * int(digit) for weight, digit in zip(RUC_WEIGHTS, number, strict=False))
    return (11 - total % 11) % 10 == int(number[10])


CHECKS: dict[str, Callable[[str], bool]] = {"ruc": ruc_checks}


def fits(number: str, pattern: str, check_rule: str) -> bool:
    """Say whether a cleaned number can be one of its kind; without a pattern anything can."""
    if pattern and not re.fullmatch(pattern, number):
        return False
    return CHECKS[check_rule](number) if check_rule else bool(number)
