"""Verbs of the room: plans and versions, nodes, indicators, seats."""
