"""Two or more people side by side: lines of a table, with what differs marked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateformat import format as day_format
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from pallaq.places.rules import label
from pallaq.registry.models import Person, Sex
from pallaq.shared.fields import plain


@dataclass(frozen=True)
class Cell:
    """What one of them says; `differs` from the first that says something."""

    words: str
    differs: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the table: the field's name where the other's value can be taken over, its label, a cell for each."""

    field: str
    label: str
    cells: list[Cell]

    @property
    def differs(self) -> bool:
        """Say whether they do not all say the same."""
        return any(cell.differs for cell in self.cells)


def fields() -> list[tuple[str, str, Callable[[Any], str]]]:
    """Return what is compared: name, label, and how a value is printed."""
    sexes = {str(key): str(words) for key, words in Sex.choices}
    return [
        ("given_names", _("Given names"), str),
        ("paternal_surname", _("Paternal surname"), str),
        ("maternal_surname", _("Maternal surname"), str),
        ("birth_on", _("Date of birth"), day),
        ("sex", _("Sex"), lambda value: sexes.get(value, "")),
        ("place", _("District"), lambda value: label(value) or value),
        ("address", _("Address"), str),
        ("phone", _("Phone"), str),
        ("languages", _("Languages"), lambda value: ", ".join(sorted(value))),
    ]


def lines(sides: list[Mapping[str, Any]]) -> list[Line]:
    """Return the table of people as mappings of their fields; a line that nobody fills is left out."""
    found = []
    for name, heading, words in fields():
        printed = [words(side[name]) if side.get(name) else "" for side in sides]
        if any(printed):
            found.append(Line(name, heading, cells_of(printed)))
    return found


def cells_of(printed: list[str]) -> list[Cell]:
    """Return cells, marked where they differ from the first that says something; empty says nothing."""
    first = next((words for words in printed if words), "")
    return [Cell(words, bool(words) and plain(words) != plain(first)) for words in printed]


def documents_line(numbers: list[list[str]]) -> Line:
    """Return the line of documents of each, marked where they share none with the first that has any."""
    first = next((set(side) for side in numbers if side), set())
    return Line("", _("Documents"), [Cell("; ".join(side), bool(side) and first.isdisjoint(side)) for side in numbers])


def documents_of(person: Person) -> list[str]:
    """Return her documents as a table shows them."""
    return [f"{identifier.kind} {identifier.number}" for identifier in person.identifiers.all()]


def values_of(person: Person) -> dict[str, Any]:
    """Return a person's fields for a table."""
    return {name: getattr(person, name) for name, _label, _words in fields()}


def day(value: Any) -> str:
    """Return a day as the language writes it."""
    return day_format(value, get_format("SHORT_DATE_FORMAT"))
