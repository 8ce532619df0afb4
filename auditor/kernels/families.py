"""Minimal cut sets of up to three events of every node at once, from below.

A need of all its members passes on whatever stops one of them. So the sets of two and three that stop a node
come from the *gates* below it, the needs that can spare members, and only those are worked out: each once,
after the gates below it, however many nodes stand above. What stops a node alone the yes/no kernel tells.

Gates in circles start with no sets and are worked out again until nothing is added: the least sets, as for
``lost``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels import words as packing
from auditor.kernels.bits import lost, touched
from auditor.kernels.gate import Gate, solved
from auditor.kernels.order import Index, distinct, order, ranges, starts
from auditor.kernels.plan import Plan, Words
from auditor.kernels.prepared import Prepared, prepare
from auditor.kernels.sets import Keys, events_of, holds, holds_pair

LARGEST = 3
"""Events of the largest sets that are found this way."""

_BLOCK = 1 << 12  # gates whose readers are looked for at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """What stops the nodes asked about; ``families`` makes it.

    Attributes:
        base: number of events e.
        order: sets up to so many events.
        alone: uint64 [n, ceil(e / 64)], the events that stop each node of the system by themselves.
        place: intp [n], of each node asked about in ``first`` and ``below``, -1 of all others.
        below: uint64 [a, ceil(e / 64)], the events that each node asked about is or needs at any remove.
        first, gates: intp, those that each node passes on are gates[first[i]:first[i + 1]].
        sets: of each gate its sets of 2, 3, ... events; None where they are too many.
    """

    base: int
    order: int
    alone: Words
    place: Index
    below: Words
    first: Index
    gates: Index
    sets: Sequence[tuple[Keys, ...] | None]

    def of(self, node: int) -> tuple[Index, ...] | None:
        """Return per size 1, 2, ... intp [count, size], the minimal sets of events that stop the node.

        Events of a row and rows ascend. None where they are too many.
        """
        single = packing.unpack(self.alone[[node]], self.base)[0]
        found = [np.flatnonzero(single)[:, None].astype(np.intp)]
        held = [self.sets[gate] for gate in self.passed(node).tolist()]
        known = [each for each in held if each is not None]
        if len(known) < len(held):
            return None
        pairs = np.zeros(0, np.int64)
        for size in range(2, self.order + 1):
            keys = distinct(np.concatenate([np.zeros(0, np.int64), *(each[size - 2] for each in known)]))
            keys = keys[~holds(keys, size, self.base, single)]
            if size == 2:  # noqa: PLR2004 - pairs
                pairs = keys
            else:
                keys = keys[~holds_pair(keys, self.base, pairs)]
            found.append(np.stack(events_of(keys, size, self.base), axis=1))
        return tuple(found)

    def needed(self, node: int) -> Index:
        """Return the events that a node is or needs, ascending."""
        return np.flatnonzero(packing.unpack(self.below[[self.place[node]]], self.base)[0])

    def passed(self, node: int) -> Index:
        """Return the gates of which a node passes on what stops them."""
        at = self.place[node]
        return self.gates[self.first[at] : self.first[at + 1]]


def families(
    prepared: Prepared, events: NDArray[np.integer], tops: NDArray[np.integer], *, order: int = LARGEST
) -> Families:
    """Return what stops each of ``tops``.

    Args:
        prepared: a system; members count whatever their delay.
        events: the nodes that may fail, each once.
        tops: nodes asked about.
        order: largest size asked for, ``LARGEST`` at most.
    """
    if not 1 <= order <= LARGEST:
        raise ValueError(f"sets of 1 to {LARGEST} events are found, not of {order}")
    plan = prepared.plan
    gates = np.flatnonzero(plan.k < np.diff(plan.start)) if order > 1 else np.zeros(0, np.intp)
    asked = np.zeros(plan.nodes, np.bool_)
    asked[tops] = True
    asked[plan.member[ranges(plan.start[gates], plan.start[gates + 1])]] = True
    place = np.where(asked, np.cumsum(asked) - 1, -1)
    nodes, alone = np.flatnonzero(asked), one_each(plan.nodes, events)
    first, passed = _passed(plan, gates, nodes)
    sets: list[tuple[Keys, ...] | None] = [(np.zeros(0, np.int64),) * (order - 1)] * gates.size
    found = Families(
        base=events.size,
        order=order,
        alone=lost(prepared, alone, scenarios=events.size),
        place=place,
        below=touched(prepared, alone, scenarios=events.size)[nodes],
        first=first,
        gates=passed,
        sets=sets,
    )
    for turn, again in _turns(plan, gates, found):
        _settle(plan, gates, found, sets, turn, again=again)
    return found


def one_each(nodes: int, events: NDArray[np.integer]) -> Words:
    """Return uint64 [nodes, ceil(e / 64)]: in scenario i the i-th of the events is out and nothing else."""
    out = np.zeros((nodes, packing.width(events.size)), np.uint64)
    packing.put(out, events, np.arange(events.size))
    return out


def _passed(plan: Plan, gates: Index, nodes: Index) -> tuple[Index, Index]:
    """Return for each of the nodes the gates that it has, or needs through needs of all their members."""
    plain = prepare(_plain(plan))
    row, gate = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    for low in range(0, gates.size, _BLOCK):
        owner = plan.owner[gates[low : low + _BLOCK]]
        above = touched(plain, one_each(plan.nodes, owner), scenarios=owner.size)[nodes]
        rows, columns = np.nonzero(packing.unpack(above, owner.size))
        row.append(rows)
        gate.append(columns + low)
    at, found = np.concatenate(row), np.concatenate(gate)
    return starts(np.bincount(at, minlength=nodes.size)), found[np.argsort(at, kind="stable")]


def _plain(plan: Plan) -> Plan:
    """Return the plan with only the needs of all their members."""
    need = np.flatnonzero(plan.k == np.diff(plan.start))
    rows = ranges(plan.start[need], plan.start[need + 1])
    return Plan(
        nodes=plan.nodes,
        owner=plan.owner[need],
        k=plan.k[need],
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(plan.k[need], dtype=np.int64)]),
        member=plan.member[rows],
        delay=plan.delay[rows],
    )


def _turns(plan: Plan, gates: Index, found: Families) -> Iterator[tuple[list[int], bool]]:
    """Yield gates in an order in which those below go first; together, to be repeated, those in circles."""
    size = plan.start[gates + 1] - plan.start[gates]
    member = found.place[plan.member[ranges(plan.start[gates], plan.start[gates + 1])]]
    begin, end = found.first[member], found.first[member + 1]
    above = np.repeat(np.repeat(np.arange(gates.size), size), end - begin)
    arcs = distinct(above * np.int64(max(gates.size, 1)) + found.gates[ranges(begin, end)])
    above, below = np.divmod(arcs, max(gates.size, 1))
    # A gate that only leans on itself is solved once: its own sets add nothing to what stops it.
    apart = above != below
    when = order(gates.size, above[apart].astype(np.intp), below[apart].astype(np.intp))
    for level in np.unique(when.outer).tolist():
        for again in (False, True):
            turn = np.flatnonzero((when.outer == level) & (when.cyclic == again))
            if turn.size:
                yield turn.tolist(), again


def _settle(
    plan: Plan,
    gates: Index,
    found: Families,
    sets: list[tuple[Keys, ...] | None],
    turn: list[int],
    *,
    again: bool,
) -> None:
    while True:
        changed = False
        for at in turn:
            gate = _gate(plan, int(gates[at]), found)
            now = None if gate is None else solved(gate, found.order)
            changed |= not _same(sets[at], now)
            sets[at] = now
        if not (again and changed):
            return


def _same(one: tuple[Keys, ...] | None, other: tuple[Keys, ...] | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def _gate(plan: Plan, need: int, found: Families) -> Gate | None:
    members = plan.member[plan.start[need] : plan.start[need + 1]].tolist()
    below: dict[int, None] = {}
    classes: dict[tuple[bytes, tuple[int, ...]], int] = {}
    speakers: list[int] = []
    weight: list[int] = []
    for node in members:
        passed = [gate for gate in found.passed(node).tolist() if _some(found.sets[gate])]
        if any(found.sets[gate] is None for gate in passed):
            return None
        below |= dict.fromkeys(passed)
        key = found.alone[node].tobytes(), tuple(passed)
        at = classes.setdefault(key, len(weight))
        if at == len(weight):
            weight.append(0)
            speakers.append(node)
        weight[at] += 1
    takes = packing.unpack(found.alone[speakers], found.base)
    short = len(members) - int(plan.k[need]) + 1
    weights = np.array(weight, np.intp)
    passing = [set(passed) for _, passed in classes]
    pools = []
    for gate in sorted(below):
        sets = found.sets[gate]
        if sets is not None:
            pools.append((sets, np.array([gate in each for each in passing], np.bool_)))
    return Gate(
        base=found.base,
        short=short,
        weight=weights,
        takes=takes,
        alone=weights @ takes >= short,
        passed=pools,
    )


def _some(sets: tuple[Keys, ...] | None) -> bool:
    return sets is None or any(each.size for each in sets)
