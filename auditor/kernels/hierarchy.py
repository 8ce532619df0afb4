"""Which cut sets say the most: those in which nothing can be replaced by something narrower.

Event d is narrower than d' when the loss of d' takes d along and not the other way round: what stops a node
together with d then stops it together with d'.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from auditor.kernels import words as packing
from auditor.kernels.cutsets import Cone
from auditor.kernels.order import ranges
from auditor.kernels.plan import Bools
from auditor.kernels.rows import among, keys


def narrowest(cone: Cone, sets: Sequence[NDArray[np.integer]]) -> tuple[Bools, ...]:
    """Return per size which minimal cut sets of ``cone`` hold no event that a narrower one can replace."""
    inside = _inside(sets)
    return _kept(sets, inside, _narrower(cone, np.searchsorted(cone.names, inside)))


def irreplaceable(sets: Sequence[NDArray[np.intp]], takes: Bools) -> tuple[Bools, ...]:
    """Return per size which sets hold no event that a narrower one can replace.

    Args:
        sets: all minimal cut sets of one node of these sizes; events count from 0.
        takes: bool [e, e], whether the loss of the event of the row takes the event of the column.
    """
    inside = _inside(sets)
    among_them = takes[np.ix_(inside, inside)]
    return _kept(sets, inside, among_them & ~among_them.T)


def _inside(sets: Sequence[NDArray[np.integer]]) -> NDArray[np.intp]:
    """Return the events in some set, ascending."""
    return np.unique(np.concatenate([np.zeros(0, np.intp), *(rows.ravel() for rows in sets)])).astype(np.intp)


def _kept(sets: Sequence[NDArray[np.integer]], inside: NDArray[np.intp], below: Bools) -> tuple[Bools, ...]:
    """Return which sets are kept; ``below`` says whether the column's event of ``inside`` is narrower."""
    start = np.concatenate([np.zeros(1, np.intp), np.cumsum(below.sum(axis=1))])
    narrow = np.nonzero(below)[1]
    return tuple(_kept_rows(np.searchsorted(inside, rows), start, narrow, inside.size) for rows in sets)


def _narrower(cone: Cone, events: NDArray[np.intp]) -> Bools:
    """Return bool [e, e], whether the event of the column is narrower than the event of the row."""
    if not events.size:
        return np.zeros((0, 0), np.bool_)
    takes = packing.unpack(cone.solve(events[:, None])[cone.event[events]], events.size).T
    found: Bools = takes & ~takes.T
    return found


def _kept_rows(rows: NDArray[np.intp], start: NDArray[np.intp], narrow: NDArray[np.intp], base: int) -> Bools:
    kept = np.ones(len(rows), np.bool_)
    known = keys(rows, base)
    for column in range(rows.shape[1]):
        low, high = start[rows[:, column]], start[rows[:, column] + 1]
        which = np.repeat(np.arange(len(rows)), high - low)
        replaced = rows[which]
        replaced[:, column] = narrow[ranges(low, high)]
        replaced.sort(axis=1)
        kept[which[among(keys(replaced, base), known)]] = False
    return kept
