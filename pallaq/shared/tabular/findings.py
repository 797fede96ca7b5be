"""Collects everything that is wrong in a file, so that a person is told once and not one by one."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.shared.errors import Problem, Problems

SHOWN = 20  # of one kind in one column; the rest is counted
LONGEST = 40  # characters of a value that are shown

Found = tuple[int, str]  # row, value
Say = Callable[[int, str], str]  # the message for a row and a value


def quoted(value: str) -> str:
    """Return a value as messages show it: in quotes, on one line, at most 40 characters."""
    cut = value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
    return _('"%(value)s"') % {"value": "".join(c if c.isprintable() else "�" for c in cut)}


def saying(text: str, column: str, **more: str) -> Say:
    """Return the message maker of a text that names row, column and value, and may name more."""
    return lambda row, value: text % {"row": row, "column": quoted(column), "value": quoted(value), **more}


class Findings:
    """The problems of one file, in the order they were found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, code: str, message: str, *, row: int | None = None, column: str = "", value: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(code, message, self.file, row, column, value))

    def add_rows(self, code: str, column: str, found: Iterable[Found], say: Say) -> None:
        """Note the same problem in many rows: at most 20 are said, every different value before a repeated one."""
        found = list(found)
        shown = sorted(chosen(found))
        for row, value in shown:
            self.add(code, say(row, value), row=row, column=column, value=value)
        rest = len(found) - len(shown)
        if rest:
            text = ngettext("and %(count)d more row like this", "and %(count)d more rows like this", rest)
            self.add(code, text % {"count": rest}, column=column)

    def stop(self) -> None:
        """Refuse the file if anything is wrong in it."""
        if not self.problems:
            return
        count = len(self.problems)
        text = ngettext(
            "%(file)s has %(count)d problem; nothing was stored.",
            "%(file)s has %(count)d problems; nothing was stored.",
            count,
        )
        raise Problems(text % {"file": self.file, "count": count}, self.problems)


def chosen(found: list[Found]) -> list[Found]:
    """Return the finds to show: the first of each value, then the rest."""
    first = {value: (row, value) for row, value in reversed(found)}
    leading = set(first.values())
    return [*sorted(leading), *(one for one in found if one not in leading)][:SHOWN]


def unreadable(file: str, code: str, message: str, *, row: int | None = None) -> Problems:
    """Return the refusal of a file that cannot be read at all."""
    summary = _("%(file)s cannot be read; nothing was stored.") % {"file": file}
    return Problems(summary, [Problem(code, message, file, row)])
