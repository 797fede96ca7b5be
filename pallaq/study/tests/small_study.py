"""A small study in code, and data files for it."""

from dataclasses import replace
from pathlib import Path

from pallaq.study.rules.definition import (
    Answer,
    Comparison,
    Design,
    Disclosure,
    Indicator,
    Level,
    Section,
    Study,
    Text,
    Variable,
)

HEADER = "id,stamp,perfil,region,weight,size,ppe,care"
ROWS = (
    "P1,SYNTHETIC,women,04,1.5,40,yes,no",
    "P2,SYNTHETIC,women,04,2,40,no,yes",
    "P3,SYNTHETIC,men,04,1,30,no_answer,",
    "P4,SYNTHETIC,men,04,1e0,30,yes,",
    "P5,SYNTHETIC,women,21,.5,20,no,yes",
    "P6,SYNTHETIC,women,21,+3,20,yes,no",
)


def both(word: str) -> Text:
    """Return a text that says the same in both languages but for its mark."""
    return {"es": word, "en": f"{word} (en)"}


def level(code: str, title: str) -> Level:
    """Return a level with a title."""
    return Level(code, both(title), both(title))


def indicator(code: str, missing: tuple[str, ...], **fields: object) -> Indicator:
    """Return a yes-no question."""
    answers = (Answer("yes", both("Sí"), ("yes",)), Answer("no", both("No"), ("no",)))
    values = {
        "code": code,
        "title": both(code),
        "section": "work",
        "question": both("?"),
        "variable": code,
        "answers": answers,
        "groups": (),
        "missing": missing,
        "universe": {},
        "universe_text": both("Todas"),
        "base": "asked",
        "counted": "yes",
        "favourable": "yes",
        "kind": "access",
        "reference": "men",
    }
    return Indicator(**{**values, **fields})


STUDY = Study(
    code="small",
    title=both("Small"),
    summary={},
    source={},
    public=True,
    profile=Variable("perfil", both("Perfil"), (level("women", "Mujeres"), level("men", "Hombres"))),
    region=Variable("region", both("Región"), (level("04", "Arequipa"), level("21", "Puno"))),
    breakdowns=(),
    identifier="id",
    stamp="stamp",
    ignored=("note",),
    design=Design("probability", strata=("region", "perfil"), weight="weight", population="size"),
    comparisons=(Comparison("perfil", "women", "men"),),
    gaps_within=(),
    disclosure=Disclosure(),
    sections=(Section("work", "1", both("Trabajo")),),
    indicators=(
        indicator("ppe", ("no_answer",)),
        indicator("care", ("no_answer",), universe={"perfil": ("women",)}, universe_text=both("Mujeres")),
    ),
    plan=(),
    context=(),
    printed=(),
    assumed={},
    notes=(),
)


def with_design(**fields: object) -> Study:
    """Return the study with another design."""
    return replace(STUDY, design=replace(STUDY.design, **fields))


def write(folder: Path, *changes: tuple[str, str], header: str = HEADER, rows: tuple[str, ...] = ROWS) -> Path:
    """Write the data as CSV, with texts replaced where they stand first."""
    text = "\n".join((header, *rows)) + "\n"
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "data.csv"
    path.write_text(text, encoding="utf-8")
    return path
