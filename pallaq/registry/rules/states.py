"""Which state of a registration may follow which, where a scheme says nothing else."""

from collections.abc import Mapping, Sequence

DEFAULT: dict[str, list[str]] = {
    "": ["applied", "registered"],
    "applied": ["registered", "ended"],  # ended: refused, or taken back
    "registered": ["suspended", "excluded", "ended"],
    "suspended": ["registered", "excluded", "ended"],
    "excluded": [],
    "ended": [],
}
NEED_A_REASON = frozenset({"suspended", "excluded", "ended"})


def allowed(before: str, transitions: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the states that may follow; `transitions` are the scheme's own."""
    return list((transitions or DEFAULT).get(before, []))
