"""Both forms of a system of needs, one scenario at a time, straight from their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.kernels import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """``owner`` needs ``k`` of ``members``, each a node and the minutes until it serves."""

    owner: int
    k: int
    members: tuple[tuple[int, float], ...]


def need(owner: int, k: int, *members: int | tuple[int, float]) -> Need:
    """Write a need briefly: members are nodes, or nodes with delays."""
    pairs = tuple(member if isinstance(member, tuple) else (member, 0.0) for member in members)
    return Need(owner=owner, k=k, members=pairs)


def compile_plan(nodes: int, needs: Sequence[Need]) -> Plan:
    """Return the arrays of ``needs``."""
    sizes = [len(each.members) for each in needs]
    pairs = [pair for each in needs for pair in each.members]
    return Plan(
        nodes=nodes,
        owner=np.array([each.owner for each in needs], np.int32),
        k=np.array([each.k for each in needs], np.int32),
        start=np.cumsum([0, *sizes], dtype=np.int64),
        member=np.array([node for node, _ in pairs], np.int32),
        delay=np.array([delay for _, delay in pairs], np.float64),
    )


def lost_nodes(nodes: int, needs: Sequence[Need], failed: set[int]) -> set[int]:
    """Return the nodes lost when ``failed`` are out: take nodes out until the rest holds."""
    lost = set(failed)
    changed = True
    while changed:
        changed = False
        for each in needs:
            up = sum(node not in lost for node, _ in each.members)
            if each.owner not in lost and up < each.k:
                lost.add(each.owner)
                changed = True
    assert lost <= set(range(nodes))
    return lost


def minutes_out(needs: Sequence[Need], own: Sequence[float]) -> list[float]:
    """Return the least solution of T = max(own, needs), by raising values from ``own`` until they rest."""
    total = list(own)
    changed = True
    while changed:
        changed = False
        for each in needs:
            arrivals = sorted(total[node] + delay for node, delay in each.members)
            if arrivals[each.k - 1] > total[each.owner]:
                total[each.owner] = arrivals[each.k - 1]
                changed = True
    return total


def closure_of(needs: Sequence[Need], node: int) -> set[int]:
    """Return ``node`` and all it needs, directly or through others."""
    found, waiting = {node}, [node]
    while waiting:
        here = waiting.pop()
        for each in needs:
            if each.owner == here:
                fresh = {member for member, _ in each.members} - found
                found |= fresh
                waiting += fresh
    return found


def lost_by_enumeration(nodes: int, needs: Sequence[Need], failed: set[int]) -> set[int]:
    """Return what is outside every set of nodes that holds itself up; all subsets are tried."""
    up: set[int] = set()
    for bits in range(1 << nodes):
        some = {node for node in range(nodes) if bits >> node & 1}
        if some & failed:
            continue
        if all(sum(m in some for m, _ in each.members) >= each.k for each in needs if each.owner in some):
            up |= some
    return set(range(nodes)) - up


def minutes_by_the_clock(needs: Sequence[Need], own: Sequence[int], end: int) -> list[int]:
    """Return the least solution for whole minutes: at each minute, who is up given who was up before."""
    nodes = range(len(own))
    since: dict[int, int] = {}
    for now in range(end + 1):
        up = {node for node in nodes if own[node] <= now}
        while True:
            weak = {
                each.owner
                for each in needs
                if each.owner in up and sum(_serves(m, d, now, up, since) for m, d in each.members) < each.k
            }
            if not weak:
                break
            up -= weak
        for node in up:
            since.setdefault(node, now)
    return [since[node] for node in nodes]


def _serves(member: int, delay: float, now: int, up: set[int], since: dict[int, int]) -> bool:
    if delay == 0:
        return member in up
    return since.get(member, now) + delay <= now
