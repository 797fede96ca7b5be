"""Time, memory and agreement of brecha on samples of many rows, against a streamed decode, other packages and Spark.

    .venv/bin/python bench/estimation/run.py              1e5, 1e6 and 1e7 rows, five runs, every engine that is there
    .venv/bin/python bench/estimation/run.py 1e7 1e8 --runs 3 --engines decode group_by brecha

Every run is a process of its own, the engines interleaved; a ratio is to the decode of the same round. Medians are
printed as a Markdown table. Samples are written to a temporary folder and deleted. An engine that is not there is
skipped, saying so; engines that answer differently by more than 1e-9 stop the bench.
"""

import argparse
import importlib.util
import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from generate import generate
from showing import HEAD, Measured, Rounds, machine, show, show_aims, show_versions

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DECODE = "decode with Arrow"
TOLERANCE = 1e-9

Command = list[str | Path]


class MissingError(Exception):
    """An engine that is not on this machine."""


@dataclass(frozen=True)
class Engine:
    """A worker's command on a sample, and the most rows it is asked to take."""

    command: Callable[[Path], Command]
    most: float


def ours(script: str, *words: str, most: float = math.inf) -> Engine:
    """Return a worker that runs in this environment."""
    return Engine(lambda sample: [sys.executable, HERE / script, sample, *words], most)


def spark(folder: Path) -> Engine:
    """Return brecha on Spark."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        raise MissingError("it needs PySpark and Java 17 (make peers)")
    return ours("with_brecha.py", "spark", most=1e7)


def svy(folder: Path) -> Engine:
    """Give svy an environment of its own: its polars and pyarrow are not ours to choose."""
    uv, python = Path(sys.executable).parent / "uv", folder / "svy" / "bin" / "python"
    try:
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder / "svy"], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "svy==0.35.*"], check=True)
    except (OSError, subprocess.CalledProcessError) as failed:
        raise MissingError(f"it could not be installed ({failed})") from failed
    return Engine(lambda sample: [python, HERE / "with_svy.py", sample], most=1e6)


def r_survey(folder: Path) -> Engine:
    """Return R's survey package, with one item."""
    if (
        shutil.which("Rscript") is None
        or subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True).returncode
    ):
        raise MissingError("it needs Rscript and its package survey (Debian: r-cran-survey)")
    return Engine(lambda sample: ["Rscript", HERE / "with_r.R", as_csv(sample)], most=1e5)


def as_csv(sample: Path) -> Path:
    """Return the columns of R's item as CSV, written once."""
    path = sample.with_suffix(".csv")
    if not path.exists():
        duckdb.sql(f"COPY (SELECT stratum, psu, w, profile, region, b0 FROM '{sample}') TO '{path}'")
    return path


ENGINES: dict[str, Callable[[Path], Engine]] = {
    "decode": lambda folder: ours("decode.py"),
    "group_by": lambda folder: ours("group_by.py"),
    "brecha": lambda folder: ours("with_brecha.py"),
    "spark": spark,
    "svy": svy,
    "r": r_survey,
}


def present(wanted: list[str], folder: Path) -> list[Engine]:
    """Return the engines that are wanted and on this machine, saying which are not."""
    found = []
    for name in (one for one in ENGINES if one in wanted):
        try:
            found.append(ENGINES[name](folder))
        except MissingError as missing:
            print(f"{name} is skipped: {missing}", file=sys.stderr)
    return found


def measured(command: Command) -> Iterator[Measured]:
    """Run a worker and return what it printed; one that fails is named."""
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.splitlines() or ["it said nothing"])[-1]
        print(f"{Path(command[1]).name} failed ({done.returncode}): {last}", file=sys.stderr)
    return (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))


def rounds(sample: Path, runs: int, engines: list[Engine]) -> Rounds:
    """Run the engines in turn, `runs` times, and return what each work measured."""
    found: Rounds = defaultdict(list)
    for _ in range(runs):
        decode = math.nan
        for engine in engines:
            for one in measured(engine.command(sample)):
                decode = one["seconds"] if one["name"] == DECODE else decode
                found[one["name"]].append({**one, "ratio": one["seconds"] / decode})
    refuse_disagreement(found)
    return found


def refuse_disagreement(found: Rounds) -> None:
    """Stop where two engines answer differently: they would not have done the same work."""
    answers = {name: ones[0]["answer"] for name, ones in found.items() if ones[0]["answer"]}
    for numbers in zip(*answers.values(), strict=True):
        if max(numbers) - min(numbers) > TOLERANCE * max(numbers):
            raise SystemExit(f"The engines disagree: {answers}")


def arguments() -> argparse.Namespace:
    """Return the sizes, layouts, engines, runs and folder that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=float, default=[1e5, 1e6, 1e7], help="rows, such as 1e6")
    parser.add_argument(
        "--layouts", nargs="+", choices=("nested", "crossed"), default=["nested"], help="see generate.py"
    )
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES), help="default: all")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where samples are written")
    found = parser.parse_args()
    if ROOT in (found.folder.resolve(), *found.folder.resolve().parents):
        parser.error("samples stay out of the repository: name another folder")
    return found


def main() -> None:
    """Measure and print the table."""
    options = arguments()
    results: dict[tuple[float, str], Rounds] = {}
    with tempfile.TemporaryDirectory(prefix="brecha-bench-", dir=options.folder) as name:
        folder = Path(name)
        engines = present(options.engines, folder)
        print(f"{machine()}; medians of {options.runs}\n\n{HEAD}")
        for layout in options.layouts:
            for rows in options.sizes:
                sample = folder / f"{layout}.parquet"
                generate(int(rows), layout, sample)
                found = rounds(sample, options.runs, [engine for engine in engines if rows <= engine.most])
                results[rows, layout] = found
                show(f"{rows:,.0f}{'' if layout == 'nested' else ', crossed'}", found)
                for file in (sample, sample.with_suffix(".csv")):
                    file.unlink(missing_ok=True)
    show_versions(results)
    show_aims(results)


if __name__ == "__main__":
    main()
