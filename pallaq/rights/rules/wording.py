"""The words that she agrees to, by purpose and version; a version agreed to stays, a new one follows."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parents[1] / "data" / "consents.yaml"
NAMES = {"es": "Castellano", "en": "English", "qu": "Runa simi", "ay": "Aymar aru"}


@dataclass(frozen=True)
class Wording:
    """One version of the words for a purpose, by language; `drafts` are languages that nobody has reviewed."""

    version: int
    texts: dict[str, str]
    drafts: frozenset[str]

    def words(self, language: str) -> str:
        """Return the words in a language, or else in Spanish."""
        return self.texts.get(language[:2]) or self.texts["es"]

    def others(self, language: str) -> list[tuple[str, str, str, bool]]:
        """Return code, name, words and whether it is a draft, of every other language."""
        shown = language[:2] if language[:2] in self.texts else "es"
        return [
            (code, NAMES[code], text, code in self.drafts)
            for code, text in self.texts.items()
            if code != shown and code in NAMES
        ]


@cache
def wordings() -> dict[str, dict[int, Wording]]:
    """Return the words of every purpose, by version."""
    read = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {
        purpose: {
            row["version"]: Wording(row["version"], row["texts"], frozenset(row.get("drafts", ()))) for row in versions
        }
        for purpose, versions in read.items()
    }


def current(purpose: str) -> Wording:
    """Return the words that she is asked to agree to today."""
    versions = wordings()[purpose]
    return versions[max(versions)]


def agreed(purpose: str, version: int) -> Wording:
    """Return the words that she agreed to, or today's where that version is not kept."""
    return wordings()[purpose].get(version) or current(purpose)
