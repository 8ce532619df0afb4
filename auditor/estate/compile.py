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


class Plans:
    """Both plans of a graph, each made when it is first asked for: of a large one seldom both are, or any."""

    __slots__ = ("_graph", "_made", "_nodes")

    def __init__(self, graph: Graph, nodes: int) -> None:
        """Make none yet."""
        self._graph, self._nodes = graph, nodes
        self._made: dict[str, CompiledPlan] = {}

    @property
    def best(self) -> CompiledPlan:
        """The best case."""
        return self._made.get("best") or self._kept("best", compile_best(self._graph, self._nodes))

    @property
    def worst(self) -> CompiledPlan:
        """The worst case."""
        return self._made.get("worst") or self._kept("worst", compile_worst(self._graph, self._nodes))

    def _kept(self, name: str, made: CompiledPlan) -> CompiledPlan:
        # Of two threads that made it at once, both get the one that came first.
        return self._made.setdefault(name, made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bent:
    """What compiling has to bend.

    Attributes:
        unserved: needs left out of the worst case, as no member in service is certain.
        clipped: needs that want fewer members than stated, as fewer are in service, in the case with more.
    """

    unserved: int
    clipped: int


def compile_best(graph: Graph, nodes: int) -> CompiledPlan:
    """Compile with uncertain needs absent, uncertain members present, the low k and the low delays.

    No more members are wanted than are certain: the uncertain ones may have left nothing to want them for.
    """
    return _compile(graph, nodes, worst=False)


def compile_worst(graph: Graph, nodes: int) -> CompiledPlan:
    """Compile with uncertain needs present, uncertain members absent, the high k and the high delays.

    Where too few are certain, the uncertain ones are wanted too: leaving them out would want less.
    """
    return _compile(graph, nodes, worst=True)


def bent(graph: Graph) -> Bent:
    """Return what compiling bends, without compiling."""
    odd = _odd(graph)
    best, worst = (_served(graph, odd, worst=each) for each in (False, True))
    return Bent(
        unserved=int((worst.serving == 0).sum()),
        clipped=max(
            int((best.chosen & (graph.k_best > best.serving)).sum()),
            int((worst.chosen & (graph.k_worst > worst.serving)).sum()),
        ),
    )


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
    odd = graph.member_unknown >= 0
    odd[graph.delay_high.row] = True
    odd[graph.delay_low.row] = True
    row = np.flatnonzero(odd)
    return _Odd(
        sizes=sizes_of(graph),
        row=row,
        need=np.searchsorted(graph.start, row, side="right") - 1,
        late=graph.delay_high[row] != 0,
        certain=graph.member_unknown[row] < 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """What serves in one case.

    Attributes:
        sure: int32 [g], members of each need that are certain and in service in the worst case.
        absent: bool [o], which of the odd members are left out.
        serving: int32 [g], members of each need in service.
        chosen: bool [g], needs of the case.
    """

    sure: NDArray[np.int32]
    absent: NDArray[np.bool_]
    serving: NDArray[np.int32]
    chosen: NDArray[np.bool_]


def _served(graph: Graph, odd: _Odd, *, worst: bool) -> _Served:
    delay = graph.delay_high if worst else graph.delay_low
    sure = odd.left(~odd.certain | odd.late)
    absent = ~odd.certain & (sure >= graph.k_worst)[odd.need] if worst else np.zeros(odd.row.size, np.bool_)
    serving = odd.left(absent | (delay[odd.row] != 0))
    chosen = serving > 0
    if not worst:
        chosen &= graph.unknown < 0
    return _Served(sure=sure, absent=absent, serving=serving, chosen=chosen)


def _compile(graph: Graph, nodes: int, *, worst: bool) -> CompiledPlan:
    odd = _odd(graph)
    served = _served(graph, odd, worst=worst)
    delay = graph.delay_high if worst else graph.delay_low
    k = graph.k_worst if worst else graph.k_best
    needs = _rows(served.chosen)
    taken = np.repeat(served.chosen, odd.sizes)
    taken[odd.row[served.absent]] = False
    rows = _rows(taken)
    most = served.serving if worst else np.maximum(served.sure, 1)
    plan = Plan(
        nodes=nodes,
        owner=_pick(graph.owner, needs),
        k=_pick(k if (k <= most).all() else np.minimum(k, most), needs),
        start=graph.start if rows.size == taken.size else offsets(_pick(odd.left(served.absent), needs)),
        member=_pick(graph.member, rows),
        delay=(delay if rows.size == delay.size else delay.take(rows)).dense(),
    )
    return CompiledPlan(plan=plan, need=needs, row=rows, manual=_pick(graph.manual, rows))


def _rows(chosen: NDArray[np.bool_]) -> NDArray[np.int32]:
    every = np.arange(chosen.size, dtype=np.int32)
    return every if chosen.all() else every[chosen]


def _pick(values: NDArray[Value], rows: NDArray[Any]) -> NDArray[Value]:
    """Return the values in these ascending rows; all of them without a copy."""
    # Rows are in range, and take() that need not check is several times faster than indexing.
    return values if rows.size == values.size else values.take(rows, mode="clip")
