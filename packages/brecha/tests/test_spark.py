"""DuckDB and a Spark cluster of two executors give the same numbers, to 1e-12."""

import math
import time
from dataclasses import fields
from pathlib import Path

import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

import brecha
from brecha import Comparison, Count, Design, Mean, Ratio, Share, Total, options

DATA = Path(__file__).parent / "data"

# PySpark 4.0 and ibis 12 name what pandas 3 is about to drop; PySpark leaves sockets for Python to close.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

NHANES = Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR")
QUOTA = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
SITES = Design(kind="quota", strata=("region",), psu="site", weight="w0")
CENSUS = Design(kind="census")
STRATIFIED = Design(kind="probability", strata=("stype",), weight="pw", population="fpc")

SEX_AND_RACE = [(), ("RIAGENDR",), ("race",), ("RIAGENDR", "race"), ("agecat",)]
PROFILES = [(), ("profile",), ("region",), ("profile", "age_grp")]
OBSTACLES = tuple(f"obst_{i}" for i in range(1, 5))


def shares(missing):
    """Return the items of both data sets; `missing` is how the file writes that there is no answer."""
    cholesterol = [
        Share(name="asked", variable="hc1", counted=("1",), missing=missing),
        Share(name="answered", variable="hc1", counted=("1",), base="answered", missing=missing),
        Share(name="old", variable="agecat", counted=("(59,Inf]", "(39,59]")),
        Share(name="women", variable="hc1", counted=("0",), universe={"RIAGENDR": ("2",)}, missing=missing),
        Count(name="high", variable="HI_CHOL", counted=("1",), missing=missing),
    ]
    mining = [
        Share(name="card", variable="has_id_card", counted=("1",), base="answered", missing=missing),
        Share(name="rare", variable="rare", counted=("1",), base="answered", missing=missing),
        *(
            Share(name=f"educ.{code}", variable="educ", counted=(code,), missing=missing)
            for code in ("primary", "none")
        ),
        *options("obstacle", OBSTACLES, missing=missing),
        Mean(name="income", variable="income", missing=missing),
        Total(name="incomes", variable="income", missing=missing),
        Ratio(name="ratio", numerator="income", denominator="w0", missing=missing),
    ]
    return cholesterol, mining


TYPED, TEXTS = shares(("",)), shares(("NA",))


def split(folder, table, parts=4):
    """Write a table as a folder of Parquet files, so that each executor has some to read."""
    folder = folder.with_suffix(".parquet")
    folder.mkdir()
    size = math.ceil(len(table) / parts)
    for i in range(parts):
        pyarrow.parquet.write_table(table.slice(i * size, size), folder / f"{i}.parquet")
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Give the data three ways: typed Parquet with nulls, Parquet of texts, CSV."""
    folder = tmp_path_factory.mktemp("spark")
    found = {}
    for name in ("nhanes", "quota854", "apistrat"):
        path = DATA / f"{name}.csv"
        header = path.read_text().splitlines()[0].replace('"', "").split(",")
        nulls = pyarrow.csv.ConvertOptions(
            null_values=["NA"], strings_can_be_null=True, quoted_strings_can_be_null=True
        )
        texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(header, pyarrow.string()))
        found[name, "typed"] = split(folder / f"{name}-typed", pyarrow.csv.read_csv(path, convert_options=nulls))
        found[name, "texts"] = split(folder / f"{name}-texts", pyarrow.csv.read_csv(path, convert_options=texts))
        found[name, "csv"] = path
    return found


def tasks(session):
    """Return the number of tasks that each executor has finished."""
    summaries = session.sparkContext._jsc.sc().statusStore().executorList(True)
    executors = [summaries.apply(i) for i in range(summaries.size())]
    return {one.id(): one.completedTasks() for one in executors if one.id() != "driver"}


def same(one, other):
    """Say whether two numbers, texts or tuples are equal, decimals to 1e-12."""
    if isinstance(one, float) and isinstance(other, float):
        return other == pytest.approx(one, rel=1e-12, abs=1e-15, nan_ok=True)
    return one == other


def agree(here, there):
    """Compare every field of every estimate, and the covariances."""
    assert here.design == there.design
    assert here.levels == there.levels
    assert len(here.estimates) == len(there.estimates) > 0
    for one, other in zip(here, there, strict=True):
        different = {
            field.name: (getattr(one, field.name), getattr(other, field.name))
            for field in fields(one)
            if not same(getattr(one, field.name), getattr(other, field.name))
        }
        assert not different, (one.name, one.domain, different)
    keys = [(one.name, one.domain) for one in here]
    if here.design.kind == "census":
        return
    # Two items of a design without PSUs are one more query each time: two such pairs are enough.
    pairs = [(one, other) for one in keys for other in keys if one[0] == other[0]]
    pairs += [(one, (here.names[0], one[1])) for one in keys if one[0] in here.names[1:3]]
    for one, other in pairs:
        size = here.get(*one).se * here.get(*other).se
        difference = abs(here.covariance(one, other) - there.covariance(one, other))
        assert difference <= 1e-12 * size, (one, other, difference, size)


@pytest.mark.parametrize("form", ["typed", "texts", "csv"])
@pytest.mark.parametrize(
    ("data", "design", "by"),
    [
        pytest.param("nhanes", NHANES, SEX_AND_RACE, id="nhanes"),
        pytest.param("quota854", QUOTA, PROFILES, id="quota"),
        pytest.param("quota854", SITES, PROFILES, id="sites"),
        pytest.param("quota854", CENSUS, PROFILES, id="census"),
    ],
)
def test_spark_and_duckdb_give_the_same_numbers(spark, files, data, design, by, form):
    items = (TYPED if form == "typed" else TEXTS)[data != "nhanes"]
    path = files[data, form]
    here = brecha.estimate(brecha.read(path), design, items, by=by)
    there = brecha.estimate(brecha.read(path, engine=spark), design, items, by=by)
    agree(here, there)


def test_names_with_dots(spark, files):
    items = [Share(name=code, variable="sch.wide", counted=(code,)) for code in ("No", "Yes")]
    path = files["apistrat", "typed"]
    arguments = (STRATIFIED, items, [(), ("yr.rnd",), ("comp.imp", "stype")])
    agree(brecha.estimate(brecha.read(path), *arguments), brecha.estimate(brecha.read(path, engine=spark), *arguments))


def test_gaps_are_the_same(spark, files):
    path, items = files["nhanes", "typed"], TYPED[0][:2]
    found = []
    for engine in (None, spark):
        result = brecha.estimate(brecha.read(path, engine=engine), NHANES, items, by=[("RIAGENDR",), ("race",)])
        comparisons = [Comparison("RIAGENDR", "2", "1"), Comparison("race", "1", "4")]
        found.append(brecha.gaps(result, comparisons))
    for here, there in zip(*found, strict=True):
        assert all(same(getattr(here, f.name), getattr(there, f.name)) for f in fields(here)), (here, there)


def test_both_executors_ran_tasks(spark, spark_session, files):
    before = tasks(spark_session)
    brecha.estimate(brecha.read(files["nhanes", "typed"], engine=spark), NHANES, TYPED[0], by=[("RIAGENDR",)])
    for _ in range(50):  # Spark counts a moment later
        busy = [one for one, count in tasks(spark_session).items() if count > before.get(one, 0)]
        if len(busy) >= 2:
            break
        time.sleep(0.1)
    assert spark_session.sparkContext.master.startswith("local-cluster")
    assert len(busy) >= 2, (before, tasks(spark_session))


@pytest.mark.parametrize("wrong", [None, math.nan, math.inf, -math.inf, -1.0, 0.0])
def test_a_wrong_weight_is_refused_alike(spark, tmp_path, wrong):
    rows = pyarrow.table(
        {"s": ["a", "a", "b", "b"], "y": ["1", "0", "1", "1"], "w": pyarrow.array([1.0, 2.0, wrong, 4.0])}
    )
    pyarrow.parquet.write_table(rows, tmp_path / "rows.parquet")
    design, item = Design(kind="probability", strata=("s",), weight="w"), Share(name="y", variable="y", counted=("1",))
    refusals = []
    for source in (rows, brecha.read(tmp_path / "rows.parquet"), brecha.read(tmp_path / "rows.parquet", engine=spark)):
        with pytest.raises(brecha.BrechaError) as refused:
            brecha.estimate(source, design, [item])
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_an_answer_that_is_no_finite_number_is_refused_alike(spark, tmp_path, wrong):
    rows = pyarrow.table({"s": ["a", "a", "b", "b"], "y": pyarrow.array([1.0, 2.0, wrong, 4.0])})
    pyarrow.parquet.write_table(rows, tmp_path / "rows.parquet")
    refusals = []
    for source in (rows, brecha.read(tmp_path / "rows.parquet"), brecha.read(tmp_path / "rows.parquet", engine=spark)):
        try:
            result = brecha.estimate(source, Design(kind="quota", strata=("s",)), [Mean(name="y", variable="y")])
            refusals.append(str(result.estimates))
        except brecha.BrechaError as refused:
            refusals.append(str(refused))
    assert len(set(refusals)) == 1


def test_a_csv_with_quotes_and_line_breaks_reads_alike(spark, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_bytes('a.b,N,q,empty,blank,t\n007,1,"x ""y""","",,"l1\nl2"\n 8 ,NA,\'p\',b\\c,,ñ\n'.encode())
    here, there = (brecha.read(path, engine=engine).to_pyarrow().to_pylist() for engine in (None, spark))
    assert here == there


def test_a_data_frame_can_be_given_to_spark(spark):
    rows = {
        "who": ["a", "b", None],
        "n": pyarrow.array([1, None, 2], pyarrow.int64()),
        "x": pyarrow.array([1.5, math.nan, None]),
    }
    found = brecha.read(pyarrow.table(rows), engine=spark)
    assert found.order_by("who").select("who", "n").to_pyarrow().to_pydict() == {
        "who": ["a", "b", None],
        "n": [1, None, 2],
    }
