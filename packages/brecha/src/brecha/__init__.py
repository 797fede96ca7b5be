"""Design-based estimates and gaps between groups of a survey, from two GROUP BYs."""

from brecha import disclosure, intervals, planning
from brecha.averages import MeanOfShares, mean_of
from brecha.calibration.weighting import calibrate, dispersion, poststratify, rake, trim, weights
from brecha.contrasts import Combination, change, combine, waves
from brecha.decomposition import Contribution, Decomposition, Mix, Standardised, decompose, standardise
from brecha.design import Design, SinglePsu, Stage
from brecha.errors import BrechaError
from brecha.estimating import estimate
from brecha.gaps import Comparison, Gap, adjust, gaps
from brecha.independence import Independence, independence
from brecha.items import Count, Mean, Ratio, Share, Total, options
from brecha.quantiles import Quantile, quantiles
from brecha.replicates import Replicates, bootstrap, brr, jackknife
from brecha.results import DesignSummary, Estimate, Result
from brecha.source import read

__all__ = [
    "BrechaError",
    "Combination",
    "Comparison",
    "Contribution",
    "Count",
    "Decomposition",
    "Design",
    "DesignSummary",
    "Estimate",
    "Gap",
    "Independence",
    "Mean",
    "MeanOfShares",
    "Mix",
    "Quantile",
    "Ratio",
    "Replicates",
    "Result",
    "Share",
    "SinglePsu",
    "Stage",
    "Standardised",
    "Total",
    "adjust",
    "bootstrap",
    "brr",
    "calibrate",
    "change",
    "combine",
    "decompose",
    "disclosure",
    "dispersion",
    "estimate",
    "gaps",
    "independence",
    "intervals",
    "jackknife",
    "mean_of",
    "options",
    "planning",
    "poststratify",
    "quantiles",
    "rake",
    "read",
    "standardise",
    "trim",
    "waves",
    "weights",
]
