"""The chain of a plan: level, objective, result, action, activity; what may hang under what."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Literal, get_args

from django.utils.translation import gettext_lazy as lazy

Kind = Literal["level", "objective", "result", "action", "activity"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_WORDS = {
    "level": lazy("level"),
    "objective": lazy("objective"),
    "result": lazy("result"),
    "action": lazy("action"),
    "activity": lazy("activity"),
    "indicator": lazy("indicator"),
}
ABOVE: dict[str, str] = {lower: upper for upper, lower in pairwise(KINDS)}
MEASURED = ("objective", "result", "action")  # what an indicator may stand beside


def parent_fault(kind: str, parent_kind: str | None) -> str:
    """Return the kind that a node of `kind` must hang under if it does not, else "".

    >>> parent_fault("action", "result"), parent_fault("action", "objective"), parent_fault("level", None)
    ('', 'result', '')
    """
    wanted = ABOVE.get(kind)
    return "" if parent_kind == wanted else wanted or "nothing"


def circles(parents: Mapping[str, str | None]) -> list[str]:
    """Return the codes that are their own ancestors, given each code's parent.

    >>> circles({"a": "b", "b": "a", "c": None})
    ['a', 'b']
    """

    def ancestors(code: str) -> Iterable[str]:
        seen: set[str] = set()
        parent = parents.get(code)
        while parent is not None and parent not in seen:
            yield parent
            seen.add(parent)
            parent = parents.get(parent)

    return [code for code in parents if code in ancestors(code)]
