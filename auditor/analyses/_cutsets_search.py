"""The minimal cut sets of every workload in the worst case, and which of them hold in the best case too.

What is found for a workload is a function of its digest: of what it needs, down to the names and rates of
what may fail, and of nothing else in the estate (``kernels/fold.py``). So workloads of one digest are
searched once, and not at all where a former run has searched them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._losses import limits
from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.estate.variants import within
from auditor.kernels.cutsets import Cone, CutSets, cut_sets
from auditor.kernels.decision import exact
from auditor.kernels.digest import LANES, mixed
from auditor.kernels.fold import Folded, fold
from auditor.kernels.hierarchy import narrowest
from auditor.kernels.plan import Bools, Floats, Words
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What came of a search, by digest.

    Attributes:
        digests: of each workload, in order, as 32 hexadecimal digits.
        found: cut sets by digest, without those that were known.
    """

    digests: tuple[str, ...]
    found: Mapping[str, Found]


def search(estate: Estate, terms: Terms, chance: Floats, *, known: Collection[str] = ()) -> Searched:
    """Return the cut sets of every workload.

    Args:
        estate: the compiled graph.
        terms: what is asked.
        chance: float64 [n], share of time out, NaN where nobody knows.
        known: digests that need no search.
    """
    events = _events(estate, resources=terms.resources)
    marks = _marks(estate, events, chance)
    worst = _Case.of(estate, estate.worst, events, marks)
    best = _Case.of(estate, estate.best, events, marks)
    digests = tuple(
        _text(mixed(mixed(worst.digest(w)) + best.digest(w))) for w in range(len(estate.workloads))
    )
    found: dict[str, Found] = {}
    chance = np.nan_to_num(chance)
    for workload, digest in enumerate(digests):
        if digest not in known and digest not in found:
            found[digest] = _found(worst.cone(workload), best.cone(workload), terms, chance)
    return Searched(digests=digests, found=found)


def _events(estate: Estate, *, resources: bool) -> NDArray[np.intp]:
    chosen = estate.kinds == NodeKind.DOMAIN
    if resources:
        chosen |= estate.kinds == NodeKind.RESOURCE
    return np.flatnonzero(chosen).astype(np.intp)


def _marks(estate: Estate, events: NDArray[np.intp], chance: Floats) -> Words:
    """Return uint64 [e, 2] that tells all a search reads of an event: its name, what it is, and its rate."""
    told = (
        f"{estate.names[node]}\0{estate.kinds[node]}\0{chance[node].hex()}".encode()
        for node in events.tolist()
    )
    joined = b"".join(hashlib.blake2b(each, digest_size=8 * LANES).digest() for each in told)
    return np.frombuffer(joined, "<u8").astype(np.uint64).reshape(-1, LANES)


def _text(digest: Words) -> str:
    return "".join(f"{lane:016x}" for lane in digest.tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One plan, folded once per set of members that are in time."""

    nodes: NDArray[np.int32]
    folded: Mapping[float, Folded]
    in_time: NDArray[np.float64]

    @classmethod
    def of(cls, estate: Estate, case: CompiledPlan, events: NDArray[np.intp], marks: Words) -> _Case:
        # Limits between the same two delays leave the same members out.
        delays = np.unique(np.append(case.plan.delay, 0.0))
        in_time = delays[np.searchsorted(delays, limits(estate), side="right") - 1]
        folded = {value: fold(within(case, value), events, marks) for value in np.unique(in_time).tolist()}
        return cls(nodes=estate.workload_nodes, folded=folded, in_time=in_time)

    def digest(self, workload: int) -> Words:
        found: Words = self._of(workload).digest[self.nodes[workload]]
        return found

    def cone(self, workload: int) -> Cone:
        return self._of(workload).cone(int(self.nodes[workload]))

    def _of(self, workload: int) -> Folded:
        return self.folded[float(self.in_time[workload])]


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
