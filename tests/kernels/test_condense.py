"""The condensed system answers as the whole one does."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.kernels import below, condense, lost, marks, minutes, pack, prepare
from tests.oracles.needs import Need, closure_of, compile_plan, need
from tests.oracles.random_needs import random_needs

SEEDS = range(40)


def condensed_size(nodes: int, needs: list[Need], struck: list[list[int]]) -> tuple[int, list[int]]:
    """Return how many classes there are, and the class of each node."""
    found = condense(
        prepare(compile_plan(nodes, needs)), marks(nodes, [np.array(s, np.intp) for s in struck])
    )
    return found.plan.nodes, found.of.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_are_those_of_the_whole_plan(seed: int) -> None:
    """Whatever mix of the sets goes out, for whatever time, with cycles, standbys and delays laid aside."""
    rng = np.random.default_rng(seed)
    plan = compile_plan(30, random_needs(rng, nodes=30, needs=40, fan=4, delays=True))
    struck = [rng.choice(30, int(rng.integers(1, 4)), replace=False) for _ in range(4)]
    own = np.zeros((30, 70))
    for nodes in struck:
        own[nodes] = np.maximum(own[nodes], rng.choice([0.0, 1.0, 30.0, 500.0], 70))
    watched = rng.random(30) < 0.3
    prepared = prepare(plan)
    found = condense(prepared, marks(30, struck), watched=watched)
    small, asked = prepare(found.plan), found.of[watched]
    assert found.plan.nodes <= 31
    assert np.array_equal(minutes(small, found.own(own))[asked], minutes(prepared, own)[watched])
    never = np.where(plan.delay > 2, np.inf, plan.delay)
    assert np.array_equal(
        minutes(small, found.own(own), delay=found.members(never))[asked],
        minutes(prepared, own, delay=never)[watched],
    )
    failed, late = pack(own > 0), plan.delay > 2
    assert np.array_equal(
        lost(small, found.own(failed), scenarios=70, absent=found.members(late))[asked],
        lost(prepared, failed, scenarios=70, absent=late)[watched],
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_members_of_one_timing_may_get_any_delay(seed: int) -> None:
    """Delays that follow the timing given, not those of the plan, lead to the same minutes."""
    rng = np.random.default_rng(seed)
    plan = compile_plan(20, random_needs(rng, nodes=20, needs=30, fan=5, delays=True))
    timing = np.where(plan.delay > 0, rng.integers(1, 4, plan.delay.size), 0).astype(np.uint64)
    delay = np.array([0.0, 7.0, 90.0, np.inf])[timing]
    own = np.zeros((20, 5))
    own[:8] = rng.choice([0.0, 5.0, 80.0], (8, 5))
    mark = np.arange(1, 21, dtype=np.uint64) * (np.arange(20) < 8)
    prepared = prepare(plan)
    found = condense(prepared, mark, timing=timing)
    small = prepare(found.plan)
    assert np.array_equal(
        minutes(small, found.own(own), delay=found.members(delay))[found.of],
        minutes(prepared, own, delay=delay),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_yes_and_no_without_timing(seed: int) -> None:
    """With no timing told apart, and so fewer classes, who is lost stays the same."""
    rng = np.random.default_rng(seed)
    plan = compile_plan(25, random_needs(rng, nodes=25, needs=40, fan=4, delays=True))
    mark = np.arange(1, 26, dtype=np.uint64) * (np.arange(25) < 6)
    failed = pack((rng.random((25, 9)) < 0.4) & (mark > 0)[:, None])
    prepared = prepare(plan)
    found = condense(prepared, mark, timing=np.zeros(plan.member.size, np.uint64))
    assert found.plan.nodes <= condense(prepared, mark).plan.nodes
    gone = lost(prepare(found.plan), found.own(failed), scenarios=9)[found.of]
    assert np.array_equal(gone, lost(prepared, failed, scenarios=9))


def test_alike_nodes_become_one() -> None:
    """A hundred nodes on one, and what only passes their fate on, are a single node."""
    machines = range(1, 101)
    needs = [need(machine, 1, 0) for machine in machines] + [need(101, 100, *machines), need(102, 1, 101)]
    assert condensed_size(103, needs, [[0]]) == (2, [1] * 103)


def test_what_nothing_strikes_is_always_up() -> None:
    """Without anything struck only the node that is always up is left."""
    assert condensed_size(3, [need(0, 1, 1, 2), need(1, 1, 2)], []) == (1, [0, 0, 0])


def test_nodes_that_need_each_other_and_nothing_struck_are_always_up() -> None:
    """A cycle holds itself up; what needs it as well as a struck node follows that node."""
    needs = [need(0, 1, 1), need(1, 1, 0), need(2, 2, 0, 3)]
    assert condensed_size(4, needs, [[3]]) == (2, [0, 0, 1, 1])


def test_pairs_that_need_each_other_become_one_pair() -> None:
    """Cycles of the same shape over the same node are merged, and the cycle between alike nodes goes."""
    needs = [need(n, 2, n ^ 1, 20) for n in range(20)]
    assert condensed_size(21, needs, [[20]]) == (2, [1] * 21)


def test_unlike_nodes_on_a_cycle_are_told_apart() -> None:
    """On a ring in which each holds out on its own, each marked node stays itself."""
    needs = [need(n, 1, (n + 1) % 4, n + 4) for n in range(4)]
    size, of = condensed_size(8, needs, [[n] for n in range(4, 8)])
    assert (size, len(set(of))) == (9, 8)


def test_a_member_always_up_counts_once_and_for_all() -> None:
    """One of 2 with a member nothing strikes is met; 2 of 3 with one such is 1 of the rest."""
    needs = [need(0, 1, 3, 9), need(1, 2, 3, 4, 9), need(2, 1, 3, 4)]
    size, of = condensed_size(10, needs, [[3], [4]])
    assert (size, of[0], of[1] == of[2], of[9]) == (4, 0, True, 0)


@pytest.mark.parametrize(("k", "crowd"), [(2, 5), (3, 8), (5, 6)])
def test_gates_of_rare_shapes_count_only_their_own_members(k: int, crowd: int) -> None:
    """One member of a gate is always up: it fails once fewer than k - 1 of the others are left."""
    plan = compile_plan(crowd + 1, [need(0, k, *range(1, crowd + 1))])
    prepared = prepare(plan)
    found = condense(prepared, marks(crowd + 1, [np.array([at]) for at in range(2, crowd + 1)]))
    own = np.zeros((crowd + 1, crowd))
    for column in range(crowd):
        own[2 : 2 + column, column] = 30
    out = minutes(prepare(found.plan), found.own(own))[found.of[0]]
    assert out.tolist() == [30.0 * (crowd - column < k) for column in range(crowd)]


def test_a_late_member_that_is_always_up_still_limits_the_wait() -> None:
    """A standby nothing strikes serves after its delay, not at once and not never."""
    plan = compile_plan(3, [need(0, 1, 1, (2, 5.0))])
    found = condense(prepare(plan), marks(3, [np.array([1])]))
    own = np.array([[0.0, 0.0], [3.0, 60.0], [0.0, 0.0]])
    assert minutes(prepare(found.plan), found.own(own))[found.of[0]].tolist() == [3.0, 5.0]


def test_the_same_node_now_and_late_is_the_node() -> None:
    """A need with one member twice, once late, passes the member's fate on."""
    assert condensed_size(2, [need(0, 1, 1, (1, 5.0))], [[1]]) == (2, [1, 1])


def test_delays_tell_nodes_apart() -> None:
    """Two nodes with the same members but other delays are two."""
    needs = [need(0, 1, 2, (3, 5.0)), need(1, 1, 2, (3, 6.0))]
    size, of = condensed_size(4, needs, [[2], [3]])
    assert (size, of[0] != of[1]) == (5, True)


def test_k_tells_nodes_apart() -> None:
    """One of three and two of three are two nodes."""
    needs = [need(0, 1, 2, 3, 4), need(1, 2, 2, 3, 4)]
    size, of = condensed_size(5, needs, [[2], [3], [4]])
    assert (size, of[0] != of[1]) == (6, True)


def test_nodes_whose_numbers_mirror_those_of_the_sets_are_told_apart() -> None:
    """Node 1 on the second set and node 2 on the first are two nodes, whatever their numbers."""
    _, of = condensed_size(7, [need(1, 1, 6), need(2, 1, 5)], [[5], [6]])
    assert (of[1], of[2]) == (of[6], of[5])
    assert 0 < of[1] != of[2] > 0


def test_only_what_is_watched_is_kept() -> None:
    """Nodes nothing watched needs are no part of the condensed system."""
    prepared = prepare(compile_plan(4, [need(0, 1, 1), need(2, 2, 1, 3)]))
    found = condense(prepared, marks(4, [np.array([n]) for n in (1, 3)]), watched=np.arange(4) == 0)
    assert (found.plan.nodes, found.of.tolist(), found.node.tolist()) == (2, [1, 1, 0, 0], [-1, 1])


def test_marks_are_equal_for_nodes_in_the_same_sets() -> None:
    """Marks depend on which sets a node is in, each once, and are 0 in none."""
    found = marks(5, [np.array([0, 1, 1]), np.array([1, 2]), np.array([0, 1, 2])])
    assert found[3] == found[4] == 0
    assert len(set(found.tolist())) == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_below_is_the_union_of_what_each_needs(seed: int) -> None:
    """Many nodes at once reach what each of them reaches, on few nodes and on many."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.choice([6, 60]))
    needs = random_needs(rng, nodes=nodes, needs=nodes, fan=4, delays=False)
    asked = rng.choice(nodes, 3)
    union = set().union(*(closure_of(needs, int(node)) for node in asked))
    assert set(np.flatnonzero(below(prepare(compile_plan(nodes, needs)), asked)).tolist()) == union


@pytest.mark.parametrize(
    ("mark", "watched", "timing", "message"),
    [
        (np.zeros(3, np.uint64), None, None, r"mark must be uint64 \(2,\), is uint64 \(3,\)"),
        (np.zeros(2, np.int64), None, None, r"mark must be uint64 \(2,\), is int64 \(2,\)"),
        (np.zeros(2, np.uint64), np.zeros(2), None, r"watched must be bool \(2,\), is float64 \(2,\)"),
        (np.zeros(2, np.uint64), None, np.zeros(2), r"timing must be uint64 \(1,\), is float64 \(2,\)"),
    ],
)
def test_strange_arrays_are_refused(
    mark: np.ndarray, watched: np.ndarray | None, timing: np.ndarray | None, message: str
) -> None:
    """Marks, watched nodes and timing of the wrong type or shape are named."""
    prepared = prepare(compile_plan(2, [need(0, 1, 1)]))
    with pytest.raises(ValueError, match=message):
        condense(prepared, mark, watched=watched, timing=timing)
