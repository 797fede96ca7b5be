"""What is found wrong in a study's files, gathered while reading goes on."""

from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.utils.translation import gettext as _

from pallaq.shared.errors import Problem


@dataclass
class Findings:
    """The problems of one file; every file of a study adds to the same list."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, message: str, line: int | None = None, *, column: str = "", value: str = "") -> None:
        """Note one problem: what, where, what to do."""
        self.problems.append(Problem(code, message, self.file, line, column, value))

    def unknown(self, name: str, value: str, allowed: Collection[str], line: int | None, column: str = "") -> None:
        """Note a value that was declared nowhere, with the nearest one or all that there are."""
        words = {"name": name, "value": value, "hint": hint(value, allowed)}
        self.add(
            "unknown-value",
            _('"%(name)s" says "%(value)s", which is not declared. %(hint)s') % words,
            line,
            column=column,
            value=value,
        )

    def of(self, file: str) -> "Findings":
        """Return findings of another file that go to the same list."""
        return Findings(file, self.problems)


def hint(value: str, allowed: Collection[str]) -> str:
    """Return what to write instead: the nearest allowed value, or all of them."""
    names = [name for name in allowed if name]
    near = get_close_matches(value, names, 1)
    if near:
        return _('Did you mean "%(near)s"?') % {"near": near[0]}
    if names:
        return _("Write one of: %(names)s.") % {"names": ", ".join(names)}
    return _("Declare it first, or remove it.")
