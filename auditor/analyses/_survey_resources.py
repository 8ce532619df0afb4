"""Further losses of single resources, a million of them if need be: each is followed upwards to workloads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._survey_domains import shares
from auditor.analyses._survey_found import Found, Outcome, combined, joint_share, union
from auditor.analyses._survey_system import Case
from auditor.estate.graph import Estate
from auditor.kernels import below
from auditor.kernels.order import Index
from auditor.kernels.ripple import readers, taken


def alone(estate: Estate, cases: Sequence[Case]) -> Found:
    """Return what each resource that some case leaves standing takes alone."""
    nodes = _standing(estate, cases)
    share = shares(estate)
    outcomes = []
    for case in cases:
        keys = union([_reached(estate, case, part, nodes) for part in range(len(case.parts))])
        total = joint_share(keys, max(share.size, 1), share, nodes.size)
        outcomes.append(Outcome(taken=keys, total=total, beyond=total))
    members = tuple(np.array([row], np.intp) for row in range(share.size))
    return combined(nodes[:, None], members, share, outcomes)


def weakened(estate: Estate, cases: Sequence[Case], nodes: Index) -> list[Index]:
    """Return for each of ``nodes`` the workloads that need it in some worst case."""
    keys = union(
        [
            _reached(estate, case, part, nodes, strict=True)
            for case in cases
            if case.worst
            for part in range(len(case.parts))
        ]
    )
    item, workload = np.divmod(keys, max(len(estate.workloads), 1))
    edges = np.searchsorted(item, np.arange(nodes.size + 1))
    return [workload[low:high] for low, high in pairwise(edges.tolist())]


def needed(estate: Estate, cases: Sequence[Case]) -> Index:
    """Return the standing resources that some workload needs in some worst case."""
    nodes = _standing(estate, cases)
    found = np.zeros(nodes.size, np.bool_)
    for case in cases:
        for part in case.parts if case.worst else ():
            found |= below(part.plan, estate.workload_nodes[part.rows])[nodes]
    return nodes[found]


def _standing(estate: Estate, cases: Sequence[Case]) -> Index:
    gone = [part.gone for case in cases for part in case.parts]
    count = len(estate.inventory)
    return np.flatnonzero(~np.all(gone, axis=0)[:count]) if gone else np.arange(count)


def _reached(
    estate: Estate, case: Case, number: int, nodes: Index, *, strict: bool = False
) -> NDArray[np.int64]:
    """Return (position in ``nodes``) * workloads + workload, for the workloads of one part of a case."""
    part = case.parts[number]
    workload = np.full(part.plan.nodes, -1)
    workload[estate.workload_nodes[part.rows]] = part.rows
    item, node = taken(readers(part.plan, strict=strict), nodes, workload >= 0)
    keys: NDArray[np.int64] = item.astype(np.int64) * max(len(estate.workloads), 1) + workload[node]
    return keys
