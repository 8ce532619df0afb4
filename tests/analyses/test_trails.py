"""Ways from a node down to what failed: the shortest, and of those the first need and member at each step."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.trails import Trails
from auditor.estate.graph import CompiledPlan
from auditor.kernels import Bools, prepare
from tests.analyses.test_advice_outcome import company


def steps_down(case: CompiledPlan, allowed: Bools, ends: set[int]) -> list[int]:
    """Return each node's step: its first allowed member nearest to an end; -1 at ends, -2 without a way."""
    plan = case.plan
    owner = np.repeat(plan.owner, np.diff(plan.start)).tolist()
    rows = [(row, owner[row], member) for row, member in enumerate(plan.member.tolist()) if allowed[row]]
    away = dict.fromkeys(ends, 0)
    waiting = deque(ends)
    while waiting:
        here = waiting.popleft()
        for _, above, member in rows:
            if member == here and above not in away:
                away[above] = away[here] + 1
                waiting.append(above)
    found = [-2] * plan.nodes
    for row, above, member in reversed(rows):
        if away.get(above, 0) and away.get(member, -2) == away[above] - 1:
            found[above] = row
    for end in ends:
        found[end] = -1
    return found


@pytest.mark.parametrize("share", [0.3, 0.8, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_steps_lead_the_first_of_the_shortest_ways(seed: int, share: float) -> None:
    """On drawn companies, along a drawn part of the members, from several effects at once."""
    subject = company(seed, size=16)
    draw = np.random.default_rng(seed)
    for case in (subject.best, subject.worst):
        allowed = draw.random(case.plan.member.size) < share
        ends = [np.unique(draw.integers(0, case.plan.nodes, size)) for size in (0, 1, 4)]
        lens = Lens(estate=subject, compiled=case, prepared=prepare(case.plan))
        trails = Trails.of(lens, allowed, ends)
        for number, nodes in enumerate(ends):
            expected = steps_down(case, allowed, set(nodes.tolist()))
            assert trails.following[number].tolist() == expected
