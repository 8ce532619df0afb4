"""Choosing changes that go together: greedy, each step re-evaluated with all chosen before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from auditor.analyses._advice_outcome import Outcome, Scales, Standing
from auditor.analyses._advice_together import together
from auditor.analyses._changes import Proposal
from auditor.analyses._gauge import Places
from auditor.model.efforts import classes

Worth = tuple[float, float]
"""Points of score gained, and share of single losses removed; the latter decides between equal points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Changes that matter to each other, and what they do in one copy."""

    proposals: tuple[Proposal, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change chosen, its units of effort, and where the estate stands with it and those before."""

    proposal: Proposal
    cost: float
    standing: Standing
    worth: Worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Changes in the order chosen, as groups apart from each other."""

    steps: tuple[Step, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def cost(self) -> float:
        """Effort of all of them."""
        return sum(step.cost for step in self.steps)

    @property
    def worth(self) -> Worth:
        """What all of them bring together."""
        return self.steps[-1].worth if self.steps else (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """Changes to choose from.

    Attributes:
        scales: the estate as it is.
        pool: the changes, each weighed alone.
        columns: the single losses whose removal counts, as columns of the scales' tables.
        units: of effort, by class.
    """

    scales: Scales
    pool: tuple[Group, ...]
    columns: Places
    units: Mapping[str, float]
    _known: dict[frozenset[int], Group] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        scales: Scales,
        proposals: Sequence[Proposal],
        losses: Sequence[str],
        units: Mapping[str, float] | None = None,
    ) -> Chooser:
        """Return a chooser from these changes, counting the removal of these losses."""
        nodes = [scales.ground.estate.index[loss] for loss in losses]
        return cls(
            scales=scales,
            pool=_weighed(scales, [(proposal,) for proposal in proposals]),
            columns=np.searchsorted(scales.nodes, np.array(nodes, np.int64)),
            units=units or {name: each.units for name, each in classes().items()},
        )

    def best(self, most: int) -> Choice:
        """Return up to so many changes, each the one that brings most beside those before it."""
        return self._greedy(lambda choice: len(choice.steps) <= most, by_cost=False)

    def within(self, budget: float) -> Choice:
        """Return the better of two ways to spend a budget: by gain per effort, and by gain alone."""
        ways = (self._greedy(lambda c: c.cost <= budget, by_cost=by_cost) for by_cost in (True, False))
        return max(ways, key=lambda choice: (choice.worth, -choice.cost))

    def _greedy(self, allowed: Callable[[Choice], bool], *, by_cost: bool) -> Choice:
        choice = Choice()
        while True:
            better = [c for c in self._extended(choice) if allowed(c) and c.worth > choice.worth]
            if not better:
                return choice
            gains = [_gained(choice, each, by_cost=by_cost) for each in better]
            choice = better[gains.index(max(gains))]

    def _extended(self, choice: Choice) -> Iterator[Choice]:
        chosen = [step.proposal for step in choice.steps]
        left = [group for group in self.pool if not any(group.proposals[0] is each for each in chosen)]
        for group, groups in zip(left, self._joined(choice.groups, left), strict=True):
            (proposal,) = group.proposals
            standing = self.scales.standing([each.outcome for each in groups])
            step = Step(
                proposal=proposal,
                cost=self.units[proposal.effort],
                standing=standing,
                worth=self._worth(standing),
            )
            yield Choice(steps=(*choice.steps, step), groups=groups)

    def _joined(self, groups: tuple[Group, ...], more: Sequence[Group]) -> list[tuple[Group, ...]]:
        """Return the groups with one more of each, weighed again with those it matters to."""
        far = [[each for each in groups if each.outcome.apart(one.outcome)] for one in more]
        joined = [
            tuple(
                p
                for each in (*groups, one)
                if not any(each is other for other in away)
                for p in each.proposals
            )
            for one, away in zip(more, far, strict=True)
        ]
        for group in _weighed(
            self.scales, [each for each in joined if len(each) > 1 and _key(each) not in self._known]
        ):
            self._known[_key(group.proposals)] = group
        return [
            (*away, one if len(proposals) == 1 else self._known[_key(proposals)])
            for one, away, proposals in zip(more, far, joined, strict=True)
        ]

    def _worth(self, standing: Standing) -> Worth:
        now, then = self.scales.now, standing
        removed = (now.best + now.worst - then.best - then.worst)[self.columns].sum() / 2
        points = 0.0
        if now.score is not None and then.score is not None:
            points = sum(then.score) / 2 - sum(now.score) / 2
        return round(points, 6), round(float(removed), 9)


def _weighed(scales: Scales, sets: Sequence[tuple[Proposal, ...]]) -> tuple[Group, ...]:
    """Return proposals that are made in one copy, weighed: many such sets at once."""
    edits = [each[0].edits if len(each) == 1 else together(each, scales.ground.estate.index) for each in sets]
    outcomes = scales.weigh_each(edits)
    return tuple(Group(proposals=each, outcome=outcome) for each, outcome in zip(sets, outcomes, strict=True))


def _key(proposals: Sequence[Proposal]) -> frozenset[int]:
    """Return what the pool's own values are known by: the same changes, in whatever order."""
    return frozenset(map(id, proposals))


def _gained(before: Choice, after: Choice, *, by_cost: bool) -> Worth:
    share = after.steps[-1].cost if by_cost else 1.0
    points, removed = (a - b for b, a in zip(before.worth, after.worth, strict=True))
    return points / share, removed / share
