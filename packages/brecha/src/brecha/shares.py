"""What is asked of the rows for a share: its base, what counts, and the sums that both need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy

from brecha.cells import Cells, Floats, gather, total, weight
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
        asked = EVERY_ROW
        for column, levels in sorted(self.universe.items()):
            asked = asked & answered(table, column, levels)
        masks = {
            "asked": asked,
            "base": asked,
            "counted": asked & answered(table, self.variable, self.counted),
        }
        if self.missing:
            masks["missing"] = asked & answered(table, self.variable, self.missing)
        if self.base == "answered" and self.missing:
            masks["base"] = asked & answered(table, self.variable, self.missing, among=False)
        if "" not in self.missing:
            masks["blank"] = asked & answered(table, self.variable, ("",))
        return masks


@dataclass(frozen=True)
class Mask:
    """A condition on rows, None for every row, and its words: two shares with the same words share sums."""

    words: str
    rows: Column | None

    def __and__(self, other: "Mask") -> "Mask":
        if self.rows is None or other.rows is None:
            return other if self.rows is None else self
        return Mask(f"{self.words}, {other.words}", self.rows & other.rows)


EVERY_ROW = Mask("every row", None)


def answered(table: Table, column: str, codes: Sequence[str], among: bool = True) -> Mask:
    """Return the condition that a row's code is among `codes`, or that it is none of them.

    The empty text among the codes stands for blanks and nulls; a null is never none of them.
    """
    code = text(table[column])
    if not among:
        return Mask(f"{column} not in {codes}", code.notin(codes))
    rows = code.isin(codes)
    return Mask(f"{column} in {codes}", rows | code.isnull() if "" in codes else rows)


def sums(table: Table, design: Design, masks: Iterable[Mapping[str, Mask]]) -> dict[str, Column]:
    """Name the sums that the shares need, each once: rows, weights and squared weights by mask."""
    row_weight = weight(table, design)
    wanted: dict[str, Column] = {}
    for roles in masks:
        for mask in roles.values():
            wanted.setdefault(f"n {mask.words}", total(table, mask.rows))
        if row_weight is not None:
            for mask in (roles["base"], roles["counted"]):
                wanted.setdefault(f"w {mask.words}", total(table, mask.rows, row_weight))
                wanted.setdefault(f"w2 {mask.words}", total(table, mask.rows, row_weight * row_weight))
    return wanted


def refuse_blanks(share: Share, masks: Mapping[str, Mask], cells: Cells) -> None:
    if "blank" in masks and (count := int(cells.sums[f"n {masks['blank'].words}"].sum())):
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

    nobody = numpy.zeros(len(cells))

    def stack(power: str, role: str) -> Floats:
        words = [roles[role].words if role in roles else None for roles in masks]
        sums = [cells.sums.get(f"{power} {w}", cells.sums.get(f"n {w}", nobody)) for w in words]
        return numpy.array(sums).reshape(len(masks), len(cells)).T

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
        square = None if row_weight is None else row_weight * row_weight
        roles = [(a, b) for a in ("base", "counted") for b in ("base", "counted")]
        wanted = {f"{a} {b}": total(self.table, (self.masks[j][a] & self.masks[k][b]).rows, square) for a, b in roles}
        found = gather(self.table, self.design, self.columns, wanted).sums
        products = (
            found["counted counted"]
            - other.mean * found["counted base"]
            - one.mean * found["base counted"]
            + one.mean * other.mean * found["base base"]
        )
        return (products / (one.weight * other.weight))[:, None]
