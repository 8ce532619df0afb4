"""Why a node is out: paths that lead to what is out of itself."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest

from auditor.kernels import because, minutes, prepare
from tests.oracles.needs import Need, compile_plan, need
from tests.oracles.random_needs import random_needs


def reasons(
    nodes: int, needs: list[Need], own: Mapping[int, float], node: int, limit: int = 1
) -> list[list[int]]:
    """Solve one scenario and return the paths from ``node``."""
    prepared = prepare(compile_plan(nodes, needs))
    column = np.zeros((nodes, 1))
    for at, value in own.items():
        column[at, 0] = value
    return because(prepared, column[:, 0], minutes(prepared, column)[:, 0], node, limit=limit)


def test_nothing_to_explain() -> None:
    """A node that is not out has no reasons."""
    assert reasons(3, [need(0, 1, 1, 2)], {1: 84}, 0) == []


def test_out_of_itself() -> None:
    """A node that is out of itself is its own reason."""
    assert reasons(2, [need(0, 1, 1)], {0: 84}, 0) == [[0]]


def test_a_chain_is_followed_down() -> None:
    """The path names every node on the way."""
    assert reasons(4, [need(0, 1, 1), need(1, 1, 2), need(2, 1, 3)], {3: 84}, 0) == [[0, 1, 2, 3]]


def test_only_decisive_needs_count() -> None:
    """A need that is met earlier than the node is back explains nothing."""
    needs = [need(0, 1, 1), need(0, 1, 2)]
    assert reasons(3, needs, {1: 5, 2: 84}, 0, limit=9) == [[0, 2]]


def test_several_causes() -> None:
    """Each path ends at another cause, shortest first, lower indices before higher ones."""
    needs = [need(0, 1, 1), need(0, 1, 2), need(0, 1, 4), need(2, 1, 3)]
    own = {1: 84, 3: 84, 4: 84}
    assert reasons(5, needs, own, 0, limit=9) == [[0, 1], [0, 4], [0, 2, 3]]
    assert reasons(5, needs, own, 0, limit=2) == [[0, 1], [0, 4]]


def test_one_cause_by_many_ways_is_one_path() -> None:
    """What everything shares below is named once."""
    needs = [need(0, 2, 1, 2), need(1, 1, 3), need(2, 1, 3)]
    assert reasons(4, needs, {3: 84}, 0, limit=9) == [[0, 1, 3]]


def test_the_primary_is_the_reason_while_the_standby_takes_over() -> None:
    """A standby that is fine is no cause, although its delay sets the minutes."""
    assert reasons(3, [need(0, 1, 1, (2, 2))], {1: 84}, 0, limit=9) == [[0, 1]]


def test_the_member_that_serves_first_is_named_first() -> None:
    """Where the standby was out too, it set the minutes; the primary is the second reason."""
    assert reasons(3, [need(0, 1, 1, (2, 2))], {1: 84, 2: 10}, 0, limit=9) == [[0, 2], [0, 1]]


def test_cycles_are_left() -> None:
    """Around a cycle the path leads out to the cause and visits nothing twice."""
    needs = [need(0, 1, 1), need(1, 1, 2), need(2, 1, 0), need(2, 1, 3)]
    assert reasons(4, needs, {3: 84}, 0) == [[0, 1, 2, 3]]
    assert reasons(4, needs, {3: 84}, 1) == [[1, 2, 3]]


def test_delays_of_the_call_are_used() -> None:
    """Reasons are found for the delays the minutes were solved with."""
    prepared = prepare(compile_plan(3, [need(0, 1, 1, (2, 2))]))
    own, delay = np.array([0.0, 84.0, 9.0]), np.array([0.0, np.inf])
    total = minutes(prepared, own[:, None], delay=delay)[:, 0]
    assert because(prepared, own, total, 0, limit=9, delay=delay) == [[0, 1], [0, 2]]


@pytest.mark.parametrize("seed", range(20))
def test_every_node_that_is_out_has_a_reason(seed: int) -> None:
    """In any system each path follows needs, repeats nothing, and ends at a node as long out as of itself."""
    rng = np.random.default_rng(seed)
    needs = random_needs(rng, nodes=20, needs=35, fan=4, delays=True)
    prepared = prepare(compile_plan(20, needs))
    own = np.where(rng.random((20, 1)) < 0.2, rng.choice([5.0, 84.0, 1440.0], (20, 1)), 0.0)
    total = minutes(prepared, own)[:, 0]
    steps = {(each.owner, member) for each in needs for member, _ in each.members}
    for node in range(20):
        paths = because(prepared, own[:, 0], total, node, limit=3)
        assert bool(paths) == (total[node] > 0)
        assert len({path[-1] for path in paths}) == len(paths)
        for path in paths:
            assert path[0] == node
            assert len(set(path)) == len(path)
            assert own[path[-1], 0] == total[path[-1]]
            assert set(pairwise(path)) <= steps
