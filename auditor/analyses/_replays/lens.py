"""One case of an estate read by name: what a node needs, and what is uncertain about it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Prepared
from auditor.kernels.order import Index, grouped

Step = tuple[int, int]
"""A member and the row of the need it was found in."""

VISITS = 200
"""Nodes looked at to show how a struck resource hangs on a cause; it rarely takes more than two steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """Uncertain needs and members: who has them, the node whose failing makes them matter, the fact."""

    owner: NDArray[np.int64]
    decided_by: NDArray[np.int64]
    fact: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Members of a plan by the node that they are: those of node v are rows[start[v]:start[v + 1]]."""

    rows: NDArray[np.int32]
    start: Index


@dataclass(frozen=True, kw_only=True)
class Lens:
    """A compiled plan, made ready, with the names to read it by."""

    estate: Estate
    compiled: CompiledPlan
    prepared: Prepared
    _ways: dict[tuple[int, int], tuple[Step, ...]] = field(default_factory=dict)

    def rows(self, node: int) -> Iterator[tuple[int, slice]]:
        """Yield each need of a node: its row in the plan, and the slice of its members."""
        start, owned = self.compiled.plan.start, self.prepared.owned_start
        for row in self.prepared.owned[owned[node] : owned[node + 1]]:
            yield int(row), slice(int(start[row]), int(start[row + 1]))

    def way_down(self, node: int, cause: int) -> tuple[Step, ...]:
        """Return the shortest way a node needs the cause: cause first, the node left out; empty without."""
        found = self._ways.get((node, cause))
        if found is None:
            found = self._ways[node, cause] = self._sought(node, cause) if cause >= 0 else ()
        return found

    def _sought(self, node: int, cause: int) -> tuple[Step, ...]:
        plan = self.compiled.plan
        came: dict[int, Step] = {node: (-1, -1)}
        queue = deque([node])
        while queue and cause not in came and len(came) < VISITS:
            at = queue.popleft()
            for row, part in self.rows(at):
                for member in plan.member[part].tolist():
                    if member not in came:
                        came[member] = (at, row)
                        queue.append(member)
        return tuple(_back(came, cause)) if cause in came else ()

    @cached_property
    def need(self) -> NDArray[np.int32]:
        """Return the need of each member of the plan."""
        start = self.compiled.plan.start
        return np.repeat(np.arange(start.size - 1, dtype=np.int32), np.diff(start))

    @cached_property
    def users(self) -> Users:
        """Return who needs each node."""
        plan = self.compiled.plan
        start, rows = grouped(plan.member, plan.nodes)
        return Users(rows=rows.astype(np.int32), start=start)

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


def _back(came: Mapping[int, Step], node: int) -> Iterator[Step]:
    """Yield the way back to where the search began, that left out: each node with the need that led to it."""
    while came[node][0] != -1:
        above, row = came[node]
        yield node, row
        node = above
