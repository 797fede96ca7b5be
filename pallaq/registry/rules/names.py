"""Names as they are compared: words, how they sound in Spanish, Quechua and Aymara, and keys that duplicates share."""

from datetime import date

from pallaq.shared.fields import plain


def name_words(*names: str) -> list[str]:
    """Return the distinct words of names, plain, sorted."""
    return sorted({word for name in names for word in plain(name).replace("-", " ").replace("'", "").split()})


def block_keys(given_names: str, paternal_surname: str, maternal_surname: str, birth_on: date | None) -> list[str]:
    """Return keys of which two rows of one person share at least one, for all but rare errors."""
    given, paternal, maternal = (plain(name).split() for name in (given_names, paternal_surname, maternal_surname))
    year = birth_on.year if birth_on else 0
    first = given[:1] or [""]
    return sorted({f"{(paternal or [''])[0]}|{(maternal or [''])[0]}|{first[0]}", f"{(paternal or [''])[0]}|{year}"})
