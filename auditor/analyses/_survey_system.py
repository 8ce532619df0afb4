"""An estate of which a part is already out: what is left of each plan, made ready to lose more.

Members slower than a workload's limit are left out (the yes/no form), so there is one plan for each set of
members that is in time. What the given losses take along is cut away; what is left needs only what is left,
and every further loss can be asked of it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._losses import limits
from auditor.estate.graph import CompiledPlan, Estate
from auditor.estate.variants import within
from auditor.kernels import lost, pack, prepare, unpack
from auditor.kernels.order import Index
from auditor.kernels.plan import Bools, Plan

Nodes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is out to begin with, one way to settle what is open: nodes in the best and in the worst case."""

    best: Nodes
    worst: Nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The plan of the workloads that the same members serve in time.

    Attributes:
        plan: what is left of it; nodes keep their numbers, those ``gone`` [n] need nothing and serve nobody.
        rows: intp, the workloads that are not lost yet.
    """

    plan: Plan
    gone: Bools
    rows: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One plan under one way to settle what is out; ``already`` bool [workloads] are lost."""

    parts: tuple[Part, ...]
    already: Bools
    worst: bool


def cases(estate: Estate, given: Sequence[Given], minutes: float) -> tuple[Case, ...]:
    """Return the best and the worst case of each way to settle what is out for so many minutes."""
    return tuple(
        _case(estate, compiled, nodes, minutes, worst=worst)
        for each in given
        for compiled, nodes, worst in (
            (estate.best, each.best, False),
            (estate.worst, each.worst, True),
        )
    )


def bearing(estate: Estate, minutes: float) -> Bools:
    """Return bool [workloads]: those that may be out for so long without counting as lost."""
    found: Bools = limits(estate) >= minutes
    return found


def _case(estate: Estate, compiled: CompiledPlan, nodes: Nodes, minutes: float, *, worst: bool) -> Case:
    already = np.zeros(len(estate.workloads), np.bool_)
    asked = ~bearing(estate, minutes)
    # Limits between the same two delays leave the same members out.
    delays = np.unique(np.append(compiled.plan.delay, 0.0))
    in_time = delays[np.searchsorted(delays, limits(estate), side="right") - 1]
    parts = []
    for value in np.unique(in_time[asked]).tolist():
        rows = np.flatnonzero(asked & (in_time == value))
        plan = within(compiled, value)
        gone = _gone(plan, nodes)
        already[rows] = gone[estate.workload_nodes[rows]]
        parts.append(Part(plan=_left(plan, gone), gone=gone, rows=rows[~already[rows]]))
    return Case(parts=tuple(parts), already=already, worst=worst)


def _gone(plan: Plan, nodes: Nodes) -> Bools:
    failed = np.zeros(plan.nodes, np.bool_)
    failed[nodes] = True
    if not nodes.size:
        return failed
    return unpack(lost(prepare(plan), pack(failed[:, None]), scenarios=1), 1)[:, 0]


def _left(plan: Plan, gone: Bools) -> Plan:
    """Return the plan without what is gone: its needs, and its part in the needs of others."""
    if not gone.any():
        return plan
    stands = ~gone[plan.owner]
    keep = np.repeat(stands, np.diff(plan.start)) & ~gone[plan.member]
    smaller = plan.without(~keep)
    return Plan(
        nodes=plan.nodes,
        owner=plan.owner[stands],
        k=plan.k[stands],
        start=np.append(smaller.start[:-1][stands], smaller.start[-1]),
        member=smaller.member,
        delay=smaller.delay,
    )
