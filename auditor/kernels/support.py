"""What holds a node up: for each of many scenarios, one set of nodes that suffices.

A *support* of a node is a set of nodes that are up, contains it, and meets k of each need of each of its
nodes from within. While it stands, the node stands; so whatever stops the node takes one of it along.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from auditor.kernels.plan import Bools, Plan, Words
from auditor.kernels.prepared import Prepared

# A gate of larger k keeps every member that is up: a larger support, found without counting.
_COUNTED = 16
_HEAVY = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The needs of each node as lists, cheap members first, and the place of each node in solving order."""

    needs: tuple[tuple[tuple[int, tuple[int, ...]], ...], ...]
    place: tuple[int, ...]


def wire(prepared: Prepared, inside: Bools, own: list[float]) -> Wiring:
    """Return the wiring of the nodes ``inside`` [n], given what each node costs by itself."""
    place = prepared.row.tolist()
    needs = _needs(prepared.plan, inside)
    cost = _costs(needs, place, own)
    wired = [
        tuple((k, tuple(sorted(members, key=lambda node: (cost[node], node)))) for k, members in each)
        for each in needs
    ]
    return Wiring(needs=tuple(wired), place=tuple(place))


def _needs(plan: Plan, inside: Bools) -> list[list[tuple[int, list[int]]]]:
    start, member, owner, k = (each.tolist() for each in (plan.start, plan.member, plan.owner, plan.k))
    needs: list[list[tuple[int, list[int]]]] = [[] for _ in range(plan.nodes)]
    for need in np.flatnonzero(inside[plan.owner]).tolist():
        needs[owner[need]].append((k[need], member[start[need] : start[need + 1]]))
    return needs


def _costs(needs: list[list[tuple[int, list[int]]]], place: list[int], own: list[float]) -> list[float]:
    """Return about how much the cheapest support of each node costs; shared parts count twice."""
    cost = list(own)
    # Members go before their readers, except on cycles, where the own cost stands in.
    for node in sorted((node for node, each in enumerate(needs) if each), key=place.__getitem__):
        total = own[node]
        for k, members in needs[node]:
            prices = [cost[member] for member in members]
            total += sum(prices) if k == len(members) else sum(sorted(prices)[:k])
        cost[node] = min(total, _HEAVY)
    return cost


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
