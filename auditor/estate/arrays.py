"""Take, drop and order needs of a graph, all arrays together."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from auditor.estate.draft import Draft
from auditor.estate.graph import Graph

NEED_ARRAYS = ("owner", "k_best", "k_worst", "role", "origin", "evidence", "unknown", "quorum")
MEMBER_ARRAYS = (
    "member",
    "delay_low",
    "delay_high",
    "manual",
    "member_unknown",
    "loss_low",
    "loss_high",
)

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


def freeze(draft: Draft, renumber: NDArray[np.int32]) -> Graph:
    """Return the draft's needs as a graph, ordered by owner, with nodes in their final numbers."""
    needs, members = draft.needs, draft.members
    counts = np.bincount(members["need"].to_numpy(), minlength=needs.height)
    graph = Graph(
        owner=renumber[needs["owner"].to_numpy()],
        k_best=needs["k_best"].to_numpy(),
        k_worst=needs["k_worst"].to_numpy(),
        role=needs["role"].to_numpy(),
        origin=needs["origin"].to_numpy(),
        evidence=needs["evidence"].to_numpy(),
        unknown=needs["unknown"].to_numpy(),
        quorum=needs["quorum"].to_numpy(),
        start=offsets(counts),
        member=renumber[members["node"].to_numpy()],
        delay_low=members["delay_low"].to_numpy(),
        delay_high=members["delay_high"].to_numpy(),
        manual=members["manual"].to_numpy(),
        member_unknown=members["unknown"].to_numpy(),
        loss_low=members["loss_low"].fill_null(np.nan).to_numpy(),
        loss_high=members["loss_high"].fill_null(np.nan).to_numpy(),
        texts=draft.texts.values,
        fact_names=draft.facts.values,
    )
    return take_needs(graph, np.argsort(graph.owner, kind="stable"))


def offsets(counts: NDArray[np.int64] | NDArray[np.int32]) -> Rows:
    """Return where each of consecutive runs of these lengths starts, and the end."""
    ends = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends


def count_members(graph: Graph, which: Mask) -> NDArray[np.int32]:
    """Return how many members of each need are among ``which`` [m]."""
    if not graph.owner.size:
        return np.zeros(0, np.int32)
    return np.add.reduceat(which, graph.start[:-1], dtype=np.int32)


def need_of(graph: Graph) -> Rows:
    """Return the need of each member."""
    return np.repeat(np.arange(graph.owner.size), np.diff(graph.start))


def take_needs(graph: Graph, rows: Rows) -> Graph:
    """Return the graph with only these needs, in this order."""
    counts = np.diff(graph.start)[rows]
    start = offsets(counts)
    picked = np.repeat(graph.start[rows] - start[:-1], counts)
    picked += np.arange(start[-1])
    # Rows are in range, and take() that need not check is several times faster than indexing.
    changed = {name: getattr(graph, name).take(rows, mode="clip") for name in NEED_ARRAYS}
    changed |= {name: getattr(graph, name).take(picked, mode="clip") for name in MEMBER_ARRAYS}
    return dataclasses.replace(graph, start=start, **changed)


def drop_members(graph: Graph, drop: Mask) -> Graph:
    """Return the graph without these members; a need left without any goes too, k stays."""
    counts = count_members(graph, ~drop)
    changed = {name: getattr(graph, name)[~drop] for name in MEMBER_ARRAYS}
    left = dataclasses.replace(graph, start=offsets(counts), **changed)
    return left if counts.all() else take_needs(left, np.flatnonzero(counts))


def drop_repeated(graph: Graph) -> Graph:
    """Return the graph with each node once in a need, the one soonest in service; k no more than are left."""
    many = np.diff(graph.start) > 1
    rows = np.flatnonzero(np.repeat(many, np.diff(graph.start)))
    need = need_of(graph)[rows]
    node = graph.member[rows]
    order = np.lexsort((graph.delay_low[rows], graph.delay_high[rows], node, need))
    again = (np.diff(need[order]) == 0) & (np.diff(node[order]) == 0)
    if not again.any():
        return graph
    drop = np.zeros(graph.member.size, np.bool_)
    drop[rows[order[1:][again]]] = True
    return clip(drop_members(graph, drop))


def clip(graph: Graph) -> Graph:
    """Return the graph with k of no need above the number of its members."""
    counts = np.diff(graph.start).astype(np.int32)
    return dataclasses.replace(
        graph, k_best=np.minimum(graph.k_best, counts), k_worst=np.minimum(graph.k_worst, counts)
    )
