"""What workloads reach: against sets walked one by one."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.estate.steps import Steps

Pair = tuple[int, int]


def walked(edges: set[Pair], seeds: set[Pair], own: set[Pair]) -> set[Pair]:
    """Return (component, workload) pairs the seeds need, by the rule in words."""
    taken = {component for component, _ in own}
    found: set[Pair] = set()
    waiting = list(seeds)
    seen = set(seeds)
    while waiting:
        component, workload = waiting.pop()
        for below in sorted(b for a, b in edges if a == component):
            pair = (below, workload)
            found.add(pair)
            if pair not in seen and (below not in taken or pair in own):
                seen.add(pair)
                waiting.append(pair)
    return found


@pytest.mark.parametrize("workloads", [1, 3])
@pytest.mark.parametrize("seed", range(30))
def test_random_ways(seed: int, workloads: int) -> None:
    """Ways lead through a workload's own components and through nobody's, whatever the cycles."""
    rng = np.random.default_rng(seed)
    size, count = 12, int(rng.integers(1, 11))
    edges = rng.integers(0, size, (int(rng.integers(0, 30)), 2), dtype=np.int32)
    own = rng.integers(0, (size, workloads), (count, 2), dtype=np.int32)
    seeds = own[rng.random(count) < 0.5]
    steps = Steps.of((edges[:, 0], edges[:, 1]), (own[:, 0], own[:, 1]), size)
    reached = steps.reached(seeds[:, 0], seeds[:, 1])
    real = {(int(a), int(b)) for a, b in edges if a != b}
    pairs = [{(int(c), int(w)) for c, w in each} for each in (seeds, own)]
    expected = walked(real, *pairs)
    found = reached.holds(own[:, 0], own[:, 1])
    assert found.tolist() == [(int(c), int(w)) in expected for c, w in own]


def test_few_seeds_among_many() -> None:
    """One way through a long chain is followed to its end, and only below where it begins."""
    size = 100
    chain = np.arange(size, dtype=np.int32)
    mine = np.zeros(size, np.int32)
    steps = Steps.of((chain[:-1], chain[1:]), (chain, mine), size)
    reached = steps.reached(chain[90:91], mine[90:91])
    assert np.flatnonzero(reached.holds(chain, mine)).tolist() == list(range(91, size))


def test_nothing() -> None:
    """Without links and resources nothing is reached."""
    none = np.zeros(0, np.int32)
    reached = Steps.of((none, none), (none, none), 0).reached(none, none)
    assert reached.holds(none, none).tolist() == []
