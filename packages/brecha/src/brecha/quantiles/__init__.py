"""Weighted quantiles, exact, with Woodruff's intervals, from GROUP BYs only."""

from brecha.quantiles.estimating import Quantile, quantiles

__all__ = ["Quantile", "quantiles"]
