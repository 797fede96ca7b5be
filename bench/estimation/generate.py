"""Write a sample for the workload into one Parquet file, in row groups of a million rows.

    .venv/bin/python bench/estimation/generate.py ROWS nested|crossed FILE

In `nested` a region is made of strata, as in most surveys: 12,000 combinations of PSU and domain. In `crossed`
regions have nothing to do with strata: 288,000. Values are hashes of the row's number: a size is always the same file.
"""

import sys
from pathlib import Path

import duckdb
from workload import BINARY, FOUR, PROFILES, PSUS, REGIONS, STRATA

GROUP = 1_000_000  # rows; DuckDB holds a few groups at a time, whatever the size of the file


def generate(rows: int, layout: str, path: Path) -> None:
    """Write the file, one row group after another."""
    region = f"stratum * {REGIONS} // {STRATA}" if layout == "nested" else f"hash(i * 7 + 3) % {REGIONS}"
    binary = (f"(hash(i * 31 + {j + 100}) % 100 < {10 + 2 * j})::TINYINT AS {name}" for j, name in enumerate(BINARY))
    four = (f"(hash(i * 37 + {j + 1000}) % 4)::TINYINT AS {name}" for j, name in enumerate(FOUR))
    duckdb.connect().sql(f"""COPY (
        SELECT stratum, psu, 1 + (hash(i * 11 + 7) % 100000) / 1000 AS w,
            (hash(i * 5 + 2) % {PROFILES})::TINYINT AS profile, ({region})::TINYINT AS region,
            {", ".join((*binary, *four))}
        FROM (SELECT i, (hash(i * 3 + 1) % {STRATA * PSUS})::SMALLINT AS psu, (psu // {PSUS})::SMALLINT AS stratum
              FROM range({rows}) t(i))
        ) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {GROUP})""")


if __name__ == "__main__":
    generate(int(float(sys.argv[1])), sys.argv[2], Path(sys.argv[3]))
