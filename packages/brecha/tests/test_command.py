"""The command `brecha`, on real files."""

import csv
import json
import sys
import types
from pathlib import Path

import ibis
import pyarrow
import pytest
from pyarrow import parquet

import brecha
from brecha import Comparison, Design, Mean, Share
from brecha.command import main

DATA = Path(__file__).parent / "data"
QUOTA = str(DATA / "quota854.csv")
LONELY = str(DATA / "apistrat_lonely.csv")
DESIGN = ["--strata", "region,profile", "--weight", "w0", "--kind", "quota"]


@pytest.fixture
def run(capsys):
    """Return a function that runs the command and gives back its output, refusing a refusal."""

    def call(*arguments):
        code = main([str(one) for one in arguments])
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        return out

    return call


@pytest.fixture
def refused(capsys):
    """Return a function that runs the command and gives back its one sentence of refusal."""

    def call(*arguments):
        assert main([str(one) for one in arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("brecha: ")
        assert err.count("\n") == 1
        return err.removeprefix("brecha: ").strip()

    return call


@pytest.fixture
def small(tmp_path):
    """Return a CSV with columns of every sort."""
    path = tmp_path / "small.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "sex", "ppe", "member", "income", "note", "empty", "same", "many"])
        for i in range(30):
            ppe = ("yes", "no", "", "NA", "partly")[i % 5]
            sex = "women" if i % 3 else "men"
            rows.writerow([i + 1, sex, ppe, i % 2, 100 + 7 * i if i else "", f"n{i}", "", "x", i % 12])
    return path


def table(out):
    """Return a printed table's rows by heading; two spaces or more part its columns."""
    lines = [[one.strip() for one in line.split("  ") if one.strip()] for line in out.split("\n\n")[0].splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def test_every_other_group_is_compared_with_the_reference_on_every_item_found(run, tmp_path):
    source = brecha.read(QUOTA).to_pyarrow()
    path = tmp_path / "data.parquet"
    parquet.write_table(source, path)
    out = run(
        "gaps", path, "--by", "profile", "--reference", "C_man_miner", "--strata", "region,profile", "--weight", "w0"
    )
    rows = table(out)
    assert len(rows) == 2 * 17
    card = next(row for row in rows if row["name"] == "has_id_card=1")
    share = Share(name="card", variable="has_id_card", counted=("1",), missing=("", "NA"), base="answered")
    design = Design(kind="probability", strata=("region", "profile"), weight="w0")
    result = brecha.estimate(source, design, [share], by=[("profile",)])
    comparison = Comparison(variable="profile", group="A_woman_miner", reference="C_man_miner")
    [gap] = brecha.gaps(result, [comparison])
    assert card["group"] == "A_woman_miner"
    assert [float(card[one]) for one in ("difference", "low", "high")] == [
        round(one, 4) for one in (gap.difference, gap.low, gap.high)
    ]
    assert "left out: it numbers the rows: id" in out
    assert "left out: many different texts: site" in out
    assert "mean: numbers: Nh, income" in out
    assert "share of each code: at most 10: educ, age_grp" in out


def test_a_kind_that_was_not_said_is_said_loudly(run):
    assert "NOTE: no --kind was given" in run("estimate", QUOTA, "--items", "rare")
    assert "NOTE" not in run("estimate", QUOTA, "--items", "rare", "--kind", "probability")


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("probability", "given how the sample was drawn"),
        ("quota", "model-based, as if rows had been drawn at random inside strata"),
        ("convenience", "model-based, as if rows had been drawn at random; a convenience sample was not"),
        ("census", "no sampling error, so there are no intervals"),
    ],
)
def test_the_output_says_what_the_intervals_mean(run, kind, meaning):
    out = run("estimate", QUOTA, "--items", "rare", "--kind", kind)
    assert meaning in " ".join(out.split())
    assert ("low" in out.split("\n\n")[0]) == (kind != "census")


def test_the_output_says_the_design(run):
    out = " ".join(run("estimate", QUOTA, "--items", "rare", *DESIGN).split())
    assert "Design: quota sample; 852 rows, each row a PSU, 27 strata (region, profile), weights from w0." in out
    out = " ".join(run("estimate", QUOTA, "--items", "rare", "--psu", "site", "--kind", "census").split())
    assert "Design: census; 852 rows, 36 PSUs (site), no strata, every row weighs 1." in out


def test_estimates_of_everybody_and_of_each_domain_that_was_asked_for(run):
    out = run("estimate", QUOTA, "--items", "rare", "--by", "profile", "--by", "region", *DESIGN)
    rows = table(out)
    assert [(row["profile"], row["region"]) for row in rows[:5]] == [
        ("-", "-"),
        ("A_woman_miner", "-"),
        ("B_woman_service", "-"),
        ("C_man_miner", "-"),
        ("-", "R1"),
    ]
    assert [row["n"] for row in rows[:4]] == ["852", "256", "198", "398"]


def test_gaps_inside_the_levels_of_another_column_with_adjusted_tests(run):
    out = run(
        "gaps", QUOTA, "--by", "profile", "--reference", "C_man_miner", "--within", "region", "--items", "credit",
        "--adjust", "--show-small", "--level", "0.9", *DESIGN,
    )  # fmt: skip
    rows = table(out)
    assert [(row["region"], row["group"]) for row in rows[:3]] == [
        ("R1", "A_woman_miner"),
        ("R1", "B_woman_service"),
        ("R2", "A_woman_miner"),
    ]
    share = Share(name="credit", variable="credit", counted=("1",), missing=("", "NA"), base="answered")
    design = Design(kind="quota", strata=("region", "profile"), weight="w0")
    result = brecha.estimate(QUOTA, design, [share], by=[("region", "profile")], level=0.9)
    comparisons = [
        Comparison(variable="profile", group=row["group"], reference="C_man_miner", within={"region": row["region"]})
        for row in rows
    ]
    expected = brecha.adjust([gap.p for gap in brecha.gaps(result, comparisons)])
    assert [float(row["p adjusted"]) for row in rows] == pytest.approx(expected, abs=5e-5)
    assert "90 %" in out
    assert "Benjamini and Hochberg's, for 18 tests" in out


def test_a_test_that_was_not_made_has_no_adjusted_p(run):
    out = run("gaps", QUOTA, "--by", "profile", "--reference", "C_man_miner", "--within", "region", "--items", "rare",
              "--adjust", "--show-small", *DESIGN)  # fmt: skip
    assert [row["p adjusted"] for row in table(out) if row["region"] == "R9"] == ["-", "-"]


def test_small_cells_and_what_would_give_them_away_are_hidden(run):
    command = ["estimate", QUOTA, "--items", "rare", "--by", "region", "--by", "region,profile", "--minimum", "13"]
    rows = {(row["region"], row["profile"]): row for row in table(run(*command, *DESIGN))}
    # Of 16, 12 and 24 rows in R8 the 12 are too few, and the 16 would give them away; of 13, 10 and 20 in R9 alike.
    assert [where for where, row in rows.items() if row["flags"] == "hidden"] == [
        ("R8", "A_woman_miner"),
        ("R8", "B_woman_service"),
        ("R9", "A_woman_miner"),
        ("R9", "B_woman_service"),
    ]
    assert {rows["R9", "A_woman_miner"][one] for one in ("estimate", "se", "low", "n", "missing")} == {"-"}
    assert (rows["R9", "-"]["n"], rows["R9", "C_man_miner"]["n"]) == ("43", "20")
    shown = {(row["region"], row["profile"]): row for row in table(run(*command, "--show-small", *DESIGN))}
    assert shown["R9", "B_woman_service"]["n"] == "10"


def test_a_gap_with_one_small_side_is_hidden(run):
    out = run("gaps", QUOTA, "--by", "profile", "--reference", "C_man_miner", "--within", "region", "--items", "income",
              *DESIGN)  # fmt: skip
    rows = {(row["region"], row["group"]): row for row in table(out)}
    row = rows["R9", "B_woman_service"]
    assert (row["flags"], row["difference"], row["n group"], row["ref est"]) == ("hidden", "-", "-", "-")
    assert rows["R9", "A_woman_miner"]["flags"] == "few_rows"
    assert "Flag hidden: fewer than 10 rows" in out
    assert "Flag few_rows: fewer than 30 rows" in out
    assert "Flag wide" not in out


def test_rows_with_a_blank_level_are_taken_as_known_when_cells_are_hidden(run, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("sex,a\n" + "f,1\n" * 4 + "m,0\n" * 30 + ",1\n" * 5)
    rows = table(run("estimate", path, "--by", "sex", "--kind", "census", "--items", "a"))
    assert [(row["sex"], row["n"]) for row in rows] == [("-", "39"), ("f", "-"), ("m", "-")]


def test_columns_are_taken_for_what_they_hold(run, small):
    out = run("estimate", small, "--kind", "census")
    assert [row["name"] for row in table(out)] == [
        "sex=men", "sex=women", "ppe=no", "ppe=partly", "ppe=yes", "member=1", "income", "many",
    ]  # fmt: skip
    for line in (
        "left out: it numbers the rows: id",
        "left out: one value at most: empty, same",
        "left out: many different texts: note",
        "share of 1: codes 0 and 1: member",
        "mean: numbers: income, many",
        "No answer, under missing: blank, 'NA'.",
    ):
        assert line in out
    assert {row["name"]: row["missing"] for row in table(out)}["ppe=no"] == "12"
    assert {row["name"]: row["n"] for row in table(out)}["income"] == "29"


def test_columns_of_the_design_and_the_groups_are_no_items(run, small):
    names = [row["name"] for row in table(run("estimate", small, "--strata", "sex", "--by", "ppe", "--kind", "quota"))]
    assert {name.split("=")[0] for name in names} == {"member", "income", "many"}


def test_dates_are_left_out(run, tmp_path):
    path = tmp_path / "dates.parquet"
    day = pyarrow.array([18000, 18001] * 9, pyarrow.int32()).cast(pyarrow.date32())
    parquet.write_table(pyarrow.table({"day": day, "yes": [True, False] * 9}), path)
    out = run("estimate", path, "--kind", "census")
    assert "left out: neither a text nor a number: day" in out
    assert [row["name"] for row in table(out)] == ["yes=false", "yes=true"]


@pytest.mark.parametrize(
    ("items", "names"),
    [
        ("ppe=yes", ["ppe=yes"]),
        ("ppe=yes|partly,income", ["ppe=yes|partly", "income"]),
        ("ppe", ["ppe=no", "ppe=partly", "ppe=yes"]),
        ("ppe=NA", ["ppe=NA"]),
        ("many", ["many"]),
        ("id", ["id"]),
        ("mean:member", ["member"]),
        ("share:member", ["member=1"]),
        ("total:income", ["total:income"]),
        ("count:sex=women", ["count:sex=women"]),
        ("count:sex", ["count:sex=men", "count:sex=women"]),
        ("ratio:income/many", ["income/many"]),
        ("same", ["same=x"]),
    ],
)
def test_items_are_named_in_few_words(run, small, items, names):
    assert [row["name"] for row in table(run("estimate", small, "--items", items, "--kind", "census"))] == names


def test_named_items_are_what_they_say(run, small):
    out = run("estimate", small, "--items", "ppe=yes|partly,total:income,count:sex=women", "--kind", "census")
    found = {row["name"]: float(row["estimate"]) for row in table(out)}
    assert found == {
        "ppe=yes|partly": 0.6667,
        "total:income": sum(100 + 7 * i for i in range(1, 30)),
        "count:sex=women": 20,
    }


def test_a_column_whose_name_has_a_colon_an_equals_sign_and_a_comma(run, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text('"mean:a","b=c","d,e"\n' + "1,1,1\n0,0,0\n" * 10)
    out = run("estimate", path, "--items", 'mean:a,b=c,"d,e=1"', "--kind", "census")
    assert [row["name"] for row in table(out)] == ["mean:a=1", "b=c=1", "d,e=1"]


def test_the_base_and_the_codes_of_no_answer_can_be_said(run, small):
    out = run("estimate", small, "--items", "ppe=yes", "--base", "asked", "--missing", "NA,partly", "--kind", "census")
    [row] = table(out)
    assert (row["estimate"], row["n"], row["missing"]) == ("0.2000", "30", "18")
    assert (
        "Shares are of all who were asked, no answer included. No answer, under missing: blank, 'NA', 'partly'." in out
    )


def test_a_stratum_with_one_psu_is_refused_or_named_with_its_rule(run, refused):
    command = ["estimate", LONELY, "--strata", "stype", "--items", "api00", "--kind", "probability"]
    assert "Here: --single-psu adjust, average or certainty." in refused(*command)
    assert "Strata with a single PSU, treated by the rule 'certainty': H." in run(*command, "--single-psu", "certainty")


def test_another_interval_and_a_population(run):
    command = ["estimate", QUOTA, "--items", "rare", "--interval", "logit", "--population", "Nh", *DESIGN]
    share = Share(name="rare", variable="rare", counted=("1",), missing=("NA",), base="answered")
    design = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
    [expected] = brecha.estimate(QUOTA, design, [share], interval="logit")
    assert table(run(*command))[0]["low"] == f"{expected.low:.4f}"


def test_a_csv_of_gaps_has_all_figures(run, tmp_path):
    path = tmp_path / "gaps.csv"
    out = run("gaps", QUOTA, "--by", "profile", "--reference", "C_man_miner", "--items", "rare,income", "--out", path,
              "--adjust", *DESIGN)  # fmt: skip
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    design = Design(kind="quota", strata=("region", "profile"), weight="w0")
    result = brecha.estimate(
        QUOTA, design, [Mean(name="income", variable="income", missing=("NA",))], by=[("profile",)]
    )
    comparison = Comparison(variable="profile", group="A_woman_miner", reference="C_man_miner")
    [gap] = brecha.gaps(result, [comparison])
    assert float(rows[2]["difference"]) == gap.difference
    assert (rows[2]["missing_group"], rows[2]["missing_reference"], rows[2]["flags"]) == ("9", "23", "")
    assert float(rows[2]["p_adjusted"]) < 1e-20
    assert f"Written: 4 rows in {path}." in out
    assert "income  A_woman" not in out


def test_a_parquet_file_keeps_lists_and_types(run, tmp_path):
    path = tmp_path / "found.parquet"
    run("estimate", QUOTA, "--items", "rare", "--by", "region,profile", "--out", path, *DESIGN)
    found = parquet.read_table(path)
    assert found.schema.field("n").type == pyarrow.int64()
    assert found["flags"].to_pylist()[0] == []
    assert found["flags"].to_pylist()[-3] == ["few_rows"]


def test_a_json_file_has_the_notes_too(run, tmp_path):
    path = tmp_path / "found.json"
    run("estimate", QUOTA, "--items", "rare", "--by", "region,profile", "--minimum", "11", "--out", path, *DESIGN)
    found = json.loads(path.read_text())
    assert found["rows"][0]["n"] == 852
    assert found["rows"][0]["region"] is None
    assert any("model-based" in note for note in found["notes"])
    assert {tuple(row["flags"]) for row in found["rows"] if row["n"] is None} == {("hidden",)}


def test_a_hidden_figure_stands_in_no_file(run, tmp_path):
    path = tmp_path / "found.csv"
    run("estimate", QUOTA, "--items", "rare", "--by", "region,profile", "--minimum", "11", "--out", path, *DESIGN)
    with path.open(newline="") as file:
        hidden = [row for row in csv.DictReader(file) if row["flags"] == "hidden"]
    assert hidden
    assert {value for row in hidden for name, value in row.items() if name in ("estimate", "se", "n", "count")} == {""}


def test_the_script_for_r(run, tmp_path):
    path = tmp_path / "check.R"
    out = run("r", QUOTA, "--items", "rare", "--by", "profile", "--by", "profile", "--out", path, *DESIGN)
    script = path.read_text()
    assert f'rows <- read.csv("{QUOTA}"' in script
    assert script.count("svyby(") == 1
    assert 'svymean(~I(1 * (`rare` %in% "1")), base)' in script
    assert f"Rscript {path}" in " ".join(out.split())


def test_another_separator(run, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("sex;a\n" + "f;1\nm;0\n" * 10)
    assert len(table(run("estimate", path, "--by", "sex", "--separator", ";", "--kind", "census"))) == 3


def test_spark_is_asked_for_a_session_and_reads_the_file(run, monkeypatch):
    asked = []

    class Builder:
        def getOrCreate(self):
            return "session"

    def connect(session):
        asked.append(session)
        return ibis.duckdb.connect()

    monkeypatch.setitem(sys.modules, "pyspark", types.ModuleType("pyspark"))
    sql = types.SimpleNamespace(SparkSession=types.SimpleNamespace(builder=Builder()))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    monkeypatch.setitem(vars(ibis), "pyspark", types.SimpleNamespace(connect=connect))
    assert table(run("estimate", QUOTA, "--items", "rare", "--engine", "spark", "--kind", "census"))[0]["n"] == "852"
    assert asked == ["session"]


def test_spark_that_is_not_installed(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert "pip install pyspark" in refused("estimate", QUOTA, "--engine", "spark")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--items", "rar=1"], "no column 'rar'. Did you mean 'rare'?"),
        (["--items", "RARE"], "no column 'RARE'. Did you mean 'rare'?"),
        (["--items", "ratio:rare/zzz"], "no column 'zzz'. The columns are: region, profile, site"),
        (["--weight", "w"], "no column 'w'. "),
        (["--strata", "regions"], "Did you mean 'region'?"),
        (["--by", "region,profil"], "Did you mean 'profile'?"),
        (["--items", "rare", "--separator", ";"], "name what separates the values, as in --separator ';'"),
        (["--items", "site"], "'site' has more than 10 codes and is no number, or is empty"),
        (["--items", "share:income"], "'income' has more than 10 codes"),
        (["--items", "total:region"], "Here: --missing CODE."),
        (["--weight", "region"], "weights in 'region' are not finite numbers"),
        (["--level", "95"], "level is 95.0"),
        (["--out", "found.xlsx"], "found.xlsx cannot be written: its name must end in one of ('.csv'"),
        (["--items", "rare", "--out", "/nowhere/found.csv"], "/nowhere/found.csv cannot be written ("),
    ],
)  # fmt: skip
def test_refusals_say_what_to_do(refused, arguments, says):
    assert says in refused("estimate", QUOTA, *arguments)


def test_files_that_are_none(refused, tmp_path):
    assert "There is no file" in refused("estimate", tmp_path / "absent.csv")
    assert "neither CSV nor Parquet" in refused("estimate", DATA / "README.md")
    for name, content in (("broken.parquet", b"PAR"), ("latin.csv", "año,b\nseñora,1\n".encode("latin-1") * 9)):
        path = tmp_path / name
        path.write_bytes(content)
        said = refused("estimate", path)
        assert f"{path} cannot be read: " in said
        assert "Save it anew as CSV (UTF-8) or Parquet" in said


def test_gaps_that_cannot_be_made(refused, small):
    assert "Mind capitals" in refused("gaps", QUOTA, "--by", "profile", "--reference", "men", "--items", "rare")
    assert "no level but 'x'" in refused("gaps", small, "--by", "same", "--reference", "x", "--items", "member")
    assert "levels of one column" in refused("gaps", small, "--by", "sex,ppe", "--reference", "men")


def test_a_table_without_items(refused, tmp_path):
    path = tmp_path / "none.csv"
    path.write_text("id,same\n" + "".join(f"{i},x\n" for i in range(40)))
    assert "No column holds answers" in refused("estimate", path)


def test_an_empty_column_is_no_item(refused, small):
    assert "'empty' has more than 10 codes and is no number, or is empty" in refused(
        "estimate", small, "--items", "empty"
    )


def test_a_date_is_no_item(refused, tmp_path):
    path = tmp_path / "dates.parquet"
    parquet.write_table(pyarrow.table({"day": pyarrow.array([1, 2], pyarrow.int32()).cast(pyarrow.date32())}), path)
    for items in ("day", "share:day"):
        assert "Name the code to count" in refused("estimate", path, "--items", items)


def test_numbers_with_a_dozen_codes_are_a_mean_and_texts_are_refused(run, refused, tmp_path):
    path = tmp_path / "dozen.csv"
    path.write_text("number,text\n" + "".join(f"{i % 12},t{i % 12}\n" for i in range(48)))
    assert [row["name"] for row in table(run("estimate", path, "--items", "number", "--kind", "census"))] == ["number"]
    assert "more than 10 codes" in refused("estimate", path, "--items", "text")
    assert "left out: many different texts: text" in run("estimate", path, "--kind", "census")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["0.55,0.67", "--strata", "2"], ["257      257", "gap of -0.1200: 0.8010", "514 PSUs"]),
        (
            ["0.55,0.67", "--asked", "300,200", "--deff", "1.5"],
            ["300", "sees the gap of -0.1200: 0.6", "The least gap"],
        ),
        (["0.3", "--half-width", "0.05", "--level", "0.9"], ["(90 %)", "plus and minus 0.0499"]),
        (["0.3", "--asked", "400", "--response", "0.5", "--population", "4000"], ["400      200", "standard error"]),
        (["1300,1200", "--sd", "400", "--cluster-size", "5", "--icc", "0.1"], ["gap of 100.00", "its reference"]),
    ],
)
def test_sizes(run, arguments, says):
    out = run("sizes", "--expect", *arguments)
    for one in says:
        assert one in out


def test_sizes_are_those_of_the_planning(run):
    plan = brecha.planning.sample_size(
        brecha.planning.Expected((0.5, 0.6)), brecha.planning.Assumptions(weighting=1.3), 0.9
    )
    rows = table(run("sizes", "--expect", "0.5,0.6", "--weighting", "1.3", "--power", "0.9"))
    assert [int(row["asked"]) for row in rows] == list(plan.asked)


def test_a_size_without_a_question(refused):
    assert "One number is no gap" in refused("sizes", "--expect", "0.3")
