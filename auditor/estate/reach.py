"""Walk a graph: the needs of a node, and all it needs directly or indirectly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.estate.graph import Estate, Graph
from auditor.estate.support import is_support


def needs_of(graph: Graph, node: int) -> range:
    """Return the rows of a node's needs; they stand together, as needs are ordered by owner."""
    # Of the same type: a search with other integers would first copy all owners.
    first, last = np.searchsorted(graph.owner, np.array((node, node + 1), graph.owner.dtype))
    return range(int(first), int(last))


def closure(estate: Estate, node: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the nodes that a node (or any of several) needs directly or indirectly, sorted.

    A node itself is there only if in a cycle, or needed by another of them. Uncertain needs and standbys
    count: it is everything that could matter.
    """
    graph = estate.graph
    seen = np.zeros(len(estate.names), np.bool_)
    frontier = np.atleast_1d(np.asarray(node))
    while frontier.size:
        searched = frontier.astype(graph.owner.dtype)
        low = np.searchsorted(graph.owner, searched, side="left")
        high = np.searchsorted(graph.owner, searched, side="right")
        below = _slices(graph.member, graph.start[low], graph.start[high])
        fresh = np.sort(below[~seen[below]])
        frontier = fresh[np.flatnonzero(np.diff(fresh, prepend=-1))]
        seen[frontier] = True
    return np.flatnonzero(seen)


def in_use(estate: Estate) -> NDArray[np.bool_]:
    """Return which resources [rows] do something: all but those that only serve others and serve none.

    A default network stands in every region of an account; it does not make that region a place the
    company uses.
    """
    serving = is_support(estate.inventory).to_numpy()
    used = ~serving | (estate.resource_workload >= 0)
    below = closure(estate, np.flatnonzero(used))
    used[below[below < used.size]] = True
    return np.asarray(used, np.bool_)


def _slices(
    values: NDArray[np.int32], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.int32]:
    counts = last - first
    ends = np.cumsum(counts)
    picked = np.repeat(first - (ends - counts), counts) + np.arange(ends[-1] if ends.size else 0)
    return np.asarray(values[picked], dtype=np.int32)
