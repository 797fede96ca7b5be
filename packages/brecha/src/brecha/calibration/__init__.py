"""Weights that give known population totals back, and the errors of estimates made with them."""

from brecha.calibration.fitting import Calibration, Fit

__all__ = ["Calibration", "Fit"]
