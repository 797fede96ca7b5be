"""Which cells are too small to show, and which others would give them away."""

from collections.abc import Mapping

import brecha
from pallaq.report.rules.document import Hidden
from pallaq.study.rules.definition import Study, Variable

Cell = frozenset[tuple[str, str]]  # a domain, as a key


def cell(domain: Mapping[str, str]) -> Cell:
    """Return a domain as a key."""
    return frozenset(domain.items())


def relations(study: Study, counts: Mapping[Cell, int]) -> list[tuple[Cell, list[Cell]]]:
    """Return which published counts add up to which: every table of profile by another variable, with margins."""
    found: list[tuple[Cell, list[Cell]]] = []
    for other in study.variables()[1:]:
        found += sums(study.profile, other) + sums(other, study.profile)
    unique = {(total, frozenset(parts)): (total, parts) for total, parts in found}
    return [
        (total, [part for part in parts if counts.get(part, 0)])
        for total, parts in unique.values()
        if counts.get(total, 0)
    ]


def sums(rows: Variable, columns: Variable) -> list[tuple[Cell, list[Cell]]]:
    """Return that each row is the sum of its cells, and everybody the sum of the rows."""
    inside = [
        (cell({rows.code: row}), [cell({rows.code: row, columns.code: column}) for column in columns.codes()])
        for row in rows.codes()
    ]
    return [*inside, (cell({}), [cell({rows.code: row}) for row in rows.codes()])]


class Hiding:
    """Decides once for each distinct set of bases: most indicators of a study share one."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.known: dict[frozenset[tuple[Cell, int]], dict[Cell, Hidden]] = {}

    def of(self, counts: Mapping[Cell, int]) -> dict[Cell, Hidden]:
        """Return the cells to hide, given every base that would be published."""
        key = frozenset(counts.items())
        if key not in self.known:
            known = relations(self.study, counts)
            self.known[key] = {**brecha.disclosure.protect(counts, known, minimum=self.study.disclosure.minimum)}
        return self.known[key]
