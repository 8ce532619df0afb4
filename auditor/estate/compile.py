"""From the graph to a best and a worst plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from auditor.estate.arrays import offsets, sizes_of
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
    return _compile(graph, nodes, _odd(graph), worst=False)


def compile_worst(graph: Graph, nodes: int) -> Compiled:
    """Compile with uncertain needs present, uncertain members absent, the high k and the high delays.

    Where too few are certain, the uncertain ones are wanted too: leaving them out would want less.
    """
    return _compile(graph, nodes, _odd(graph), worst=True)


def compile_both(graph: Graph, nodes: int) -> tuple[Compiled, Compiled]:
    """Return the best and the worst case."""
    odd = _odd(graph)
    return _compile(graph, nodes, odd, worst=False), _compile(graph, nodes, odd, worst=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Odd:
    """Members that are not in service for certain, as a rule few; and how many members needs have.

    Attributes:
        sizes: int32 [g].
        row: int64 [o], ascending.
        need: int64 [o].
        late: bool [o], a standby in the worst case.
        certain: bool [o].
    """

    sizes: NDArray[np.int32]
    row: NDArray[np.int64]
    need: NDArray[np.int64]
    late: NDArray[np.bool_]
    certain: NDArray[np.bool_]

    def left(self, gone: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return how many members each need has but those that are ``gone`` [o]."""
        if not gone.any():
            return self.sizes
        left = self.sizes.copy()
        np.subtract.at(left, self.need[gone], 1)
        return left


def _odd(graph: Graph) -> _Odd:
    row = np.flatnonzero((graph.member_unknown >= 0) | (graph.delay_high != 0) | (graph.delay_low != 0))
    return _Odd(
        sizes=sizes_of(graph),
        row=row,
        need=np.searchsorted(graph.start, row, side="right") - 1,
        late=graph.delay_high[row] != 0,
        certain=graph.member_unknown[row] < 0,
    )


def _compile(graph: Graph, nodes: int, odd: _Odd, *, worst: bool) -> Compiled:
    delay = graph.delay_high if worst else graph.delay_low
    k = graph.k_worst if worst else graph.k_best
    sure = odd.left(~odd.certain | odd.late)
    absent = ~odd.certain & (sure >= k)[odd.need] if worst else np.zeros(odd.row.size, np.bool_)
    serving = odd.left(absent | (delay[odd.row] != 0))
    chosen = serving > 0
    unserved = ~chosen if worst else ~chosen & (graph.unknown < 0)
    if not worst:
        chosen &= graph.unknown < 0
    needs = _rows(chosen)
    taken = np.repeat(chosen, odd.sizes)
    taken[odd.row[absent]] = False
    rows = np.flatnonzero(taken)
    most = serving if worst else np.maximum(sure, 1)
    plan = Plan(
        nodes=nodes,
        owner=_pick(graph.owner, needs),
        k=_pick(k if (k <= most).all() else np.minimum(k, most), needs),
        start=graph.start if rows.size == taken.size else offsets(_pick(odd.left(absent), needs)),
        member=_pick(graph.member, rows),
        delay=_pick(delay, rows),
    )
    return Compiled(
        case=CompiledPlan(plan=plan, need=needs, row=rows, manual=_pick(graph.manual, rows)),
        unserved=int(unserved.sum()),
        clipped=int((chosen & (k > serving)).sum()),
    )


def _rows(chosen: NDArray[np.bool_]) -> NDArray[np.int32]:
    every = np.arange(chosen.size, dtype=np.int32)
    return every if chosen.all() else every[chosen]


def _pick(values: NDArray[Value], rows: NDArray[Any]) -> NDArray[Value]:
    """Return the values in these ascending rows; all of them without a copy."""
    # Rows are in range, and take() that need not check is several times faster than indexing.
    return values if rows.size == values.size else values.take(rows, mode="clip")
