"""One case of an estate read by name: what a node needs, and what is uncertain about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Bools, Prepared, closure, reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """Uncertain needs and members: who has them, the node whose failing makes them matter, the fact."""

    owner: NDArray[np.int64]
    decided_by: NDArray[np.int64]
    fact: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Lens:
    """A compiled plan, made ready, with the names to read it by."""

    estate: Estate
    compiled: CompiledPlan
    prepared: Prepared
    _closures: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    def closure(self, node: int) -> NDArray[np.int64]:
        """Return the nodes a node needs, directly or not, itself included, sorted."""
        found = self._closures.get(node)
        if found is None:
            found = self._closures[node] = np.flatnonzero(closure(self.prepared, node))
        return found

    def inside(self, node: int) -> Bools:
        """Return the closure of a node as bool [n]."""
        found = np.zeros(self.compiled.plan.nodes, np.bool_)
        found[self.closure(node)] = True
        return found

    def above(self, nodes: NDArray[np.int64]) -> Bools:
        """Return the nodes [n] that are among these or need one of them, directly or not."""
        seeds = np.zeros(self.compiled.plan.nodes, np.bool_)
        seeds[nodes] = True
        return reach(self.prepared, seeds) if nodes.size else seeds

    def rows(self, node: int) -> Iterator[tuple[int, slice]]:
        """Yield each need of a node: its row in the plan, and the slice of its members."""
        start, owned = self.compiled.plan.start, self.prepared.owned_start
        for row in self.prepared.owned[owned[node] : owned[node + 1]]:
            yield int(row), slice(int(start[row]), int(start[row + 1]))

    @cached_property
    def uncertain(self) -> Uncertain:
        """The needs and members of the graph that a missing fact makes uncertain."""
        graph = self.estate.graph
        need = np.repeat(np.arange(graph.owner.size), np.diff(graph.start))
        needs = np.flatnonzero(graph.unknown[need] >= 0)
        members = np.flatnonzero(graph.member_unknown >= 0)
        # A need that may be there matters if a member fails, a member that may be there if its owner does.
        return Uncertain(
            owner=graph.owner[need[np.concatenate([needs, members])]].astype(np.int64),
            decided_by=np.concatenate([graph.member[needs], graph.owner[need[members]]]).astype(np.int64),
            fact=np.concatenate([graph.unknown[need[needs]], graph.member_unknown[members]]),
        )
