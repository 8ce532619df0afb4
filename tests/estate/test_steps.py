"""What workloads reach: against sets walked one by one."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.estate.steps import Steps, among, distinct, keys_of

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


@pytest.mark.parametrize("seed", range(30))
def test_random_ways(seed: int) -> None:
    """Ways lead through a workload's own components and through nobody's, whatever the cycles."""
    rng = np.random.default_rng(seed)
    size, workloads = 12, 3
    edges = rng.integers(0, size, (int(rng.integers(0, 30)), 2), dtype=np.int32)
    own = rng.integers(0, (size, workloads), (10, 2), dtype=np.int32)
    seeds = own[rng.random(len(own)) < 0.5]
    steps = Steps.of(edges[:, 0], edges[:, 1], workloads)
    keys = [keys_of(each[:, 0], each[:, 1], workloads) for each in (seeds, own)]
    real = {(int(a), int(b)) for a, b in edges if a != b}
    pairs = [{(int(c), int(w)) for c, w in each} for each in (seeds, own)]
    expected = sorted(c * workloads + w for c, w in walked(real, *pairs))
    assert steps.reached(*keys).tolist() == expected


def test_nothing() -> None:
    """Without links and resources nothing is reached."""
    none = np.zeros(0, np.int32)
    keys = keys_of(none, none, 0)
    assert Steps.of(none, none, 1).reached(keys, keys).tolist() == []


def test_keys() -> None:
    """Keys come ascending and once, and are found again."""
    ordered = distinct(np.array([5, 1, 5, 3]))
    assert ordered.tolist() == [1, 3, 5]
    assert among(np.array([0, 3, 6]), ordered).tolist() == [False, True, False]
