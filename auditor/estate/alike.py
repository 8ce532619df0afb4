"""Rows that say the same, found by number: what is worked out for one of them holds for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SPARSE = 4
"""Combinations this many times more than rows are sorted, fewer are looked up in a table."""

_INT32 = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Rows in groups.

    Attributes:
        group: int32 [n], which group each row is in, below the number of groups.
        first: int64 [groups], a row of each.
    """

    group: NDArray[np.int32]
    first: NDArray[np.int64]

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each row the value of its group."""
        return values.take(self.group, mode="clip")


def alike(*columns: pl.Series | NDArray[np.integer]) -> Alike:
    """Return which rows are the same in all columns: of strings, booleans or numbers from -1."""
    number: NDArray[Any]
    number, count = coded(columns[0])
    for column in columns[1:]:
        more, width = coded(column)
        wide = np.int64 if count * width > _INT32 else np.int32
        number = np.multiply(number, width, dtype=wide) + more
        count *= width
        if count > number.size + 1:
            found = _dense(number, count)
            number, count = found.group, found.first.size
    return _dense(number, count)


def places_of(resources: pl.DataFrame) -> Alike:
    """Return which resources are of one provider, account, region and kind."""
    return alike(*(resources[name] for name in ("provider", "account", "region", "kind")))


def coded(column: pl.Series | NDArray[np.integer]) -> tuple[NDArray[np.integer], int]:
    """Return a number for each row, equal where the values are, and what they are all below; null is 0."""
    if isinstance(column, pl.Series):
        kind = pl.UInt32 if column.dtype == pl.Boolean else pl.Categorical
        codes = column.cast(kind).to_physical().cast(pl.Int32) + 1
        number: NDArray[np.integer] = codes.fill_null(0).to_numpy()
    else:
        number = column.astype(np.int32) + np.int32(1)
    return number, int(number.max(initial=0)) + 1


def _dense(number: NDArray[np.integer], count: int) -> Alike:
    """Return the groups of rows with the same number."""
    if count > _SPARSE * number.size + _SPARSE:
        _, first, group = np.unique(number, return_index=True, return_inverse=True)
        return Alike(group=group.astype(np.int32), first=first)
    row = np.full(count, -1, np.int64)
    row[number] = np.arange(number.size)
    present = np.flatnonzero(row >= 0)
    place = np.zeros(count, np.int32)
    place[present] = np.arange(present.size, dtype=np.int32)
    return Alike(group=place.take(number, mode="clip"), first=row[present])
