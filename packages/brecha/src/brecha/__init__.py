"""Design-based estimates and gaps between groups of a survey, from two GROUP BYs."""

from brecha import disclosure, intervals, planning
from brecha.averages import MeanOfShares, mean_of
from brecha.calibration.weighting import calibrate, dispersion, poststratify, rake, trim, weights
from brecha.contrasts import Combination, change, combine, waves
from brecha.design import Design, SinglePsu, Stage
from brecha.errors import BrechaError
from brecha.estimating import estimate
from brecha.gaps import Comparison, Gap, adjust, gaps
from brecha.items import Count, Mean, Ratio, Share, Total, options
from brecha.results import DesignSummary, Estimate, Result
from brecha.source import read

__all__ = [
    "BrechaError",
    "Combination",
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
    "calibrate",
    "change",
    "combine",
    "disclosure",
    "dispersion",
    "estimate",
    "gaps",
    "intervals",
    "mean_of",
    "options",
    "planning",
    "poststratify",
    "rake",
    "read",
    "trim",
    "waves",
    "weights",
]
