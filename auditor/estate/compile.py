"""From the graph to a best and a worst plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from auditor.estate.arrays import count_members, offsets
from auditor.estate.graph import CompiledPlan, Graph
from auditor.kernels.plan import Plan

Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A plan, and what had to be bent for it.

    Attributes:
        case: the plan with its rows in the graph.
        unserved: needs left out, as no member in service is certain.
        clipped: needs that want fewer members than stated, as fewer are in service.
    """

    case: CompiledPlan
    unserved: int
    clipped: int


def compile_best(graph: Graph, nodes: int) -> Compiled:
    """Compile with uncertain needs absent, uncertain members present, the low k and the low delays.

    No more members are wanted than are certain: the uncertain ones may have left nothing to want them for.
    """
    return _compile(graph, nodes, worst=False)


def compile_worst(graph: Graph, nodes: int) -> Compiled:
    """Compile with uncertain needs present, uncertain members absent, the high k and the high delays.

    Where too few are certain, the uncertain ones are wanted too: leaving them out would want less.
    """
    return _compile(graph, nodes, worst=True)


def _compile(graph: Graph, nodes: int, *, worst: bool) -> Compiled:
    delay = graph.delay_high if worst else graph.delay_low
    k = graph.k_worst if worst else graph.k_best
    wanted = np.full(graph.owner.size, worst) | (graph.unknown < 0)
    certain = graph.member_unknown < 0
    sure = count_members(graph, certain & (graph.delay_high == 0))
    present = np.ones_like(certain)
    if worst and not certain.all():
        present = certain | np.repeat(sure < k, np.diff(graph.start))
    serving = count_members(graph, present & (delay == 0))
    chosen = wanted & (serving > 0)
    most = serving if worst else np.clip(sure, 1, None)
    needs = np.flatnonzero(chosen).astype(np.int32)
    taken = present if chosen.all() else present & np.repeat(chosen, np.diff(graph.start))
    rows = np.flatnonzero(taken)
    plan = Plan(
        nodes=nodes,
        owner=_pick(graph.owner, needs),
        k=_pick(k if (k <= most).all() else np.minimum(k, most), needs),
        start=graph.start if rows.size == present.size else offsets(count_members(graph, present)[needs]),
        member=_pick(graph.member, rows),
        delay=_pick(delay, rows),
    )
    return Compiled(
        case=CompiledPlan(plan=plan, need=needs, row=rows, manual=_pick(graph.manual, rows)),
        unserved=int((wanted & (serving == 0)).sum()),
        clipped=int((chosen & (k > serving)).sum()),
    )


def _pick(values: NDArray[Value], rows: NDArray[Any]) -> NDArray[Value]:
    """Return the values in these ascending rows; all of them without a copy."""
    return values if rows.size == values.size else values[rows]
