"""A smaller system of needs with the same answers: nodes that can never differ are one node.

Two nodes are out for the same minutes in every scenario if the same events strike them and their needs read
the same. A node that only passes on what another one suffers is that other one; what nothing can strike is
always up. A million resources on a few hundred domains come down to some thousands of
nodes, and cost follows those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels import Bools, Ints, Plan
from auditor.kernels.order import ranges

Hashes = NDArray[np.uint64]

_A, _B, _C = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotient:
    """The smaller plan; node 0 is always up.

    Attributes:
        plan: over classes of nodes.
        of: int32 [n], the class of each node of the larger plan; 0 also for nodes nothing asked for needs.
    """

    plan: Plan
    of: Ints


def quotient(plan: Plan, struck: Sequence[NDArray[np.int64]], wanted: NDArray[np.integer]) -> Quotient:
    """Return the system that tells the same of the nodes ``wanted``, whichever of ``struck`` go out.

    Each entry of ``struck`` is a set of nodes that go out together, alone or with other entries.
    """
    own = np.zeros(plan.nodes, np.uint64)
    tags = _mix(np.arange(1, len(struck) + 1, dtype=np.uint64) * _A)
    for number, nodes in enumerate(struck):
        own[nodes] ^= tags[number]
    inside = _below(plan, wanted)
    own[~inside] = 0
    system = _System.of(plan, inside)
    color, passing = system.colors(own)
    return _made(plan, system, color, passing)


def _mix(value: Hashes) -> Hashes:
    """The finaliser of splitmix64: a bijection that spreads every bit."""
    mixed = (value ^ (value >> np.uint64(30))) * _B
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _C
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def _below(plan: Plan, wanted: NDArray[np.integer]) -> Bools:
    """Return the nodes that ``wanted`` need, themselves included."""
    inside = np.zeros(plan.nodes, np.bool_)
    inside[wanted] = True
    owner = np.repeat(plan.owner, np.diff(plan.start))
    before = -1
    while (count := int(inside.sum())) != before:
        before = count
        inside[plan.member[inside[owner]]] = True
    return inside


@dataclass(frozen=True, slots=True, kw_only=True)
class _System:
    """The needs of the nodes asked for; a need is a gate if fewer than all its members will do."""

    nodes: int
    needs: NDArray[np.int64]
    owner: Ints
    k: Ints
    start: NDArray[np.int64]
    member: Ints
    delay: Hashes
    gate: Bools

    @classmethod
    def of(cls, plan: Plan, inside: Bools) -> _System:
        needs = np.flatnonzero(inside[plan.owner])
        counts = np.diff(plan.start)
        places = ranges(plan.start[needs], plan.start[needs + 1])
        return cls(
            nodes=plan.nodes,
            needs=needs,
            owner=plan.owner[needs],
            k=plan.k[needs],
            start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[needs])]),
            member=plan.member[places],
            delay=np.ascontiguousarray(plan.delay[places] + 0.0).view(np.uint64),
            gate=plan.k[needs] < counts[needs],
        )

    def colors(self, own: Hashes) -> tuple[Hashes, Bools]:
        """Return what tells nodes apart, 0 = always up, and the nodes that only pass on another's."""
        color, cyclic = own.copy(), self._cyclic()
        # The rounds below would never rest in a cycle: there each node stays for itself, always right.
        alone = _mix(np.arange(1, self.nodes + 1, dtype=np.uint64) * _A + _C)
        while True:
            found, passing = self._round(own, color)
            found = np.where(cyclic & (found != 0), alone, found)
            if np.array_equal(found, color):
                return color, passing & ~cyclic
            color = found

    def _cyclic(self) -> Bools:
        owner = np.repeat(self.owner, np.diff(self.start))
        arcs = sparse.coo_array((np.ones(owner.size, np.int8), (owner, self.member)), shape=(self.nodes,) * 2)
        _, component = csgraph.connected_components(arcs.tocsr(), directed=True, connection="strong")
        several = np.bincount(component, minlength=self.nodes)[component] > 1
        several[owner[owner == self.member]] = True
        return np.asarray(several, np.bool_)

    def _round(self, own: Hashes, color: Hashes) -> tuple[Hashes, Bools]:
        value, owner, by_gate = self._contributions(color)
        # A node that needs two of the same is as one that needs it once.
        _, first = np.unique(_mix(_mix(value) + owner.astype(np.uint64) * _B), return_index=True)
        value, owner, by_gate = value[first], owner[first], by_gate[first]
        total = np.zeros(self.nodes, np.uint64)
        np.add.at(total, owner, _mix(value))
        count = np.bincount(owner, minlength=self.nodes)
        single = np.zeros(self.nodes, np.uint64)
        single[owner] = value
        gated = np.bincount(owner, by_gate, minlength=self.nodes) > 0
        passing = (own == 0) & (count == 1) & ~gated
        found = np.where(count > 0, _mix(own + _mix(total)), own)
        return np.where(passing, single, found), passing

    def _contributions(self, color: Hashes) -> tuple[Hashes, Ints, Bools]:
        """Return what each need adds to its owner: its members one by one, or the gate as a whole."""
        held = color[self.member]
        need = np.repeat(np.arange(self.owner.size), np.diff(self.start))
        single = np.flatnonzero(~self.gate[need] & (held != 0))
        gates = np.flatnonzero(self.gate)
        places = ranges(self.start[gates], self.start[gates + 1])
        sizes = np.diff(self.start)[gates]
        begin = (np.cumsum(sizes) - sizes).astype(np.intp)
        seen = _mix(held[places] + _mix(self.delay[places] + _B))
        up = (held[places] == 0) & (self.delay[places] == 0)
        summed = np.add.reduceat(seen, begin) if gates.size else np.zeros(0, np.uint64)
        ready = np.add.reduceat(up.astype(np.int64), begin) if gates.size else np.zeros(0, np.int64)
        open_ = ready < self.k[gates]
        gated = _mix(summed + self.k[gates].astype(np.uint64) * _C)[open_]
        return (
            np.concatenate([held[single], gated]),
            np.concatenate([self.owner[need[single]], self.owner[gates[open_]]]),
            np.concatenate([np.zeros(single.size, np.bool_), np.ones(int(open_.sum()), np.bool_)]),
        )


def _made(plan: Plan, system: _System, color: Hashes, passing: Bools) -> Quotient:
    speaking = np.flatnonzero((color != 0) & ~passing)
    known, first = np.unique(color[speaking], return_index=True)
    node = speaking[first]
    of = np.zeros(plan.nodes, np.int32)
    at = np.searchsorted(known, color)
    there = color != 0
    of[there] = at[there] + 1
    chosen = np.zeros(plan.nodes, np.bool_)
    chosen[node] = True
    needs = system.needs[chosen[system.owner]]
    counts = np.diff(plan.start)[needs]
    places = ranges(plan.start[needs], plan.start[needs + 1])
    return Quotient(
        plan=Plan(
            nodes=known.size + 1,
            owner=of[plan.owner[needs]],
            k=plan.k[needs],
            start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
            member=of[plan.member[places]],
            delay=plan.delay[places],
        ),
        of=of,
    )
