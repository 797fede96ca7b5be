"""Hiding the cells that tell on somebody, and the fewest others, so that no published margin gives them back.

A rule finds the cells that tell (`few`, `few_of_share`, `dominance`, `p_percent`) and says how uncertain
a reader must stay; `strictest` joins rules. `margins` and `relations` say what is published and how it
adds up, `protect` chooses what else to hide, `audit` says what a reader can still work out.
"""

from brecha.disclosure.bounds import Interval, audit
from brecha.disclosure.contributors import Contributors, contributors
from brecha.disclosure.pattern import Reason, protect
from brecha.disclosure.rules import Levels, dominance, few, few_of_share, p_percent, strictest
from brecha.disclosure.tables import Relation, margins, relations

__all__ = [
    "Contributors",
    "Interval",
    "Levels",
    "Reason",
    "Relation",
    "audit",
    "contributors",
    "dominance",
    "few",
    "few_of_share",
    "margins",
    "p_percent",
    "protect",
    "relations",
    "strictest",
]
