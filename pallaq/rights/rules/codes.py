"""The secret code of a slip: four groups of four characters that nobody confuses."""

import secrets

from pallaq.registry.rules.numbers import ALPHABET, cleaned_number

LENGTH, GROUP = 16, 4  # 31**16: nobody guesses it, however long she tries


def new_code() -> str:
    """Return a new code, as it is stored and compared."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def cleaned_code(typed: str) -> str:
    """Return a code from what is typed: O is 0, I and L are 1, Z is 2; spaces and dashes go."""
    return cleaned_number(typed)


def shown_code(code: str) -> str:
    """Return it in groups: "7KD4 M2XH 9C3B 0FQA"."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
