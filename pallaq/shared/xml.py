"""What XML can hold: IATI files and DOCX documents are made of it."""

import re

# What XML 1.0 cannot hold, even written as a number.
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return UNPRINTABLE.sub("", text)
