"""Why a node is out, and what it needs: walks over a prepared plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index, distinct, grouped, ranges
from auditor.kernels.plan import Bools, Floats, Plan
from auditor.kernels.prepared import Prepared


def closure(prepared: Prepared, node: int) -> Bools:
    """Return bool [n], ``node`` and every node it needs, directly or through others; any member counts."""
    return below(prepared, np.array([node], np.intp))


def below(system: Prepared | Plan, nodes: NDArray[np.integer]) -> Bools:
    """Return bool [n], ``nodes`` and every node they need, directly or through others; any member counts."""
    if isinstance(system, Plan):
        plan, (start, owned) = system, grouped(system.owner, system.nodes)
    else:
        plan, start, owned = system.plan, system.owned_start, system.owned
    found = np.zeros(plan.nodes, np.bool_)
    found[nodes] = True
    frontier = np.flatnonzero(found)
    while frontier.size:
        need = owned[ranges(start[frontier], start[frontier + 1])]
        member = plan.member[ranges(plan.start[need], plan.start[need + 1])]
        fresh = np.zeros(plan.nodes, np.bool_) if member.size > plan.nodes >> 4 else None
        if fresh is None:
            frontier = distinct(member[~found[member]]).astype(np.intp)
        else:
            fresh[member] = True
            frontier = np.flatnonzero(fresh & ~found)
        found[frontier] = True
    return found


def because(
    prepared: Prepared,
    own: NDArray[np.floating],
    total: NDArray[np.floating],
    node: int,
    *,
    limit: int = 1,
    delay: Floats | None = None,
) -> list[list[int]]:
    """Return up to ``limit`` shortest paths from ``node`` down to nodes that are out of themselves.

    A step goes from a node to a member that holds back one of its decisive needs: one worth the node's own
    total, through a member that is out and not serving before that. Members that serve exactly then go before
    members that are out for longer, lower indices before higher ones. A path ends at the first node whose
    total is its own; each path has another end. Every node that is out has such a path.

    Args:
        prepared: the system of n nodes and m members.
        own: [n], minutes each node is itself out.
        total: [n], what ``minutes`` made of them.
        node: where the paths start; they include it.
        limit: the most paths to return.
        delay: float64 [m], the delays given to ``minutes``, if any.

    Returns:
        paths, shortest first; none if ``node`` is not out.
    """
    late = prepared.plan.delay if delay is None else delay
    paths: list[list[int]] = []
    if total[node] <= 0:
        return paths
    came_from = {node: -1}
    frontier = np.array([node], np.intp)
    while frontier.size and len(paths) < limit:
        ends = own[frontier] >= total[frontier]
        paths += [_path(came_from, int(end)) for end in frontier[ends]]
        frontier = frontier[~ends]
        reader, member = _holding_back(prepared, total, late, frontier)
        fresh: list[int] = []
        for above, below in zip(reader.tolist(), member.tolist(), strict=True):
            if below not in came_from:
                came_from[below] = above
                fresh.append(below)
        frontier = np.array(fresh, np.intp)
    return paths[:limit]


def _needs(prepared: Prepared, nodes: Index) -> Index:
    """Return the needs of ``nodes``, in the order of the nodes."""
    start = prepared.owned_start
    return prepared.owned[ranges(start[nodes], start[nodes + 1])]


def _path(came_from: dict[int, int], end: int) -> list[int]:
    path = [end]
    while came_from[path[-1]] >= 0:
        path.append(came_from[path[-1]])
    return path[::-1]


def _holding_back(
    prepared: Prepared, total: NDArray[np.floating], late: Floats, nodes: Index
) -> tuple[Index, Index]:
    """Return (node, member) pairs, best first for each node, of members that hold back decisive needs."""
    plan = prepared.plan
    need = _needs(prepared, nodes)
    begin, end = plan.start[need], plan.start[need + 1]
    place = ranges(begin, end)
    turn = np.repeat(np.arange(need.size), end - begin)
    member = plan.member[place].astype(np.intp)
    arrival = total[member] + late[place].astype(total.dtype)
    decides = np.cumsum(end - begin) - (end - begin) + plan.k[need] - 1
    worth = arrival[np.lexsort((arrival, turn))][decides]
    owner = plan.owner[need].astype(np.intp)
    held = (worth >= total[owner])[turn] & (arrival >= worth[turn]) & (total[member] > 0)
    turn, member, arrival = turn[held], member[held], arrival[held]
    seat = np.empty(plan.nodes, np.intp)
    seat[nodes] = np.arange(nodes.size)
    best = np.lexsort((member, arrival > worth[turn], seat[owner[turn]]))
    return owner[turn][best], member[best]
