"""Redundancy that leans on what it should hold up does not count."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from auditor.estate.arrays import drop_members, need_of, sizes_of
from auditor.estate.graph import Graph
from auditor.kernels.order import ranges


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Straightened:
    """A graph without circular redundancy.

    Attributes:
        graph: what is left.
        owner, member: int32, the pairs dropped, sorted and distinct.
        clipped: how many needs want fewer members than before.
    """

    graph: Graph
    owner: NDArray[np.int32]
    member: NDArray[np.int32]
    clipped: int


def drop_circular(graph: Graph, nodes: int) -> Straightened:
    """Drop members that need the node they are to hold up, where others could do.

    A need that all members in service lean back on keeps them: dropping it would hide a dependency, and the
    members' own needs still tell. What is dropped may free members elsewhere, so it goes on until nothing
    changes: the result dropped again is the result.
    """
    left, pairs = graph, []
    while True:
        leaning = _leaning(left, nodes)
        if not leaning.any():
            break
        need = np.searchsorted(left.start, np.flatnonzero(leaning), side="right") - 1
        pairs.append(np.stack([left.owner[need], left.member[leaning]], axis=1))
        left = _without(left, leaning)
    found = np.unique(np.concatenate(pairs), axis=0) if pairs else np.zeros((0, 2), np.int32)
    return Straightened(
        graph=left,
        owner=found[:, 0],
        member=found[:, 1],
        clipped=int(((left.k_worst < graph.k_worst) | (left.k_best < graph.k_best)).sum()),
    )


def _leaning(graph: Graph, nodes: int) -> NDArray[np.bool_]:
    """Return which members [m] lean back on the owner of a need that others in service could meet."""
    found = np.zeros(graph.member.size, np.bool_)
    sizes = sizes_of(graph)
    spare = np.flatnonzero((graph.k_best < sizes) & ~graph.quorum)
    rows = ranges(graph.start[spare], graph.start[spare + 1])
    if not rows.size:
        return found
    need = np.repeat(spare, sizes[spare])
    component = _components(graph, nodes)
    back = component[graph.owner[need]] == component[graph.member[rows]]
    others = np.bincount(need[~back & (graph.delay_high[rows] == 0)], minlength=graph.owner.size)
    found[rows[back & (others[need] > 0)]] = True
    return found


def _without(graph: Graph, leaning: NDArray[np.bool_]) -> Graph:
    """Return the graph without these members; a need wants no more than it has left in service."""
    need = need_of(graph)
    dropped = np.bincount(need[leaning], minlength=graph.owner.size) > 0
    serving = np.bincount(need[~(leaning | graph.delay_high.nonzero())], minlength=graph.owner.size)
    most = np.where(dropped, serving, np.iinfo(np.int32).max).astype(np.int32)
    clipped = dataclasses.replace(
        graph, k_best=np.minimum(graph.k_best, most), k_worst=np.minimum(graph.k_worst, most)
    )
    return drop_members(clipped, leaning)


def components(owner: NDArray[np.int32], member: NDArray[np.int32], nodes: int) -> NDArray[np.int32]:
    """Return the strongly connected component of each node."""
    matrix = csr_matrix((np.ones(owner.size, np.int8), (owner, member)), shape=(nodes, nodes))
    return _labels(matrix)


def _components(graph: Graph, nodes: int) -> NDArray[np.int32]:
    # Needs are ordered by owner, so the members already stand in row order.
    ends = graph.start[np.searchsorted(graph.owner, np.arange(nodes + 1, dtype=graph.owner.dtype))]
    # Bytes, not float64: scipy then works on a copy in which an arc stands once. On arcs that stand twice its
    # search never ends.
    ones = np.ones(graph.member.size, np.int8)
    return _labels(csr_matrix((ones, graph.member, ends), shape=(nodes, nodes)))


def _labels(matrix: csr_matrix[np.int8]) -> NDArray[np.int32]:
    _, labels = connected_components(matrix, directed=True, connection="strong")
    return np.asarray(labels, dtype=np.int32)
