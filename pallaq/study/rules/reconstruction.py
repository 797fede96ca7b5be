"""Synthetic respondents that give back a study's printed percentages, the same ones on every machine and forever.

For each indicator an integer program finds how many people of each profile gave each answer: nearest to the printed and
assumed percentages, among the counts that round to every printed figure. The answers are then spread over the regions
of a profile as evenly as whole people allow, and inside a region by a digest of variable and respondent, so that
variables do not line up. There is no random generator: those change between releases.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from scipy.optimize import Bounds, LinearConstraint, milp

from pallaq.study.errors import CannotReconstruct
from pallaq.study.rules.definition import SYNTHETIC, Indicator, PlannedCell, PrintedFigure, Study
from pallaq.study.rules.printed import Columns, interval_of

Counts = dict[tuple[str, str], int]  # (profile, code) -> people


@dataclass(frozen=True)
class Person:
    """One synthetic respondent."""

    name: str
    region: str
    profile: str


def reconstruct(study: Study) -> Columns:
    """Return the columns of a dataset that gives back the study's printed percentages."""
    if not study.plan or not study.printed:
        raise CannotReconstruct(_("The study needs sample.csv and print.csv to be reconstructed. Add them."))
    note_undecided(study)
    people = people_of(study.plan)
    columns = {
        study.identifier or "respondent": [person.name for person in people],
        study.stamp or "data_status": [SYNTHETIC] * len(people),
        study.region.code: [person.region for person in people],
        study.profile.code: [person.profile for person in people],
    }
    for indicator in study.indicators:
        answers = answers_of(indicator, study, [person for person in people if is_asked(indicator, study, person)])
        columns[indicator.variable] = [answers.get(person.name, "") for person in people]
    return columns


def people_of(plan: Sequence[PlannedCell]) -> list[Person]:
    """Return as many people as the sample plan has, in its order."""
    cells = [(cell.region, cell.profile) for cell in plan for _person in range(cell.persons)]
    return [Person(f"R{number:04}", *cell) for number, cell in enumerate(cells, start=1)]


def is_asked(indicator: Indicator, study: Study, person: Person) -> bool:
    """Return whether the indicator's universe holds this person."""
    universe = indicator.universe
    regions, profiles = universe.get(study.region.code), universe.get(study.profile.code)
    return (regions is None or person.region in regions) and (profiles is None or person.profile in profiles)


def codes_given(indicator: Indicator) -> list[str]:
    """Return the codes people give: where only answers count, everybody asked has answered."""
    missing = [code for code in indicator.missing if code] if indicator.base == "asked" else []
    return [answer.code for answer in indicator.answers] + missing


def printed_shares(indicator: Indicator, study: Study, profile: str) -> dict[str, float]:
    """Return what the study printed for one profile: answer code -> percent."""
    return {
        figure.share: figure.percent
        for figure in study.printed
        if figure.indicator == indicator.code and figure.definition == "share" and figure.levels == (profile,)
        if figure.percent is not None
    }


def wanted_percents(indicator: Indicator, study: Study, profile: str) -> dict[str, float | None]:
    """Return the percentage to come near for each code: printed, assumed, or what one last code leaves over."""
    printed = printed_shares(indicator, study, profile)
    codes = codes_given(indicator)
    wanted = {code: printed.get(code, study.assumed.get((indicator.code, code, profile))) for code in codes}
    open_codes = [code for code, percent in wanted.items() if percent is None]
    if len(open_codes) == 1:
        wanted[open_codes[0]] = max(0.0, 100 - sum(percent for percent in wanted.values() if percent is not None))
    return wanted


def note_undecided(study: Study) -> None:
    """Refuse when a percentage is neither printed nor assumed, naming each."""
    undecided = [
        f"{indicator.code},{code},{profile}"
        for indicator in study.indicators
        for profile in indicator.universe.get(study.profile.code, study.profile.codes())
        for code, percent in wanted_percents(indicator, study, profile).items()
        if percent is None
    ]
    if undecided:
        message = _("These percentages are neither printed nor assumed. Add them to assumed.csv: %(values)s.")
        raise CannotReconstruct(message % {"values": "; ".join(undecided)})


def answers_of(indicator: Indicator, study: Study, asked: Sequence[Person]) -> dict[str, str]:
    """Return the answer of each person asked: respondent -> code."""
    counts = counts_of(indicator, study, asked)
    answers: dict[str, str] = {}
    for profile in dict.fromkeys(person.profile for person in asked):
        regions: dict[str, list[Person]] = {}
        for person in (person for person in asked if person.profile == profile):
            regions.setdefault(person.region, []).append(person)
        totals = {code: counts[profile, code] for code in codes_given(indicator)}
        sizes = {region: len(inside) for region, inside in regions.items()}
        spread = spread_evenly(sizes, totals, f"{indicator.variable}:{profile}")
        for region, inside in regions.items():
            drawn = sorted(inside, key=lambda person: digest(f"{indicator.variable}:{person.name}"))
            given = [code for code in totals for _person in range(spread[region, code])]
            answers |= {person.name: code for person, code in zip(drawn, given, strict=True)}
    return answers


def counts_of(indicator: Indicator, study: Study, asked: Sequence[Person]) -> Counts:
    """Return how many people of each profile give each answer; printed totals that cannot be met are let go."""
    sizes = {profile: sum(p.profile == profile for p in asked) for profile in study.profile.codes()}
    sizes = {profile: size for profile, size in sizes.items() if size}
    figures = [figure for figure in study.printed if figure.indicator == indicator.code]
    shares = [figure for figure in figures if figure.definition == "share"]
    counts = nearest_counts(indicator, study, sizes, figures) or nearest_counts(indicator, study, sizes, shares)
    if counts is None:
        words = {"indicator": indicator.code}
        raise CannotReconstruct(
            _("No whole numbers of people give the printed shares of %(indicator)s. Check them in print.csv.") % words
        )
    return counts


def nearest_counts(
    indicator: Indicator, study: Study, sizes: Mapping[str, int], figures: Sequence[PrintedFigure]
) -> Counts | None:
    """Return the counts nearest to the wanted percentages that round to every figure; None when there are none.

    Variables of the program: a count for each profile and code, then its distance from the wanted one. The distances
    are weighed slightly apart, so that one solution alone is best whatever the solver's version.
    """
    keys = [(profile, code) for profile in sizes for code in codes_given(indicator)]
    wanted = [
        sizes[profile] * (percent or 0) / 100
        for profile in sizes
        for percent in wanted_percents(indicator, study, profile).values()
    ]
    one, none = np.eye(len(keys)), np.zeros((1, len(keys)))
    belongs = np.array([[float(key[0] == profile) for key in keys] for profile in sizes])
    constraints = [
        LinearConstraint(np.hstack([one, one]), lb=np.array(wanted)),
        LinearConstraint(np.hstack([one, -one]), ub=np.array(wanted)),
        LinearConstraint(np.hstack([belongs, 0 * belongs]), list(sizes.values()), list(sizes.values())),
        *(
            LinearConstraint(np.hstack([[row_of(figure, indicator, sizes, keys)], none]), *interval_of(figure))
            for figure in figures
        ),
    ]
    weights = [1 + weight(f"{indicator.code}:{profile}:{code}") for profile, code in keys]
    solution = milp(
        np.array([0.0] * len(keys) + weights),
        integrality=np.repeat([1, 0], len(keys)),
        bounds=Bounds(0, np.inf),
        constraints=constraints,
        options={"mip_rel_gap": 0},
    )
    return None if solution.x is None else {key: round(solution.x[i]) for i, key in enumerate(keys)}


def row_of(
    figure: PrintedFigure, indicator: Indicator, sizes: Mapping[str, int], keys: Sequence[tuple[str, str]]
) -> list[float]:
    """Return the row of the program that gives a figure's percentage from the counts."""
    members = {share.code: share.codes for share in indicator.shares()}[figure.share]
    levels = [level for level in figure.levels if level in sizes]
    pooled = sum(sizes[level] for level in levels)
    base = {level: pooled if figure.definition == "pooled" else len(levels) * sizes[level] for level in levels}
    return [100 / base[profile] if profile in base and code in members else 0.0 for profile, code in keys]


def spread_evenly(sizes: Mapping[str, int], totals: Mapping[str, int], seed: str) -> Counts:
    """Return the (region, code) table nearest to even shares, with exactly these margins (controlled rounding)."""
    people = sum(sizes.values())
    keys = [(region, code) for region in sizes for code in totals]
    whole = {(region, code): sizes[region] * totals[code] // people for region, code in keys}
    rest = {(region, code): sizes[region] * totals[code] % people / people for region, code in keys}
    by_region = np.array([[float(key[0] == region) for key in keys] for region in sizes])
    by_code = np.array([[float(key[1] == code) for key in keys] for code in totals])
    left = np.array([whole[key] for key in keys])
    regions = np.array(list(sizes.values())) - by_region @ left
    codes = np.array(list(totals.values())) - by_code @ left
    solution = milp(
        np.array([1 - 2 * rest[key] + weight(f"{seed}:{key}") for key in keys]),
        integrality=[1] * len(keys),
        bounds=Bounds(0, np.array([float(rest[key] > 0) for key in keys])),
        constraints=[LinearConstraint(by_region, regions, regions), LinearConstraint(by_code, codes, codes)],
        options={"mip_rel_gap": 0},
    )
    assert solution.x is not None  # such a table always exists
    return {key: whole[key] + round(solution.x[i]) for i, key in enumerate(keys)}


def digest(text: str) -> str:
    """Return a digest to order people by."""
    return hashlib.sha256(text.encode()).hexdigest()


def weight(text: str) -> float:
    """Return a small number below 0.001 that differs from text to text, to make one solution the best."""
    return int(digest(text)[:8], 16) / 16**8 / 1000
