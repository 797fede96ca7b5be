"""What an IATI document says in words: narratives in every language."""

from collections.abc import Callable, Mapping

from django.utils import translation

from pallaq.shared.xml import Element, element, printable

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
LOCALES = {"es": "es-pe", "en": "en"}  # what this program itself says, and by which locale


def narratives(parent: Element, words: Mapping[str, str]) -> bool:
    """Add a narrative for each language that says something; return whether there was any."""
    said = {language: text for language, text in sorted(words.items(), reverse=True) if printable(str(text)).strip()}
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
