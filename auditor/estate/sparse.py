"""Columns of numbers that are 0 in nearly all rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparse:
    """A column of which only the rows that are not 0 are held.

    Attributes:
        size: rows of the column.
        row: int64, those that are not 0, ascending.
        value: float64, what they hold; NaN for what nobody knows.
    """

    size: int
    row: Rows
    value: Floats

    @classmethod
    def of(cls, size: int, row: NDArray[np.integer], value: Floats) -> Sparse:
        """Return a column with these values in these rows, each given once, in any order."""
        some = np.flatnonzero(value != 0)
        some = some[np.argsort(row[some], kind="stable")]
        return cls(size=size, row=row[some].astype(np.int64), value=value[some])

    def __getitem__(self, rows: NDArray[np.integer] | slice) -> Floats:
        """Return what these rows hold."""
        asked = np.arange(self.size)[rows] if isinstance(rows, slice) else rows
        found = np.zeros(asked.shape)
        if self.row.size:
            at = np.searchsorted(self.row[1:], asked, side="right")  # the last that is not larger
            same = self.row[at] == asked
            found[same] = self.value[at[same]]
        return found

    def nonzero(self) -> NDArray[np.bool_]:
        """Return which rows are not 0."""
        found = np.zeros(self.size, np.bool_)
        found[self.row] = True
        return found

    def dense(self) -> Floats:
        """Return all rows."""
        found = np.zeros(self.size)
        found[self.row] = self.value
        return found

    def take(self, rows: NDArray[np.integer]) -> Sparse:
        """Return the column of these rows, in this order."""
        there = self.nonzero().take(rows, mode="clip") if self.row.size else np.zeros(0, np.bool_)
        row = np.flatnonzero(there)
        return Sparse(size=rows.size, row=row, value=self[rows[row]])

    def extended(self, values: Floats) -> Sparse:
        """Return the column with further rows behind."""
        more = np.flatnonzero(values != 0)
        return Sparse(
            size=self.size + values.size,
            row=np.concatenate([self.row, self.size + more]),
            value=np.concatenate([self.value, values[more]]),
        )


Column = NDArray[Any] | Sparse


def take(column: Column, rows: NDArray[np.integer]) -> Column:
    """Return these rows of a column; they must be in range."""
    # take() that need not check is several times faster than indexing.
    return column.take(rows) if isinstance(column, Sparse) else column.take(rows, mode="clip")


def extended(column: Column, values: NDArray[Any]) -> Column:
    """Return a column with further rows behind."""
    return column.extended(values) if isinstance(column, Sparse) else np.concatenate([column, values])
