"""Whether R's survey package, run on the scripts that brecha writes, finds the same estimates and errors.

Run: .venv/bin/python bench/r_agrees.py [NAME]. It needs Rscript and the package survey (Debian: r-cran-survey).
Prints, for each design, how many estimates were compared, the largest difference, and which are beyond 1e-9. Two
designs differ for a reason that their scripts state; the exit code counts the others.
"""

import csv
import json
import math
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import brecha
from brecha import Count, Design, Mean, Ratio, Share, SinglePsu, Stage, Total
from brecha.frames import domain_text
from brecha.items import Item
from brecha.r_script import Request, script

DATA = Path(__file__).parents[1] / "packages" / "brecha" / "tests" / "data"
TOLERANCE = 1e-9
NA = ("NA",)

QUOTA_ITEMS = (
    Share(name="card", variable="has_id_card", counted=("1",), missing=NA),
    Share(name="credit", variable="credit", counted=("1",), missing=NA, base="answered"),
    Share(name="credit.asked", variable="credit", counted=("1",), missing=NA),
    Share(name="rare", variable="rare", counted=("1",), missing=NA),
    Share(name="card.women", variable="has_id_card", counted=("1",), missing=NA,
          universe={"profile": ("A_woman_miner", "B_woman_service")}),
    *brecha.options("obstacle", ["obst_1", "obst_2", "obst_3"], missing=NA),
    Count(name="card.count", variable="has_id_card", counted=("1",), missing=NA),
    Mean(name="income", variable="income", missing=NA),
    Total(name="income.total", variable="income", missing=NA),
    Ratio(name="obstacles", numerator="obst_2", denominator="obst_1", missing=NA),
)  # fmt: skip
QUOTA_BY = ((), ("profile",), ("region", "profile"))
SCHOOL_ITEMS = (
    Mean(name="api00", variable="api00", missing=NA),
    Total(name="enroll", variable="enroll", missing=NA),
    Share(name="wide", variable="sch.wide", counted=("Yes",)),
    Ratio(name="api.stu/enroll", numerator="api.stu", denominator="enroll", missing=NA),
)
SCHOOL_BY = ((), ("stype",), ("awards", "sch.wide"))
TWO_STAGE_ITEMS = (
    Mean(name="y", variable="y", missing=NA),
    Total(name="y.total", variable="y", missing=NA),
    Share(name="yes", variable="yes", counted=("1",), missing=NA, base="answered"),
    Ratio(name="y/x", numerator="y", denominator="x", missing=NA),
)
QUOTA = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
SITES = Design(kind="quota", strata=("region",), psu="site", weight="w0")
LONELY = {"kind": "probability", "strata": ("stype",), "weight": "pw"}
STAGES = {"kind": "probability", "strata": ("stratum",), "psu": "psu", "weight": "w", "population": "n1"}
CLUSTERS = Design(kind="probability", psu="dnum", weight="pw", population="fpc")
SCHOOLS = {"E": 4421.0, "H": 755.0, "M": 1018.0}
AWARDS = {"Yes": 4000.0, "No": 2194.0}


@dataclass(frozen=True)
class Case:
    data: str
    design: Design
    items: tuple[Item, ...]
    by: tuple[tuple[str, ...], ...] = ((),)
    typed: bool = False  # read as R would a Parquet file: numbers as numbers
    separator: str = ","
    differs: bool = False  # R is known to treat a single PSU otherwise


def odd_names(folder: Path) -> Case:
    """Return a case whose columns and codes need quotes, escapes and an encoding, separated by semicolons."""
    codes = ("sí", 'dijo "no"', "007", "", "a\\b", "NA")
    path = folder / "odd.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["región", "a`b", "if", "ancho;largo", "x y"])
        rows.writerows((("Áncash", "Ica")[i % 2], codes[i * i % 6], i % 4, i / 7, codes[i % 5]) for i in range(60))
    items = (
        Share(name='the "odd"', variable="a`b", counted=("007", "sí"), missing=("", "NA"), base="answered"),
        Share(name="asked # all", variable="a`b", counted=('dijo "no"',), missing=("",)),
        Mean(name="ancho", variable="ancho;largo", universe={"if": ("1", "2", "3")}),
    )
    design = Design(kind="quota", strata=("región", "if"))
    return Case(str(path.with_suffix("")), design, items, ((), ("x y",), ("región", "if")), separator=";")


def cases(folder: Path) -> dict[str, Case]:
    """Return a case for each thing a design may have."""
    collapse = SinglePsu("collapse", into={("H",): ("M",)})
    found = {
        "strata, population": Case("quota854", QUOTA, QUOTA_ITEMS, QUOTA_BY),
        "the same, typed": Case("quota854", QUOTA, QUOTA_ITEMS, QUOTA_BY, typed=True),
        "strata, PSUs": Case("quota854", SITES, QUOTA_ITEMS, QUOTA_BY),
        "no weights": Case("quota854", Design(kind="convenience"), QUOTA_ITEMS, QUOTA_BY),
        "odd names": odd_names(folder),
        "census": Case("quota854", Design(kind="census", weight="w0"), QUOTA_ITEMS, QUOTA_BY),
        "strata, schools": Case("apistrat", Design(**LONELY, population="fpc"), SCHOOL_ITEMS, SCHOOL_BY),
        "PSUs, population": Case("apiclus1", CLUSTERS, SCHOOL_ITEMS, SCHOOL_BY),
        "nhanes": Case(
            "nhanes",
            Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR"),
            (Share(name="high", variable="HI_CHOL", counted=("1",), missing=NA, base="answered"),),
            ((), ("race",), ("race", "RIAGENDR")),
        ),
        "stages": Case("two_stage", Design(**STAGES, stages=(Stage("unit", "n2"),)), TWO_STAGE_ITEMS, ((), ("group",))),
        "stages, last endless": Case(
            "two_stage", Design(**STAGES, stages=(Stage("unit"),)), TWO_STAGE_ITEMS, ((), ("group",))
        ),
        "stages, rows": Case(
            "two_stage", Design(**STAGES, stages=(Stage(None, "n2"),)), TWO_STAGE_ITEMS, ((), ("group",))
        ),
        "stages, unique PSUs": Case(
            "apiclus2",
            Design(kind="probability", psu="dnum", weight="pw", population="fpc1", nest=False,
                   stages=(Stage("snum", "fpc2"),), single_psu=SinglePsu("certainty")),
            SCHOOL_ITEMS,
            ((), ("stype",)),
        ),
        "single PSU, collapse": Case(
            "apistrat_lonely", Design(**LONELY, single_psu=collapse), SCHOOL_ITEMS, ((), ("stype",), ("sch.wide",))
        ),
        "single PSU, collapse, population": Case(
            "apistrat_lonely",
            Design(**LONELY, population="fpc", single_psu=collapse),
            SCHOOL_ITEMS,
            ((), ("stype",), ("sch.wide",)),
        ),
    }  # fmt: skip
    return found | lonely() | calibrated()


def lonely() -> dict[str, Case]:
    """Return a case for each rule for a stratum with one PSU."""
    found = {}
    for rule in ("adjust", "average", "certainty"):
        for tag, items in (("means", SCHOOL_ITEMS[:1] + SCHOOL_ITEMS[2:]), ("totals", SCHOOL_ITEMS[1:2])):
            design = Design(**LONELY, single_psu=SinglePsu(rule))  # type: ignore[arg-type]
            adjusted = (rule, tag) == ("adjust", "totals")
            found[f"single PSU, {rule}: {tag}"] = Case("apistrat_lonely", design, items, differs=adjusted)
            found[f"single PSU, {rule}, domains: {tag}"] = Case(
                "apistrat_lonely", design, items, (("sch.wide",),), differs=adjusted or rule == "average"
            )
    return found


def calibrated() -> dict[str, Case]:
    """Return a case for each calibration."""
    source = DATA / "apiclus1.csv"
    margins = {"stype": SCHOOLS, "sch.wide": {"Yes": 5122.0, "No": 1072.0}}
    numbers = {(): 6194.0, "api99": 3914069.0}
    designs = {
        "post-stratified": brecha.poststratify(source, CLUSTERS, "stype", SCHOOLS),
        "raked": brecha.rake(source, CLUSTERS, margins),
        "raked, by rows": brecha.rake(source, CLUSTERS, margins, regression="rows"),
        "linear": brecha.calibrate(source, CLUSTERS, numbers),
        "linear, margins and a number": brecha.calibrate(source, CLUSTERS, {**margins, "api99": 3914069.0}),
        "exponential": brecha.calibrate(source, CLUSTERS, numbers, distance="raking"),
    }
    found = {f"calibrated: {name}": Case("apiclus1", one, SCHOOL_ITEMS, SCHOOL_BY) for name, one in designs.items()}
    totals = json.loads((DATA / "rake_margins_quota854.json").read_text())
    quota = {column: {level: float(n) for level, n in levels.items()} for column, levels in totals.items()}
    profiles = brecha.poststratify(DATA / "quota854.csv", QUOTA, "profile", quota["profile"])
    found["calibrated: quota, post-stratified"] = Case("quota854", profiles, QUOTA_ITEMS, ((), ("age_grp",)))
    for regression in ("weights", "rows"):
        design = brecha.rake(DATA / "quota854.csv", QUOTA, quota, regression=regression)  # type: ignore[arg-type]
        found[f"calibrated: quota, {regression}"] = Case("quota854", design, QUOTA_ITEMS, ((), ("profile",)))
    return found


def in_r(case: Case, folder: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Run the case's script and return R's estimate and error by name and domain."""
    data = DATA / f"{case.data}.csv"
    request = Request(case.items, case.design, case.by, str(data), case.separator)
    text = script(request)
    if case.typed:
        text = script(request, data.with_suffix(".parquet")).replace("arrow::read_parquet", "typed")
        text = f"typed <- function(path) read.csv(sub('parquet$', 'csv', path), na.strings = '')\n{text}"
    path, out = folder / "script.R", folder / "out.csv"
    path.write_text(f"{text}write.csv(estimates, '{out}', row.names = FALSE)\n")
    out.unlink(missing_ok=True)
    found = subprocess.run(["Rscript", str(path)], capture_output=True, text=True, check=False)
    if found.returncode:
        raise SystemExit(f"{text}\n{found.stderr}")
    if "Warning" in found.stderr:
        print(found.stderr)
    with out.open(newline="") as file:
        return {
            (row["name"], row["domain"]): (float(row["estimate"]), float(row["se"].replace("NA", "nan")))
            for row in csv.DictReader(file)
        }


def difference(ours: float | None, theirs: float, estimate: float) -> float:
    """Return the relative difference; none of two that are both missing, or zero but for the estimate's rounding."""
    if ours is None:
        return 0.0 if math.isnan(theirs) else math.inf
    size = max(abs(ours), abs(theirs))
    return 0.0 if size <= 1e-12 * abs(estimate) else abs(ours - theirs) / size


def main() -> int:
    """Compare every case and return how many did not agree."""
    wanted, bad = sys.argv[1:], 0
    print(f"{'design':<42} {'estimates':>9} {'of value':>9} {'of error':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name, case in cases(Path(folder)).items():
            if wanted and not any(one in name for one in wanted):
                continue
            theirs = in_r(case, Path(folder))
            result = brecha.estimate(
                brecha.read(DATA / f"{case.data}.csv", separator=case.separator), case.design, case.items, by=case.by
            )
            value, error, beyond = 0.0, 0.0, []
            for one in result:
                found = theirs.pop((one.name, domain_text(one.domain)), (math.nan, math.nan))
                both = [difference(x, r, one.estimate) for x, r in zip((one.estimate, one.se), found, strict=True)]
                value, error = max(value, both[0]), max(error, both[1])
                if not max(both) < TOLERANCE:
                    beyond.append((one, found))
            count = len(result.estimates)
            verdict = f"  {len(beyond)} differ{', as the script says' if case.differs else ''}" if beyond else ""
            print(f"{name:<42} {count:>9} {value:>9.1e} {error:>9.1e}{verdict}")
            for one, (estimate, se) in beyond[:3]:
                print(f"    {one.name} {domain_text(one.domain)}: {one.estimate} ({one.se}), R {estimate} ({se})")
            for left in list(theirs)[:3]:
                print(f"    only in R: {left}")
            bad += bool(beyond) != case.differs
    return bad


if __name__ == "__main__":
    sys.exit(main())
