"""What a worker says of itself: a line of JSON for each work it measured, read by run.py."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def fields(process: str) -> list[str]:
    """Return the fields of /proc/PROCESS/stat from the third on: the second, a name, may have spaces."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def cpu(processes: Sequence[str]) -> float:
    """Return the seconds of user and system time that the processes took."""
    return sum(int(fields(one)[11]) + int(fields(one)[12]) for one in processes) / TICKS


def peak(processes: Sequence[str]) -> float:
    """Return the most memory that the processes held, added up, in MB."""
    status = [line.split() for one in processes for line in Path(f"/proc/{one}/status").read_text().splitlines()]
    return sum(int(line[1]) for line in status if line[0] == "VmHWM:") * 1024 / 1e6


def measure(
    works: Mapping[str, Callable[[], object]], versions: Mapping[str, str], processes: Sequence[str] = ("self",)
) -> None:
    """Do the works in turn and print of each its seconds, CPU, memory and answer.

    `start` are the seconds from the start of the process to the first work: interpreter, imports, sessions.
    `processes` are those that do the work. Memory is the peak until then, of all that the process did.
    """
    start = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields("self")[19]) / TICKS
    for name, work in works.items():
        spent, before = cpu(processes), time.perf_counter()
        answer = work()
        seconds = time.perf_counter() - before
        spent = cpu(processes) - spent
        measured = {"start": start, "seconds": seconds, "cpu": spent, "megabytes": peak(processes)}
        print(json.dumps({"name": name, **measured, "answer": answer, "versions": versions}), flush=True)
