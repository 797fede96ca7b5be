"""The floor of aggregation: the two GROUP BYs that the estimates need, in plain SQL of DuckDB, and nothing after them.

.venv/bin/python bench/estimation/group_by.py FILE
"""

import sys

import duckdb
from measuring import measure
from workload import INDICATORS, ITEMS


def group() -> None:
    """Count by domain, then sum weights by PSU and domain."""
    blank = " OR ".join(f"{item} IS NULL" for item in ITEMS)
    counts = ", ".join(f"count_if({item} = {code})" for item, code in INDICATORS)
    sums = ", ".join(f"sum(w * ({item} = {code})::TINYINT)" for item, code in INDICATORS)
    connection = duckdb.connect()
    for keys, sought in (
        ("profile, region", f"count_if(w IS NULL OR NOT isfinite(w) OR w <= 0), count_if({blank}), {counts}"),
        ("stratum, psu, profile, region", f"sum(w), sum(w * w), {sums}"),
    ):
        connection.sql(f"SELECT {keys}, count(*), {sought} FROM '{sys.argv[1]}' GROUP BY {keys}").to_arrow_table()


measure({"GROUP BY in DuckDB": group}, {"duckdb": duckdb.__version__})
