"""XML: what it can hold, elements in a line, exact numbers; IATI files and DOCX documents are made of it."""

import re
from decimal import Decimal

from lxml import etree

Element = etree._Element
# What XML 1.0 cannot hold, even written as a number.
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return UNPRINTABLE.sub("", text)


def element(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """Add an element; an underscore in an attribute's name is a hyphen."""
    made = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        made.set(name.replace("_", "-"), printable(value).strip())
    if text:
        made.text = printable(text).strip()
    return made


def exact(value: Decimal) -> str:
    """Return a number as it is: no rounding, no exponent, no zeros that the column adds.

    >>> exact(Decimal("33.300000")), exact(Decimal("1E+3"))
    ('33.3', '1000')
    """
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
