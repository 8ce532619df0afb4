"""Ways through a condensed estate told as ways through the whole one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.estate.condense import Condensed
from auditor.kernels.order import Index, ranges, starts
from auditor.kernels.plan import Bools

NONE = -1
"""Stands where a way has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Lifts ways from ``view.small`` to ``view.whole``.

    ``begin`` [n + 1]: the needs of node v of the whole are begin[v]:begin[v + 1].
    """

    view: Condensed
    begin: Index

    @classmethod
    def of(cls, view: Condensed) -> Lift:
        """Find the needs of every node."""
        owned = np.bincount(view.whole.graph.owner, minlength=len(view.whole.names))
        return cls(view=view, begin=starts(owned))

    def ways(
        self, top: NDArray[np.integer], node: NDArray[np.integer], need: NDArray[np.integer]
    ) -> tuple[Index, Index]:
        """Return ways down from nodes of the whole; of alike needs and members the first is taken.

        Args:
            top: nodes [p] of the whole.
            node: [steps, p], the node of the small estate that each step leads to, -1 once the way has ended.
            need: [steps, p], the need of the small estate in which it does.

        Returns:
            shaped as ``node`` and ``need``: nodes and needs of the whole.
        """
        nodes, needs = np.full(node.shape, NONE, np.intp), np.full(need.shape, NONE, np.intp)
        owner = top.astype(np.intp)
        for step in range(node.shape[0]):
            on = np.flatnonzero(node[step] >= 0)
            found = self._alike(owner[on], self.view.need[need[step, on]])
            needs[step, on] = found
            nodes[step, on] = self._members(found, node[step, on])
            owner = nodes[step]
        return nodes, needs

    def _alike(self, owner: Index, need: NDArray[np.int64]) -> Index:
        """Return each owner's first need that is alike to ``need``: that itself if it is the owner's own."""
        found = need.astype(np.intp)
        others = np.flatnonzero(self.view.whole.graph.owner[need] != owner)
        low, high = self.begin[owner[others]], self.begin[owner[others] + 1]
        place = ranges(low, high)
        marks = self.view.marks
        found[others] = _first(place, marks[place] == np.repeat(marks[need[others]], high - low), high - low)
        return found

    def _members(self, need: Index, alike: NDArray[np.integer]) -> Index:
        graph = self.view.whole.graph
        low, high = graph.start[need], graph.start[need + 1]
        place = ranges(low, high)
        same = self.view.label[graph.member[place]] == np.repeat(alike, high - low)
        return graph.member[_first(place, same, high - low)].astype(np.intp)


def _first(place: Index, chosen: Bools, size: NDArray[np.integer]) -> Index:
    """Return the first ``chosen`` place of each group of ``size`` places, of at least one."""
    if not size.size:
        return np.zeros(0, np.intp)
    every = np.where(chosen, place, np.iinfo(np.intp).max)
    return np.asarray(np.minimum.reduceat(every, np.cumsum(size) - size))
