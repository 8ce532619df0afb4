"""Redundancy that leans on what it should hold up does not count."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from auditor.estate.arrays import drop_members, need_of
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
    need = need_of(graph)
    owner = graph.owner[need]
    component = components(owner, graph.member, nodes)
    spare = (graph.k_best < np.diff(graph.start)) & ~graph.quorum
    circular = spare[need] & (component[owner] == component[graph.member])
    serving = graph.delay_high == 0
    left = np.bincount(need[serving & ~circular], minlength=graph.owner.size).astype(np.int32)
    circular &= left[need] > 0
    dropped = np.bincount(need[circular], minlength=graph.owner.size) > 0
    most = np.where(dropped, left, np.iinfo(np.int32).max).astype(np.int32)
    clipped = dataclasses.replace(
        graph, k_best=np.minimum(graph.k_best, most), k_worst=np.minimum(graph.k_worst, most)
    )
    pairs = np.unique(np.stack([owner[circular], graph.member[circular]], axis=1), axis=0)
    return Straightened(
        graph=drop_members(clipped, circular),
        owner=pairs[:, 0],
        member=pairs[:, 1],
        clipped=int(((clipped.k_worst < graph.k_worst) | (clipped.k_best < graph.k_best)).sum()),
    )


def components(owner: NDArray[np.int32], member: NDArray[np.int32], nodes: int) -> NDArray[np.int32]:
    """Return the strongly connected component of each node."""
    matrix = csr_matrix((np.ones(owner.size, np.int8), (owner, member)), shape=(nodes, nodes))
    _, labels = connected_components(matrix, directed=True, connection="strong")
    return np.asarray(labels, dtype=np.int32)
