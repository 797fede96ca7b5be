"""The one base of everything that a person is told no about."""

from dataclasses import dataclass


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A clear no: what happened, where, and what to do; shown in one place, by the middleware or the command line.

    `code` is stable and names the refusal for machines; `status` is the HTTP status it is answered with.
    """

    code = "refused"
    status = 422

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.status = status or self.status


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where it is, what was found, what to do.

    `row` counts as a person counts in the file: the header is row 1. Empty strings and None mean "does not apply".
    """

    code: str
    message: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""


class Problems(Refusal):
    """Everything that is wrong in a file, all at once; nothing was stored."""

    code = "problems"

    def __init__(self, message: str, problems: list[Problem]) -> None:
        super().__init__(message)
        self.problems = problems
