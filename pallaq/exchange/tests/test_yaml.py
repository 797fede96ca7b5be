"""Plans as YAML: read, checked whole, written back."""

from pathlib import Path

import pytest
from django.conf import settings

from pallaq.exchange.loading import read_plan
from pallaq.exchange.rules.plan_file import texts_of
from pallaq.exchange.rules.yaml_plan import yaml_text

BOLIVIA = Path(__file__).parent / "bolivia.yaml"
GOLD = Path(settings.PLANS) / "women-and-men-of-gold" / "plan.yaml"
HEAD = """code: p
title: {es: Plan}
country: PE
currency: PEN
dimensions:
  sex:
    title: {es: Sexo}
    levels: {women: {es: Mujeres}, men: {es: Hombres}}
  region:
    title: {es: Región}
    levels: {"21": {es: Puno}}
organisations:
  - {name: Ministerio de Salud, short: Minsa, kind: ministry}
levels:
  - code: n
    title: {es: Nivel}
    objectives:
      - code: SO1
        title: {es: Objetivo}
"""  # 19 lines; what a test adds begins on line 20


def codes_of(folder: Path, text: str) -> list[tuple[str, int | None]]:
    """Return the code and line of every problem of a file."""
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return [(problem.code, problem.row) for problem in read_plan(path)[1]]


def indented(text: str) -> str:
    """Return lines that stand beside an objective."""
    return HEAD + "".join(f"        {line}\n" for line in text.strip().splitlines())


def test_the_studys_plan_is_sound_and_whole() -> None:
    sheets, problems = read_plan(GOLD)
    assert problems == []
    assert sheets
    kinds = [row.values["kind"] for row in sheets["chain"]]
    assert [kinds.count(kind) for kind in ("level", "objective", "result", "action")] == [3, 8, 15, 34]
    assert not sheets["indicators"]
    assert not sheets["targets"]
    regions = [row.values["level"] for row in sheets["dimensions"] if row.values["dimension"] == "region"]
    assert len(regions) == 25
    assert {"04", "20", "21", "05", "17", "11", "02", "08", "03"} <= set(regions)
    assert {tuple(row.values["title"]) for row in sheets["chain"]} == {("es", "en")}
    assert sheets["plan"][0].values["translation"] == "ours"
    notes = {row.values["code"] for row in sheets["chain"] if row.values["note"]}
    assert notes == {"SO1", "R5", "SO4", "SO7", "R14", "SO8"}


@pytest.mark.parametrize("path", [GOLD, BOLIVIA], ids=["gold", "bolivia"])
def test_what_is_written_is_read_back_as_it_was(path: Path, tmp_path: Path) -> None:
    sheets, _problems = read_plan(path)
    assert sheets
    (tmp_path / "again.yaml").write_text(yaml_text(sheets), encoding="utf-8")
    again, problems = read_plan(tmp_path / "again.yaml")
    assert problems == []
    assert again
    assert {name: [texts_of(row) for row in rows] for name, rows in again.items()} == {
        name: [texts_of(row) for row in rows] for name, rows in sheets.items()
    }


def test_everything_that_is_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    text = """
starts_on: 2027-01-01
ends_on: 2026-01-01
budget: -5
places: ["99"]
parts: {leads: [Minsa], responsible: [Nadie]}
indicators:
  - code: I1
    unit: kilos
    title: {es: Uno}
    frequency: yearly
    disaggregation: [colour]
  - code: I2
    title: {es: Dos}
    unit: percentage
    frequency: quarterly
    disaggregation: [sex]
    baselines:
      - {value: 33, year: 2027}
      - {cell: "sex=others", value: 120, year: 2027}
    targets:
      - {period: 2028, value: 40}
      - {period: 2026-Q1, value: 40}
      - {period: 2028-Q1, value: 40}
      - {period: 2028-Q1, value: 50}
      - {period: pronto, value: mucho}
  - code: SO1
    title: {es: ""}
    unit: number
    frequency: yearly
"""
    found = codes_of(tmp_path, indented(text))
    assert set(found) == {
        ("dates-reversed", 21),
        ("budget-negative", 22),
        ("place-unknown", 23),
        ("unknown-value", 24),  # a role, an organisation
        ("unknown-value", 27),  # a unit
        ("unknown-value", 30),  # a dimension
        ("cell-unknown", 38),
        ("value-above", 38),
        ("period-overlaps", 40),
        ("target-before-baseline", 41),
        ("repeated", 43),
        ("not-a-period", 44),
        ("not-a-number", 44),
        ("code-taken", 45),
        ("title-missing", 46),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not: [closed", "not-yaml"),
        ("- a list", "wrong-type"),
        ("", "empty-file"),
        ("code: p\ntitle: {es: P}\ncountry: PE\ncurrency: PEN\n", "missing-key"),
        (HEAD.replace("currency: PEN", "currency: pen"), "bad-currency"),
        (HEAD.replace("country: PE", "country: Perú"), "not-a-word"),
        (HEAD.replace("code: p", "code: import"), "bad-code"),
        (HEAD.replace("code: SO1", "code: S O"), "bad-code"),
        (HEAD.replace("code: SO1", "code: n"), "repeated"),
        (HEAD.replace("{es: Objetivo}", "{}"), "title-missing"),
        (HEAD.replace("title: {es: Objetivo}", "tittle: {es: Objetivo}"), "unknown-key"),
        (HEAD.replace("kind: ministry", "kind: ministerio"), "unknown-value"),
        (HEAD.replace("{es: Objetivo}", '{es: "a\\0b"}'), "not-words"),
        ("[" * 5_000, "not-yaml"),
        ("amber_from: 95\n" + HEAD, "thresholds"),
    ],
)
def test_each_fault_has_its_code(tmp_path: Path, text: str, code: str) -> None:
    assert code in [found for found, _line in codes_of(tmp_path, text)]


def test_a_file_that_is_no_plan_is_refused_whatever_its_name(tmp_path: Path) -> None:
    contents = {"plan.yaml": b"\x89PNG\r\n\x1a\n\xff", "plan.xlsx": b"code: p", "a.xlsx": b"PK\x03\x04"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        sheets, problems = read_plan(tmp_path / name)
        assert (sheets, len(problems)) == (None, 1), name


def test_an_alias_inside_an_alias_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pallaq.exchange.rules.yaml_plan.MOST_ROWS", 50)
    many = ", ".join(["*action"] * 30)
    text = f"""
results:
  - code: R1
    title: {{es: Uno}}
    actions: &all [&action {{code: A, title: {{es: x}}}}, {many}]
  - {{code: R2, title: {{es: Dos}}, actions: *all}}
"""
    assert codes_of(tmp_path, indented(text)) == [("too-large", None)]
