"""A release's cells as the rows of tables, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.figures.models import RegistryRelease
from pallaq.figures.rules.tables import BEFORE, MARGINS, TODAY, UNKNOWN, WAYS, Cell
from pallaq.places.rules import department
from pallaq.registry.models import Scheme, Sex
from pallaq.registry.models import State as RegistrationState
from pallaq.shared.numbers import count as printed

TITLES: dict[tuple[str, ...], str | Promise] = {
    ("state",): lazy("By state"),
    ("region",): lazy("Registered, by region"),
    ("sex",): lazy("Registered, by sex"),
    ("age",): lazy("Registered, by age"),
    ("month",): lazy("Registered, by month of their state"),
    ("region", "sex"): lazy("Registered, by region and sex"),
    ("age", "sex"): lazy("Registered, by age and sex"),
}
HEADINGS: dict[str, str | Promise] = {
    "scheme": lazy("Registry"),
    "state": lazy("State"),
    "region": lazy("Region"),
    "sex": lazy("Sex"),
    "age": lazy("Age"),
    "month": lazy("Month"),
}


@dataclass(frozen=True)
class Row:
    """A row of a table: its labels, its count in words, and its part of the largest count (0 to 100; None: hidden)."""

    labels: list[str]
    count: str
    length: int | None


@dataclass(frozen=True)
class Shown:
    """A table of a release for one scheme."""

    code: str
    title: str
    headings: list[str]
    rows: list[Row]


def schemes_of(release: RegistryRelease) -> list[str]:
    """Return the codes of the schemes that a release tells of, in the order of the law's page."""
    told = {str(cell[0]) for cell in release.cells()}
    return list(Scheme.objects.filter(pk__in=told).order_by("position", "pk").values_list("pk", flat=True))


def tables(release: RegistryRelease, scheme: str) -> list[Shown]:
    """Return the tables of one scheme; those of today's registered, and how many stand in each state."""
    cells = {cell: count for cell, count in release.cells().items() if cell[0] == scheme}
    return [table for margin in MARGINS if (table := one_table(cells, margin)) is not None]


def one_table(cells: dict[Cell, int | None], margin: Sequence[str]) -> Shown | None:
    """Return the table of a margin, or None if it has no rows."""
    ways = tuple(way for way in margin[1:] if way != "state") or ("state",)
    places = [WAYS.index(way) for way in ways]
    told = {way: code for way, code in zip(WAYS, range(len(WAYS)), strict=True) if way in margin}
    found = [
        (tuple(str(cell[place]) for place in places), count)
        for cell, count in cells.items()
        if {WAYS[place] for place, code in enumerate(cell) if code is not None} == told.keys()
        and (ways == ("state",) or cell[1] == TODAY)
    ]
    if not found:
        return None
    most = max((count or 0 for _codes, count in found), default=0) or 1
    rows = [
        Row(
            [code_words(way, code) for way, code in zip(ways, codes, strict=True)],
            count_words(count),
            None if count is None else round(100 * count / most),
        )
        for codes, count in sorted(found)
    ]
    return Shown("-".join(ways), str(TITLES[ways]), [str(HEADINGS[way]) for way in ways], rows)


def count_words(count: int | None) -> str:
    """Return a count as it is printed."""
    return _("hidden") if count is None else printed(count)


def code_words(way: str, code: str) -> str:
    """Return what a code of a way means."""
    if way == "region":
        place = department(code)
        return place.name if place else code
    if way == "sex":
        return str(dict(Sex.choices).get(Sex(code), code)).capitalize()
    if way == "state":
        return str(RegistrationState(code).label).capitalize()
    if way == "age":
        return age_words(code)
    if way == "month":
        return _("before") if code == BEFORE else code
    scheme = Scheme.objects.filter(pk=code).first()
    return str(scheme) if scheme else code


def age_words(code: str) -> str:
    """Return an age band in words."""
    if code == UNKNOWN:
        return _("not known")
    low, _dash, high = code.partition("-")
    if low == "under":
        return _("under %(age)s") % {"age": high}
    return _("%(age)s and over") % {"age": low} if high == "over" else f"{low}–{high}"


def headline(release: RegistryRelease, scheme: str) -> dict[str, object]:
    """Return what the page says first: how many are registered, and how many of them are women."""
    cells = release.cells()
    everybody = cells.get((scheme, TODAY, None, None, None, None), 0)
    women = cells.get((scheme, TODAY, None, Sex.FEMALE, None, None), 0)
    share = round(100 * women / everybody) if everybody and women is not None else None
    return {"people": count_words(everybody), "women": share, "hidden": everybody is None}
