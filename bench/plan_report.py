"""Time of what goes out of a plan of 200 entities and 5,000 indicators: progress and plan on paper, IATI, public page.

    .venv/bin/python bench/plan_report.py [VALUES] [--keep FOLDER]

The plan and its VALUES (1e6) are those of `bench/plan.py`, which fills them; `--keep` leaves them in a folder, or asks
those that lie there, its own or those of `bench/plan.py --keep`. Each file is asked for through Django's test client:
one run warms up, the median of the others is printed with its size, as a Markdown table.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import plan

RUNS = 3
SLOW = 15  # seconds; what takes longer is asked for twice
YEAR = plan.YEAR
FILES = {
    "progress of a year, PDF": f"/plans/bench/progress.pdf?period={YEAR}",
    "progress of a year, DOCX": f"/plans/bench/progress.docx?period={YEAR}",
    "progress of a quarter, PDF": f"/plans/bench/progress.pdf?period={YEAR}-Q2",
    "the plan, PDF": "/plans/bench/plan.pdf",
    "the plan, DOCX": "/plans/bench/plan.docx",
    "IATI": "/plans/bench/iati.xml",
    "public page": f"/p/bench/?period={YEAR}",
}


def measure() -> None:
    """Print the table."""
    from django.test import Client

    from pallaq.plan.models import Plan

    administrator = plan.people()["administrator"]
    Plan.objects.update(public=True)
    print("| file | s | kB |\n|---|---|---|")
    for name, address in FILES.items():
        times = []
        while len(times) < 1 + RUNS and (len(times) < 2 or times[0] < SLOW):
            client = Client(headers={"accept-language": "en"})
            client.force_login(administrator)
            start = time.perf_counter()
            answer = client.get(address)
            times.append(time.perf_counter() - start)
            assert answer.status_code == 200, answer
        print(f"| {name} | {statistics.median(times[1:]):.2f} | {len(answer.content) / 1000:,.0f} |", flush=True)


def main() -> None:
    """Fill unless the folder holds data, measure, and leave nothing behind unless told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("values", nargs="?", type=float, default=1e6)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="pallaq-bench-", dir="/tmp"))
    known = (folder / "filled").exists()
    folder.mkdir(exist_ok=True)
    stop = plan.start_server(folder)
    try:
        if not known:
            plan.fill(int(asked.values))
            (folder / "filled").touch()
        load = f"load {os.getloadavg()[0]:.1f}"
        print(f"{os.cpu_count()} cores, {load}, Python {sys.version.split()[0]}; medians of {RUNS}\n")
        measure()
    finally:
        stop()
        if not asked.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
