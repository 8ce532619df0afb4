"""Probability and importance: hand-solved systems, and every combination of events as the oracle."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.kernels import Floats
from auditor.kernels.cutsets import Cone, cut_sets, system
from auditor.kernels.decision import available, exact
from auditor.kernels.probability import Assessment, assess, set_probability
from tests.oracles.needs import Need, compile_plan, lost_nodes, need

needs_diagrams = pytest.mark.skipif(not available(), reason="oxidd is not installed (extra bdd)")


def by_trial(nodes: int, needs: list[Need], chance: dict[int, float]) -> float:
    """Return P(node 0 is lost) by going through every combination of events."""
    total = 0.0
    for out in product((False, True), repeat=len(chance)):
        failed = {event for event, gone in zip(chance, out, strict=True) if gone}
        weight = np.prod([p if gone else 1 - p for p, gone in zip(chance.values(), out, strict=True)])
        total += float(weight) if 0 in lost_nodes(nodes, needs, failed) else 0.0
    return total


def cone_of(nodes: int, needs: list[Need], events: list[int]) -> Cone:
    return system(compile_plan(nodes, needs), np.array(events)).cone(0)


def of(assessment: Assessment, event: int) -> tuple[float, float, float]:
    """Return Birnbaum, Fussell-Vesely and achievement worth of one event."""
    at = assessment.events.tolist().index(event)
    return assessment.birnbaum[at], assessment.fussell_vesely[at], assessment.achievement[at]


def test_a_series_of_two() -> None:
    """Either stops it: P = a + b - ab, and each matters as much as the other leaves."""
    found = assess([np.array([[0], [1]])], np.array([0.1, 0.2]))
    assert (found.low, found.high) == pytest.approx((0.28, 0.28))
    assert of(found, 0) == pytest.approx((0.8, 0.08 / 0.28, 1 / 0.28))
    assert of(found, 1) == pytest.approx((0.9, 0.18 / 0.28, 1 / 0.28))


def test_a_pair_in_parallel() -> None:
    """Both must go: P = ab, each is worth the other, and without either nothing is left."""
    found = assess([np.zeros((0, 1), np.intp), np.array([[0, 1]])], np.array([0.1, 0.2]))
    assert (found.low, found.high) == pytest.approx((0.02, 0.02))
    assert of(found, 0) == pytest.approx((0.2, 1.0, 10.0))
    assert of(found, 1) == pytest.approx((0.1, 1.0, 5.0))


def test_two_of_three() -> None:
    """Two of three with 0.1 each: P = 3 x 0.01 x 0.9 + 0.001 = 0.028, Birnbaum 2 x 0.1 x 0.9 = 0.18."""
    pairs = np.array([[0, 1], [0, 2], [1, 2]])
    found = assess([np.zeros((0, 1), np.intp), pairs], np.full(3, 0.1))
    assert found.low == found.high == pytest.approx(0.028)
    assert of(found, 2) == pytest.approx((0.18, 0.018 / 0.028, 0.19 / 0.028))


def test_a_single_beside_a_pair() -> None:
    """Groups without a shared event multiply: P = 1 - (1 - c)(1 - ab)."""
    found = assess([np.array([[2]]), np.array([[0, 1]])], np.array([0.1, 0.2, 0.3]))
    assert found.low == found.high == pytest.approx(1 - 0.7 * 0.98)
    assert of(found, 2)[0] == pytest.approx(0.98)
    assert of(found, 0)[0] == pytest.approx(0.7 * 0.2)


def test_small_probabilities_keep_their_digits() -> None:
    """A sum of a million-millionth and another is not lost against one."""
    found = assess([np.array([[0], [1]])], np.array([1e-13, 2e-13]))
    assert found.low == found.high == pytest.approx(3e-13, rel=1e-9)


def test_no_sets_no_stop() -> None:
    """Without a cut set the probability is 0 and nothing matters."""
    found = assess([], np.array([0.5]))
    assert (found.low, found.high, found.events.size) == (0.0, 0.0, 0)


def test_sets_not_looked_for_are_in_the_upper_bound() -> None:
    """Three of three, looked for up to pairs: nothing found, and at most the chance that three meet."""
    cone = cone_of(4, [need(0, 1, 1, 2, 3)], [1, 2, 3])
    cuts = cut_sets(cone, order=2)
    found = assess(cuts.sets, np.full(4, 0.1), beyond=cone.names)
    assert not cuts.exhausted
    assert (found.low, found.high) == pytest.approx((0.0, 0.001))


def test_the_probability_of_each_set() -> None:
    """A set is as probable as all of its events together."""
    assert set_probability(np.array([[0, 1], [1, 2]]), np.array([0.5, 0.1, 0.2])).tolist() == [
        pytest.approx(0.05),
        pytest.approx(0.02),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_bounds_of_large_groups_hold_the_truth(seed: int) -> None:
    """Where a group is too large for a table, the bounds hold the exact probability, closely."""
    rng = np.random.default_rng(seed)
    chance = rng.choice([0.001, 0.01, 0.1], 16)
    pairs = np.unique(np.sort(rng.integers(0, 16, (20, 2)), axis=1), axis=0)
    pairs = np.concatenate([pairs[pairs[:, 0] < pairs[:, 1]], [[n, n + 1] for n in range(15)]])
    pairs = np.unique(pairs, axis=0)
    states = np.arange(1 << 16)
    out = (states[:, None] >> np.arange(16) & 1).astype(np.bool_)
    stopped = np.zeros(states.size, np.bool_)
    for left, right in pairs:
        stopped |= out[:, left] & out[:, right]
    truth = float(np.where(out, chance, 1 - chance).prod(axis=1)[stopped].sum())
    found = assess([np.zeros((0, 1), np.intp), pairs], chance)
    assert found.low <= truth * (1 + 1e-9)
    assert truth <= found.high * (1 + 1e-9)
    assert found.high - found.low < 0.3 * truth


def test_certain_events_leave_no_gap() -> None:
    """An event that always happens decides a set of its own, in a large group too."""
    pairs = np.array([[n, n + 1] for n in range(15)])
    chance = np.full(16, 1.0)
    found = assess([np.zeros((0, 1), np.intp), pairs], chance)
    assert (found.low, found.high) == (1.0, 1.0)


@st.composite
def rated(draw: st.DrawFn) -> tuple[int, list[Need], dict[int, float]]:
    """Return a small system and the probabilities of the nodes that may fail."""
    nodes = draw(st.integers(1, 7))
    needs = []
    for _ in range(draw(st.integers(0, 8))):
        members = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=4))
        needs.append(need(draw(st.integers(0, nodes - 1)), draw(st.integers(1, len(members))), *members))
    events = sorted(draw(st.sets(st.integers(0, nodes - 1), min_size=1, max_size=6)))
    return nodes, needs, {event: draw(st.sampled_from([0.0, 0.01, 0.3, 0.9, 1.0])) for event in events}


def weights(nodes: int, chance: dict[int, float]) -> Floats:
    found = np.zeros(nodes)
    found[list(chance)] = list(chance.values())
    return found


@settings(max_examples=100, deadline=None)
@given(rated())
def test_tables_agree_with_every_combination(made: tuple[int, list[Need], dict[int, float]]) -> None:
    """On small systems probability and Birnbaum's importance are those of their definitions."""
    nodes, needs, chance = made
    cuts = cut_sets(cone_of(nodes, needs, list(chance)), order=len(chance))
    found = assess(cuts.sets, weights(nodes, chance))
    assert found.low == pytest.approx(by_trial(nodes, needs, chance), abs=1e-12)
    assert found.high == pytest.approx(found.low, abs=1e-12)
    for event in found.events.tolist():
        up, down = (by_trial(nodes, needs, chance | {event: p}) for p in (1.0, 0.0))
        assert of(found, event)[0] == pytest.approx(up - down, abs=1e-12)


@needs_diagrams
@settings(max_examples=100, deadline=None)
@given(rated())
def test_diagrams_agree_with_every_combination(made: tuple[int, list[Need], dict[int, float]]) -> None:
    """The diagram of a system with cycles and k-of-n gives the same."""
    nodes, needs, chance = made
    found = exact(cone_of(nodes, needs, list(chance)), weights(nodes, chance))
    assert found is not None
    assert found.low == found.high == pytest.approx(by_trial(nodes, needs, chance), abs=1e-12)
    for event in found.events.tolist():
        up, down = (by_trial(nodes, needs, chance | {event: p}) for p in (1.0, 0.0))
        assert of(found, event)[0] == pytest.approx(up - down, abs=1e-12)


@needs_diagrams
@pytest.mark.parametrize("top", range(4))
def test_each_node_of_a_circle_has_what_stops_any(top: int) -> None:
    """Four that need each other in a ring, and an event each, are lost together."""
    needs = [need(node, 2, (node + 1) % 4, node + 4) for node in range(4)]
    cone = system(compile_plan(8, needs), np.arange(4, 8)).cone(top)
    found = exact(cone, np.full(8, 0.1))
    assert found is not None
    assert found.low == pytest.approx(1 - 0.9**4)


@needs_diagrams
def test_a_diagram_that_grows_too_large_is_given_up() -> None:
    """Beyond the limit there is no value rather than a wrong one."""
    needs = [need(0, 8, *range(1, 17))]
    cone = cone_of(17, needs, list(range(1, 17)))
    assert exact(cone, np.full(17, 0.1), limit=20) is None
    assert exact(cone, np.full(17, 0.1)) is not None


@needs_diagrams
def test_how_large_a_diagram_may_be_is_the_same_each_time() -> None:
    """There is one size from which on a diagram is made, whatever the library has cleared away by then."""
    pairs = [need(0, 9, *range(1, 17))]
    cone = cone_of(17, pairs, list(range(1, 17)))
    made = [
        [exact(cone, np.full(17, 0.1), limit=limit) is not None for limit in range(8, 120)] for _ in range(3)
    ]
    assert made[0] == sorted(made[0])
    assert made[0].count(True) not in {0, len(made[0])}
    assert made[1:] == made[:-1]
