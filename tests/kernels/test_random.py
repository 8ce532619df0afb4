"""Seeded random systems: the kernels agree with the plain oracles, and the oracles with each other."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.kernels import Given, Late, closure, lost, minutes, pack, prepare, reach, touched, unpack
from tests.oracles.needs import (
    closure_of,
    compile_plan,
    lost_by_enumeration,
    lost_nodes,
    minutes_by_the_clock,
    minutes_out,
)
from tests.oracles.random_needs import random_needs

SEEDS = range(25)
SHAPES = [(1, 2), (6, 3), (30, 4), (30, 30)]  # nodes, most members of a need


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_both_forms_agree_with_the_oracles(seed: int, shape: tuple[int, int]) -> None:
    """Both kernels give exactly the oracle's answer in every scenario."""
    nodes, fan = shape
    rng = np.random.default_rng([seed, nodes, fan])
    needs = random_needs(rng, nodes=nodes, needs=int(rng.integers(0, 2 * nodes + 1)), fan=fan, delays=True)
    prepared = prepare(compile_plan(nodes, needs))
    failed = rng.random((nodes, 9)) < rng.choice([0.03, 0.1, 0.3])
    own = np.where(failed, rng.choice([10.0, 84.0, 720.0, 1440.0], failed.shape), 0.0)
    gone = unpack(lost(prepared, pack(failed), scenarios=9), 9)
    total = minutes(prepared, own)
    for column in range(9):
        out = set(np.flatnonzero(failed[:, column]).tolist())
        assert set(np.flatnonzero(gone[:, column]).tolist()) == lost_nodes(nodes, needs, out)
        assert total[:, column].tolist() == minutes_out(needs, own[:, column].tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_absent_is_without(seed: int) -> None:
    """Marking late members absent gives the same as a plan compiled without them."""
    rng = np.random.default_rng(seed)
    plan = compile_plan(20, random_needs(rng, nodes=20, needs=40, fan=5, delays=True))
    failed = pack(rng.random((20, 70)) < 0.1)
    late = plan.delay > 2
    marked = lost(prepare(plan), failed, scenarios=70, absent=late)
    assert np.array_equal(marked, lost(prepare(plan.without(late)), failed, scenarios=70))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_given_needs_nothing(seed: int, shape: tuple[int, int]) -> None:
    """A node given in a scenario is as told there, as if it had no needs; elsewhere it is as ever."""
    nodes, fan = shape
    rng = np.random.default_rng([seed, nodes, fan, 1])
    needs = random_needs(rng, nodes=nodes, needs=int(rng.integers(0, 2 * nodes + 1)), fan=fan, delays=False)
    failed = rng.random((nodes, 70)) < rng.choice([0.03, 0.1, 0.3])
    chosen = rng.permutation(nodes)[: nodes // 2]
    where = rng.random((chosen.size, 70)) < rng.choice([0.1, 0.5, 0.9])
    value = where & (rng.random(where.shape) < rng.choice([0.2, 0.5]))
    given = Given(nodes=chosen, where=pack(where), value=pack(value))
    told = lost(prepare(compile_plan(nodes, needs)), pack(failed), scenarios=70, given=given)
    for column in range(0, 70, 3):
        free = set(chosen[where[:, column]].tolist())
        out = (set(np.flatnonzero(failed[:, column]).tolist()) - free) | set(
            chosen[value[:, column]].tolist()
        )
        left = [each for each in needs if each.owner not in free]
        assert set(np.flatnonzero(unpack(told, 70)[:, column]).tolist()) == lost_nodes(nodes, left, out)


@pytest.mark.parametrize("seed", SEEDS)
def test_reach_and_closure_agree_with_the_oracle(seed: int) -> None:
    """Closure is what a node needs at any remove, and reach its inverse."""
    rng = np.random.default_rng(seed)
    needs = random_needs(rng, nodes=20, needs=25, fan=4, delays=False)
    prepared = prepare(compile_plan(20, needs))
    closures = [closure_of(needs, node) for node in range(20)]
    seeds = rng.random((20, 3)) < 0.1
    assert [set(np.flatnonzero(closure(prepared, node)).tolist()) for node in range(20)] == closures
    for column in range(3):
        hit = set(np.flatnonzero(seeds[:, column]).tolist())
        assert reach(prepared, seeds[:, column]).tolist() == [bool(each & hit) for each in closures]
    packed = unpack(touched(prepared, pack(seeds), scenarios=3), 3)
    assert packed[:, 1].tolist() == reach(prepared, seeds[:, 1]).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_oracles_agree_with_each_other(seed: int) -> None:
    """Iterating gives the same as trying all subsets, and as walking minute by minute."""
    rng = np.random.default_rng(seed)
    needs = random_needs(rng, nodes=6, needs=8, fan=3, delays=True)
    own = np.where(rng.random(6) < 0.4, rng.integers(1, 30, 6), 0).tolist()
    failed = {node for node in range(6) if own[node]}
    assert lost_nodes(6, needs, failed) == lost_by_enumeration(6, needs, failed)
    assert minutes_out(needs, [float(each) for each in own]) == minutes_by_the_clock(needs, own, 30)


@pytest.mark.parametrize("scenarios", [0, 1, 70])
def test_wanted_nodes_alone(scenarios: int) -> None:
    """Asking about some nodes, in any order and twice, gives their rows of the whole answer."""
    rng = np.random.default_rng(scenarios)
    prepared = prepare(compile_plan(20, random_needs(rng, nodes=20, needs=30, fan=5, delays=False)))
    failed = pack(rng.random((20, scenarios)) < 0.2)
    wanted = np.array([7, 3, 19, 3])
    for ask in (lost, touched):
        whole = ask(prepared, failed, scenarios=scenarios)
        assert np.array_equal(ask(prepared, failed, scenarios=scenarios, wanted=wanted), whole[wanted])


@pytest.mark.parametrize("seed", range(30))
def test_delays_of_each_scenario(seed: int) -> None:
    """Delays given per scenario are those of a call for each scenario by itself, on cycles too."""
    rng = np.random.default_rng(seed)
    plan = compile_plan(20, random_needs(rng, nodes=20, needs=30, fan=5, delays=True))
    prepared, rows = prepare(plan), np.flatnonzero(plan.delay > 0)
    delay = rng.choice([0.0, 5.0, 60.0, np.inf], (rows.size, 6))
    own = np.where(rng.random((20, 6)) < 0.2, rng.integers(1, 90, (20, 6)), 0).astype(np.float64)
    together = minutes(prepared, own, late=Late(rows=rows, delay=delay))
    for column in range(6):
        alone = np.zeros(plan.member.size)
        alone[rows] = delay[:, column]
        assert np.array_equal(together[:, column], minutes(prepared, own[:, [column]], delay=alone)[:, 0])
