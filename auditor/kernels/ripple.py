"""What single losses take along, for very many nodes: each loss is followed upwards to those it reaches.

The bit-parallel kernel solves every node in every scenario. Most nodes of a large system are needed by few
others, so here only what falls is looked at: (scenario, node) pairs, all scenarios at once, round by round. A
need falls when it has lost its *slack*, the members it can spare and one more. The least set of lost nodes,
exact on cycles and k-of-n like ``lost``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index, ranges
from auditor.kernels.plan import Bools, Ints, Plan
from auditor.kernels.rows import among

_BLOCK = 1 << 16  # seeds followed at a time
MOST = 1 << 23
"""Pairs held at a time, unless told otherwise; a block that passes it is halved."""

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who reads each node: needs ``need[start[v]:start[v + 1]]``, a need once per time it lists the node.

    ``owner`` and ``slack`` are of needs: the node that has it, and how many losses it does not stand.
    """

    nodes: int
    start: Index
    need: Index
    owner: Ints
    slack: Index


def readers(plan: Plan, *, strict: bool = False) -> Readers:
    """Return who reads each node of ``plan``; ``strict``: every member of every need is required."""
    counts = np.diff(plan.start)
    by_member = np.argsort(plan.member, kind="stable")
    need = np.repeat(np.arange(counts.size), counts)[by_member]
    read = np.bincount(plan.member, minlength=plan.nodes)
    slack = np.ones(counts.size, np.intp) if strict else (counts - plan.k + 1).astype(np.intp)
    return Readers(
        nodes=plan.nodes,
        start=np.concatenate([np.zeros(1, np.intp), np.cumsum(read, dtype=np.intp)]),
        need=need.astype(np.intp),
        owner=plan.owner,
        slack=slack,
    )


def taken(
    system: Readers, seeds: NDArray[np.integer], targets: Bools, *, most: int = MOST
) -> tuple[Index, Index]:
    """Return which targets each seed takes along when it alone is out.

    Args:
        system: from ``readers``; no node is lost as long as none is out.
        seeds: nodes [s], each the whole of one scenario.
        targets: bool [n], nodes asked about.
        most: pairs held at a time, as far as a single seed allows.

    Returns:
        positions in ``seeds`` and nodes, one pair for each target lost, in ascending order.
    """
    found = [np.zeros(0, np.int64)]
    for first in range(0, seeds.size, _BLOCK):
        for keys in _solved(system, seeds[first : first + _BLOCK].astype(np.int64), first, most):
            found.append(keys[targets[keys % system.nodes]])  # noqa: PERF401 - one block in memory, not all
    scenario, node = np.divmod(np.concatenate(found), max(system.nodes, 1))
    return scenario.astype(np.intp), node.astype(np.intp)


def _solved(system: Readers, seeds: Keys, first: int, most: int) -> Iterator[Keys]:
    """Yield the (scenario, node) pairs lost, blocks halved until each fits."""
    keys = _fallen(system, seeds, first, most)
    if keys is not None:
        yield keys
        return
    half = seeds.size // 2
    yield from _solved(system, seeds[:half], first, most)
    yield from _solved(system, seeds[half:], first + half, most)


def _fallen(system: Readers, seeds: Keys, first: int, most: int) -> Keys | None:
    """Return the pairs lost as ascending ``scenario * nodes + node``, None if they are too many at once."""
    nodes, needs = system.nodes, max(system.owner.size, 1)
    lost = fresh = np.arange(first, first + seeds.size) * nodes + seeds
    hit, hits = np.zeros(0, np.int64), np.zeros(0, np.int64)
    while fresh.size:
        scenario, node = np.divmod(fresh, nodes)
        begin, end = system.start[node], system.start[node + 1]
        if int((end - begin).sum()) + lost.size + hit.size > most and seeds.size > 1:
            return None
        need = system.need[ranges(begin, end)]
        struck = np.repeat(scenario, end - begin) * needs + need
        at_once = system.slack[need] == 1
        hit, hits = _counted(hit, hits, struck[~at_once])
        full = hits >= system.slack[hit % needs]
        broken = np.concatenate([struck[at_once], hit[full]])
        hit, hits = hit[~full], hits[~full]
        fallen = _distinct(broken // needs * nodes + system.owner[broken % needs])
        fresh = fallen[~among(fallen, lost)]
        lost = np.sort(np.concatenate([lost, fresh]), kind="stable")
    return lost


def _counted(hit: Keys, hits: Keys, more: Keys) -> tuple[Keys, Keys]:
    """Return how often each need was hit, ascending, with ``more`` hits added."""
    if not more.size:
        return hit, hits
    keys = np.concatenate([hit, more])
    turn = np.argsort(keys, kind="stable")
    keys = keys[turn]
    weight = np.concatenate([hits, np.ones(more.size, np.int64)])[turn]
    start = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[start], np.add.reduceat(weight, start)


def _distinct(keys: Keys) -> Keys:
    keys = np.sort(keys)
    return keys[np.flatnonzero(np.diff(keys, prepend=-1))]
