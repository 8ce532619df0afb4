"""What one scenario does to every workload in one case: totals in minutes, who was touched, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from auditor.analyses._replays.chains import Path, Reasons
from auditor.analyses._replays.effects import Effect, Nodes, Scenario
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.roots import Roots
from auditor.analyses._replays.timeline import CELLS, Course, Machine, courses, total
from auditor.estate.condense import Condensed
from auditor.estate.graph import Estate
from auditor.kernels import Bools, Floats, Words, pack, touched, unpack
from auditor.model.audit import VERDICT_ORDER, Verdict

TINY = 1e-6
"""Minutes below which two durations are the same."""

WORD = 64
"""Effects in a word of the kernels."""

_RANK = {verdict: rank for rank, verdict in enumerate(VERDICT_ORDER)}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One scenario in one case; w workloads, e effects of the scenario.

    Attributes:
        effects: the scenario's effects.
        out, bare, impaired: [w] minutes out, out had there been no standbys, and out or slow.
        touched: bool [w, e], the effect touched something the workload needs.
        hit: bool [n], nodes that need something touched.
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
    hit: Bools
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


@dataclass(frozen=True, kw_only=True)
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
        solved = zip(scenarios, self._touching(scenarios), courses(self.machine, strikes), strict=True)
        for scenario, above, course in solved:
            yield self._outcome(scenario, above, course)
            done()

    def _outcome(self, scenario: Scenario, above: Words, course: Course) -> Outcome:
        nodes = self.estate.workload_nodes
        struck = [(effect, effect.nodes(worst=self.worst)) for effect in scenario.effects]
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
            hit=hit,
            roots_out=self.roots.out(course.out),
            switched=switched,
            loss=loss,
            because=self._because(reasons, touching) if self.reasons else {},
        )

    def _touching(self, scenarios: Sequence[Scenario]) -> Iterator[Words]:
        """Yield for each scenario which effects touch something that a node [n] needs, a bit each."""
        nodes = len(self.estate.names)
        widths = [-(-len(scenario.effects) // WORD) for scenario in scenarios]
        most = max(CELLS // max(nodes, 1), 1)
        first = 0
        while first < len(scenarios):
            last = first + 1
            while last < len(scenarios) and sum(widths[first : last + 1]) <= most:
                last += 1
            bounds = np.cumsum([0, *widths[first:last]])
            seeds = np.zeros((nodes, bounds[-1]), np.uint64)
            for scenario, begin in zip(scenarios[first:last], bounds, strict=False):
                for number, effect in enumerate(scenario.effects):
                    bit = np.uint64(1) << np.uint64(number % WORD)
                    seeds[effect.nodes(worst=self.worst), begin + number // WORD] |= bit
            above = touched(self.lens.prepared, seeds, scenarios=int(bounds[-1]) * WORD)
            yield from (above[:, begin:end] for begin, end in pairwise(bounds))
            first = last

    def _because(self, reasons: Reasons, touching: Bools) -> dict[int, tuple[Path, ...]]:
        nodes = self.estate.workload_nodes
        return {
            int(w): reasons.paths(int(nodes[w]), np.flatnonzero(touching[w]).tolist())
            for w in np.flatnonzero(touching.any(axis=1))
        }

    def _losses(self, course: Course) -> tuple[Bools, Floats]:
        """Return which workloads stand on a standby that was brought in, and the writes that cost."""
        rows, above = self.lossy
        brought = course.brought[rows]
        if not brought.any():
            count = len(self.estate.workloads)
            return np.zeros(count, np.bool_), np.zeros(count)
        graph, source = self.estate.graph, self.machine.compiled.row[rows[brought]]
        lost = (graph.loss_high if self.worst else graph.loss_low)[source]
        beneath = above[:, brought]
        # Unknown losses make the sum unknown; where nothing was brought in there is nothing to lose.
        loss: Floats = np.where(beneath, lost, 0.0).max(axis=1)
        switched = np.asarray(beneath.any(axis=1))
        return switched, loss

    @cached_property
    def lossy(self) -> tuple[Nodes, Bools]:
        """Return the delayed members that lose writes, and which workloads [w, members] stand on each."""
        graph, compiled = self.estate.graph, self.machine.compiled
        source = compiled.row
        safe = (graph.loss_low[source] == 0) & (graph.loss_high[source] == 0)
        rows = np.flatnonzero((compiled.plan.delay > 0) & ~safe)
        owners, turn = np.unique(compiled.plan.owner[self.lens.need[rows]], return_inverse=True)
        seeds = np.zeros((len(self.estate.names), owners.size), np.bool_)
        seeds[owners, np.arange(owners.size)] = True
        above = touched(self.lens.prepared, pack(seeds), scenarios=owners.size)
        return rows, unpack(above[self.estate.workload_nodes], owners.size)[:, turn]
