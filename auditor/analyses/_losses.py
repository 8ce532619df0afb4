"""Which workloads a set of single losses takes: the yes/no form, both cases, with and without people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.estate.variants import within
from auditor.kernels import Prepared, lost, pack, prepare, unpack

DEFAULT_LIMIT = 60.0
"""Minutes a workload without a recovery-time target may be out before it counts as lost."""

BLOCK = 512
"""Scenarios solved at once; bounds memory."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Which workloads each scenario takes: bool [workloads, scenarios], with and without manual standbys."""

    lost: NDArray[np.bool_]
    lost_no_manual: NDArray[np.bool_]


def limits(estate: Estate) -> NDArray[np.float64]:
    """Return each workload's limit in minutes."""
    return np.array(
        [DEFAULT_LIMIT if w.rto_minutes is None else w.rto_minutes for w in estate.workloads], np.float64
    )


def losses(estate: Estate, case: CompiledPlan, nodes: NDArray[np.int64]) -> Losses:
    """Return which workloads are lost when each node of ``nodes`` alone is out, in one case."""
    return Losses(
        lost=_lost(estate, case, nodes, manual=True), lost_no_manual=_lost(estate, case, nodes, manual=False)
    )


def _lost(estate: Estate, case: CompiledPlan, nodes: NDArray[np.int64], *, manual: bool) -> NDArray[np.bool_]:
    found = np.zeros((len(estate.workloads), nodes.size), np.bool_)
    limit = limits(estate)
    for value in np.unique(limit):
        prepared = prepare(within(case, float(value), manual=manual))
        rows = np.flatnonzero(limit == value)
        for first, block in _blocks(nodes):
            out = _solve(prepared, len(estate.names), block)
            found[rows, first : first + block.size] = out[estate.workload_nodes[rows]]
    return found


def _blocks(nodes: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    for first in range(0, nodes.size, BLOCK):
        yield first, nodes[first : first + BLOCK]


def _solve(prepared: Prepared, count: int, block: NDArray[np.int64]) -> NDArray[np.bool_]:
    failed = np.zeros((count, block.size), np.bool_)
    failed[block, np.arange(block.size)] = True
    return unpack(lost(prepared, pack(failed), scenarios=block.size), block.size)


def domains(estate: Estate) -> NDArray[np.int64]:
    """Return the nodes of all failure domains, in node order."""
    return np.flatnonzero(estate.kinds == NodeKind.DOMAIN)
