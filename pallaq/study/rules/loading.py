"""From a study's folder to a Study; everything wrong in its files is told at once, with file, line and remedy."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.places.rules import department, district
from pallaq.shared.errors import Problem
from pallaq.study.errors import StudyProblems
from pallaq.study.rules.codebook import Declared, note_repeated, read_indicators
from pallaq.study.rules.definition import (
    Comparison,
    Contradiction,
    Design,
    Disclosure,
    Level,
    SampleKind,
    Section,
    SinglePsuRule,
    Study,
    Variable,
)
from pallaq.study.rules.entries import Entry, open_yaml
from pallaq.study.rules.findings import Findings
from pallaq.study.rules.tables import read_assumed, read_context, read_plan, read_print

MARKS = ("circle", "triangle", "square")


def load_study(folder: Path) -> Study:
    """Return the study that a folder's files declare; StudyProblems when anything in them is wrong."""
    study, problems = read_study(folder)
    if study is None or problems:
        words = {"folder": folder.name, "count": len(problems)}
        raise StudyProblems(_("The study %(folder)s has %(count)s problems. Nothing was loaded.") % words, problems)
    return study


def check_study(folder: Path) -> list[Problem]:
    """Return everything that is wrong in a study's files."""
    return read_study(folder)[1]


def read_study(folder: Path) -> tuple[Study | None, list[Problem]]:
    """Return the study, as far as it can be read, and what is wrong in it."""
    findings = Findings("study.yaml")
    if not folder.is_dir():
        message = _("There is no folder %(folder)s. Name the folder of a study.") % {"folder": folder}
        return None, [Problem("no-folder", message)]
    main = open_yaml(folder / "study.yaml", findings)
    book = open_yaml(folder / "codebook.yaml", findings.of("codebook.yaml"))
    if main is None or book is None:
        return None, findings.problems
    study = _read_main(main)
    sections = [section.code for section in study.sections]
    declared = Declared(sections, study.profile, study.variables(), reserved_columns(study))
    study = replace(study, indicators=read_indicators(book, declared))
    study = replace(
        study,
        plan=read_plan(folder / "sample.csv", study, findings.of("sample.csv")),
        context=read_context(folder / "context.csv", findings.of("context.csv")),
        printed=read_print(folder / "print.csv", study, findings.of("print.csv")),
    )
    study = replace(study, assumed=read_assumed(folder / "assumed.csv", study, findings.of("assumed.csv")))
    if (folder / "contradictions.yaml").exists():
        notes = open_yaml(folder / "contradictions.yaml", findings.of("contradictions.yaml"))
        study = replace(study, contradictions=tuple(read_contradictions(notes, study)) if notes else ())
    return study, list(dict.fromkeys(findings.problems))


def summary(study: Study) -> str:
    """Return one line that says how much a sound study holds."""
    indicators, profiles, regions = len(study.indicators), len(study.profile.levels), len(study.region.levels)
    counts = [
        ngettext("%(n)s indicator", "%(n)s indicators", indicators) % {"n": indicators},
        ngettext("%(n)s profile", "%(n)s profiles", profiles) % {"n": profiles},
        ngettext("%(n)s region", "%(n)s regions", regions) % {"n": regions},
    ]
    return _("%(study)s: %(counts)s: no problems") % {"study": study.code, "counts": ", ".join(counts)}


def reserved_columns(study: Study) -> list[str]:
    """Return the columns that have another meaning than an indicator's answers."""
    design = study.design
    columns = [variable.code for variable in study.variables()]
    columns += [study.identifier, study.stamp, design.psu, design.weight, design.population]
    columns += [*study.ignored, *design.strata]
    return [column for column in dict.fromkeys(columns) if column]


def _read_main(entry: Entry) -> Study:
    profile = read_variable(entry.entry("profile"))
    region = read_variable(entry.entry("region"))
    breakdowns = tuple(read_variable(each) for each in entry.entries("breakdowns", required=False))
    variables = {variable.code: variable for variable in (profile, region, *breakdowns)}
    if len(variables) < len(breakdowns) + 2:
        message = _("Profile, region and breakdowns must be different columns. Name each one otherwise.")
        entry.findings.add("repeated", message, entry.line_at("breakdowns"))
    study = Study(
        code=read_study_code(entry),
        title=entry.text("title"),
        summary=entry.text("summary"),
        source=entry.text("source"),
        public=entry.flag("public", required=True),
        profile=profile,
        region=region,
        breakdowns=breakdowns,
        identifier=entry.word("identifier", required=False),
        stamp=entry.word("stamp", required=False),
        ignored=entry.words("ignored"),
        design=read_design(entry.entry("design"), region),
        comparisons=tuple(read_comparisons(entry, variables)),
        gaps_within=entry.choices("gaps_within", variables),
        disclosure=read_disclosure(entry.entry("disclosure", required=False)),
        sections=tuple(read_sections(entry)),
        indicators=(),
        plan=(),
        context=(),
        printed=(),
        assumed={},
        notes=entry.texts("notes"),
    )
    entry.close()
    return study


def read_study_code(entry: Entry) -> str:
    """Return the study's code; it may have hyphens, since it is a folder's name and part of an address."""
    code = entry.word("code")
    entry.check_code("code", code.replace("-", "_"))
    return code


def read_variable(entry: Entry) -> Variable:
    """Return a domain variable and its levels."""
    levels: list[Level] = []
    for each in entry.entries("levels"):
        level = read_level(each)
        note_repeated(each, "code", level.code, [other.code for other in levels])
        levels.append(level)
    variable = Variable(entry.word("variable"), entry.text("title"), tuple(levels))
    entry.close()
    return variable


def read_level(entry: Entry) -> Level:
    """Return one level; its places must be INEI's."""
    title = entry.text("title")
    level = Level(
        code=entry.word("code"),
        title=title,
        short=entry.text("short", required=False) or title,
        sub_roles=entry.texts("sub_roles"),
        mark=entry.choice("mark", MARKS, required=False),
        place=entry.word("place", required=False),
        direct_action=entry.flag("direct_action"),
        districts=entry.words("districts"),
    )
    if level.place and not department(level.place):
        note_place(entry, "place", level.place)
    for code in level.districts:
        if not district(code):
            note_place(entry, "districts", code)
    entry.close()
    return level


def note_place(entry: Entry, key: str, ubigeo: str) -> None:
    """Note a code that INEI does not know."""
    message = _("%(ubigeo)s is no INEI code (RENIEC's differ). Use two digits for a department, six for a district.")
    entry.findings.add("unknown-place", message % {"ubigeo": ubigeo}, entry.line_at(key), value=ubigeo)


def read_design(entry: Entry, region: Variable) -> Design:
    """Return how the sample was drawn."""
    rule = entry.choice("single_psu", get_args(SinglePsuRule))
    collapse = entry.entry("collapse", required=rule == "collapse")
    joins = {code: collapse.choice(code, region.codes()) for code in collapse.values}
    for code, other in joins.items():
        if code not in region.codes():
            entry.findings.unknown("collapse", code, region.codes(), collapse.line_at(code))
        if code == other:
            message = _('"%(region)s" cannot join itself. Name another region.') % {"region": code}
            entry.findings.add("joins-itself", message, collapse.line_at(code), value=code)
    design = Design(
        kind=cast("SampleKind", entry.choice("kind", get_args(SampleKind))),
        strata=entry.words("strata"),
        psu=entry.word("psu", required=False),
        weight=entry.word("weight", required=False),
        population=entry.word("population", required=False),
        single_psu=cast("SinglePsuRule", rule),
        collapse=joins,
        note=entry.text("note", required=False),
    )
    entry.close()
    return design


def read_comparisons(entry: Entry, variables: dict[str, Variable]) -> Iterator[Comparison]:
    """Yield each gap to measure, between two levels of one variable."""
    for each in entry.entries("comparisons"):
        variable = each.choice("variable", variables)
        levels: Collection[str] = variables[variable].codes() if variable else ()
        group, reference = (each.choice(key, levels) if variable else each.word(key) for key in ("group", "reference"))
        if group and group == reference:
            message = _('"%(level)s" is compared with itself. Name another reference.') % {"level": group}
            each.findings.add("compared-with-itself", message, each.line, value=group)
        each.close()
        yield Comparison(variable, group, reference)


def read_disclosure(entry: Entry) -> Disclosure:
    """Return when a base is hidden, and when it is flagged."""
    minimum = entry.whole("minimum", Disclosure.minimum, 1)
    flag = entry.whole("flag", max(minimum, Disclosure.flag), minimum)
    entry.close()
    return Disclosure(minimum, flag)


def read_sections(entry: Entry) -> Iterator[Section]:
    """Yield the chapters of the results; a section that the study did not number has no number."""
    codes = Counter[str]()
    for each in entry.entries("sections"):
        section = Section(each.code(), each.word("number", required=False), each.text("title"))
        note_repeated(each, "code", section.code, codes)
        codes[section.code] += 1
        each.close()
        yield section


def read_contradictions(entry: Entry, study: Study) -> Iterator[Contradiction]:
    """Yield what the print says twice and differently, with the rows of print.csv it is about."""
    rows = [str(figure.number) for figure in study.printed]
    codes: list[str] = []
    for each in entry.entries("contradictions"):
        code = each.code()
        note_repeated(each, "code", code, codes)
        codes.append(code)
        figures = tuple(int(row) for row in each.choices("figures", rows, required=True) if row)
        yield Contradiction(code, each.text("words"), figures)
        each.close()
    entry.close()
