"""How much of a gap the mix of the groups explains: standardised gaps and the decomposition of Blinder and Oaxaca."""

from brecha.decomposition.oaxaca import Contribution, Decomposition, decompose
from brecha.decomposition.patterns import Part
from brecha.decomposition.standardising import Mix, MixCell, Standardised, standardise

__all__ = [
    "Contribution",
    "Decomposition",
    "Mix",
    "MixCell",
    "Part",
    "Standardised",
    "decompose",
    "standardise",
]
