"""What one scenario does to every workload in one case: totals in minutes, who was touched, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from auditor.analyses._replays.chains import Reasons
from auditor.analyses._replays.effects import Effect, Nodes, Scenario
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.timeline import Course, Machine, courses, total
from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.kernels import Bools, Floats, Words, pack, touched, unpack
from auditor.model.audit import VERDICT_ORDER, ReasonChain, Verdict

TINY = 1e-6
"""Minutes below which two durations are the same."""

_RANK = {verdict: rank for rank, verdict in enumerate(VERDICT_ORDER)}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One scenario in one case; w workloads, e effects of the scenario.

    Attributes:
        effects: the scenario's effects.
        out, bare, impaired: [w] minutes out, out had there been no standbys, and out or slow.
        touched: bool [w, e], the effect touched something the workload needs.
        roots_out: [w] share of roots out at the worst moment, NaN where a workload is not judged by roots.
        switched: bool [w], a standby that loses writes was brought in beneath it.
        loss: [w] minutes of writes lost by that, NaN where nobody knows.
        because: reason chains by workload.
    """

    effects: tuple[Effect, ...]
    out: Floats
    bare: Floats
    impaired: Floats
    touched: Bools
    roots_out: Floats
    switched: Bools
    loss: Floats
    because: dict[int, tuple[ReasonChain, ...]] = field(default_factory=dict)

    @cached_property
    def rank(self) -> list[int]:
        """Verdict of each workload as its place in ``VERDICT_ORDER``."""
        rules = (
            ((self.out > 0) & (self.out >= self.bare - TINY), Verdict.DOWN),
            (self.out > 0, Verdict.INTERRUPTED),
            (self.impaired > 0, Verdict.IMPAIRED),
            (self.touched.any(axis=1), Verdict.WEAKENED),
        )
        found = np.select([rule for rule, _ in rules], [_RANK[verdict] for _, verdict in rules], 0)
        return [int(each) for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The best or the worst reading of an estate, ready for scenarios; ``reasons``: make chains."""

    estate: Estate
    worst: bool
    reasons: bool
    machine: Machine
    lens: Lens

    @classmethod
    def of(cls, estate: Estate, *, worst: bool, reasons: bool = True) -> Case:
        """Prepare one case."""
        compiled = estate.worst if worst else estate.best
        machine = Machine.of(compiled)
        return cls(
            estate=estate,
            worst=worst,
            reasons=worst and reasons,
            machine=machine,
            lens=Lens(estate=estate, compiled=compiled, prepared=machine.prepared),
        )

    def outcomes(
        self, scenarios: Sequence[Scenario], *, done: Callable[[], None] = lambda: None
    ) -> Iterator[Outcome]:
        """Play the scenarios; chains are made in the worst case only, of which the best is a part."""
        strikes = [scenario.strikes(worst=self.worst) for scenario in scenarios]
        for scenario, course in zip(scenarios, courses(self.machine, strikes), strict=True):
            yield self._outcome(scenario, course)
            done()

    def _outcome(self, scenario: Scenario, course: Course) -> Outcome:
        nodes = self.estate.workload_nodes
        struck = [(effect, effect.nodes(worst=self.worst)) for effect in scenario.effects]
        above = self._above([each for _, each in struck])
        hit = np.asarray((above != 0).any(axis=1))
        reasons = Reasons(lens=self.lens, course=course, effects=struck, hit=hit)
        switched, loss = self._losses(course)
        return Outcome(
            effects=scenario.effects,
            out=total(course.out[nodes], course.onsets),
            bare=total(course.bare[nodes], course.onsets),
            impaired=total(np.maximum(course.grey, course.out)[nodes], course.onsets),
            touched=unpack(above[nodes], len(struck)),
            roots_out=self._roots_out(course),
            switched=switched,
            loss=loss,
            because=self._because(reasons, hit) if self.reasons else {},
        )

    def _above(self, struck: Sequence[Nodes]) -> Words:
        """Return for every node which effects touch something it needs, a bit each."""
        seeds = np.zeros((len(self.estate.names), len(struck)), np.bool_)
        for number, nodes in enumerate(struck):
            seeds[nodes, number] = True
        return touched(self.lens.prepared, pack(seeds), scenarios=len(struck))

    def _because(self, reasons: Reasons, hit: Bools) -> dict[int, tuple[ReasonChain, ...]]:
        touched = np.flatnonzero(hit[self.estate.workload_nodes])
        return {int(w): reasons.chains(int(self.estate.workload_nodes[w])) for w in touched}

    def _roots_out(self, course: Course) -> Floats:
        share = np.full(len(self.estate.workloads), np.nan)
        for w in np.flatnonzero(self.estate.roots_only):
            roots = self.lens.members(int(self.estate.workload_nodes[w]))
            roots = roots[self.estate.kinds[roots] != NodeKind.ACTIVATION]  # a standby is no root of its own
            out = self._replicated(roots, course.out[roots] > 0)
            share[w] = out.mean(axis=0).max() if out.size else 0.0
        return share

    def _replicated(self, roots: Nodes, out: Bools) -> Bools:
        """Return which roots count as out: in the best case none of a group of replicas while one serves."""
        if self.worst:
            return out
        group = self.estate.replica[roots]
        counted = out.copy()
        for number in np.unique(group[group >= 0]):
            alike = group == number
            counted[alike] &= out[alike].all(axis=0)
        return counted

    def _losses(self, course: Course) -> tuple[Bools, Floats]:
        """Return which workloads stand on a standby that was brought in, and the writes that cost."""
        graph, compiled = self.estate.graph, self.machine.compiled
        lost = graph.loss_high if self.worst else graph.loss_low
        switched = np.zeros(len(self.estate.workloads), np.bool_)
        loss = np.zeros(len(self.estate.workloads))
        for row in np.flatnonzero(course.brought):
            source = int(compiled.row[row])
            if graph.loss_low[source] == graph.loss_high[source] == 0:
                continue
            above = self.lens.above(_owner(compiled, int(row)))[self.estate.workload_nodes]
            switched |= above
            loss = np.where(above, np.maximum(loss, lost[source]), loss)
        return switched, loss


def _owner(compiled: CompiledPlan, row: int) -> Nodes:
    need = int(np.searchsorted(compiled.plan.start, row, side="right")) - 1
    return np.array([compiled.plan.owner[need]], np.int64)
