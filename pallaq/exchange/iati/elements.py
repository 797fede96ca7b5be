"""Small parts of an IATI document: elements, narratives in every language, exact numbers."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils import translation
from lxml import etree

from pallaq.shared.xml import printable

Element = etree._Element
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
LOCALES = {"es": "es-pe", "en": "en"}  # what this program itself says, and by which locale


def clean(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return printable(text).strip()


def element(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """Add an element; an underscore in an attribute's name is a hyphen."""
    made = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        made.set(name.strip("_").replace("_", "-"), clean(value))
    if text:
        made.text = clean(text)
    return made


def narratives(parent: Element, words: Mapping[str, str]) -> bool:
    """Add a narrative for each language that says something; return whether there was any."""
    said = {language: text for language, text in sorted(words.items(), reverse=True) if clean(str(text))}
    for language, text in said.items():
        element(parent, "narrative", str(text)).set(LANGUAGE, language)
    return bool(said)


def worded(parent: Element, tag: str, words: Mapping[str, str], **attributes: str) -> None:
    """Add an element of narratives, unless nothing is said."""
    made = element(parent, tag, **attributes)
    if not narratives(made, words):
        parent.remove(made)


def in_each_language(say: Callable[[str], str]) -> dict[str, str]:
    """Return what this program says, in each language that it speaks."""
    said = {}
    for language, locale in LOCALES.items():
        with translation.override(locale):
            said[language] = say(language)
    return said


def exact(value: Decimal) -> str:
    """Return a number as it is: no rounding, no exponent, no zeros that the column adds.

    >>> exact(Decimal("33.300000")), exact(Decimal("1E+3"))
    ('33.3', '1000')
    """
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
