"""Workloads without a way in are judged by their roots: how many of them are out at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.estate.condense import Condensed
from auditor.estate.graph import NodeKind
from auditor.estate.reach import needs_of
from auditor.kernels.plan import Floats

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """The roots of all workloads that are judged by them, group after group.

    Attributes:
        workloads: how many workloads there are, the others included.
        judged: workloads that have roots, ascending.
        node: node of each root.
        group: first root of each group: a group counts as out when all of it is.
        size: roots in each group.
        begin: first group of each of ``judged``.
    """

    workloads: int
    judged: Index
    node: Index
    group: Index
    size: Index
    begin: Index
    none: Index

    @classmethod
    def of(cls, view: Condensed, *, together: bool) -> Roots:
        """Gather the roots; ``together``: what looks like replicas of each other is one group."""
        estate = view.whole
        alone = np.flatnonzero(view.small.roots_only)
        members = [_members(view, int(view.spoken[w])) for w in alone]
        turn = np.repeat(np.arange(alone.size), [each.size for each in members])
        node = np.concatenate([np.zeros(0, np.int64), *members])
        alike = estate.replica[node].astype(np.int64) if together else np.full(node.size, -1)
        alike = np.where(alike < 0, alike.max(initial=0) + 1 + np.arange(node.size), alike)
        order = np.lexsort((alike, turn))
        node, turn, alike = node[order], turn[order], alike[order]
        group = _starts(turn, alike)
        begin = _starts(turn[group])
        return cls(
            workloads=len(view.small.workloads),
            judged=alone[turn[group][begin]],
            node=view.label[node],
            group=group,
            size=np.diff(np.append(group, node.size)),
            begin=begin,
            none=alone[[not each.size for each in members]],
        )

    def out(self, minutes: Floats, of: NDArray[np.integer]) -> Floats:
        """Return the share of roots out at the worst moment [workloads], NaN where roots do not decide.

        Args:
            minutes: [c, moments], minutes each class of nodes is out.
            of: [n], the class of each node of the small estate.
        """
        share = np.full(self.workloads, np.nan)
        share[self.none] = 0.0
        share[self.judged] = 0.0
        if self.judged.size and minutes.shape[1]:
            out = np.logical_and.reduceat(minutes[of[self.node]] > 0, self.group, axis=0)
            counted = np.add.reduceat(out * self.size[:, None], self.begin, axis=0)
            whole = np.add.reduceat(self.size, self.begin)
            share[self.judged] = (counted / whole[:, None]).max(axis=1)
        return share


def _members(view: Condensed, w: int) -> NDArray[np.int64]:
    """Return what a workload of the whole estate stands on; a standby is no root of its own."""
    graph = view.whole.graph
    rows = needs_of(graph, int(view.whole.workload_nodes[w]))
    members = np.unique(graph.member[graph.start[rows.start] : graph.start[rows.stop]]).astype(np.int64)
    serving: NDArray[np.int64] = members[view.whole.kinds[members] != NodeKind.ACTIVATION]
    return serving


def _starts(*keys: NDArray[np.integer]) -> Index:
    """Return where runs of equal keys start."""
    if not keys[0].size:
        return np.zeros(0, np.intp)
    differs = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return np.flatnonzero(np.concatenate([np.ones(1, np.bool_), differs])).astype(np.intp)
