"""What advice stands on: an estate that can be read from below, and the part of it that a change reaches.

A change edits a few needs. Only what needs an owner of those can come to differ. What it needs besides stays
as it is, and nothing of that needs it: so a change is re-evaluated on the part above it alone, exactly.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.estate import closure
from auditor.estate.arrays import need_of, offsets, take_needs
from auditor.estate.edit import Edit, NewMember, NewNode
from auditor.estate.graph import Estate, NodeKind
from auditor.estate.hierarchy import ZoneRegions, parent, zone_regions
from auditor.estate.stateful import is_stateful
from auditor.kernels.order import ranges
from auditor.model.domain import Axis, axis_of
from auditor.model.need import Member, Need

Nodes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some nodes of an estate with their needs, and at its edge the nodes that those need, without theirs.

    Attributes:
        estate: the part, as an estate of its own; its plans are still those of the whole, to be compiled.
        nodes: int64, the nodes of the whole, ascending; node i of the part is ``nodes[i]``.
        edge: bool per node of the part, whether it is at the edge.
        rows: int64, the needs of the whole, ascending; need i of the part is ``rows[i]``.
    """

    estate: Estate
    nodes: Nodes
    edge: NDArray[np.bool_]
    rows: Nodes

    def moved(self, edits: Iterable[Edit]) -> list[Edit]:
        """Return edits of the whole as edits of the part."""
        return [
            dataclasses.replace(edit, need=int(np.searchsorted(self.rows, edit.need)))
            if isinstance(edit, NewMember)
            else edit
            for edit in edits
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An estate with its needs by member.

    Attributes:
        estate: the estate.
        zones: those in use, by id within their provider.
        stateful: bool [resources], which hold data.
        memo: what builders of changes keep from one loss to the next.
        stated: by node its needs as values, each with its members as nodes; filled as they are asked for.
    """

    estate: Estate
    zones: frozenset[str]
    _regions: Mapping[str, frozenset[str]]
    stateful: NDArray[np.bool_]
    _need: Nodes
    _first: Nodes
    _owned: Nodes
    _nesting: ZoneRegions
    _reached: dict[int, Nodes] = field(default_factory=dict)
    memo: dict[tuple[str, int], Any] = field(default_factory=dict)
    stated: dict[int, list[tuple[tuple[int, ...], Need]]] = field(default_factory=dict)
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
            _nesting=zone_regions(estate.inventory),
        )

    def regions_of(self, provider: str) -> frozenset[str]:
        """Return the codes of a provider's regions in use."""
        return self._regions.get(provider, frozenset())

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

    def users_in(self, node: int, workload: int) -> Nodes:
        """Return the needs with the node as a member whose owner the workload reaches, ascending."""
        rows = self.users(node)
        return rows[self.inside(workload)[self.estate.graph.owner[rows]]]

    def owners(self, edits: Iterable[Edit]) -> Nodes:
        """Return the nodes whose needs the edits change, ascending; new nodes are not among them."""
        rows = [edit.need for edit in edits if isinstance(edit, NewMember)]
        return np.unique(self.estate.graph.owner[rows]).astype(np.int64)

    def hanging(self, node: int) -> NDArray[np.bool_]:
        """Return for each node whether it is this one or needs it, directly or indirectly."""
        found = self._hanging.get(node)
        if found is None:
            found = self._hanging[node] = self.above(np.array([node], np.int64))
        return found

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

    def part(self, inside: NDArray[np.bool_], edits: Sequence[Edit] = ()) -> Part:
        """Return the part of these nodes (bool per node), at its edge also what the edits refer to."""
        whole = self.estate
        core = np.flatnonzero(inside)
        rows = ranges(self._owned[core], self._owned[core + 1])
        taken = take_needs(whole.graph, rows)
        there = inside.copy()
        there[taken.member] = True
        there[self.named(edits)] = True
        nodes = np.flatnonzero(there)
        number = np.cumsum(there, dtype=np.int32) - 1
        workloads = np.flatnonzero(inside[whole.workload_nodes])
        names = tuple(map(whole.names.__getitem__, nodes.tolist()))
        part = dataclasses.replace(
            whole,
            names=names,
            kinds=whole.kinds[nodes],
            index=dict(zip(names, range(nodes.size), strict=True)),
            graph=dataclasses.replace(
                taken,
                owner=np.repeat(number[core], np.diff(self._owned)[core]),
                member=number[taken.member],
            ),
            workloads=tuple(whole.workloads[each] for each in workloads),
            workload_nodes=number[whole.workload_nodes[workloads]],
            roots_only=whole.roots_only[workloads],
            replica=whole.replica[nodes],
            circular=(),
        )
        return Part(estate=part, nodes=nodes, edge=~inside[nodes], rows=rows.astype(np.int64))

    def named(self, edits: Iterable[Edit]) -> list[int]:
        """Return the nodes that the edits refer to, and the domains above those that are not there yet."""
        refs: set[str] = set()
        for edit in edits:
            members: Iterable[Member] = ()
            if isinstance(edit, NewMember):
                members = (edit.member,)
            elif isinstance(edit, NewNode):
                members = (member for need in edit.needs for member in need.members)
            refs.update(ref for member in members for ref in (member.ref, *member.via))
        found: set[int] = set()
        for ref in refs:
            name: str | None = ref
            while name is not None and name not in self.estate.index:
                name = parent(name, self._nesting)
            if name is not None:
                found.add(self.estate.index[name])
        return sorted(found)


def _regions(estate: Estate) -> Mapping[str, frozenset[str]]:
    used = estate.inventory.resources.select("provider", "region").drop_nulls().unique()
    found: dict[str, set[str]] = {}
    for provider, code in used.iter_rows():
        found.setdefault(provider, set()).add(code)
    return {provider: frozenset(codes) for provider, codes in found.items()}
