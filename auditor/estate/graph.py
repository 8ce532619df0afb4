"""The compiled estate: integer nodes, needs as arrays, and the names to read them by."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from auditor.estate.names import Ids
from auditor.estate.sparse import Sparse
from auditor.inventory import Inventory
from auditor.kernels.plan import Plan
from auditor.model.audit import Assumption
from auditor.model.workload import Workload


class NodeKind(IntEnum):
    """What a node stands for."""

    RESOURCE = 0
    DOMAIN = 1  # provider, region, zone, service, control plane, os, agent, vendor, account
    WORKLOAD = 2
    ACTIVATION = 3  # a delayed member together with whatever must be up to bring it in
    UNSEEN = 4  # referred to but not in the inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """All needs, the uncertain ones included; g needs, m members; needs are ordered by owner.

    ``unknown`` and ``member_unknown`` index ``fact_names``; -1 = certain. An uncertain need is absent in the
    best plan, an uncertain member absent in the worst where enough are certain. ``role``, ``origin`` index
    ``texts``; ``evidence`` indexes ``list(Evidence)``. Losses are NaN where unknown.
    """

    owner: NDArray[np.int32]
    k_best: NDArray[np.int32]
    k_worst: NDArray[np.int32]
    role: NDArray[np.int32]
    origin: NDArray[np.int32]
    evidence: NDArray[np.uint8]
    unknown: NDArray[np.int32]
    quorum: NDArray[np.bool_]
    start: NDArray[np.int64]
    member: NDArray[np.int32]
    delay_low: Sparse
    delay_high: Sparse
    manual: NDArray[np.bool_]
    member_unknown: NDArray[np.int32]
    loss_low: Sparse
    loss_high: Sparse
    texts: tuple[str, ...]
    fact_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPlan:
    """A plan (best or worst case) and where each of its rows came from in the graph.

    Attributes:
        plan: the arrays.
        need: int32 [g'], row in ``Graph`` of each need of the plan.
        row: int32 [m'], row in ``Graph``'s member arrays of each member of the plan.
        manual: bool [m'], members people must switch to.
    """

    plan: Plan
    need: NDArray[np.int32]
    row: NDArray[np.int32]
    manual: NDArray[np.bool_]


class Plans(Protocol):
    """The compiled plans of a graph."""

    @property
    def best(self) -> CompiledPlan:
        """Uncertain needs absent, uncertain members present, the low k and the low delays."""

    @property
    def worst(self) -> CompiledPlan:
        """Uncertain needs present, uncertain members absent, the high k and the high delays."""


class Index(Mapping[str, int]):
    """Node ids to nodes: resources by binary search in their order, the others by a table.

    A table of a million resources would cost more than all look-ups of an audit.
    """

    __slots__ = ("_names", "_others", "_resources")

    def __init__(self, names: Sequence[str], resources: int, others: Mapping[str, int]) -> None:
        """Index the first ``resources`` of ``names``, which are in ascending order, and others."""
        self._names, self._resources, self._others = names, resources, dict(others)

    @classmethod
    def of(cls, index: Mapping[str, int]) -> Index:
        """Return another index of the same, which may grow by itself."""
        return index.copy() if isinstance(index, Index) else cls((), 0, index)

    def copy(self) -> Index:
        """Return another index of the same."""
        return Index(self._names, self._resources, self._others)

    def add(self, name: str, node: int) -> None:
        """Add a node behind all others."""
        self._others[name] = node

    def __getitem__(self, name: str) -> int:
        """Return the node of an id."""
        if name in self._others:
            return self._others[name]
        row = bisect_left(self._names, name, hi=self._resources)
        if row == self._resources or self._names[row] != name:
            raise KeyError(name)
        return row

    def __iter__(self) -> Iterator[str]:
        """Yield the ids in node order."""
        yield from islice(self._names, self._resources)
        yield from self._others

    def __len__(self) -> int:
        """Return how many nodes there are."""
        return self._resources + len(self._others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """The dependency graph of one inventory.

    Attributes:
        inventory: what it was built from.
        names: node ids in node order: resources first in inventory row order (node i = row i), then others.
        kinds: uint8 [n] of ``NodeKind``.
        index: node id to node.
        graph: all needs with evidence.
        plans: those of the graph, made when they are asked for.
        workloads: declared and inferred, by name; ``workload_nodes`` int32 their nodes, same order.
        resource_workload: int32 [resources] index into ``workloads`` of the first one each resource joined,
            -1 unassigned. (A resource counts for one workload in shares, yet may be needed by many.)
        roots_only: bool per workload: inferred, no entry points; its need is 1 of its roots.
        replica: int32 [n] group of machines of an inferred workload that look like replicas of each other
            (image, launch template, name stem; different zones), -1 none: in the best case one of a group
            suffices when counting which roots are out. A standby can be a root and is no resource.
        circular: (owner id, member id) pairs dropped as circular redundancy.
        unresolved: (owner id, reference) pairs no node was found for.
        references: how many references were linked or tried.
        assumptions: everything taken for granted on the way.
    """

    inventory: Inventory
    names: Ids
    kinds: NDArray[np.uint8]
    index: Mapping[str, int]
    graph: Graph
    plans: Plans
    workloads: tuple[Workload, ...]
    workload_nodes: NDArray[np.int32]
    resource_workload: NDArray[np.int32]
    roots_only: NDArray[np.bool_]
    replica: NDArray[np.int32]
    circular: tuple[tuple[str, str], ...]
    unresolved: tuple[tuple[str, str], ...]
    references: int
    assumptions: tuple[Assumption, ...]

    @property
    def best(self) -> CompiledPlan:
        """The plan of the best case."""
        return self.plans.best

    @property
    def worst(self) -> CompiledPlan:
        """The plan of the worst case."""
        return self.plans.worst
