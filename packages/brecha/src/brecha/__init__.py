"""Design-based estimates and gaps between groups of a survey, from one GROUP BY."""

from brecha import disclosure, intervals
from brecha.averages import MeanOfShares, mean_of
from brecha.design import Design, SinglePsu
from brecha.errors import BrechaError
from brecha.gaps import Comparison, Gap, adjust, gaps
from brecha.proportions import proportions
from brecha.results import DesignSummary, Estimate, Result
from brecha.shares import Share
from brecha.source import read

__all__ = [
    "BrechaError",
    "Comparison",
    "Design",
    "DesignSummary",
    "Estimate",
    "Gap",
    "MeanOfShares",
    "Result",
    "Share",
    "SinglePsu",
    "adjust",
    "disclosure",
    "gaps",
    "intervals",
    "mean_of",
    "proportions",
    "read",
]
