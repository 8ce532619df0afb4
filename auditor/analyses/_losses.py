"""Which workloads a set of single losses takes: the yes/no form, both cases, with and without people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._ready import ready
from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.kernels import Prepared, lost, unpack
from auditor.kernels.families import one_each
from auditor.model.domain import Axis

AXES = (
    Axis.ZONE,
    Axis.SERVICE,
    Axis.AGENT,
    Axis.VENDOR,
    Axis.OS,
    Axis.ACCOUNT,
    Axis.CONTROL_PLANE,
    Axis.REGION,
    Axis.PROVIDER,
)
"""Narrowest first: what is likeliest to fail leads."""

DEFAULT_LIMIT = 60.0
"""Minutes a workload without a recovery-time target may be out before it counts as lost."""

CELLS = 16_000_000
"""Nodes x words solved at once; bounds memory."""

WORD = 64
"""Scenarios in a word of the kernels."""


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
    prepared = ready(case)
    delay = case.plan.delay
    found = _lost(estate, prepared, nodes, np.zeros(delay.size, np.bool_))
    # People who are too late for every limit change nothing by not coming.
    in_time = case.manual & (delay > 0) & (delay <= limits(estate).max(initial=0.0))
    harder = _lost(estate, prepared, nodes, in_time) if in_time.any() else found
    return Losses(lost=found, lost_no_manual=harder)


def lost_in(estate: Estate, case: CompiledPlan, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return ``losses(...).lost`` alone, for those who ask thousands of times."""
    return _lost(estate, ready(case), nodes, np.zeros(case.plan.delay.size, np.bool_))


def same_plan(one: CompiledPlan, other: CompiledPlan) -> bool:
    """Return whether two plans are equal, row by row."""
    fields = ("owner", "k", "start", "member", "delay")
    return all(np.array_equal(getattr(one.plan, name), getattr(other.plan, name)) for name in fields)


def _lost(
    estate: Estate, prepared: Prepared, nodes: NDArray[np.int64], absent: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    found = np.zeros((len(estate.workloads), nodes.size), np.bool_)
    limit = limits(estate)
    for value in np.unique(limit):
        rows = np.flatnonzero(limit == value)
        late = absent | (prepared.plan.delay > value)
        size = max(CELLS // max(len(estate.names), 1), 1) * WORD
        for first in range(0, nodes.size, size):
            block = nodes[first : first + size]
            words = lost(
                prepared,
                one_each(len(estate.names), block),
                scenarios=block.size,
                absent=late,
                wanted=estate.workload_nodes[rows],
            )
            found[rows, first : first + block.size] = unpack(words, block.size)
    return found


def domains(estate: Estate) -> NDArray[np.int64]:
    """Return the nodes of all failure domains, in node order."""
    return np.flatnonzero(estate.kinds == NodeKind.DOMAIN)
