"""Sets of few numbers as rows: told apart, sorted and looked up by one number each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.plan import Bools

Rows = NDArray[np.intp]


def keys(rows: Rows, base: int) -> NDArray[np.int64]:
    """Return a number for each row of numbers below ``base``, ordered as the rows are."""
    if rows.shape[1] * np.log2(max(base, 2)) > 62:  # noqa: PLR2004 - bits of an int64
        raise ValueError(f"sets of {rows.shape[1]} of {base} are more than can be told apart")
    found = np.zeros(len(rows), np.int64)
    for column in rows.T:
        found = found * base + column
    return found


def among(some: NDArray[np.int64], known: NDArray[np.int64]) -> Bools:
    """Return which of ``some`` are in ``known``, which ascend."""
    if not known.size:
        return np.zeros(some.size, np.bool_)
    at = np.minimum(np.searchsorted(known, some), known.size - 1)
    found: Bools = known[at] == some
    return found


def distinct(rows: Rows, base: int) -> Rows:
    """Return the distinct rows in ascending order."""
    left = np.sort(keys(rows, base))
    left = left[np.flatnonzero(np.diff(left, prepend=-1))]  # np.unique hashes, several times slower
    found = np.empty((left.size, rows.shape[1]), np.intp)
    for column in range(rows.shape[1] - 1, -1, -1):
        left, found[:, column] = np.divmod(left, base)
    return found
