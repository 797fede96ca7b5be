"""From a checked dataset to a diagnosis, through brecha and its disclosure control.

The way: `shares` names what is estimated, brecha estimates it with one GROUP BY, `hiding` decides what may be
shown, `estimates`, `gaps` and `printed` turn brecha's values into the document's.
"""

from pallaq.diagnosis.statistics.diagnosing import diagnose

__all__ = ["diagnose"]
