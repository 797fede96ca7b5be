"""Names as they are compared: how words sound in Spanish, Quechua and Aymara, and keys that duplicates share."""

import re
from base64 import urlsafe_b64encode
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from pallaq.shared.fields import plain

# "de la Cruz" is written "De La Cruz", "Delacruz" and "Cruz": what stands between says nothing.
PARTICLES = frozenset({"da", "das", "de", "del", "do", "dos", "e", "el", "la", "las", "los", "vda", "y"})
GLUED = re.compile(r"^(dela|delas|delos)(?=[a-z]{3})|^del(?=rio$|valle$|carpio$|castillo$|aguila$)")
# As clerks shorten names, and a few names that are one on the street.
SHORT = {
    "fca": "francisca",
    "fco": "francisco",
    "gmo": "guillermo",
    "jse": "jose",
    "ma": "maria",
    "pancho": "francisco",
    "pepe": "jose",
    "sta": "santa",
    "sto": "santo",
    "mary": "maria",
    "charo": "rosario",
}
# In order. "ch" is "c" from the second line on, and "k" whatever sounds so; vowels of Quechua and Aymara are three.
SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^ph", "p"),  # Phocco; Sophia below
        (r"c+hh?", "1"),  # keep ch apart from c
        (r"ph", "f"),
        (r"[jy]h|^gh", lambda found: found[0][0]),  # Jhon
        (r"^h?u(?=[aeio])|hu(?=[aeio])|gu(?=[ao])|w", "u"),  # Huaman, Guaman, Waman; Ahua, Agua, Awa
        (r"gu(?=[ei])", "g2"),  # keep Guerra from becoming Jerra
        (r"qu(?=[eiy])|cc+|cq|ck|q+|k+", "k"),  # Quispe, Qispi; Ccori, Qori
        (r"^x", "j"),  # Ximena
        (r"[kc]?(?:s+|x|z+|c(?=[eiy]))", "s"),
        (r"c", "k"),
        (r"g(?=[eiy])", "j"),
        (r"2|h", ""),
        (r"v", "b"),
        (r"ll(?![aeiou])", "l"),  # Willka, Wilka
        (r"ll", "y"),
        (r"y(?![aeiou])", "i"),  # Mamany
        (r"m(?=[pb])", "n"),
        (r"e", "i"),
        (r"o", "u"),
        (r"(?<=n)d", "t"),  # Condori, Kunturi
        (r"(?<=n)b", "p"),  # Tambo, Tampu
        (r"(?<=n)g", "k"),  # Inga, Inka
        (r"^s(?=[^aiu])", "is"),  # Stefany, Estefany
        (r"iy(?=[aiu])", "i"),
        (r"(.)\1+", r"\1"),
    )
]


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return how a plain word sounds: equal for Quispe and Qispi, Huaman and Waman, Condori and Kunturi."""
    word = GLUED.sub("", re.sub(r"[^a-z]", "", word))
    word = SHORT.get(word, word)
    for pattern, replacement in SOUNDS:
        word = pattern.sub(replacement, word)
    return word


def sounds(name: str) -> list[str]:
    """Return how the words of a name sound, in their order, without "de la"."""
    words = plain(name).replace("-", " ").replace("'", "").replace("’", "").split()
    return [heard for word in words if word.strip(".") not in PARTICLES and (heard := sound(word))]


def name_words(*names: str) -> list[str]:
    """Return the distinct words of names as they sound, sorted: what a search looks for."""
    return sorted({heard for name in names for heard in sounds(name)})


def block_keys(given_names: str, paternal_surname: str, maternal_surname: str, birth_on: date | None) -> list[str]:
    """Return at most nine short keys of which two rows of one person share at least one, for all but rare errors.

    A surname alone is shared by one in twenty: each key joins parts until few people share it. Surnames stand without
    their order, and so do day and month. What stays common bears what a key leaves out:

    - both surnames and a given name (first or second): any error in the birth date, a second name left out;
    - a surname and the birth date: the other surname and the given names wrong;
    - the first given name and the birth date: both surnames wrong, or those of a husband;
    - a surname, the first given name and the year: a surname and the day wrong;
    - the paternal surname and two given names: the maternal one missing or wrong, and the date too.
    """
    given, paternal, maternal = (sounds(name) for name in (given_names, paternal_surname, maternal_surname))
    surnames = sorted({*paternal[:1], *maternal[:1]})
    parts = [("names", *surnames, name) for name in given[:2]]
    if birth_on:
        day = f"{birth_on.year}{min(birth_on.day, birth_on.month)}.{max(birth_on.day, birth_on.month)}"
        parts += [("born", name, day) for name in (*surnames, *given[:1])]
        parts += [("year", surname, name, str(birth_on.year)) for surname in surnames for name in given[:1]]
    if len(given) > 1:
        parts += [("given", surname, *sorted(given[:2])) for surname in paternal[:1]]
    return sorted({short_key("|".join(part)) for part in parts})


def short_key(words: str) -> str:
    """Return eight characters for any words: among ten million keys two are hardly ever the same by chance."""
    return urlsafe_b64encode(blake2b(words.encode(), digest_size=6).digest()).decode("ascii")
