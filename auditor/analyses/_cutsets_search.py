"""The minimal cut sets of every workload in the worst case, and which of them hold in the best case too.

What is found for a workload is a function of its digest: of what it needs, down to the names and rates of
what may fail, and of nothing else in the estate (``kernels/fold.py``). So workloads of one digest are
searched once, and not at all where a former run has searched them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._losses import limits
from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.estate.variants import within
from auditor.kernels.cutsets import Cone, CutSets, cut_sets, goes_on, last_size
from auditor.kernels.decision import exact
from auditor.kernels.digest import LANES, mixed
from auditor.kernels.families import LARGEST, Families, families
from auditor.kernels.fold import Folded, fold
from auditor.kernels.hierarchy import irreplaceable, narrowest
from auditor.kernels.plan import Bools, Floats, Words
from auditor.kernels.probability import Assessment, assess
from auditor.kernels.rows import among, keys
from auditor.kernels.words import unpack

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
    worst = _Case.at(estate, estate.worst, events, marks)
    best = _Case.at(estate, estate.best, events, marks)
    digests = tuple(
        _text(mixed(mixed(worst.digest(w)) + best.digest(w))) for w in range(len(estate.workloads))
    )
    asked = {digest: w for w, digest in reversed([*enumerate(digests)]) if digest not in known}
    shared = not terms.resources and terms.order <= LARGEST
    if shared:
        worst, best = (case.ready(sorted(asked.values()), terms.order) for case in (worst, best))
    chance = np.nan_to_num(chance)
    found = {digest: _found(worst.of(w), best.of(w), terms, chance) for digest, w in asked.items()}
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
    """One plan, folded once per set of members that are in time; ``families`` once they are asked for."""

    nodes: NDArray[np.int32]
    folded: Mapping[float, Folded]
    in_time: NDArray[np.float64]
    families: Mapping[float, Families] = field(default_factory=dict)

    @classmethod
    def at(cls, estate: Estate, case: CompiledPlan, events: NDArray[np.intp], marks: Words) -> _Case:
        # Limits between the same two delays leave the same members out.
        delays = np.unique(np.append(case.plan.delay, 0.0))
        in_time = delays[np.searchsorted(delays, limits(estate), side="right") - 1]
        folded = {value: fold(within(case, value), events, marks) for value in np.unique(in_time).tolist()}
        return cls(nodes=estate.workload_nodes, folded=folded, in_time=in_time)

    def digest(self, workload: int) -> Words:
        found: Words = self.folded[float(self.in_time[workload])].digest[self.nodes[workload]]
        return found

    def ready(self, workloads: list[int], order: int) -> _Case:
        """Return the case with the sets of these workloads found together."""
        found = {}
        for value in np.unique(self.in_time[workloads]).tolist():
            folded = self.folded[value]
            tops = [folded.of[self.nodes[w]] for w in workloads if self.in_time[w] == value]
            found[value] = families(
                folded.prepared, folded.of[folded.events], np.array(tops, np.intp), order=order
            )
        return replace(self, families=found)

    def of(self, workload: int) -> _Part:
        """Return what concerns one workload."""
        value = float(self.in_time[workload])
        node, folded = int(self.nodes[workload]), self.folded[value]
        known = self.families.get(value)
        sets = None if known is None else known.of(int(folded.of[node]))
        return _Part(node=node, folded=folded, families=known, sets=sets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One workload in one case.

    Attributes:
        node: the workload's; ``folded`` the plan.
        families, sets: where the sets were found together with those of others: what was found, and the sets
            of this one as positions of events.
    """

    node: int
    folded: Folded
    families: Families | None
    sets: tuple[NDArray[np.intp], ...] | None

    def cone(self) -> Cone:
        """Return what the workload needs."""
        return self.folded.cone(self.node)

    def cuts(self, terms: Terms) -> CutSets:
        """Return the minimal cut sets."""
        if self.sets is None:
            return cut_sets(self.cone(), order=terms.order, most=terms.most)
        named = tuple(self.folded.events[rows].astype(np.int32) for rows in self.sets)
        last = None if goes_on(self.sets) else last_size(self.cone(), named, most=terms.most)
        return CutSets(sets=named[:last], order=terms.order, exhausted=last is not None)

    def least(self, terms: Terms, chance: Floats) -> float:
        """Return a lower bound of the probability."""
        if self.sets is None:
            return assess(self.cuts(terms).sets, chance).low
        return assess([self.folded.events[rows] for rows in self.sets], chance).low

    def beyond(self) -> NDArray[np.intp]:
        """Return all that may fail of what the workload needs, as nodes."""
        if self.families is None:
            return self.cone().names
        return self.folded.events[self.families.needed(int(self.folded.of[self.node]))]

    def shown(self, cuts: CutSets) -> tuple[Bools, ...]:
        """Return which sets hold no element that a narrower one can replace."""
        if self.families is None or self.sets is None:
            return narrowest(self.cone(), cuts.sets)
        return irreplaceable(self.sets[: len(cuts.sets)], self._takes(self.families))

    def _takes(self, known: Families) -> Bools:
        return unpack(known.alone[self.folded.of[self.folded.events]], known.base).T

    def holds(self, cuts: CutSets) -> tuple[Bools, ...]:
        """Return per size which sets stop the workload."""
        if self.families is None or self.sets is None:
            cone = self.cone()
            return tuple(_holds(cone, rows) for rows in cuts.sets)
        base, events = self.families.base, self.folded.events
        known = [keys(rows, base) for rows in self.sets]
        return tuple(_holding(np.searchsorted(events, rows), known, base) for rows in cuts.sets)


def _found(worst: _Part, best: _Part, terms: Terms, chance: Floats) -> Found:
    cuts = worst.cuts(terms)
    certain = best.holds(cuts)
    likely, method = _assessed(worst, cuts, chance, diagrams=terms.diagrams)
    # If all hold in the best case, it has no others of these sizes: what stops it stops the worst case too.
    least = assess(cuts.sets, chance).low
    if not all(each.all() for each in certain):
        least = best.least(terms, chance)
    return Found(
        cuts=cuts,
        shown=worst.shown(cuts),
        certain=certain,
        likely=likely,
        least=least,
        method=method,
    )


def _holding(rows: NDArray[np.intp], known: list[NDArray[np.int64]], base: int) -> Bools:
    """Return which rows contain a set among those known by size, as keys."""
    found = np.zeros(len(rows), np.bool_)
    for size, sets in enumerate(known[: rows.shape[1]], start=1):
        for chosen in combinations(range(rows.shape[1]), size):
            found |= among(keys(rows[:, chosen], base), sets)
    return found


def _holds(cone: Cone, rows: NDArray[np.integer]) -> Bools:
    """Return which sets, as nodes, stop the top of ``cone``; what the top does not need cannot."""
    found = np.zeros(len(rows), np.bool_)
    if not rows.size or not cone.names.size:
        return found
    at = np.minimum(np.searchsorted(cone.names, rows), cone.names.size - 1)
    inside = (cone.names[at] == rows).all(axis=1)
    found[inside] = cone.stopped(at[inside])
    return found


def _assessed(part: _Part, cuts: CutSets, chance: Floats, *, diagrams: bool) -> tuple[Assessment, str]:
    bounds = assess(cuts.sets, chance, beyond=None if cuts.exhausted else part.beyond())
    if bounds.high - bounds.low <= TIGHT * bounds.high:
        return bounds, "exact"
    diagram = exact(part.cone(), chance, limit=DIAGRAM) if diagrams else None
    return (bounds, "bounds") if diagram is None else (diagram, "diagram")
