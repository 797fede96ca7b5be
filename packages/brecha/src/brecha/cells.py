"""Sums over the rows by any keys, in one GROUP BY: all that ever leaves the engine."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy
import pyarrow
from numpy.typing import NDArray

from brecha.source import Column, Table, key, label

Floats = NDArray[numpy.float64]
Indexes = NDArray[numpy.intp]
Labels = list[str]


@dataclass(frozen=True)
class Cells:
    """Sums over the rows of C cells, a cell being one combination of all the keys, in the order of their labels.

    `labels` holds the labels that occur of each key, sorted, "" for a missing value; `codes` each cell's
    place in them, shape (C,); `sums` holds C numbers a name.
    """

    labels: Mapping[str, Labels]
    codes: Mapping[str, Indexes]
    sums: Mapping[str, Floats]
    size: int

    def __len__(self) -> int:
        return self.size

    def groups(self, columns: Sequence[str]) -> tuple[Indexes, list[tuple[str, ...]]]:
        """Return the group of each cell, shape (C,), and the groups' labels in `columns`, sorted."""
        mixed = numpy.zeros(len(self), dtype=numpy.intp)
        for column in columns:
            # Made dense again at each column, so that no product of sizes overflows.
            wide = mixed * len(self.labels[column]) + self.codes[column]
            mixed = numpy.unique(wide, return_inverse=True)[1]
        _, first = numpy.unique(mixed, return_index=True)
        lists = [[self.labels[column][code] for code in self.codes[column][first].tolist()] for column in columns]
        return mixed, list(zip(*lists, strict=True)) if lists else [()] * len(first)

    def map(self, column: str, value: Callable[[str], float]) -> Floats:
        """Return a number for each cell's label in `column`, shape (C,)."""
        return numpy.array([value(one) for one in self.labels[column]])[self.codes[column]]


def gather(table: Table, keys: Iterable[str], sums: Mapping[str, Column]) -> Cells:
    """Evaluate the aggregates `sums` in every combination of the keys; the engine reads each row once."""
    keys = list(dict.fromkeys(keys))
    by = {f"key_{i}": key(table[name]) for i, name in enumerate(keys)}
    # Numbered, because an engine may ignore case in names, or limit them.
    outputs = {"rows": table.count(), **{f"sum_{i}": expression for i, expression in enumerate(sums.values())}}
    found = (table.group_by(**by) if by else table).aggregate(**outputs).to_pyarrow()
    coded = [_coded(found[name]) for name in by]
    order = numpy.lexsort([codes for _, codes in reversed(coded)]) if coded else numpy.arange(len(found))
    values = {name: _floats(found[output])[order] for name, output in zip(("rows", *sums), outputs, strict=True)}
    return Cells(
        labels={name: labels for name, (labels, _) in zip(keys, coded, strict=True)},
        codes={name: codes[order] for name, (_, codes) in zip(keys, coded, strict=True)},
        sums=values,
        size=len(found),
    )


def _coded(column: pyarrow.ChunkedArray) -> tuple[Labels, Indexes]:
    """Return a key's sorted labels and each cell's place in them."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    labels = [label(value) for value in encoded.dictionary.to_pylist()]
    known = sorted(set(labels))
    place = {one: i for i, one in enumerate(known)}
    return known, numpy.array([place[one] for one in labels], dtype=numpy.intp)[encoded.indices.to_numpy()]


def _floats(column: pyarrow.ChunkedArray) -> Floats:
    """Return an aggregate as numbers: the sum of no value is zero."""
    return numpy.asarray(column.cast("float64").fill_null(0.0).to_numpy(), dtype=float)


def sum_by(groups: Indexes, values: Floats, count: int) -> Floats:
    """Sum the rows of `values`, shape (m, K), by their group, shape (count, K)."""
    sums = numpy.zeros((count, *values.shape[1:]))
    if len(groups):
        order = numpy.argsort(groups, kind="stable")
        ordered = groups[order]
        starts = numpy.flatnonzero(numpy.r_[True, ordered[1:] != ordered[:-1]])
        sums[ordered[starts]] = numpy.add.reduceat(values[order], starts, axis=0)
    return sums
