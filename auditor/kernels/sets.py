"""Sets of two or three events as one number each, to be sorted, told apart and looked up at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index
from auditor.kernels.plan import Bools
from auditor.kernels.rows import among

Keys = NDArray[np.int64]
"""Sets of one size as numbers: of b events, {x, y} is x * b + y and {x, y, z} is (x * b + y) * b + z."""


def keyed(columns: Sequence[Index], base: int) -> Keys:
    """Return the key of each set, its events in whatever order."""
    rows = np.sort(np.stack(columns).astype(np.int64), axis=0)
    found: Keys = rows[0]
    for row in rows[1:]:
        found = found * base + row
    return found


def events_of(keys: Keys, size: int, base: int) -> list[Index]:
    """Return the events of each set as ``size`` columns, ascending in a set."""
    columns: list[Index] = []
    for _ in range(size - 1):
        keys, last = np.divmod(keys, max(base, 1))
        columns.insert(0, last.astype(np.intp))
    return [keys.astype(np.intp), *columns]


def holds(keys: Keys, size: int, base: int, which: Bools) -> Bools:
    """Return which sets hold one of these events."""
    found = np.zeros(keys.size, np.bool_)
    for event in events_of(keys, size, base):
        found |= which[event]
    return found


def holds_pair(keys: Keys, base: int, pairs: Keys) -> Bools:
    """Return which triples hold one of these pairs."""
    first, second, third = events_of(keys, 3, base)
    found: Bools = among(keyed((first, second), base), pairs)
    found |= among(keyed((first, third), base), pairs)
    found |= among(keyed((second, third), base), pairs)
    return found
