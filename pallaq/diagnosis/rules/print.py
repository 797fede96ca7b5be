"""Against the print: each figure that the study printed, beside ours."""

from dataclasses import dataclass

from pallaq.report.rules.document import Contradiction, Document, Printed

OUTCOMES = ("reproduced", "different", "none")


@dataclass(frozen=True)
class Print:
    """The printed figures that a reader asked for, with the count of each outcome."""

    figures: tuple[Printed, ...]
    counts: dict[str, int]
    contradictions: tuple[tuple[Contradiction, tuple[Printed, ...]], ...]


def outcome_of(figure: Printed) -> str:
    """Return whether a printed figure was given back, came out different, or has nothing to compute it from."""
    if figure.reproduced is None:
        return "none"
    return "reproduced" if figure.reproduced else "different"


def make_print(document: Document, outcome: str = "") -> Print:
    """Return the printed figures with one outcome, or all of them."""
    outcomes = [outcome_of(figure) for figure in document.printed]
    figures = {figure.number: figure for figure in document.printed}
    return Print(
        tuple(figure for figure in document.printed if outcome in ("", outcome_of(figure))),
        {name: outcomes.count(name) for name in OUTCOMES},
        tuple(
            (said, tuple(figures[number] for number in said.figures if number in figures))
            for said in document.contradictions
        ),
    )
