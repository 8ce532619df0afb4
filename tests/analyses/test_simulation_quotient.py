"""The reduced system answers as the whole one does."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.analyses._simulation.quotient import quotient
from auditor.kernels import minutes, prepare
from tests.oracles.needs import compile_plan, need
from tests.oracles.random_needs import random_needs


@pytest.mark.parametrize("seed", range(40))
def test_minutes_are_those_of_the_whole_plan(seed: int) -> None:
    """Whatever mix of the sets goes out, for whatever time, on random systems with cycles and standbys."""
    rng = np.random.default_rng(seed)
    plan = compile_plan(30, random_needs(rng, nodes=30, needs=40, fan=4, delays=True))
    struck = [rng.choice(30, int(rng.integers(1, 4)), replace=False).astype(np.int64) for _ in range(4)]
    wanted = rng.choice(30, 6, replace=False)
    small = quotient(plan, struck, wanted)
    own = np.zeros((30, 12))
    reduced = np.zeros((small.plan.nodes, 12))
    for column in range(12):
        for nodes in struck:
            length = float(rng.choice([0.0, 1.0, 30.0, 500.0]))
            own[nodes, column] = np.maximum(own[nodes, column], length)
            classes = np.unique(small.of[nodes])
            classes = classes[classes > 0]
            reduced[classes, column] = np.maximum(reduced[classes, column], length)
    whole = minutes(prepare(plan), own)[wanted]
    assert np.array_equal(minutes(prepare(small.plan), reduced)[small.of[wanted]], whole)


def test_alike_resources_become_one() -> None:
    """A hundred machines on one zone, and what only passes their fate on, are a single node."""
    machines = range(1, 101)
    needs = [need(machine, 1, 0) for machine in machines] + [need(101, 100, *machines), need(102, 1, 101)]
    small = quotient(compile_plan(103, needs), [np.array([0])], np.array([102]))
    assert small.plan.nodes == 2
    assert small.of[102] == small.of[0] == 1


def test_what_nothing_strikes_is_always_up() -> None:
    """Without anything struck only the node that is always up is left."""
    small = quotient(compile_plan(3, [need(0, 1, 1, 2), need(1, 1, 2)]), [], np.array([0]))
    assert (small.plan.nodes, small.of.tolist()) == (1, [0, 0, 0])


def test_nodes_whose_numbers_mirror_those_of_the_sets_are_told_apart() -> None:
    """Node 1 on the second set and node 2 on the first are two nodes, whatever their numbers."""
    small = quotient(
        compile_plan(7, [need(1, 1, 6), need(2, 1, 5)]), [np.array([5]), np.array([6])], np.array([1, 2])
    )
    assert (small.of[1], small.of[2]) == (small.of[6], small.of[5])
    assert 0 < small.of[1] != small.of[2] > 0
