"""Walk a graph: the needs of a node, and all it needs directly or indirectly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.estate.graph import Estate, Graph


def needs_of(graph: Graph, node: int) -> range:
    """Return the rows of a node's needs; they stand together, as needs are ordered by owner."""
    first, last = np.searchsorted(graph.owner, (node, node + 1))
    return range(int(first), int(last))


def closure(estate: Estate, node: int) -> NDArray[np.int64]:
    """Return the nodes that ``node`` needs directly or indirectly, sorted; itself only if in a cycle.

    Uncertain needs and standbys count: it is everything that could matter.
    """
    graph = estate.graph
    seen = np.zeros(len(estate.names), np.bool_)
    frontier = np.array([node])
    while frontier.size:
        low = np.searchsorted(graph.owner, frontier, side="left")
        high = np.searchsorted(graph.owner, frontier, side="right")
        below = _slices(graph.member, graph.start[low], graph.start[high])
        frontier = np.unique(below[~seen[below]])
        seen[frontier] = True
    return np.flatnonzero(seen)


def _slices(
    values: NDArray[np.int32], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.int32]:
    counts = last - first
    ends = np.cumsum(counts)
    picked = np.repeat(first - (ends - counts), counts) + np.arange(ends[-1] if ends.size else 0)
    return np.asarray(values[picked], dtype=np.int32)
