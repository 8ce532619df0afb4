"""Ids of nodes: strings of their own in most estates, read from the inventory's column in very large ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex, overload

import polars as pl

MANY = 2_000_000
"""Resources from which on ids are read when asked for: ten million take 1.4 GiB, and few are ever told."""


class Names(Sequence[str]):
    """Ids in node order, those of resources read from a column when first asked for; others follow."""

    __slots__ = ("_ids", "_others", "_read")

    def __init__(self, ids: pl.Series, others: Sequence[str]) -> None:
        """Read none yet; ``ids`` are those of the resources."""
        self._ids, self._others = ids, tuple(others)
        self._read: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._ids) + len(self._others)

    @overload
    def __getitem__(self, at: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self[each] for each in range(*at.indices(len(self))))
        row = range(len(self))[at]
        resources = len(self._ids)
        if row >= resources:
            return self._others[row - resources]
        found = self._read.get(row)
        if found is None:
            found = self._read[row] = str(self._ids[row])
        return found


Ids = tuple[str, ...] | Names


def names_of(ids: pl.Series, others: Sequence[str], *, many: int = MANY) -> Ids:
    """Return the ids of resources and those of other nodes, one after the other."""
    return (*ids.to_list(), *others) if len(ids) < many else Names(ids, others)
