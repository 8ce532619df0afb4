"""The minimal cut sets of every workload in the worst case, and which of them hold in the best case too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._losses import limits
from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.estate.variants import within
from auditor.kernels.cutsets import Cone, CutSets, System, cut_sets, system
from auditor.kernels.decision import exact
from auditor.kernels.hierarchy import narrowest
from auditor.kernels.plan import Bools, Floats
from auditor.kernels.probability import Assessment, assess

TIGHT = 1e-6
"""Bounds nearer than this, relative to the upper one, count as the value itself."""
DIAGRAM = 1 << 16
"""Nodes a decision diagram may have here: a fraction of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is asked.

    Attributes:
        order: sets up to so many elements.
        most: candidates tried per size and workload.
        resources: whether resources are elements too, not only domains.
        diagrams: whether decision diagrams may settle what bounds leave open.
    """

    order: int
    most: int
    resources: bool = False
    diagrams: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The cut sets of one workload, as nodes.

    Attributes:
        cuts: those of the worst case.
        shown, certain: per size bool [count], no narrower domain would do; it holds in the best case too.
        likely: probability and importance in the worst case, elements without a rate left out.
        least: lower bound of the probability in the best case.
        method: how the worst case's was found: ``exact``, ``bounds`` or ``diagram``.
    """

    cuts: CutSets
    shown: tuple[Bools, ...]
    certain: tuple[Bools, ...]
    likely: Assessment
    least: float
    method: str


def search(estate: Estate, terms: Terms, chance: Floats) -> list[Found]:
    """Return the cut sets of every workload, in order; ``chance`` is float64 [n], 0 where nobody knows."""
    events = _events(estate, resources=terms.resources)
    worst = _Case.of(estate, estate.worst, events)
    best = _Case.of(estate, estate.best, events)
    solved: dict[tuple[int, ...], Found] = {}
    results = []
    for workload, node in enumerate(estate.workload_nodes.tolist()):
        key = (*worst.key(workload, node), *best.key(workload, node))
        if key not in solved:
            solved[key] = _found(worst.cone(workload, node), best.cone(workload, node), terms, chance)
        results.append(solved[key])
    return results


def _events(estate: Estate, *, resources: bool) -> NDArray[np.intp]:
    chosen = estate.kinds == NodeKind.DOMAIN
    if resources:
        chosen |= estate.kinds == NodeKind.RESOURCE
    return np.flatnonzero(chosen).astype(np.intp)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One plan, once per set of members that are in time."""

    systems: Mapping[float, System]
    in_time: NDArray[np.float64]

    @classmethod
    def of(cls, estate: Estate, case: CompiledPlan, events: NDArray[np.intp]) -> _Case:
        # Limits between the same two delays leave the same members out.
        delays = np.unique(np.append(case.plan.delay, 0.0))
        in_time = delays[np.searchsorted(delays, limits(estate), side="right") - 1]
        systems = {value: system(within(case, value), events) for value in np.unique(in_time).tolist()}
        return cls(systems=systems, in_time=in_time)

    def key(self, workload: int, node: int) -> tuple[int, int]:
        value = float(self.in_time[workload])
        return list(self.systems).index(value), self.systems[value].same(node)

    def cone(self, workload: int, node: int) -> Cone:
        return self.systems[float(self.in_time[workload])].cone(node)


def _found(worst: Cone, best: Cone, terms: Terms, chance: Floats) -> Found:
    cuts = cut_sets(worst, order=terms.order, most=terms.most)
    certain = tuple(_holds(best, rows) for rows in cuts.sets)
    likely, method = _assessed(worst, cuts, chance, diagrams=terms.diagrams)
    # If all hold in the best case, it has no others of these sizes: what stops it stops the worst case too.
    least = assess(cuts.sets, chance).low
    if not all(each.all() for each in certain):
        least = assess(cut_sets(best, order=terms.order, most=terms.most).sets, chance).low
    return Found(
        cuts=cuts,
        shown=narrowest(worst, cuts.sets),
        certain=certain,
        likely=likely,
        least=least,
        method=method,
    )


def _holds(cone: Cone, rows: NDArray[np.integer]) -> Bools:
    """Return which sets, as nodes, stop the top of ``cone``; what the top does not need cannot."""
    found = np.zeros(len(rows), np.bool_)
    if not rows.size or not cone.names.size:
        return found
    at = np.minimum(np.searchsorted(cone.names, rows), cone.names.size - 1)
    inside = (cone.names[at] == rows).all(axis=1)
    found[inside] = cone.stopped(at[inside])
    return found


def _assessed(cone: Cone, cuts: CutSets, chance: Floats, *, diagrams: bool) -> tuple[Assessment, str]:
    bounds = assess(cuts.sets, chance, beyond=None if cuts.exhausted else cone.names)
    if bounds.high - bounds.low <= TIGHT * bounds.high:
        return bounds, "exact"
    diagram = exact(cone, chance, limit=DIAGRAM) if diagrams else None
    return (bounds, "bounds") if diagram is None else (diagram, "diagram")
