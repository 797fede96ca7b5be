"""Which figures rest on too few rows to be shown, and which others would give them away."""

from collections.abc import Mapping, Sequence
from itertools import permutations

from brecha import disclosure
from brecha.results import DomainKey, Result, domain_key

Figure = tuple[str, DomainKey]
# A domain, or, with the columns it is parted by, those of its rows that are in none of the parts.
Cell = tuple[DomainKey, tuple[str, ...]]
Relation = tuple[Cell, list[Cell]]


def hidden(result: Result, minimum: int) -> set[Figure]:
    """Return the names and domains to hide, so that no base of fewer rows than `minimum` shows or can be worked out.

    Rows with a blank level are in no domain; how many they are is taken as known to everybody.

    >>> import brecha
    >>> answers = {"who": ["women"] * 3 + ["men"] * 20, "ppe": ["yes"] * 23}
    >>> result = brecha.estimate(answers, brecha.Design(kind="quota"),
    ...     [brecha.Share(name="ppe.yes", variable="ppe", counted=("yes",))], by=[(), ("who",)])
    >>> sorted(domain for _, domain in hidden(result, 10))
    [(('who', 'men'),), (('who', 'women'),)]
    """
    decided: dict[tuple[tuple[Cell, int], ...], list[DomainKey]] = {}
    found: set[Figure] = set()
    for name in result.names:
        bases = {domain_key(one.domain): one.n for one in result if one.name == name}
        counts, relations = _parted(bases, result.by)
        known = [cell for cell in counts if cell[1]]
        pattern = tuple(counts.items())
        # Most items of a survey have the same bases, and what to hide takes a while to find.
        if pattern not in decided:
            kept = disclosure.protect(counts, relations, minimum=minimum, known=known)
            decided[pattern] = [domain for domain, _ in kept]
        found |= {(name, domain) for domain in decided[pattern]}
    return found


def _parted(bases: Mapping[DomainKey, int], by: Sequence[tuple[str, ...]]) -> tuple[dict[Cell, int], list[Relation]]:
    """Return the rows of each domain and of what is outside its parts, and how they add up."""
    counts: dict[Cell, int] = {(domain, ()): n for domain, n in bases.items()}
    relations: list[Relation] = []
    for above, below in permutations(by, 2):
        if not set(above) < set(below):
            continue
        for total in _domains(bases, above):
            parts: list[Cell] = [(one, ()) for one in _domains(bases, below) if set(total) <= set(one)]
            rest = bases[total] - sum(counts[part] for part in parts)
            if rest:
                counts[total, below] = rest
                parts.append((total, below))
            relations.append(((total, ()), parts))
    return counts, relations


def _domains(bases: Mapping[DomainKey, int], columns: Sequence[str]) -> list[DomainKey]:
    return [domain for domain in bases if {column for column, _ in domain} == set(columns)]
