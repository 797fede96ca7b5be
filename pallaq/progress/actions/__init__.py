"""Verbs of the room: each writes one thing, with its audit."""
