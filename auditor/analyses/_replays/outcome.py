"""What one scenario does to every workload in one case: totals in minutes, who was touched, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._ready import ready
from auditor.analyses._replays.chains import Reasons, Ways
from auditor.analyses._replays.effects import Effect, Nodes, Scenario
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.reduced import Reduced
from auditor.analyses._replays.roots import Roots
from auditor.analyses._replays.standing import Above, Standing
from auditor.analyses._replays.timeline import Course, courses, total
from auditor.estate.condense import Condensed
from auditor.estate.graph import Estate
from auditor.kernels import Bools, Floats
from auditor.model.audit import VERDICT_ORDER, Verdict

TINY = 1e-6
"""Minutes below which two durations are the same."""

_NONE, _UNKNOWN = 1e-300, 1e15
"""Minutes of writes that stand for "a switch that cost none", and for "nobody knows"."""

_RANK = {verdict: rank for rank, verdict in enumerate(VERDICT_ORDER)}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One scenario in one case; w workloads, e effects of the scenario.

    Attributes:
        effects: the scenario's effects.
        out, bare, impaired: [w] minutes out, out had there been no standbys, and out or slow.
        touched: bool [w, e], the effect touched something the workload needs.
        hit: bool [n], nodes that need something touched; None in the best case, where nobody asks.
        roots_out: [w] share of roots out at the worst moment, NaN where a workload is not judged by roots.
        brought: members of the plan brought in at any moment.
        switched: bool [w], a standby that loses writes was brought in beneath it.
        loss: [w] minutes of writes lost by that, NaN where nobody knows.
        reasons: finds the ways from what failed; None in the best case, which is a part of the worst.
    """

    effects: tuple[Effect, ...]
    out: Floats
    bare: Floats
    impaired: Floats
    touched: Bools
    hit: Bools | None
    roots_out: Floats
    brought: Nodes
    switched: Bools
    loss: Floats
    reasons: Reasons | None = None

    @cached_property
    def rank(self) -> NDArray[np.intp]:
        """Verdict of each workload as its place in ``VERDICT_ORDER``."""
        rules = (
            ((self.out > 0) & (self.out >= self.bare - TINY), Verdict.DOWN),
            (self.out > 0, Verdict.INTERRUPTED),
            (self.impaired > 0, Verdict.IMPAIRED),
            (self.touched.any(axis=1), Verdict.WEAKENED),
        )
        return np.select([rule for rule, _ in rules], [_RANK[verdict] for _, verdict in rules], 0)


@dataclass(frozen=True, kw_only=True)
class Case:
    """The best or the worst reading of an estate, ready for scenarios; ``reasons``: look for ways."""

    estate: Estate
    worst: bool
    reasons: bool
    lens: Lens
    roots: Roots

    @classmethod
    def of(cls, view: Condensed, *, worst: bool, reasons: bool = True) -> Case:
        """Prepare one case of the small estate."""
        estate = view.small
        compiled = estate.worst if worst else estate.best
        return cls(
            estate=estate,
            worst=worst,
            reasons=worst and reasons,
            lens=Lens(estate=estate, compiled=compiled, prepared=ready(compiled)),
            roots=Roots.of(view, together=not worst),
        )

    def outcomes(
        self, scenarios: Sequence[Scenario], *, done: Callable[[], None] = lambda: None
    ) -> Iterator[Outcome]:
        """Play the scenarios."""
        strikes = [scenario.strikes(worst=self.worst) for scenario in scenarios]
        struck = [[each.nodes(worst=self.worst) for each in scenario.effects] for scenario in scenarios]
        above = Standing(lens=self.lens).above(struck)
        reduced = Reduced.made_for(self.lens.prepared, strikes)
        played = courses(reduced.machine, [reduced.strikes(each) for each in strikes])
        for scenario, needing, course in zip(scenarios, above, played, strict=True):
            yield self._outcome(scenario, needing, reduced, course)
            done()

    def _outcome(self, scenario: Scenario, above: Above, reduced: Reduced, course: Course) -> Outcome:
        nodes = self.estate.workload_nodes
        classes = reduced.of[nodes]
        hit = above.any() if self.worst else None
        return Outcome(
            effects=scenario.effects,
            out=total(course.out[classes], course.onsets),
            bare=total(course.bare[classes], course.onsets),
            impaired=total(np.maximum(course.grey[classes], course.out[classes]), course.onsets),
            touched=above.at(nodes),
            hit=hit,
            roots_out=self.roots.out(course.out, reduced.of),
            brought=reduced.late.rows[reduced.brought(course)],
            switched=np.zeros(nodes.size, np.bool_),
            loss=np.zeros(nodes.size),
            reasons=self._reasons(scenario, hit, reduced, course),
        )

    def _reasons(
        self, scenario: Scenario, hit: Bools | None, reduced: Reduced, course: Course
    ) -> Reasons | None:
        if not self.reasons or hit is None:
            return None
        struck = [(effect, effect.nodes(worst=self.worst)) for effect in scenario.effects]
        return Reasons(lens=self.lens, reduced=reduced, course=course, effects=struck, hit=hit)

    def with_losses(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes with the writes that standbys cost which were brought in."""
        graph, compiled = self.estate.graph, self.lens.compiled
        lost = graph.loss_high if self.worst else graph.loss_low
        asked, values = [], []
        for number, outcome in enumerate(outcomes):
            source = compiled.row[outcome.brought]
            costly = (graph.loss_low[source] != 0) | (graph.loss_high[source] != 0)
            rows, source = outcome.brought[costly], source[costly]
            if rows.size:
                owner = compiled.plan.owner[self.lens.need[rows]].astype(np.int64)
                asked.append(number)
                minutes = np.nan_to_num(lost[source], nan=_UNKNOWN)
                values.append((owner, np.maximum(minutes, _NONE)))
        told = dict(zip(asked, Standing(lens=self.lens).most(values).T, strict=True))
        return [
            replace(each, switched=told[at] > 0, loss=_loss(told[at])) if at in told else each
            for at, each in enumerate(outcomes)
        ]


def _loss(found: Floats) -> Floats:
    known = np.where(found <= _NONE, 0.0, found)
    return np.where(known >= _UNKNOWN, np.nan, known)


def because(worst: Sequence[Outcome]) -> list[Ways]:
    """Return the ways from each workload to what failed, in the scenario that is worst for it."""
    if any(outcome.reasons is None for outcome in worst):
        return []
    touched = np.any([outcome.touched.any(axis=1) for outcome in worst], axis=0)
    lead = np.zeros(touched.size, np.intp)
    most = [worst[0].rank, worst[0].out, worst[0].impaired]
    for number, outcome in enumerate(worst[1:], start=1):
        here = [outcome.rank, outcome.out, outcome.impaired]
        worse = np.zeros(touched.size, np.bool_)
        for one, other in zip(reversed(here), reversed(most), strict=True):
            worse = (one > other) | ((one == other) & worse)
        lead[worse] = number
        most = [np.where(worse, one, other) for one, other in zip(here, most, strict=True)]
    found: list[Ways] = []
    for number, outcome in enumerate(worst):
        led = np.flatnonzero(touched & (lead == number)).astype(np.int64)
        if outcome.reasons is not None and led.size:
            found += outcome.reasons.ways(led, outcome.touched[led])
    return found
