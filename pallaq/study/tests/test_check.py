"""Every mistake in a study's files is told with its file, its line and a remedy, and all at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import translation

from pallaq.cli import main
from pallaq.shared.errors import Problem
from pallaq.study.errors import StudyProblems
from pallaq.study.rules.loading import check_study, load_study

STUDIES = Path(__file__).resolve().parents[3] / "studies"
Edit = Callable[[str, str, str], list[Problem]]


@pytest.fixture(autouse=True)
def english() -> None:
    with translation.override("en"):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STUDIES / "women-and-men-of-gold", tmp_path / "gold"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    def change(file: str, old: str, new: str) -> list[Problem]:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return check_study(folder)

    return change


def line_of(file: str, text: str, folder: Path) -> int:
    before, found, _after = (folder / file).read_text(encoding="utf-8").partition(text)
    assert found
    return before.count("\n") + 1


MAIN, BOOK, PRINT, UNKNOWN = "study.yaml", "codebook.yaml", "print.csv", "unknown-value"
CONTEXT, UNSAID = "context.csv", "missing-language"
MISTAKES = {
    "an unknown key": (MAIN, "public: true", "publik: true\npublic: true", "unknown-key", 'Did you mean "public"?'),
    "an unknown key of a level": (MAIN, "mark: circle", "mark: circle\n      icon: x", "unknown-key", "icon"),
    "an unknown key of the design": (MAIN, "kind: quota", "kind: quota\n  strat: [x]", "unknown-key", '"strata"'),
    "an unknown key of an indicator": (
        BOOK, "counted: cohabiting", "counted: cohabiting\n    favorable: single", "unknown-key", '"favourable"',
    ),
    "an unknown key of disclosure": (MAIN, "flag: 30}", "flag: 30, floor: 3}", "unknown-key", "floor"),
    "an unknown key of a comparison": (MAIN, "group: women,", "group: women, by: x,", "unknown-key", "by"),
    "an unknown language": (MAIN, "title: {es: Perfil,", "title: {qu: Perfil, es: Perfil,", "unknown-key", "qu"),
    "a duplicate key": (MAIN, "public: true", "public: true\npublic: false", "duplicate-key", "Keep one"),
    "a missing key": (MAIN, "public: true", "", "missing-key", '"public"'),
    "an empty key": (MAIN, "code: women-and-men-of-gold", "code:", "missing-key", '"code"'),
    "a text for a list": (MAIN, "strata: [region, profile]", "strata: region", "wrong-type", "a list"),
    "a list for a text": (MAIN, "identifier: respondent", "identifier: [respondent]", "wrong-type", "one value"),
    "a word for a flag": (MAIN, "public: true", "public: perhaps", "wrong-type", "true or false"),
    "a text in one language for both": (MAIN, "en: Region}", "en: ''}", "missing-language", "in en"),
    "a bare text": (MAIN, "title: {es: Región, en: Region}", "title: Región", "wrong-type", "each language"),
    "a region code without quotes": (MAIN, 'code: "04"', "code: 04", "unquoted", 'in quotes: "04"'),
    "a collapse without quotes": (MAIN, '{"02": "11"}', '{02: "11"}', "unquoted", 'in quotes: "02"'),
    "a date for a code": (MAIN, "identifier: respondent", "identifier: 2021-01-01", "unquoted", "2021-01-01"),
    "an upper-case section code": (MAIN, "code: finance", "code: Finance", "bad-code", "lower-case"),
    "an upper-case indicator code": (BOOK, "code: literate", "code: Literate", "bad-code", "lower-case"),
    "a group code with a space": (BOOK, "no_contract: {", "no contract: {", "bad-code", "no contract"),
    "an undeclared section": (BOOK, "section: social", "section: sociall", UNKNOWN, '"social"'),
    "an undeclared reference": (BOOK, "reference: men", "reference: man", UNKNOWN, '"men"'),
    "an undeclared universe level": (BOOK, "[pallaqueras, women]", "[pallaquera]", UNKNOWN, "pallaqueras"),
    "an undeclared universe variable": (BOOK, "{profile: [pall", "{profil: [pall", "unknown-key", '"profile"'),
    "an undeclared counted answer": (BOOK, "counted: own", "counted: owned", UNKNOWN, '"own"'),
    "an undeclared favourable answer": (BOOK, "favourable: own", "favourable: mine", UNKNOWN, "own"),
    "an undeclared answer of a group": (BOOK, "[no_temporary,", "[no_temporal,", UNKNOWN, "no_temporary"),
    "an unknown kind of gap": (BOOK, "kind: resources", "kind: resource", UNKNOWN, '"resources"'),
    "an unknown base": (BOOK, "    base: asked", "    base: ask", UNKNOWN, '"asked"'),
    "an unknown kind of sample": (MAIN, "kind: quota", "kind: quotas", UNKNOWN, '"quota"'),
    "a favourable group that overlaps": (
        BOOK, "favourable: any_contract", "favourable: yes_payroll", "favourable-overlaps", "wholly apart",
    ),
    "a group named as an answer": (BOOK, "any_contract: {", "yes_payroll: {", "group-is-answer", "otherwise"),
    "an answer that is missing too": (BOOK, "missing: [no_answer]", "missing: [single]", "answer-is-missing", "one"),
    "two indicators of one code": (BOOK, "code: electricity", "code: literate", "repeated", "literate"),
    "two indicators of one column": (BOOK, "variable: free_time", "variable: literate", "repeated", "literate"),
    "an indicator on the region's column": (BOOK, "variable: literate", "variable: region", "repeated", "region"),
    "two levels of one code": (MAIN, 'code: "05"', 'code: "21"', "repeated", "21"),
    "two sections of one code": (MAIN, "code: finance", "code: social", "repeated", "social"),
    "an unknown department": (MAIN, 'place: "05"', 'place: "55"', "unknown-place", "INEI"),
    "a district under its RENIEC code": (MAIN, "211002", "201104", "unknown-place", "RENIEC"),
    "a collapse of an undeclared region": (MAIN, '{"02": "11"}', '{"99": "11"}', UNKNOWN, "99"),
    "a collapse into an undeclared region": (MAIN, '{"02": "11"}', '{"02": "99"}', UNKNOWN, "99"),
    "a collapse into itself": (MAIN, '{"02": "11"}', '{"02": "02"}', "joins-itself", "another region"),
    "a level compared with itself": (MAIN, "group: women,", "group: men,", "compared-with-itself", "another"),
    "a comparison on an unknown variable": (MAIN, "{variable: profile,", "{variable: sex,", UNKNOWN, "sex"),
    "a minimum of zero": (MAIN, "minimum: 10", "minimum: 0", "wrong-type", "1 or more"),
    "a flag below the minimum": (MAIN, "flag: 30", "flag: 5", "wrong-type", "10 or more"),
    "a total that does not add up": ("sample.csv", "94,282", "94,283", "wrong-total", "add up to 282, not 283"),
    "an unknown region in the plan": ("sample.csv", "\n20,", "\n99,", UNKNOWN, "99"),
    "a region twice in the plan": ("sample.csv", "\n20,", "\n04,", "repeated", "04"),
    "a negative number of people": ("sample.csv", "04,123,65,94,282", "04,-123,65,94,36", "bad-count", "0 or more"),
    "a column that the plan lacks": ("sample.csv", "women", "mujeres", "wrong-columns", "pallaqueras,women,men,total"),
    "an unknown indicator in the print": (PRINT, "pooled,literate,", "pooled,literat,", UNKNOWN, '"literate"'),
    "an unknown share in the print": (PRINT, "literate,yes,pall", "literate,si,pall", UNKNOWN, "si"),
    "an unknown level in the print": (PRINT, "yes,pallaqueras", "yes,pallaquera", UNKNOWN, "pallaqueras"),
    "an unknown definition": (PRINT, ",pooled,literate", ",average,literate", UNKNOWN, "average"),
    "a share of several profiles": (PRINT, ",pooled,literate", ",share,literate", "wrong-levels", "one profile"),
    "a context figure with an indicator": (PRINT, ",pooled,literate", ",none,literate", "not-estimated", "Empty"),
    "a percentage above a hundred": (PRINT, "literate,yes,all,98", "literate,yes,all,980", "bad-percent", "0 to 100"),
    "a percentage with a comma": (PRINT, "literate,yes,all,98", 'literate,yes,all,"98,5"', "bad-percent", "point"),
    "a row with a cell too many": (PRINT, "literate,yes,all,98", "literate,yes,all,98,5", "wrong-width", "quotes"),
    "a place that has no words": (PRINT, "98,text,", "98,txt,", UNKNOWN, '"text"'),
    "a printed note in one language": (PRINT, ",las conclusiones lo confirman,", ",,", UNSAID, "note_es"),
    "a printed figure without words": (PRINT, ",Sacos por tonelada: 15 en promedio,", ",,", UNSAID, "title_es"),
    "a context figure in one language": (CONTEXT, ",Mujeres inscritas: Reinfo,", ",,", UNSAID, "title_es"),
    "an old column of the context": (CONTEXT, "note_es,note_en", "note,note_en", "wrong-columns", "note_es,note_en"),
    "an unknown assumed indicator": ("assumed.csv", "literate,yes", "literat,yes", UNKNOWN, '"literate"'),
    "an unknown assumed answer": ("assumed.csv", "literate,yes", "literate,si", UNKNOWN, "si"),
    "an assumed value that was printed": ("assumed.csv", "literate,no,pall", "free_time,no,pall", "printed", "Remove"),
    "an assumed value twice": ("assumed.csv", "literate,no,pall", "literate,yes,pall", "repeated", "twice"),
    "a contradiction about no row": ("contradictions.yaml", '["45", "46"]', '["45", "999"]', UNKNOWN, "999"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_it_tells(file: str, old: str, new: str, code: str, words: str, edit: Edit, folder: Path) -> None:
    first = line_of(file, old, folder)
    last = first + max(old.count("\n"), new.count("\n"))
    found = [problem for problem in edit(file, old, new) if problem.code == code]
    assert [problem.file for problem in found][:1] == [file]
    assert words in found[0].message
    assert first <= found[0].row <= last or code == "missing-key"


def test_it_tells_everything_at_once(edit: Edit) -> None:
    edit("study.yaml", "kind: quota", "kind: quotas")
    edit("codebook.yaml", "kind: resources", "kind: resource")
    edit("sample.csv", "94,282", "94,283")
    problems = edit("print.csv", ",pooled,literate", ",average,literate")
    files = [problem.file for problem in problems if problem.code != "not-estimated"]
    assert files == ["study.yaml", "codebook.yaml", "sample.csv", "print.csv"]


def test_it_tells_a_mistake_in_shared_answers_once(edit: Edit) -> None:
    problems = edit("codebook.yaml", '"no": {es: "No", en: "No"}', '"no": {es: "No"}')
    assert [(problem.code, problem.row) for problem in problems] == [("missing-language", 7)]


def test_it_loads_nothing_when_there_is_a_problem(edit: Edit, folder: Path) -> None:
    edit("study.yaml", "kind: quota", "kind: quotas")
    with pytest.raises(StudyProblems, match="Nothing was loaded") as caught:
        load_study(folder)
    assert [problem.value for problem in caught.value.problems] == ["quotas"]


def test_it_takes_a_bare_yes_as_the_word_it_is(edit: Edit) -> None:
    assert edit("codebook.yaml", 'counted: "yes"', "counted: yes") == []


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "empty-file", None),
        (b" \n", "empty-file", None),
        (b"code: x\ntitle: Regi\xf3n\n", "not-utf8", 2),
        (b"code: x\n  title: y: z\n", "not-yaml", 2),
        (b"code: [x\n", "not-yaml", 2),
        (b"code: \x07\n", "not-yaml", 1),
        (b"- a\n- b\n", "wrong-type", 1),
        (b"code: *nobody\n", "not-yaml", 1),
        (b"code: a\n---\ncode: b\n", "not-yaml", 2),
    ],
)
def test_it_tells_why_a_file_cannot_be_read(content: bytes, code: str, row: int | None, folder: Path) -> None:
    (folder / "study.yaml").write_bytes(content)
    assert [(p.file, p.code, p.row) for p in check_study(folder)] == [("study.yaml", code, row)]


def test_it_survives_a_file_that_points_at_itself(folder: Path) -> None:
    (folder / "study.yaml").write_text("profile: &p\n  levels: [*p]\n", encoding="utf-8")
    assert "missing-key" in {problem.code for problem in check_study(folder)}


@pytest.mark.parametrize("file", ["study.yaml", "codebook.yaml"])
def test_it_needs_both_yaml_files(file: str, folder: Path) -> None:
    (folder / file).unlink()
    assert [(p.file, p.code) for p in check_study(folder)] == [(file, "missing-file")]


@pytest.mark.parametrize("file", ["sample.csv", "context.csv", "print.csv", "assumed.csv", "contradictions.yaml"])
def test_it_tells_an_empty_file_that_need_not_be_there(file: str, folder: Path) -> None:
    (folder / file).write_bytes(b"")
    assert (file, "empty-file") in [(problem.file, problem.code) for problem in check_study(folder)]


def test_it_tells_a_quote_that_is_never_closed(folder: Path) -> None:
    (folder / "sample.csv").write_text('region,pallaqueras\n"04,' + "1" * 200_000, encoding="utf-8")
    assert [(p.file, p.code) for p in check_study(folder)] == [("sample.csv", "not-csv")]


def test_it_needs_no_more_than_a_study_and_a_codebook(folder: Path) -> None:
    for file in ("sample.csv", "context.csv", "print.csv", "assumed.csv", "contradictions.yaml"):
        (folder / file).unlink()
    study = load_study(folder)
    assert (study.plan, study.context, study.printed, study.assumed, study.contradictions) == ((), (), (), {}, ())


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["study", *arguments])
    return result.exit_code, result.output.strip()


def test_the_command_says_one_line_when_all_is_well() -> None:
    gold, nhanes = str(STUDIES / "women-and-men-of-gold"), str(STUDIES / "nhanes")
    assert run("--lang", "en", "check", gold) == (
        0,
        "women-and-men-of-gold: 34 indicators, 3 profiles, 9 regions: no problems",
    )
    assert run("check", nhanes) == (0, "nhanes: 1 indicador, 2 perfiles, 4 regiones: sin problemas")


def test_the_command_says_each_problem_in_both_languages(edit: Edit, folder: Path) -> None:
    edit("study.yaml", "kind: quota", "kind: quotas")
    line = line_of("study.yaml", "kind: quotas", folder)
    english = f'study.yaml:{line}: "kind" says "quotas", which is not declared. Did you mean "quota"?'
    spanish = f"study.yaml:{line}: «kind» dice «quotas», que no está declarado. ¿Quisiste decir «quota»?"
    assert run("--lang", "en", "check", str(folder)) == (1, english)
    assert run("--lang", "es", "check", str(folder)) == (1, spanish)


def test_reconstruct_refuses_a_study_without_printed_figures(tmp_path: Path) -> None:
    status, output = run("--lang", "en", "reconstruct", str(STUDIES / "nhanes"), "--out", str(tmp_path / "out"))
    assert (status, output) == (
        1,
        "pallaq: The study needs sample.csv and print.csv to be reconstructed. Add them.",
    )
    assert not (tmp_path / "out").exists()


def test_reconstruct_refuses_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    gold = str(STUDIES / "women-and-men-of-gold")
    status, output = run("--lang", "en", "reconstruct", gold, "--out", str(tmp_path / "out"))
    assert status == 1
    assert output == f"pallaq: {tmp_path / 'out'} cannot be written (File exists). Choose another folder with --out."


def test_it_says_once_that_there_is_no_folder(folder: Path) -> None:
    for place in (folder / "nowhere", folder / "study.yaml"):
        (problem,) = check_study(place)
        assert str(place) in problem.message
        assert "Name the folder of a study" in problem.message
