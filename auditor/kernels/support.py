"""What holds a node up: for each of many scenarios, one set of nodes that suffices.

A *support* of a node is a set of nodes that are up, contains it, and meets k of each need of each of its
nodes from within. While it stands, the node stands; so whatever stops the node takes one of it along.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from auditor.kernels.plan import Plan, Words
from auditor.kernels.prepared import Prepared

# A gate of larger k keeps every member that is up: a larger support, found without counting.
_COUNTED = 16
_HEAVY = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The needs of each node as lists, cheap members first, and the place of each node in solving order."""

    needs: tuple[tuple[tuple[int, tuple[int, ...]], ...], ...]
    place: tuple[int, ...]


def wire(prepared: Prepared, cost: list[float]) -> Wiring:
    """Return the wiring of a plan whose nodes have the given costs."""
    plan = prepared.plan
    needs: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in range(plan.nodes)]
    for owner, k, members in _needs(plan):
        needs[owner].append((k, tuple(sorted(members, key=lambda node: (cost[node], node)))))
    return Wiring(needs=tuple(tuple(each) for each in needs), place=tuple(prepared.row.tolist()))


def costs(prepared: Prepared, own: list[float]) -> list[float]:
    """Return about how much each node's cheapest support costs, own costs given; shared parts count twice."""
    plan = prepared.plan
    needs: list[list[tuple[int, list[int]]]] = [[] for _ in range(plan.nodes)]
    for owner, k, members in _needs(plan):
        needs[owner].append((k, members))
    cost = list(own)
    for node in np.argsort(prepared.row, kind="stable").tolist():
        total = own[node]
        for k, members in needs[node]:
            total += sum(sorted([cost[member] for member in members])[:k])
        cost[node] = min(total, _HEAVY)
    return cost


def _needs(plan: Plan) -> list[tuple[int, int, list[int]]]:
    start, member = plan.start.tolist(), plan.member.tolist()
    return [
        (owner, k, member[start[need] : start[need + 1]])
        for need, (owner, k) in enumerate(zip(plan.owner.tolist(), plan.k.tolist(), strict=True))
    ]


def supports(wiring: Wiring, gone: Words, top: int, columns: Words) -> dict[int, Words]:
    """Return for each node of some support of ``top`` the scenarios whose support it is in.

    Args:
        wiring: the system.
        gone: uint64 [n, w], which nodes are lost.
        top: a node.
        columns: uint64 [w], the scenarios asked about; ``top`` is up in each.
    """
    needed: dict[int, Words] = {top: columns.copy()}
    open_bits: dict[int, Words] = {top: columns.copy()}
    queue = [(-wiring.place[top], top)]
    while queue:
        _, node = heapq.heappop(queue)
        fresh = open_bits.pop(node, None)
        if fresh is None:
            continue
        for k, members in wiring.needs[node]:
            for member, bits in _chosen(k, members, fresh, gone, needed):
                have = needed.get(member)
                new = bits if have is None else bits & ~have
                if not new.any():
                    continue
                needed[member] = new if have is None else have | new
                waiting = open_bits.get(member)
                open_bits[member] = new if waiting is None else waiting | new
                heapq.heappush(queue, (-wiring.place[member], member))
    return needed


def _chosen(
    k: int, members: tuple[int, ...], fresh: Words, gone: Words, needed: dict[int, Words]
) -> list[tuple[int, Words]]:
    """Return which members are taken in which scenarios to meet k: those needed anyway first."""
    if k == len(members):
        return [(member, fresh) for member in members]
    if k > _COUNTED:
        return [(member, fresh & ~gone[member]) for member in members]
    # have[j] is set where more than j members are taken.
    have = np.zeros((k, fresh.size), np.uint64)
    taken: list[tuple[int, Words]] = []
    rest: list[tuple[int, Words]] = []
    for member in members:
        usable = fresh & ~gone[member]
        before = needed.get(member)
        if before is None:
            rest.append((member, usable))
        else:
            _take(have, member, usable & before, taken)
            rest.append((member, usable & ~before))
    for member, usable in rest:
        _take(have, member, usable, taken)
    return taken


def _take(have: Words, member: int, usable: Words, taken: list[tuple[int, Words]]) -> None:
    bits = usable & ~have[-1]
    if bits.any():
        have[1:] |= have[:-1] & bits
        have[0] |= bits
        taken.append((member, bits))
