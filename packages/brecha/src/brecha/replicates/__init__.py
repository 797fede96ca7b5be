"""Standard errors from replicates: the estimate made again with the weights of whole PSUs changed."""

from brecha.replicates.methods import Replicates, bootstrap, brr, jackknife

__all__ = ["Replicates", "bootstrap", "brr", "jackknife"]
