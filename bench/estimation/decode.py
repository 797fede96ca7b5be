"""The floor of any engine: decode the columns of the file with Arrow, batch by batch, and keep nothing.

.venv/bin/python bench/estimation/decode.py FILE
"""

import sys

import pyarrow
import pyarrow.parquet
from measuring import measure
from workload import COLUMNS


def decode() -> None:
    """Read every batch and drop it."""
    for _ in pyarrow.parquet.ParquetFile(sys.argv[1]).iter_batches(columns=list(COLUMNS), batch_size=131_072):
        pass


measure({"decode with Arrow": decode}, {"pyarrow": pyarrow.__version__})
