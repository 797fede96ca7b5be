"""An item's base and its statistic in the terms of R's package survey."""

from collections.abc import Sequence
from dataclasses import dataclass

from brecha.errors import BrechaError
from brecha.items import Coded, Count, Item, Mean, Ratio, Share, Total
from brecha.r_script.words import among, name, terms, text, texts

FUNCTIONS: dict[type[Item], str] = {
    Share: "svymean",
    Mean: "svymean",
    Count: "svytotal",
    Total: "svytotal",
    Ratio: "svyratio",
}


def item_lines(item: Item, by: Sequence[tuple[str, ...]], calibrated: bool) -> list[str]:
    """Return the lines that add an item's estimates in all domains."""
    if type(item) not in FUNCTIONS:
        raise BrechaError("no_r_item", name=item.name)
    where = " & ".join(_base(item))
    lines = [f"# {item.name}".replace("\n", " "), f"base <- subset(design, {where})" if where else "base <- design"]
    asked = _Asked(text(item.name), FUNCTIONS[type(item)], *_values(item))
    # Without an error in survey 4.1-1 only designs that are not calibrated give the covariances of domains.
    covariances = "" if calibrated else ", covmat = TRUE"
    return [*lines, *(asked.everybody() if not columns else asked.domains(columns, covariances) for columns in by)]


@dataclass(frozen=True)
class _Asked:
    """An item's quoted name, its function in R, and the formulas of what it is about."""

    name: str
    function: str
    value: str
    denominator: str | None = None

    def everybody(self) -> str:
        below = "" if self.denominator is None else f", {self.denominator}"
        return f"add({self.name}, {self.function}({self.value}{below}, base))"

    def domains(self, columns: Sequence[str], covariances: str) -> str:
        below = "" if self.denominator is None else f", denominator = {self.denominator}"
        by = f"{self.value}, {terms(columns)}, base, {self.function}{below}{covariances}"
        return f"add({self.name}, svyby({by}), {texts(columns)})"


def _base(item: Item) -> list[str]:
    """Return the conditions of an item's base."""
    found = [among(column, levels) for column, levels in sorted(item.universe.items())]
    if not isinstance(item, Coded):
        codes = tuple(dict.fromkeys((*item.missing, "")))
        return [*found, *(f"!({among(column, codes)})" for column in item.variables)]
    if item.base == "answered" and item.missing:
        columns = (isinstance(item, Share) and item.respondents) or (item.variable,)
        found.append(f"!({' & '.join(among(column, item.missing) for column in columns)})")
    return found


def _values(item: Item) -> tuple[str, ...]:
    """Return the formulas of an item's value and, of a ratio, of what is under it."""
    if isinstance(item, Coded):
        return (f"~I(1 * ({among(item.variable, item.counted)}))",)
    return tuple(f"~number({name(column)})" for column in item.variables)
