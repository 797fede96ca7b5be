"""Everything that can be wrong in a dataset, as real files, and what a person is told."""

from dataclasses import replace

import pyarrow as pa
import pytest
from django.utils import translation
from openpyxl import Workbook

from pallaq.shared.errors import Problem, Problems
from pallaq.shared.tabular import read_table
from pallaq.study.rules.dataset import Dataset, check_dataset
from pallaq.study.rules.definition import Design, PlannedCell, Study
from pallaq.study.tests.small_study import HEADER, ROWS, STUDY, indicator, with_design, write

PLAIN = replace(STUDY, design=Design("quota"))


def check(path, study: Study = STUDY) -> Dataset:
    with translation.override("en"):
        return check_dataset(study, read_table(path))


def problems_of(path, study: Study = STUDY) -> list[Problem]:
    with pytest.raises(Problems) as refusal:
        check(path, study)
    return refusal.value.problems


CHANGES: list[tuple[str, tuple[tuple[str, str], ...], list[tuple[object, ...]], str]] = [
    ("a missing column", (("ppe", "note"),), [("missing-column", 1, "ppe", "")], 'no column "ppe": add it'),
    ("a misspelt column", (("perfil", "prefil"),), [("missing-column", 1, "perfil", "prefil")], '"prefil" is like it'),
    (
        "a column in capitals, and a bad value in it",
        (("perfil", "Perfíl "), (",men,04", ",man,04")),
        [("missing-column", 1, "perfil", "Perfíl "), ("unknown-level", 4, "perfil", "man")],
        '"Perfíl " is like it',
    ),
    (
        "an unknown column",
        ((HEADER, HEADER + ",phone"), (ROWS[0], ROWS[0] + ",9"), *((row, row + ",") for row in ROWS[1:])),
        [("unknown-column", 1, "phone", "")],
        'remove it, or add it to "ignored"',
    ),
    ("an unknown profile", (("women", "woman"),), [("unknown-level", 2, "perfil", "woman")], 'mean "women"'),
    ("a title for a code", (("women", "Mujeres"),), [("unknown-level", 2, "perfil", "Mujeres")], 'mean "women"'),
    ("an unknown region", ((",21,", ",99,"),), [("unknown-level", 6, "region", "99")], "Write one of: 04, 21."),
    ("a zero that was eaten", ((",04,", ",4,"),), [("unknown-level", 2, "region", "4")], 'Write "04": the spreadsheet'),
    ("an empty region", ((",21,", ",,"),), [("empty-level", 6, "region", "")], "Write one of: 04, 21."),
    (
        "a code outside the codebook",
        (("40,yes,no", "40,si,no"),),
        [("unknown-code", 2, "ppe", "si")],
        'mean "yes"',
    ),
    (
        "a code that was not declared",
        (("40,yes,no", "40,999999,no"),),
        [("unknown-code", 2, "ppe", "999999")],
        "Write one of: yes, no, no_answer.",
    ),
    ("an empty answer", (("40,yes,no", "40,,no"),), [("empty-answer", 2, "ppe", "")], "no missing code"),
    (
        "an answer of somebody who was not asked",
        (("no_answer,", "no_answer,yes"),),
        [("answer-outside-universe", 4, "care", "yes")],
        "only these people were asked: Mujeres (en)",
    ),
    (
        "a missing code of somebody who was not asked",
        (("no_answer,", "no_answer,no_answer"),),
        [("answer-outside-universe", 4, "care", "no_answer")],
        "Empty the cell",
    ),
    ("a negative weight", ((",1.5,", ",-1.5,"),), [("not-positive", 2, "weight", "-1.5")], "not above 0"),
    ("a zero weight", ((",1.5,", ",0,"),), [("not-positive", 2, "weight", "0")], "not above 0"),
    ("NaN for a weight", ((",1.5,", ",NaN,"),), [("not-a-number", 2, "weight", "NaN")], "is not a number"),
    ("infinity for a weight", ((",1.5,", ",inf,"),), [("not-a-number", 2, "weight", "inf")], "is not a number"),
    ("a weight too large", ((",1.5,", ",1e999,"),), [("not-a-number", 2, "weight", "1e999")], "is not a number"),
    ("text for a weight", ((",1.5,", ",heavy,"),), [("not-a-number", 2, "weight", "heavy")], "is not a number"),
    ("a decimal comma", ((",1.5,", ',"1,5",'),), [("not-a-number", 2, "weight", "1,5")], "with a point"),
    ("no weight", ((",1.5,", ",,"),), [("empty-number", 2, "weight", "")], "the cell is empty"),
    ("a negative population", ((",40,", ",-40,"),), [("not-positive", 2, "size", "-40")], "not above 0"),
    (
        "two populations in a stratum",
        ((",40,", ",41,"),),
        [("population-varies", None, "size", "")],
        'region = "04", perfil = "women" has populations from 40 to 41',
    ),
    (
        "fewer people than were sampled",
        ((",20,", ",1,"), (",20,", ",1,")),
        [("population-too-small", None, "size", "")],
        "population of 1 and 2 were sampled",
    ),
    (
        "an identifier twice",
        (("P3", "P1"), ("P4", "P1")),
        [("repeated-identifier", 4, "id", "P1"), ("repeated-identifier", 5, "id", "P1")],
        '"P1" already stands in row 2',
    ),
    ("no identifier", (("P3", ""),), [("empty-identifier", 4, "id", "")], "no identifier"),
    ("another stamp", (("SYNTHETIC", "real"),), [("unknown-stamp", 2, "stamp", "real")], "no stamp"),
    ("real among synthetic", (("SYNTHETIC", ""),), [("mixed-stamp", 2, "stamp", "")], "keep real and made rows apart"),
    (
        "a profile in doubt is told once",
        (("P1,SYNTHETIC,women", "P1,SYNTHETIC,"),),
        [("empty-level", 2, "perfil", "")],
        "the cell is empty",
    ),
    (
        "everything at once",
        (("P2", "P1"), ("women", "wimmin"), ("40,yes,no", "40,7,no"), (",1.5,", ",x,"), (",21,", ",22,")),
        [
            ("repeated-identifier", 3, "id", "P1"),
            ("unknown-level", 2, "perfil", "wimmin"),
            ("unknown-level", 6, "region", "22"),
            ("unknown-code", 2, "ppe", "7"),
            ("not-a-number", 2, "weight", "x"),
        ],
        "already stands in row 2",
    ),
]


@pytest.mark.parametrize(
    ("changes", "expected", "words"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_it_names_what_is_wrong(tmp_path, changes, expected, words):
    single = ("single-psu", "population-varies", "population-too-small")
    problems = problems_of(write(tmp_path, *changes), with_design(single_psu="adjust"))
    shown = [p for p in problems if p.code in [row[0] for row in expected] or p.code not in single]
    assert [(p.code, p.row, p.column, p.value) for p in shown] == expected
    assert words in shown[0].message
    assert {p.file for p in problems} == {"data.csv"}


def test_it_gives_columns_typed_for_analysis(tmp_path):
    dataset = check(write(tmp_path))
    assert (dataset.study, dataset.rows, dataset.synthetic, dataset.warnings) == ("small", 6, True, ())
    assert dataset.columns == ("id", "stamp", "perfil", "region", "weight", "size", "ppe", "care")
    types = {field.name: field.type for field in dataset.table.schema if field.type != pa.string()}
    assert types == {"weight": pa.float64(), "size": pa.float64()}
    assert dataset.table["weight"].to_pylist() == [1.5, 2, 1, 1, 0.5, 3]
    assert dataset.table["region"].to_pylist() == ["04"] * 4 + ["21"] * 2
    assert dataset.table["care"].to_pylist() == ["no", "yes", None, None, "yes", "no"]


def test_it_takes_rows_without_a_stamp_for_real(tmp_path):
    rows = tuple(row.replace("SYNTHETIC", "") for row in ROWS)
    assert not check(write(tmp_path, rows=rows)).synthetic


def test_it_leaves_out_ignored_columns_and_says_so(tmp_path):
    path = write(tmp_path, header=f"note,{HEADER}", rows=tuple(f"x,{row}" for row in ROWS))
    dataset = check(path)
    assert "note" not in dataset.columns
    assert english(dataset) == ('Columns that are not read: "note".',)


def test_it_reads_decimal_commas_of_a_semicolon_file_and_says_so(tmp_path):
    text = "\n".join((HEADER, *ROWS)).replace(",", ";").replace(".5", ",5").replace("1e0", "1")
    (tmp_path / "data.csv").write_text(text)
    dataset = check(tmp_path / "data.csv")
    assert dataset.table["weight"].to_pylist() == [1.5, 2, 1, 1, 0.5, 3]
    assert len(dataset.warnings) == 1
    assert "decimal signs" in english(dataset)[0]


def test_it_refuses_commas_beside_points_as_decimal_signs(tmp_path):
    text = "\n".join((HEADER, *ROWS)).replace(",", ";").replace("1.5", "1,500")
    (tmp_path / "data.csv").write_text(text)
    (problem,) = problems_of(tmp_path / "data.csv")
    assert (problem.code, problem.row, problem.column, problem.value) == ("mixed-decimals", 6, "weight", ".5")
    assert 'row 2: "1,500"' in problem.message


def test_it_checks_a_workbook_whose_zeros_were_eaten(tmp_path):
    workbook = Workbook()
    workbook.active.append(HEADER.split(","))
    for row in ROWS:
        cells = row.split(",")
        workbook.active.append(
            [*cells[:3], int(cells[3]), float(cells[4]), int(cells[5]), *(c or None for c in cells[6:])]
        )
    workbook.save(tmp_path / "data.xlsx")
    problems = problems_of(tmp_path / "data.xlsx")
    assert {(p.code, p.row, p.column, p.value) for p in problems} == {
        ("unknown-level", row, "region", "4") for row in (2, 3, 4, 5)
    }


def test_it_accepts_an_empty_cell_where_the_codebook_does(tmp_path):
    study = replace(STUDY, indicators=(indicator("ppe", ("no_answer", "")), STUDY.indicators[1]))
    assert check(write(tmp_path, ("40,yes,no", "40,,no")), study).table["ppe"].to_pylist()[0] is None


def test_it_counts_what_it_does_not_show(tmp_path):
    header, rows = "perfil,region,ppe,care,id,stamp", tuple(f"x,04,yes,,P{n}," for n in range(51))
    problems = problems_of(write(tmp_path, header=header, rows=rows), PLAIN)
    assert [p.row for p in problems] == [*range(2, 22), None]
    assert problems[-1].message == "and 31 more rows like this"


LONE = ("P4,SYNTHETIC,men,04,1e0,30,yes,\n", "")


def test_it_refuses_a_stratum_of_one_without_a_rule(tmp_path):
    (problem,) = problems_of(write(tmp_path, LONE))
    assert problem.code == "single-psu"
    assert 'region = "04", perfil = "men" has one sampling unit' in problem.message


@pytest.mark.parametrize("rule", ["adjust", "average", "certainty"])
def test_it_accepts_a_stratum_of_one_with_a_rule(tmp_path, rule):
    assert check(write(tmp_path, LONE), with_design(single_psu=rule)).rows == 5


def test_it_accepts_a_stratum_of_one_that_is_its_whole_population(tmp_path):
    assert check(write(tmp_path, LONE, ("1,30,no_answer", "1,1,no_answer"))).rows == 5


def test_a_census_needs_no_rule(tmp_path):
    assert check(write(tmp_path, LONE), with_design(kind="census")).rows == 5


def test_it_says_which_stratum_joins_which(tmp_path):
    rows = (*ROWS, "P7,SYNTHETIC,men,21,1,9,yes,", "P8,SYNTHETIC,men,21,1,9,yes,")
    dataset = check(write(tmp_path, LONE, rows=rows), with_design(single_psu="collapse", collapse={"04": "21"}))
    assert dataset.warnings == (
        {
            "es": "El estrato Arequipa, Hombres tiene una sola unidad de muestreo; "
            "para la varianza se une con Puno, Hombres.",
            "en": "The stratum Arequipa (en), Hombres (en) has one sampling unit; "
            "for the variance it joins Puno (en), Hombres (en).",
        },
    )


@pytest.mark.parametrize(
    ("collapse", "words"),
    [({}, "has one sampling unit"), ({"04": "04"}, "has one sampling unit"), ({"04": "21"}, "which has no row")],
)
def test_it_refuses_a_stratum_of_one_that_has_nothing_to_join(tmp_path, collapse, words):
    (problem,) = problems_of(write(tmp_path, LONE), with_design(single_psu="collapse", collapse=collapse))
    assert problem.code == "single-psu"
    assert words in problem.message


def english(dataset: Dataset) -> tuple[str, ...]:
    return tuple(said["en"] for said in dataset.warnings)


def clusters(tmp_path, *units: str) -> tuple[object, Study]:
    rows = tuple(f"{row},s{row[5:6] and row.split(',')[3]},{unit}" for row, unit in zip(ROWS, units, strict=True))
    study = with_design(strata=("stratum",), psu="unit", population="")
    return write(tmp_path, header=f"{HEADER},stratum,unit", rows=rows), replace(study, ignored=("size",))


def test_it_counts_clusters_inside_strata(tmp_path):
    path, study = clusters(tmp_path, "1", "1", "2", "2", "1", "2")
    assert check(path, study).columns[-4:] == ("unit", "weight", "ppe", "care")
    path, study = clusters(tmp_path, "1", "1", "2", "2", "1", "1")
    (problem,) = problems_of(path, study)
    assert 'stratum = "s21" has one sampling unit' in problem.message


def test_it_needs_a_cluster_in_every_row(tmp_path):
    path, study = clusters(tmp_path, "1", "", "2", "2", "1", "2")
    assert [(p.code, p.row, p.column) for p in problems_of(path, study)] == [("empty-design", 3, "unit")]


def test_it_measures_a_population_without_strata(tmp_path):
    study = with_design(strata=())
    path = write(tmp_path, *((f",{n},", ",5,") for n in (40, 40, 30, 30, 20, 20)))
    (problem,) = problems_of(path, study)
    assert (problem.code, "the whole sample" in problem.message) == ("population-too-small", True)
    (problem,) = problems_of(write(tmp_path, rows=ROWS[:1]), with_design(strata=()))
    assert (problem.code, "the whole sample" in problem.message) == ("single-psu", True)


def test_it_says_where_the_data_differ_from_the_plan(tmp_path):
    plan = (PlannedCell("04", "women", 2), PlannedCell("04", "men", 3), PlannedCell("21", "men", 1))
    dataset = check(write(tmp_path), replace(STUDY, plan=plan))
    assert english(dataset) == (
        "Arequipa (en), Hombres (en): 2 people, and the sample plan has 3.",
        "Puno (en), Hombres (en): 0 people, and the sample plan has 1.",
        "Puno (en), Mujeres (en): 2 people, and the sample plan has 0.",
    )


def test_it_says_when_a_level_has_no_row(tmp_path):
    dataset = check(write(tmp_path, rows=ROWS[:4]))
    assert english(dataset) == ("Región (en): no row has Puno (en).",)


def test_it_speaks_spanish(tmp_path):
    with translation.override("es-pe"), pytest.raises(Problems) as refusal:
        check_dataset(STUDY, read_table(write(tmp_path, ("women", "woman"))))
    assert "Fila 2, «perfil»: «woman»" in refusal.value.problems[0].message


@pytest.mark.parametrize(("old", "new"), [("P1,SYNTHETIC,women", "P1,SYNTHETIC,mujer"), ("women,04", "women,99")])
def test_a_level_that_nobody_declared_is_one_problem_and_not_also_a_stratum_of_one(tmp_path, old, new):
    path = write(tmp_path, (old, new))
    assert [p.code for p in problems_of(path, STUDY)] == ["unknown-level"]
    path = write(tmp_path, (old, new))
    collapsing = with_design(single_psu="collapse", collapse={"04": "21"})
    assert [p.code for p in problems_of(path, collapsing)] == ["unknown-level"]


def test_a_stratum_of_one_is_said_beside_a_level_that_cannot_be_in_it(tmp_path):
    problems = problems_of(write(tmp_path, LONE, ("P6,SYNTHETIC,women", "P6,SYNTHETIC,mujer")))
    assert [p.code for p in problems] == ["unknown-level", "single-psu"]


@pytest.mark.parametrize("rule", ["adjust", "average", "certainty"])
def test_it_refuses_data_with_as_many_strata_as_sampling_units(tmp_path, rule):
    (problem,) = problems_of(write(tmp_path, rows=(ROWS[0], ROWS[2])), with_design(single_psu=rule))
    assert problem.code == "no-variance"
    assert "bring all the rows" in problem.message
