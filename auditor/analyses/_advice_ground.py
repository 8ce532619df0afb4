"""What advice stands on: an estate that can be read from below too."""

from __future__ import annotations

import itertools
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._advice_states import Nodes
from auditor.estate import closure
from auditor.estate.arrays import need_of, offsets, sizes_of
from auditor.estate.graph import Estate, Graph, NodeKind
from auditor.estate.stateful import is_stateful
from auditor.kernels import Prepared, prepare, touched, unpack
from auditor.kernels.order import ranges
from auditor.kernels.plan import Plan
from auditor.kernels.words import put, width
from auditor.model.domain import Axis, axis_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An estate with its needs by member.

    Attributes:
        estate: the estate.
        zones: those in use, by id within their provider.
        stateful: bool [resources], which hold data.
        memo: what builders of changes keep from one loss to the next.
    """

    estate: Estate
    zones: frozenset[str]
    _regions: Mapping[str, frozenset[str]]
    stateful: NDArray[np.bool_]
    _need: Nodes
    _first: Nodes
    _owned: Nodes
    _reached: dict[int, Nodes] = field(default_factory=dict)
    memo: dict[tuple[str, int | str], Any] = field(default_factory=dict)
    _walked: list[Prepared] = field(default_factory=list)
    _inside: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    _hanging: dict[int, NDArray[np.bool_]] = field(default_factory=dict)

    @classmethod
    def of(cls, estate: Estate) -> Ground:
        """Return the ground of an estate."""
        order = np.argsort(estate.graph.member, kind="stable")
        counts = np.bincount(estate.graph.member, minlength=len(estate.names))
        owned = np.bincount(estate.graph.owner, minlength=len(estate.names))
        places = [estate.names[node] for node in np.flatnonzero(estate.kinds == NodeKind.DOMAIN)]
        return cls(
            estate=estate,
            zones=frozenset(name.rpartition("/")[2] for name in places if axis_of(name) is Axis.ZONE),
            _regions=_regions(estate),
            stateful=is_stateful(estate.inventory).to_numpy(),
            _need=need_of(estate.graph)[order],
            _first=offsets(counts),
            _owned=offsets(owned),
        )

    def regions_of(self, provider: str) -> frozenset[str]:
        """Return the codes of a provider's regions in use."""
        return self._regions.get(provider, frozenset())

    def free(self, name: str) -> str:
        """Return the name for a node that is to be, or one like it if the estate has that already."""
        return free(name, self.estate.index)

    def users(self, node: int) -> Nodes:
        """Return the needs that have the node as a member, ascending."""
        return self._need[self._first[node] : self._first[node + 1]]

    def needs(self, node: int) -> range:
        """Return the needs of a node."""
        return range(int(self._owned[node]), int(self._owned[node + 1]))

    def reached(self, workload: int) -> Nodes:
        """Return the node of a workload (index) and all it needs, ascending."""
        found = self._reached.get(workload)
        if found is None:
            node = self.estate.workload_nodes[workload]
            found = np.union1d(closure(self.estate, node), [node]).astype(np.int64)
            self._reached[workload] = found
        return found

    def inside(self, workload: int) -> NDArray[np.bool_]:
        """Return for each node whether it is this workload (index) or needed by it."""
        if workload not in self._inside:
            self._inside.clear()  # workloads come one after the other: only the last is asked for again
            self._inside[workload] = np.zeros(len(self.estate.names), np.bool_)
            self._inside[workload][self.reached(workload)] = True
        return self._inside[workload]

    def needs_of(self, nodes: Nodes) -> Nodes:
        """Return the needs of these nodes (ascending), ascending."""
        return ranges(self._owned[nodes], self._owned[nodes + 1]).astype(np.int64)

    def users_in(self, node: int, workload: int) -> Nodes:
        """Return the needs with the node as a member whose owner the workload reaches, ascending."""
        rows = self.users(node)
        return rows[self.inside(workload)[self.estate.graph.owner[rows]]]

    def hanging(self, node: int) -> NDArray[np.bool_]:
        """Return for each node whether it is this one or needs it, directly or indirectly."""
        found = self._hanging.get(node)
        if found is None:
            found = self._hanging[node] = self.above(np.array([node], np.int64))
        return found

    def above_each(self, seeds: Sequence[Nodes]) -> list[NDArray[np.bool_]]:
        """Return ``above`` of several sets of nodes."""
        graph, count = self.estate.graph, len(self.estate.names)
        if not self._walked:
            self._walked.append(prepare(_every(graph, count)))
        words = np.zeros((count, width(len(seeds))), np.uint64)
        for at, nodes in enumerate(seeds):
            put(words, nodes, np.full(nodes.size, at))
        found = touched(self._walked[0], words, scenarios=len(seeds))
        return list(np.ascontiguousarray(unpack(found, len(seeds)).T))

    def above(self, nodes: Nodes) -> NDArray[np.bool_]:
        """Return for each node whether it is one of these or needs one, directly or indirectly."""
        seen = np.zeros(len(self.estate.names), np.bool_)
        frontier = nodes
        while frontier.size:
            seen[frontier] = True
            needs = self._need[ranges(self._first[frontier], self._first[frontier + 1])]
            above = np.unique(self.estate.graph.owner[needs])
            frontier = above[~seen[above]].astype(np.int64)
        return seen

    def below_within(self, nodes: Nodes, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return for each node whether it is one of these, or ``inside`` and needed through such by them."""
        graph = self.estate.graph
        seen = np.zeros(len(self.estate.names), np.bool_)
        frontier = nodes
        while frontier.size:
            seen[frontier] = True
            rows = ranges(self._owned[frontier], self._owned[frontier + 1])
            member = np.unique(graph.member[ranges(graph.start[rows], graph.start[rows + 1])])
            frontier = member[inside[member] & ~seen[member]].astype(np.int64)
        return seen


def free(name: str, *taken: Container[str]) -> str:
    """Return a name that is in none of ``taken``: this one, or with the first number that makes it so."""
    names = itertools.chain((name,), (f"{name}#{number}" for number in itertools.count(2)))
    return next(each for each in names if not any(each in some for some in taken))


def _every(graph: Graph, nodes: int) -> Plan:
    """Return a plan in which every member of every need is required."""
    return Plan(
        nodes=nodes,
        owner=graph.owner,
        k=sizes_of(graph),
        start=graph.start,
        member=graph.member,
        delay=np.zeros(graph.member.size),
    )


def _regions(estate: Estate) -> Mapping[str, frozenset[str]]:
    used = estate.inventory.resources.select("provider", "region").drop_nulls().unique()
    found: dict[str, set[str]] = {}
    for provider, code in used.iter_rows():
        found.setdefault(provider, set()).add(code)
    return {provider: frozenset(codes) for provider, codes in found.items()}
