"""svy's part: the same shares and gaps; run by the Python of an environment that has svy.

PYTHON bench/estimation/with_svy.py FILE
"""

import sys
from importlib.metadata import version

import polars
import svy
from measuring import measure
from workload import BINARY, FOUR, REGIONS

BY = ("profile", "region")


def work() -> tuple[float, float]:
    """Estimate everything and return the first share."""
    design = svy.Design(stratum="stratum", psu="psu", wgt="w")
    sample = svy.Sample(data=polars.read_parquet(sys.argv[1]), design=design)
    means = sample.estimation.mean(y=BINARY, by=BY)
    shares = sample.estimation.prop(y=FOUR, by=BY)
    for estimate in (*means, *shares):
        codes = {key[2:] for key in estimate.keys()}  # noqa: SIM118 - a method of svy's, of no dictionary
        estimate.contrast(
            {f"{r} {code}": {(0, r, *code): 1, (1, r, *code): -1} for r in range(REGIONS) for code in codes}
        )
    first = means[0].to_polars().filter(profile=0, region=0)
    return first["est"][0], first["se"][0]


measure({"svy": work}, {name: version(name) for name in ("svy", "polars")})
