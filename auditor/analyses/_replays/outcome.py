"""What one scenario does to every workload in one case: totals in minutes, who was touched, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from auditor.analyses._replays.chains import Path, Reasons
from auditor.analyses._replays.effects import Effect, Nodes, Scenario
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.roots import Roots
from auditor.analyses._replays.timeline import Course, Machine, courses, total
from auditor.estate.condense import Condensed
from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Bools, Floats, Words, pack, touched, unpack
from auditor.model.audit import VERDICT_ORDER, Verdict

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
        because: ways from what failed, by workload.
    """

    effects: tuple[Effect, ...]
    out: Floats
    bare: Floats
    impaired: Floats
    touched: Bools
    roots_out: Floats
    switched: Bools
    loss: Floats
    because: dict[int, tuple[Path, ...]] = field(default_factory=dict)

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
    """The best or the worst reading of an estate, ready for scenarios; ``reasons``: look for ways."""

    estate: Estate
    worst: bool
    reasons: bool
    machine: Machine
    lens: Lens
    roots: Roots

    @classmethod
    def of(cls, view: Condensed, *, worst: bool, reasons: bool = True) -> Case:
        """Prepare one case of the small estate."""
        estate = view.small
        compiled = estate.worst if worst else estate.best
        machine = Machine.of(compiled)
        return cls(
            estate=estate,
            worst=worst,
            reasons=worst and reasons,
            machine=machine,
            lens=Lens(estate=estate, compiled=compiled, prepared=machine.prepared),
            roots=Roots.of(view, together=not worst),
        )

    def outcomes(
        self, scenarios: Sequence[Scenario], *, done: Callable[[], None] = lambda: None
    ) -> Iterator[Outcome]:
        """Play the scenarios; ways are sought in the worst case only, of which the best is a part."""
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
        touching = unpack(above[nodes], len(struck))
        return Outcome(
            effects=scenario.effects,
            out=total(course.out[nodes], course.onsets),
            bare=total(course.bare[nodes], course.onsets),
            impaired=total(np.maximum(course.grey, course.out)[nodes], course.onsets),
            touched=touching,
            roots_out=self.roots.out(course.out),
            switched=switched,
            loss=loss,
            because=self._because(reasons, touching) if self.reasons else {},
        )

    def _above(self, struck: Sequence[Nodes]) -> Words:
        """Return for every node which effects touch something it needs, a bit each."""
        seeds = np.zeros((len(self.estate.names), len(struck)), np.bool_)
        for number, nodes in enumerate(struck):
            seeds[nodes, number] = True
        return touched(self.lens.prepared, pack(seeds), scenarios=len(struck))

    def _because(self, reasons: Reasons, touching: Bools) -> dict[int, tuple[Path, ...]]:
        nodes = self.estate.workload_nodes
        return {
            int(w): reasons.paths(int(nodes[w]), np.flatnonzero(touching[w]).tolist())
            for w in np.flatnonzero(touching.any(axis=1))
        }

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
