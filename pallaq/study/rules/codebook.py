"""The codebook: one indicator an entry, each checked against the study it belongs to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from django.utils.translation import gettext as _

from pallaq.study.rules.definition import Answer, Base, GapKind, Indicator, Variable
from pallaq.study.rules.entries import Entry


@dataclass(frozen=True)
class Declared:
    """What an indicator may refer to."""

    sections: Collection[str]
    profile: Variable
    variables: tuple[Variable, ...]
    columns: Collection[str]  # columns that mean something else, such as the weight


def read_indicators(codebook: Entry, declared: Declared) -> tuple[Indicator, ...]:
    """Return every indicator; codes and columns must differ."""
    codebook.entry("shared", required=False)  # where YAML anchors are written, for entries to point at
    indicators: list[Indicator] = []
    for entry in codebook.entries("indicators"):
        indicator = read_indicator(entry, declared)
        note_repeated(entry, "code", indicator.code, [other.code for other in indicators])
        taken = [*declared.columns, *(other.variable for other in indicators)]
        note_repeated(entry, "variable", indicator.variable, taken)
        indicators.append(indicator)
    codebook.close()
    return tuple(indicators)


def read_indicator(entry: Entry, declared: Declared) -> Indicator:
    """Return one indicator as its entry declares it."""
    answers = tuple(Answer(code, title, (code,)) for code, title, _line in entry.titled("answers"))
    missing = entry.words("missing")
    answer_codes = [answer.code for answer in answers]
    for code in sorted(set(missing) & set(answer_codes)):
        message = _('"%(code)s" is both an answer and missing. Keep it in one of them.') % {"code": code}
        entry.findings.add("answer-is-missing", message, entry.line_at("missing"), value=code)
    groups = read_groups(entry, answer_codes)
    shares = {share.code: share for share in (*answers, *groups)}
    kind = entry.choice("kind", get_args(GapKind), required=False)
    reference = entry.choice("reference", declared.profile.codes(), required=bool(kind))
    indicator = Indicator(
        code=entry.code(),
        title=entry.text("title"),
        section=entry.choice("section", declared.sections),
        question=entry.text("question"),
        variable=entry.word("variable"),
        answers=answers,
        groups=groups,
        missing=missing,
        universe=read_universe(entry, declared.variables),
        universe_text=entry.text("universe_text"),
        base=cast("Base", entry.choice("base", get_args(Base))),
        counted=entry.choice("counted", shares),
        favourable=entry.choice("favourable", shares, required=False),
        kind=cast("GapKind", kind) if kind else None,
        reference=reference,
        note=entry.text("note", required=False),
    )
    note_overlap(entry, indicator, shares)
    entry.close()
    return indicator


def read_groups(entry: Entry, answers: Collection[str]) -> tuple[Answer, ...]:
    """Return the named groups of answers, each with the answers it joins."""
    groups = []
    inner = entry.entry("groups", required=False)
    for code in inner.values:
        inner.check_code("groups", code, inner.line_at(code))
        if code in answers:
            message = _('The group "%(code)s" has the name of an answer. Name it otherwise.') % {"code": code}
            entry.findings.add("group-is-answer", message, inner.line_at(code), value=code)
        group = inner.entry(code)
        groups.append(Answer(code, group.text("title"), group.choices("answers", answers, required=True)))
        group.close()
    return tuple(groups)


def read_universe(entry: Entry, variables: tuple[Variable, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return who was asked: for each domain variable named, the levels that were."""
    inner = entry.entry("universe", required=False)
    levels = {variable.code: variable.codes() for variable in variables}
    universe = {code: inner.choices(code, levels[code]) for code in inner.values if code in levels}
    inner.asked += list(levels)
    inner.close()
    return universe


def note_overlap(entry: Entry, indicator: Indicator, shares: Mapping[str, Answer]) -> None:
    """Note a favourable answer that is partly counted: more of it would be neither better nor worse."""
    if not (indicator.favourable and indicator.counted):
        return
    counted, favourable = (set(shares[code].codes) for code in (indicator.counted, indicator.favourable))
    if counted & favourable and indicator.counted != indicator.favourable:
        words = {"counted": indicator.counted, "favourable": indicator.favourable}
        message = (
            _(
                'The favourable "%(favourable)s" shares answers with the counted "%(counted)s". '
                "Make them the same, or wholly apart."
            )
            % words
        )
        entry.findings.add("favourable-overlaps", message, entry.line_at("favourable"), value=indicator.favourable)


def note_repeated(entry: Entry, key: str, value: str, others: Collection[str]) -> None:
    """Note a value that must be the only one of its kind and is not."""
    if value and value in others:
        message = _('"%(key)s" says "%(value)s" a second time. Name each one otherwise.') % {"key": key, "value": value}
        entry.findings.add("repeated", message, entry.line_at(key), value=value)
