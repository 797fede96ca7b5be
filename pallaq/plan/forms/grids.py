"""Grids of an indicator: targets by cell and period, baselines by cell. Every problem stands beside its field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pallaq.plan.actions.indicators import refuse_target, refuse_value
from pallaq.plan.models import Baseline, Indicator
from pallaq.plan.models.indicators import Origin
from pallaq.plan.rules.cells import breakdowns, cell_words, cells_by
from pallaq.plan.rules.periods import Period, years
from pallaq.plan.rules.units import parse_value
from pallaq.shared.errors import Refusal

MOST_FIELDS = 900  # under Django's limit for one form
AHEAD = 4  # years of targets to begin with, where neither plan nor node has dates
NUMBER = {"inputmode": "decimal", "autocomplete": "off", "size": 9}


@dataclass(frozen=True)
class Line:
    """A row of a grid: its cell, in words, with its fields, and for a figure of a study the figure itself."""

    cell: str
    words: str
    fields: list[forms.BoundField]
    kept: Baseline | None = None


class RangeForm(forms.Form):
    """Which cells and which years a grid shows."""

    by = forms.ChoiceField(label=_("Rows"), required=False)
    first = forms.IntegerField(label=_("First year"), min_value=1900, max_value=2199, required=False)
    last = forms.IntegerField(label=_("Last year"), min_value=1900, max_value=2199, required=False)

    def __init__(self, data: Any, *, indicator: Indicator, today: date) -> None:
        self.indicator = indicator
        first, last = span(indicator, today)
        self.ways = {",".join(way): way for way in breakdowns(known(indicator))}
        start = {"by": ",".join(known(indicator)[:1]), "first": first, "last": last}
        super().__init__({**start, **{name: value for name, value in data.items() if value}})
        self.fields["by"].choices = [  # type: ignore[attr-defined] # the stubs know only Field here
            (key, way_words(way, indicator)) for key, way in self.ways.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a range that runs backwards or would not fit into one form."""
        asked = {**self.cleaned_data}
        if asked.get("first") and asked.get("last"):
            if asked["last"] < asked["first"]:
                self.add_error("last", gettext("The last year lies before the first. Correct one of the two."))
            elif len(self.cells()) * len(self.periods()) > MOST_FIELDS:
                self.add_error("last", gettext("This is more than one page holds. Choose fewer years or fewer rows."))
        return asked

    def cells(self) -> list[str]:
        """Return the rows: the total, and the cells that were asked for."""
        way = self.ways.get(self.cleaned_data.get("by", ""), ())
        dimensions, language = self.indicator.version.plan.dimensions, get_language() or "es"
        # By their names: the database does not keep the order of a dimension's levels.
        named = sorted(cells_by(dimensions, way), key=lambda cell: cell_words(cell, dimensions, language))
        return ["", *(cell for cell in named if cell)]

    def periods(self) -> list[Period]:
        """Return the columns."""
        return years(self.cleaned_data["first"], self.cleaned_data["last"], self.indicator.frequency)


def known(indicator: Indicator) -> list[str]:
    """Return the dimensions by which an indicator is broken down."""
    return [name for name in indicator.disaggregation if name in indicator.version.plan.dimensions]


def way_words(way: Sequence[str], indicator: Indicator) -> str:
    """Return a breakdown as people say it."""
    dimensions = indicator.version.plan.dimensions
    titles = [dimensions[name].get("title", {}).get((get_language() or "es")[:2], name) for name in way]
    return gettext("total and %(names)s") % {"names": " × ".join(titles)} if titles else gettext("total only")


def span(indicator: Indicator, today: date) -> tuple[int, int]:
    """Return the first and last year of its targets, or else of what it stands beside, its plan, or the years ahead."""
    found = [target.year for target in indicator.targets.all()]
    node, plan = indicator.node, indicator.version.plan
    starts, ends = node.starts_on or plan.starts_on, node.ends_on or plan.ends_on
    first = starts.year if starts else min(found, default=today.year)
    last = ends.year if ends else max([*found, first + AHEAD])
    return min([first, *found]), max([first, last, *found])


class GridForm(forms.Form):
    """What both grids share: the edition that was read, and a block pasted from a spreadsheet."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    refused: Refusal | None  # by the action, after the form's own checks

    def __init__(self, data: Any, *, indicator: Indicator) -> None:
        super().__init__(data, initial={"edition": indicator.edition})
        self.indicator, self.refused = indicator, None

    def line_words(self, cell: str) -> str:
        """Return a row's name."""
        return cell_words(cell, self.indicator.version.plan.dimensions, get_language() or "es") or gettext("Total")

    def number(self, name: str) -> Decimal | None:
        """Return a number that was typed, or note in words why it is none."""
        try:
            return parse_value(self.cleaned_data[name]) if self.cleaned_data.get(name) else None
        except ValueError:
            message = gettext(
                "“%(text)s” is not a number. Write it as 1,234.5, with a decimal point, or leave it empty."
            )
            self.add_error(name, message % {"text": self.cleaned_data[name]})
            return None

    def faulty(self, name: str) -> bool:
        """Say whether a field has a problem already."""
        return name in self.errors


class TargetsForm(GridForm):
    """Targets: a row for each cell, a column for each period. An empty field takes a target away."""

    def __init__(self, data: Any, *, indicator: Indicator, cells: Sequence[str], periods: Sequence[Period]) -> None:
        super().__init__(data, indicator=indicator)
        self.cells, self.periods = cells, periods
        self.saved = {(target.cell, target.period()): target.value for target in indicator.targets.all()}
        self.places = {
            f"t{row}-{column}": (cell, period)
            for row, cell in enumerate(cells)
            for column, period in enumerate(periods)
        }
        for name, (cell, period) in self.places.items():
            widget = forms.TextInput({**NUMBER, "aria-label": f"{self.line_words(cell)}, {period}"})
            value = self.saved.get((cell, period))
            self.fields[name] = forms.CharField(
                required=False, max_length=40, widget=widget, initial="" if value is None else plain(value)
            )

    def clean(self) -> dict[str, Any]:
        """Note every problem of the grid at once; keep what changes."""
        started = {baseline.cell: baseline.year for baseline in self.indicator.baselines.all()}
        self.changes: dict[tuple[str, Period], Decimal | None] = {}
        for name, (cell, period) in self.places.items():
            value = self.number(name)
            if self.faulty(name) or value == self.saved.get((cell, period)):
                continue
            try:
                refuse_target(self.indicator, cell, period, value, started.get(cell))
            except Refusal as refusal:
                self.add_error(name, refusal.message)
            self.changes[cell, period] = value
        return self.cleaned_data

    def lines(self) -> Iterator[Line]:
        """Yield the grid row by row."""
        for row, cell in enumerate(self.cells):
            yield Line(cell, self.line_words(cell), [self[f"t{row}-{column}"] for column in range(len(self.periods))])

    def pasted(self, block: str) -> QueryDict:
        """Return the form's data with a block of a spreadsheet laid over it, from the first row and column on."""
        data = cast(QueryDict, self.data).copy()
        lines = [line.split("\t") for line in block.splitlines() if line.strip()]
        if lines and len(lines) == len(self.cells) + 1:
            lines = lines[1:]  # the heads of the columns came along
        for row, parts in enumerate(lines[: len(self.cells)]):
            for column, part in enumerate(parts[-len(self.periods) :]):  # the name of the row may stand before
                data[f"t{row}-{column}"] = part.strip()
        return data


class BaselinesForm(GridForm):
    """Baselines: a row for each cell. A figure of a study is kept as it is, or taken away; nobody types over it."""

    def __init__(self, data: Any, *, indicator: Indicator, cells: Sequence[str]) -> None:
        super().__init__(data, indicator=indicator)
        self.saved = {baseline.cell: baseline for baseline in indicator.baselines.all()}
        self.cells = [*cells, *(cell for cell in self.saved if cell not in cells)]
        for row, cell in enumerate(self.cells):
            if self.of_study(cell):
                self.fields[f"r{row}"] = forms.BooleanField(label=gettext("take it away"), required=False)
            else:
                self.add_row(row, cell)

    def of_study(self, cell: str) -> Baseline | None:
        """Return the cell's baseline if a study gave it."""
        saved = self.saved.get(cell)
        return saved if saved and saved.origin == Origin.STUDY else None

    def add_row(self, row: int, cell: str) -> None:
        """Add a row to type in."""
        saved, named = self.saved.get(cell), self.line_words(cell)
        value = forms.TextInput({**NUMBER, "aria-label": f"{named}, {gettext('Value')}"})
        source = forms.TextInput({"aria-label": f"{named}, {gettext('Source and method')}"})
        year = forms.NumberInput({"aria-label": f"{named}, {gettext('Year')}"})
        self.fields[f"v{row}"] = forms.CharField(
            label=gettext("Value"),
            required=False,
            max_length=40,
            widget=value,
            initial=plain(saved.value) if saved else "",
        )
        self.fields[f"y{row}"] = forms.IntegerField(
            label=gettext("Year"),
            required=False,
            min_value=1900,
            max_value=2200,
            widget=year,
            initial=saved.year if saved else None,
        )
        self.fields[f"s{row}"] = forms.CharField(
            label=gettext("Source and method"),
            required=False,
            max_length=1000,
            widget=source,
            initial=saved.source if saved else "",
        )

    def clean(self) -> dict[str, Any]:
        """Note every problem of the grid at once; keep what changes."""
        self.changes: dict[str, dict[str, Any] | None] = {}
        for row, cell in enumerate(self.cells):
            if self.of_study(cell):
                if self.cleaned_data.get(f"r{row}"):
                    self.changes[cell] = None
            else:
                self.clean_row(row, cell)
        return self.cleaned_data

    def clean_row(self, row: int, cell: str) -> None:
        """Note the problems of one row, or what changes in it."""
        value, year = self.number(f"v{row}"), self.cleaned_data.get(f"y{row}")
        source, saved = self.cleaned_data.get(f"s{row}", ""), self.saved.get(cell)
        if self.faulty(f"v{row}") or self.faulty(f"y{row}"):
            return
        if value is None:
            if saved:
                self.changes[cell] = None
            return
        if year is None:
            self.add_error(f"y{row}", gettext("Write the year in which it was measured."))
            return
        first = self.indicator.targets.filter(cell=cell).order_by("year").first()
        if first and first.year < year:
            message = gettext("There is a target for %(year)s, before this. Correct one of the two.")
            self.add_error(f"y{row}", message % {"year": first.year})
        try:
            refuse_value(self.indicator, value)
        except Refusal as refusal:
            self.add_error(f"v{row}", refusal.message)
        if saved is None or (saved.value, saved.year, saved.source) != (value, year, source):
            self.changes[cell] = {"value": value, "year": year, "source": source}

    def lines(self) -> Iterator[Line]:
        """Yield the grid row by row."""
        for row, cell in enumerate(self.cells):
            names = [f"r{row}"] if self.of_study(cell) else [f"v{row}", f"y{row}", f"s{row}"]
            yield Line(cell, self.line_words(cell), [self[name] for name in names], self.of_study(cell))


def plain(value: Decimal) -> str:
    """Return a number as a person would type it: no zeros behind, no exponent."""
    return f"{value.normalize():f}"
