"""The table of a bench of estimation, its aims, and the machine it ran on."""

import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Measured = dict[str, Any]
Rounds = dict[str, list[Measured]]
HEAD = "| rows | work | seconds | least to most | / decode | CPU s | MB | start s |\n|---|---|---|---|---|---|---|---|"


def median(ones: Sequence[Measured], what: str) -> float:
    """Return the median of a measure."""
    return float(statistics.median(one[what] for one in ones))


def show(title: str, found: Rounds) -> None:
    """Print a row of the table for each work."""
    for name, ones in found.items():
        seconds, ratio, cpu, memory, start = (
            median(ones, what) for what in ("seconds", "ratio", "cpu", "megabytes", "start")
        )
        least, most = min(one["seconds"] for one in ones), max(one["seconds"] for one in ones)
        spread = f"{least:.2f} to {most:.2f}"
        print(f"| {title} | {name} | {seconds:.2f} | {spread} | {ratio:.1f} | {cpu:.1f} | {memory:.0f} | {start:.1f} |")
    sys.stdout.flush()


def show_versions(results: Mapping[tuple[float, str], Rounds]) -> None:
    """Print what ran, in which version."""
    rounds = [ones[0] for found in results.values() for ones in found.values()]
    versions = {name: version for one in rounds for name, version in one["versions"].items()}
    print("\n" + ", ".join(f"{name} {version}" for name, version in versions.items()) + "\n")


def show_aims(results: Mapping[tuple[float, str], Rounds]) -> None:
    """Print what was aimed at beside what was found, for brecha on either engine."""
    for name in ("brecha", "brecha on Spark", "the same, again"):
        at = {rows: found[name] for (rows, layout), found in results.items() if layout == "nested" and name in found}
        if 1e7 in at:
            ratio, memory = median(at[1e7], "ratio"), median(at[1e7], "megabytes")
            print(f"- {name}, 1e7 rows: {ratio:.1f} times the decode (aim: 4), {memory:.0f} MB (aim: under 400).")
        if {1e7, 1e8} <= at.keys():
            times, memory = median(at[1e8], "seconds") / median(at[1e7], "seconds"), median(at[1e8], "megabytes")
            print(
                f"- {name}, 1e8 rows: {times:.1f} times the seconds of 1e7 (aim: 10), {memory:.0f} MB (aim: the same)."
            )


def machine() -> str:
    """Return the processor, memory, system and Python."""
    information = [line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines()]
    model = next((value.strip() for key, _, value in information if key.strip() == "model name"), "unknown processor")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    name = system["PRETTY_NAME"].strip('"')
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, {name}, Python {sys.version.split()[0]}"
