"""brecha's part: every share and gap, on DuckDB or on Spark with two threads, there twice in one session.

.venv/bin/python bench/estimation/with_brecha.py FILE [spark | profile]
"""

import cProfile
import pstats
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ibis
import pandas  # noqa: F401 - ibis imports it at its first answer; imports are not timed as work
from measuring import measure
from workload import INDICATORS, REGIONS

import brecha

FILE = Path(sys.argv[1])
DESIGN = brecha.Design(kind="probability", strata=("stratum",), psu="psu", weight="w")
SHARES = [brecha.Share(name=f"{item}.{code}", variable=item, counted=(code,)) for item, code in INDICATORS]
COMPARISONS = [brecha.Comparison("profile", "0", "1", within={"region": str(region)}) for region in range(REGIONS)]


def work(engine: Any = None) -> tuple[float, float | None]:
    """Estimate everything and return the first share, by which engines are compared."""
    result = brecha.estimate(brecha.read(FILE, engine=engine), DESIGN, SHARES, by=[("profile", "region")])
    assert len(brecha.gaps(result, COMPARISONS)) == len(SHARES) * REGIONS
    first = result.get("b0.1", {"profile": "0", "region": "0"})
    return first.estimate, first.se


def on_spark() -> None:
    """Start a session on loopback, all of whose files are beside the sample, and measure a first and a second work."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    settings: dict[str, Any] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(FILE.parent),
        "spark.sql.warehouse.dir": str(FILE.parent / "warehouse"),
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    engine = ibis.pyspark.connect(session)
    works = {name: lambda: work(engine) for name in ("brecha on Spark", "the same, again")}
    java: Any = SparkContext._gateway
    measure(works, {"pyspark": version("pyspark")}, ("self", str(java.proc.pid)))
    session.stop()


match sys.argv[2:]:
    case ["spark"]:
        on_spark()
    case ["profile"]:
        profile = cProfile.Profile()
        profile.runcall(work)
        pstats.Stats(profile).sort_stats("tottime").print_stats(12).sort_stats("cumtime").print_stats(25)
    case _:
        measure({"brecha": work}, {name: version(name) for name in ("brecha", "ibis-framework", "duckdb", "numpy")})
