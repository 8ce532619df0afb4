"""What single losses take along, followed upwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from auditor.kernels.ripple import readers, taken
from tests.oracles.needs import Need, closure_of, compile_plan, lost_nodes, need
from tests.oracles.random_needs import random_needs


def all_taken(nodes: int, system: Sequence[Need], *, strict: bool = False) -> set[tuple[int, int]]:
    plan = compile_plan(nodes, system)
    scenario, node = taken(readers(plan, strict=strict), np.arange(nodes), np.ones(nodes, np.bool_))
    found = list(zip(scenario.tolist(), node.tolist(), strict=True))
    assert found == sorted(set(found))
    return set(found)


@pytest.mark.parametrize("seed", range(60))
def test_it_is_the_plain_oracle_on_random_systems(seed: int) -> None:
    """Cycles, k-of-n and repeated members: each single loss takes what the definition says."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(1, 30))
    system = random_needs(rng, nodes=nodes, needs=int(rng.integers(0, 40)), fan=5, delays=False)
    expected = {(at, node) for at in range(nodes) for node in lost_nodes(nodes, system, {at})}
    assert all_taken(nodes, system) == expected


@pytest.mark.parametrize("seed", range(20))
def test_strict_it_is_who_needs_a_node_at_any_remove(seed: int) -> None:
    """With every member required, a loss takes all in whose closure it is."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(1, 30))
    system = random_needs(rng, nodes=nodes, needs=int(rng.integers(0, 40)), fan=5, delays=False)
    expected = {(at, node) for node in range(nodes) for at in closure_of(system, node)}
    assert all_taken(nodes, system, strict=True) == expected


def test_only_targets_are_told() -> None:
    """Of a chain only what was asked about comes back, under the position of its seed."""
    plan = compile_plan(3, [need(0, 1, 1), need(1, 1, 2)])
    targets = np.array([True, False, False])
    scenario, node = taken(readers(plan), np.array([2, 1]), targets)
    assert (scenario.tolist(), node.tolist()) == ([0, 1], [0, 0])


def test_seeds_past_a_block_keep_their_positions() -> None:
    """However many losses are asked about, each is told under its own position, the last one too."""
    seeds = np.arange(2**17 + 1) % 2
    system = readers(compile_plan(2, [need(0, 1, 1)]))
    scenario, node = taken(system, seeds, np.array([True, False]))
    assert np.array_equal(scenario, np.arange(seeds.size))
    assert not node.any()


@pytest.mark.parametrize("most", [1, 10, 100])
def test_a_block_that_does_not_fit_is_halved(most: int) -> None:
    """Hubs that everything needs may pass the memory set aside; what they take is told all the same."""
    rng = np.random.default_rng(most)
    plan = compile_plan(40, random_needs(rng, nodes=40, needs=80, fan=4, delays=False))
    system, seeds, targets = readers(plan), np.arange(40), np.ones(40, np.bool_)
    whole, halved = taken(system, seeds, targets), taken(system, seeds, targets, most=most)
    assert whole[0].size > 100
    assert np.array_equal(whole, halved)
