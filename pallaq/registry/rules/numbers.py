"""The number of a person of the registry: random, checked, easy to read aloud; it says nothing of her."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"  # Crockford's without Z: 31 characters, a prime, so that checks are sure
DIGITS = 9  # 31**9 numbers: a million people leave 26 million free ones for each that is taken


def new_number() -> str:
    """Return a new number with its check character: "7KD4M2XH9-C" without the dash."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(DIGITS))
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the check character: it tells every single wrong character and every exchange of two."""
    total = sum((position + 1) * ALPHABET.index(character) for position, character in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def cleaned_number(typed: str) -> str:
    """Return a number as it is stored from what is typed: O is 0, I and L are 1, Z is 2; spaces and dashes go."""
    return "".join(typed.upper().split()).replace("-", "").translate(str.maketrans("OILZ", "0112"))


def is_number(number: str) -> bool:
    """Say whether it can be a number of the registry."""
    body, check = number[:-1], number[-1:]
    return len(number) == DIGITS + 1 and all(c in ALPHABET for c in number) and check_character(body) == check


def shown_number(number: str) -> str:
    """Return it in groups: "7KD4-M2XH9-C"."""
    return f"{number[:4]}-{number[4:DIGITS]}-{number[DIGITS:]}"
