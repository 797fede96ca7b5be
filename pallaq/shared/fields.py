"""Values that tables of every room are made of: keys, and words to sort and search names by."""

import secrets
import time
import unicodedata
from uuid import UUID


def uuid7() -> UUID:
    """Return a key that grows with time (RFC 9562, version 7): 48 bits of milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


def plain(words: str) -> str:
    """Return words as they are sorted and searched by: lower case, no accents, single spaces."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
