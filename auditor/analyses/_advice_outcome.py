"""What changes do, alone and together: re-evaluated on the part of the estate they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_parts import Parts, Reach, reaches
from auditor.analyses._advice_solve import Effect, Solver
from auditor.analyses._advice_states import Nodes, States, Table
from auditor.analyses._gauge import Gauge, Places, Shares
from auditor.analyses._losses import domains, limits
from auditor.analyses._ready import make_ready
from auditor.estate.edit import Edits
from auditor.estate.graph import Estate
from auditor.model.audit import ScoreAxis
from auditor.model.evidence import Range

BATCH = 64
"""Changes weighed at once: a word of bits to walk with ..."""

EDITS = 20_000
"""... or fewer, that are not more edits than this: what they reach must fit in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of the workloads that a change (or several together) can touch.

    Attributes:
        edits: what was changed.
        above: uint8, packed bits: all nodes that are changed or need one that is.
        seeds: nodes of the workloads that it can touch, and those that the edits refer to.
        affected: workloads (index) that it can touch; the rows of the tables.
        best, worst: which of them those of the estate's domains take that came to differ, by case.
        fresh: domains that were not there; ``fresh_best``, ``fresh_worst`` bool [affected, fresh] what each
            takes.
    """

    edits: Edits
    above: NDArray[np.uint8]
    seeds: Nodes
    affected: Nodes
    best: Effect
    worst: Effect
    fresh: tuple[str, ...]
    fresh_best: Table
    fresh_worst: Table

    def apart(self, other: Outcome) -> bool:
        """Return whether neither change touches anything that matters to the other."""
        return not (self._matters_to(other) or other._matters_to(self))

    def _matters_to(self, other: Outcome) -> bool:
        bits = self.above[other.seeds >> 3] >> (7 - (other.seeds & 7)).astype(np.uint8)
        return bool((bits & 1).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the estate stands after changes: shares of weight that each domain takes, and the score."""

    best: Shares
    worst: Shares
    score: Range | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """An estate as it is, with all that is needed to weigh changes of it.

    Attributes:
        ground: the estate.
        nodes: its domains; ``best`` and ``worst`` bool [workloads, domains] whether each alone takes each.
        weight: each workload's share of all weight; ``share_best``, ``share_worst`` what each domain takes.
        gauge: the score, None where none is known; ``places`` of the domains on it.
    """

    ground: Ground
    nodes: Nodes
    best: Table
    worst: Table
    weight: Shares
    share_best: Shares
    share_worst: Shares
    gauge: Gauge | None
    places: Places
    _states: tuple[States, States]
    _before: list[Standing] = field(default_factory=list)

    @property
    def now(self) -> Standing:
        """Where the estate stands without any change."""
        if not self._before:
            self._before.append(self.standing())
        return self._before[0]

    @classmethod
    def of(cls, estate: Estate, axes: tuple[ScoreAxis, ...] = ()) -> Scales:
        """Return the scales for an estate; ``axes`` are those of its score."""
        nodes = domains(estate)
        gauge = Gauge(axes=axes) if axes else None
        make_ready(estate)
        states = States.of(estate, estate.best, nodes), States.of(estate, estate.worst, nodes)
        best, worst = (each.of_workloads(estate) for each in states)
        weight = weights(estate)
        return cls(
            ground=Ground.of(estate),
            nodes=nodes,
            best=best,
            worst=worst,
            weight=weight,
            share_best=weight @ best,
            share_worst=weight @ worst,
            gauge=gauge,
            places=gauge.places([estate.names[node] for node in nodes]) if gauge else np.zeros(0, np.intp),
            _states=states,
        )

    def weigh(self, edits: Edits) -> Outcome:
        """Return what these edits do, from the part of the estate that they reach."""
        return self.weigh_each((edits,))[0]

    def weigh_each(self, changes: Sequence[Edits]) -> list[Outcome]:
        """Return what each of these changes does by itself."""
        return [outcome for some in _batches(changes) for outcome in self._weighed(some)]

    def _weighed(self, changes: Sequence[Edits]) -> list[Outcome]:
        ground, estate = self.ground, self.ground.estate
        reached = reaches(ground, changes)
        parts = Parts.of(ground, reached)
        affected = [np.flatnonzero(each.above[estate.workload_nodes]) for each in reached]
        limit = limits(estate)
        best, worst = (
            Solver(
                estate=estate,
                states=states,
                before=before,
                limit=limit,
                reaches=reached,
                affected=affected,
                parts=parts,
                case=case,
            ).effects()
            for states, before, case in zip(
                self._states, (self.best, self.worst), (parts.plans.best, parts.plans.worst), strict=True
            )
        )
        return [self._outcome(*each) for each in zip(changes, reached, affected, best, worst, strict=True)]

    def _outcome(self, edits: Edits, reach: Reach, affected: Nodes, best: Effect, worst: Effect) -> Outcome:
        nodes = self.ground.estate.workload_nodes[affected].astype(np.int64)
        fresh = tuple(reach.edited.names[at] for at in reach.fresh.tolist())
        return Outcome(
            edits=edits,
            above=np.packbits(reach.above),
            seeds=np.union1d(nodes, reach.named),
            affected=affected,
            best=best.among(self.nodes.size),
            worst=worst.among(self.nodes.size),
            fresh=fresh,
            fresh_best=best.behind(self.nodes.size, len(fresh)),
            fresh_worst=worst.behind(self.nodes.size, len(fresh)),
        )

    def standing(self, outcomes: Sequence[Outcome] = ()) -> Standing:
        """Return where the estate stands after changes that are apart from each other."""
        best, worst = self.share_best.copy(), self.share_worst.copy()
        fresh: dict[str, NDArray[np.float64]] = {}
        for each in outcomes:
            weight = self.weight[each.affected]
            for share, table, effect in (best, self.best, each.best), (worst, self.worst, each.worst):
                share[effect.losses] += weight @ effect.lost - weight @ effect.before(table, each.affected)
            takes = np.stack([weight @ each.fresh_best, weight @ each.fresh_worst], axis=1)
            for name, share in zip(each.fresh, takes, strict=True):
                fresh[name] = fresh.get(name, np.zeros(2)) + share
        return Standing(best=best, worst=worst, score=self._score(best, worst, fresh))

    def _score(self, best: Shares, worst: Shares, fresh: dict[str, NDArray[np.float64]]) -> Range | None:
        if self.gauge is None:
            return None
        names = sorted(fresh)
        more = np.array([fresh[name] for name in names]).reshape(-1, 2)
        return self.gauge.score(
            np.concatenate([self.places, self.gauge.places(names)]),
            np.concatenate([best, more[:, 0]]),
            np.concatenate([worst, more[:, 1]]),
        )


def weights(estate: Estate) -> Shares:
    """Return each workload's share of all weight."""
    weight = np.array([w.weight for w in estate.workloads], np.float64)
    return weight / weight.sum() if weight.size else weight


def _batches(changes: Sequence[Edits]) -> Iterator[Sequence[Edits]]:
    """Yield changes in their order, as many at once as may be."""
    first = edits = 0
    for at, each in enumerate(changes):
        edits += len(each)
        if at > first and (at - first == BATCH or edits > EDITS):
            yield changes[first:at]
            first, edits = at, len(each)
    if changes:
        yield changes[first:]
