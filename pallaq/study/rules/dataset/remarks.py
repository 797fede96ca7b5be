"""What is worth saying of a dataset in which nothing is wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow.compute as pc
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.shared.tabular import Table, quoted
from pallaq.study.rules.dataset.answers import said
from pallaq.study.rules.dataset.design import Strata
from pallaq.study.rules.definition import PlannedCell, Study, Text
from pallaq.study.rules.entries import LANGUAGES

SHOWN = 20


def remarks(study: Study, table: Table, given: Table, strata: Strata | None) -> tuple[Text, ...]:
    """Return the remarks in every language; `given` is the table as it came, with the columns that are not read."""
    spoken = []
    for language in LANGUAGES:
        with translation.override(language):
            spoken.append(list(in_this_language(study, table, given, strata)))
    return tuple(dict(zip(LANGUAGES, said, strict=True)) for said in zip(*spoken, strict=True))


def in_this_language(study: Study, table: Table, given: Table, strata: Strata | None) -> Iterator[str]:
    """Yield the remarks, a sentence each, in the language that is active."""
    numbers = [column for column in (study.design.weight, study.design.population) if column]
    if table.decimal_comma and any(pc.any(pc.match_substring(table.data[one], ",")).as_py() for one in numbers):
        yield _("The file separates columns with semicolons, so the commas in its numbers were read as decimal signs.")
    unread = [column for column in given.columns if column not in table.columns]
    if unread:
        yield _("Columns that are not read: %(columns)s.") % {"columns": ", ".join(map(quoted, unread))}
    for variable in study.variables():
        present = set(table.data[variable.code].unique().to_pylist())
        for level in variable.levels:
            if level.code not in present:
                words = {"variable": said(variable.title), "level": said(level.title)}
                yield _("%(variable)s: no row has %(level)s.") % words
    if strata and study.design.single_psu == "collapse":
        yield from collapsed(study, strata)
    yield from against_plan(study, table)


def stratum_words(study: Study, stratum: Sequence[str]) -> Text:
    """Return a stratum by the titles of its levels, "Ancash, Men miners"; a value without a title as it stands."""
    titles = {(variable.code, level.code): level.title for variable in study.variables() for level in variable.levels}
    pairs = list(zip(study.design.strata, stratum, strict=True))
    return {
        language: ", ".join(titles.get(pair, {}).get(language) or pair[1] for pair in pairs) for language in LANGUAGES
    }


def collapsed(study: Study, strata: Strata) -> Iterator[str]:
    """Yield which stratum joins which for the variance."""
    for stratum in strata.single():
        partner = strata.partner(stratum)
        if partner is not None:
            words = {"stratum": said(stratum_words(study, stratum)), "partner": said(stratum_words(study, partner))}
            yield _("The stratum %(stratum)s has one sampling unit; for the variance it joins %(partner)s.") % words


def against_plan(study: Study, table: Table) -> Iterator[str]:
    """Yield where the number of people differs from the sample plan."""
    if not study.plan:
        return
    columns = [study.region.code, study.profile.code]
    groups = table.data.group_by(columns).aggregate([([], "count_all")]).to_pylist()
    have = Counter({(group[columns[0]], group[columns[1]]): group["count_all"] for group in groups})
    plan = Counter({(cell.region, cell.profile): cell.persons for cell in study.plan})
    if table.data.num_rows != plan.total():
        text = _("The data have %(rows)d rows; the sample plan has %(planned)d people.")
        yield text % {"rows": table.data.num_rows, "planned": plan.total()}
    differing = [PlannedCell(*key, plan[key]) for key in {**plan, **have} if plan[key] != have[key]]
    for cell in differing[:SHOWN]:
        words = {"region": said(study.region.level(cell.region).title), "planned": cell.persons}
        words |= {"profile": said(study.profile.level(cell.profile).title), "rows": have[cell.region, cell.profile]}
        yield _("%(region)s, %(profile)s: %(rows)d people, and the sample plan has %(planned)d.") % words
    if rest := len(differing) - SHOWN if len(differing) > SHOWN else 0:
        text = ngettext(
            "and %(count)d more cell that differs from the sample plan",
            "and %(count)d more cells that differ from the sample plan",
            rest,
        )
        yield text % {"count": rest}
