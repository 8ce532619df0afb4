"""Redundancy that leans on what it should hold up does not count."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from auditor.estate.arrays import drop_members
from auditor.estate.graph import Graph


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
    members' own needs still tell.
    """
    spare = (graph.k_best < np.diff(graph.start)) & ~graph.quorum
    rows = np.flatnonzero(np.repeat(spare, np.diff(graph.start)))
    need = np.searchsorted(graph.start, rows, side="right") - 1
    owner, member = graph.owner[need], graph.member[rows]
    component = _components(graph, nodes)
    back = component[owner] == component[member]
    left = np.bincount(need[~back & (graph.delay_high[rows] == 0)], minlength=graph.owner.size)
    back &= left[need] > 0
    if not back.any():
        return Straightened(graph=graph, owner=owner[back], member=member[back], clipped=0)
    dropped = np.bincount(need[back], minlength=graph.owner.size) > 0
    most = np.where(dropped, left, np.iinfo(np.int32).max).astype(np.int32)
    clipped = dataclasses.replace(
        graph, k_best=np.minimum(graph.k_best, most), k_worst=np.minimum(graph.k_worst, most)
    )
    drop = np.zeros(graph.member.size, np.bool_)
    drop[rows[back]] = True
    pairs = np.unique(np.stack([owner[back], member[back]], axis=1), axis=0)
    return Straightened(
        graph=drop_members(clipped, drop),
        owner=pairs[:, 0],
        member=pairs[:, 1],
        clipped=int(((clipped.k_worst < graph.k_worst) | (clipped.k_best < graph.k_best)).sum()),
    )


def components(owner: NDArray[np.int32], member: NDArray[np.int32], nodes: int) -> NDArray[np.int32]:
    """Return the strongly connected component of each node."""
    matrix = csr_matrix((np.ones(owner.size, np.int8), (owner, member)), shape=(nodes, nodes))
    return _labels(matrix)


def _components(graph: Graph, nodes: int) -> NDArray[np.int32]:
    # Needs are ordered by owner, so the members already stand in row order.
    ends = graph.start[np.searchsorted(graph.owner, np.arange(nodes + 1))]
    ones = np.ones(graph.member.size, np.int8)
    return _labels(csr_matrix((ones, graph.member, ends), shape=(nodes, nodes)))


def _labels(matrix: csr_matrix[np.int8]) -> NDArray[np.int32]:
    _, labels = connected_components(matrix, directed=True, connection="strong")
    return np.asarray(labels, dtype=np.int32)
