"""Time of `pallaq diagnose` on the reconstructed study, against its parts and against a floor for each.

    .venv/bin/python bench/first_walk.py [RUNS]

Every run is a process of its own, the parts interleaved with their floors; medians are printed as a Markdown table.
A floor is the least that the part's own tools can take: importing Django, decoding the file, one GROUP BY, one chart,
one page of PDF.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDY = ROOT / "studies" / "women-and-men-of-gold"
COMMON = f"""
import os, sys, time
from pathlib import Path
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pallaq.settings")
study, data, out = Path({str(STUDY)!r}), Path(sys.argv[1]), Path(sys.argv[2])
def said(start): print(time.perf_counter() - start)
"""
LOADED = (
    COMMON
    + """
import django; django.setup()
from pallaq.diagnosis.reading import *
from pallaq.report import charts, files
from pallaq.shared.tabular import read_table
from django.utils import translation
translation.activate("en")
"""
)
ESTIMATED = LOADED + "document = diagnose_file(study, data)\n"
PARTS = {
    "start": (
        COMMON + "start = time.perf_counter(); import django; django.setup()\n"
        "import pallaq.diagnosis.reading, pallaq.report.files; said(start)",
        "import Django alone",
        COMMON + "start = time.perf_counter(); import django, django.db.models, django.template; said(start)",
    ),
    "read and check": (
        LOADED + "start = time.perf_counter(); check_dataset(load_study(study), read_table(data)); said(start)",
        "decode the CSV with Arrow",
        COMMON + "import pyarrow.csv; start = time.perf_counter(); pyarrow.csv.read_csv(data); said(start)",
    ),
    "estimate": (
        LOADED + "s = load_study(study); d = check_dataset(s, read_table(data)); info = DataInfo('', '', d.rows)\n"
        "start = time.perf_counter(); diagnose_dataset(s, d, info, ''); said(start)",
        "one GROUP BY of 3 columns in DuckDB",
        COMMON + "import duckdb; start = time.perf_counter()\n"
        "duckdb.sql(f\"SELECT region, profile, enough_ppe, count() FROM read_csv('{data}') GROUP BY ALL\").fetchall()\n"
        "said(start)",
    ),
    "draw": (
        ESTIMATED + "start = time.perf_counter(); charts.draw_charts(document, lambda done, total: None); said(start)",
        "one chart with vl-convert",
        COMMON + "import vl_convert; start = time.perf_counter()\n"
        "vl_convert.vegalite_to_svg({'data': {'values': [{'x': 1}]}, 'mark': 'point',"
        " 'encoding': {'x': {'field': 'x', 'type': 'quantitative'}}}); said(start)",
    ),
    "write everything (with drawing)": (
        ESTIMATED + "start = time.perf_counter(); files.write_files(document, out, 'en', 'bench'); said(start)",
        "one page of PDF with Typst",
        COMMON + "import typst; start = time.perf_counter(); typst.compile(b'one page'); said(start)",
    ),
}


def seconds(script: str, data: Path) -> float:
    """Run a script in a process of its own and return the seconds it prints."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            [sys.executable, "-c", script, str(data), out], cwd=ROOT, check=True, capture_output=True, text=True
        )
    return float(done.stdout.split()[-1])


def whole(data: Path) -> float:
    """Return the seconds of the whole command, from outside."""
    with tempfile.TemporaryDirectory() as out:
        command = [Path(sys.executable).parent / "pallaq", "diagnose", STUDY, data, "--out", Path(out) / "report"]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return time.perf_counter() - start


def main(runs: int) -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        pallaq = Path(sys.executable).parent / "pallaq"
        subprocess.run([pallaq, "study", "reconstruct", STUDY, "--out", folder], check=True, capture_output=True)
        data = Path(folder) / "responses.csv"
        total = statistics.median(whole(data) for _ in range(runs))
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, median of {runs}\n")
        print("| part | seconds | of the whole | floor | seconds | part / floor |\n|---|---|---|---|---|---|")
        for name, (script, floor_name, floor_script) in PARTS.items():
            pairs = [(seconds(script, data), seconds(floor_script, data)) for _ in range(runs)]
            part, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(one / other for one, other in pairs)
            print(f"| {name} | {part:.2f} | {part / total:.0%} | {floor_name} | {floor:.3f} | {ratio:.0f} |")
        print(f"| **`pallaq diagnose`, whole** | **{total:.2f}** | 100% | | | |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
