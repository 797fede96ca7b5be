"""Design-based estimates and gaps between groups of a survey, from two GROUP BYs."""

from brecha import disclosure, intervals
from brecha.averages import MeanOfShares, mean_of
from brecha.design import Design, SinglePsu, Stage
from brecha.errors import BrechaError
from brecha.estimating import estimate
from brecha.gaps import Comparison, Gap, adjust, gaps
from brecha.items import Count, Mean, Ratio, Share, Total, options
from brecha.results import DesignSummary, Estimate, Result
from brecha.source import read

__all__ = [
    "BrechaError",
    "Comparison",
    "Count",
    "Design",
    "DesignSummary",
    "Estimate",
    "Gap",
    "Mean",
    "MeanOfShares",
    "Ratio",
    "Result",
    "Share",
    "SinglePsu",
    "Stage",
    "Total",
    "adjust",
    "disclosure",
    "estimate",
    "gaps",
    "intervals",
    "mean_of",
    "options",
    "read",
]
