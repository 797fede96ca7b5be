"""Tables of the room: plans and their versions, the chain, its indicators, and who may do what."""

from pallaq.plan.models.chain import Node, NodePlace, Part, PartRole
from pallaq.plan.models.indicators import Baseline, Frequency, Indicator, Target
from pallaq.plan.models.plans import Item, Plan, Role, Seat, Version, VersionState

__all__ = [
    "Baseline",
    "Frequency",
    "Indicator",
    "Item",
    "Node",
    "NodePlace",
    "Part",
    "PartRole",
    "Plan",
    "Role",
    "Seat",
    "Target",
    "Version",
    "VersionState",
]
