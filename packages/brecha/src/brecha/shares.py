"""What is asked of the rows for a share: its base, what counts, and the sums that both need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from brecha.cells import Cells, Floats, count_where, gather, sum_where, weight
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.source import Column, Table, text
from brecha.variance import Moments, Side

Base = Literal["asked", "answered"]


@dataclass(frozen=True)
class Share:
    """The share of a base that gave one of the `counted` codes to `variable`.

    - `base`: `asked` keeps declared missing codes in the denominator; `answered` leaves them out,
      so that the respondents are a domain of their own for this item.
    - `missing`: codes of non-response; the empty text stands for blanks and nulls.
    - `universe`: levels by column of those who were asked; empty for everybody.

    Codes are texts, as `brecha.read` gives them: 1 and 1.0 are both "1".

    >>> Share(name="ppe.yes", variable="ppe", counted=("yes",), missing=("no_answer",)).base
    'asked'
    """

    name: str
    variable: str
    counted: tuple[str, ...]
    base: Base = "asked"
    missing: tuple[str, ...] = ()
    universe: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.base not in get_args(Base):
            raise BrechaError("unknown_base", name=self.name, base=self.base, allowed=get_args(Base))
        if not self.counted:
            raise BrechaError("nothing_counted", name=self.name)
        both = tuple(code for code in self.counted if code in self.missing)
        if both:
            raise BrechaError("counted_is_missing", name=self.name, codes=both)

    def masks(self, table: Table) -> dict[str, "Mask"]:
        """Return the conditions that a row was asked, is in the base, is counted, is missing, is blank."""
        answer = text(table[self.variable])
        asked, where = answer.notnull(), repr(sorted(self.universe.items()))  # a text is never null
        for column, levels in self.universe.items():
            asked = asked & text(table[column]).isin(levels)
        everyone = Mask(where, asked)
        masks = {
            "asked": everyone,
            "base": everyone,
            "counted": Mask(f"{self.variable} in {self.counted} {where}", asked & answer.isin(self.counted)),
            "missing": Mask(f"{self.variable} in {self.missing} {where}", asked & answer.isin(self.missing)),
        }
        if self.base == "answered":
            label = f"{self.variable} not in {self.missing} {where}"
            masks["base"] = Mask(label, asked & answer.notin(self.missing))
        if "" not in self.missing:
            masks["blank"] = Mask(f"{self.variable} blank {where}", asked & (answer == ""))
        return masks


@dataclass(frozen=True)
class Mask:
    """A condition on rows and the label that says it: two shares with one label share its sums."""

    label: str
    rows: Column


def sums(table: Table, design: Design, masks: Iterable[Mapping[str, Mask]]) -> dict[str, Column]:
    """Name the sums that the shares need, each once: rows, weights and squared weights by mask."""
    row_weight = weight(table, design)
    wanted: dict[str, Column] = {}
    for roles in masks:
        for mask in roles.values():
            wanted.setdefault(f"n {mask.label}", count_where(mask.rows))
        if design.weight is not None:
            for mask in (roles["base"], roles["counted"]):
                wanted.setdefault(f"w {mask.label}", sum_where(mask.rows, row_weight))
                wanted.setdefault(f"w2 {mask.label}", sum_where(mask.rows, row_weight * row_weight))
    return wanted


def refuse_blanks(share: Share, masks: Mapping[str, Mask], cells: Cells) -> None:
    if "blank" in masks and (count := int(cells.sums[f"n {masks['blank'].label}"].sum())):
        raise BrechaError("undeclared_blank", name=share.name, variable=share.variable, count=count)


@dataclass(frozen=True)
class Totals:
    """The sums of K shares in C cells: their moments, and rows counted, asked and missing, shape (C, K)."""

    moments: Moments
    counted: Floats
    asked: Floats
    missing: Floats


def totals(cells: Cells, masks: Sequence[Mapping[str, Mask]]) -> Totals:
    """Set the shares' sums side by side; without weights, every power of them is a count."""

    def stack(power: str, role: str) -> Floats:
        labels = [roles[role].label for roles in masks]
        return cells.stack(f"{power} {label}" if f"{power} {label}" in cells.sums else f"n {label}" for label in labels)

    squares = stack("w2", "counted")  # y is 0 or 1: y and its square have the same sums
    moments = Moments(
        n=stack("n", "base"),
        w=stack("w", "base"),
        wy=stack("w", "counted"),
        w2=stack("w2", "base"),
        w2y=squares,
        w2yy=squares,
    )
    return Totals(moments, stack("n", "counted"), stack("n", "asked"), stack("n", "missing"))


@dataclass(frozen=True)
class Pairs:
    """Sums of products of two different shares' linearised values, asked of the rows when wanted."""

    table: Table
    design: Design
    columns: Sequence[str]
    masks: Sequence[Mapping[str, Mask]]

    def cross(self, j: int, one: Side, k: int, other: Side) -> Floats:
        """Return the sums of u u' by cell, shape (C, 1), for share `j` in one domain and `k` in the other."""
        row_weight = weight(self.table, self.design)
        roles = [(a, b) for a in ("base", "counted") for b in ("base", "counted")]
        wanted = {
            f"{a} {b}": sum_where(self.masks[j][a].rows & self.masks[k][b].rows, row_weight * row_weight)
            for a, b in roles
        }
        found = gather(self.table, self.design, self.columns, wanted).sums
        products = (
            found["counted counted"]
            - other.mean * found["counted base"]
            - one.mean * found["base counted"]
            + one.mean * other.mean * found["base base"]
        )
        return (products / (one.weight * other.weight))[:, None]
