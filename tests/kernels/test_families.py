"""Cut sets of all nodes at once: hand-solved gates, and the search node by node as oracle."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.kernels.cutsets import cut_sets, goes_on, last_size, system
from auditor.kernels.families import families
from auditor.kernels.prepared import prepare
from auditor.kernels.reasons import closure
from tests.oracles.needs import Need, compile_plan, need
from tests.oracles.random_needs import random_needs

Sets = list[tuple[int, ...]]


def found(nodes: int, needs: list[Need], events: list[int], *, order: int = 3, top: int = 0) -> Sets:
    """Return the sets of one node as events, small ones first."""
    known = families(prepare(compile_plan(nodes, needs)), np.array(events), np.array([top]), order=order)
    sets = known.of(top)
    assert sets is not None
    return [tuple(events[at] for at in row) for rows in sets for row in rows.tolist()]


def test_one_of_two_is_lost_with_one_of_each() -> None:
    """What both members need stops the gate alone, what each needs by itself only together."""
    needs = [need(0, 1, 1, 2), need(1, 2, 3, 4), need(2, 2, 3, 5)]
    assert found(6, needs, [3, 4, 5]) == [(3,), (4, 5)]


def test_a_fleet_stands_as_long_as_enough_of_it_does() -> None:
    """Of nine machines in three zones five are needed: any two zones stop it, no one does."""
    needs = [need(0, 5, *range(1, 10)), *(need(1 + n, 1, 10 + n % 3) for n in range(9))]
    assert found(13, needs, [10, 11, 12]) == [(10, 11), (10, 12), (11, 12)]


def test_what_stops_a_gate_below_counts_as_one_more_event_above() -> None:
    """A pair that takes one member and an event that takes the other are a triple."""
    needs = [need(0, 1, 1, 2), need(1, 1, 3, 4), need(2, 1, 5)]
    assert found(6, needs, [3, 4, 5]) == [(3, 4, 5)]


def test_pairs_that_share_an_event_take_a_member_each() -> None:
    """Three members of two events each, all pairs of three events, are lost with the three."""
    needs = [need(0, 1, 1, 2, 3), need(1, 1, 4, 5), need(2, 1, 5, 6), need(3, 1, 4, 6)]
    assert found(7, needs, [4, 5, 6]) == [(4, 5, 6)]


def test_a_triple_from_below_is_passed_on() -> None:
    """What stops a member in three events stops the gate that needs it and another on the same."""
    needs = [need(0, 1, 1, 2), need(1, 1, 3, 4, 5), need(2, 2, 6, 7), need(6, 1, 3, 4), need(7, 1, 5)]
    assert found(8, needs, [3, 4, 5]) == [(3, 4, 5)]


def test_gates_in_a_circle_hold_only_what_is_held_from_outside() -> None:
    """Of two that lean on each other one has a stand-in: it takes that and what the other needs besides."""
    needs = [need(0, 1, 1), need(1, 1, 2, 3), need(2, 2, 1, 4)]
    assert found(5, needs, [3, 4]) == [(3, 4)]


@pytest.mark.parametrize("order", [1, 2])
def test_no_larger_sets_are_told_than_asked_for(order: int) -> None:
    """Up to the order asked for, the sets are those of the largest order."""
    needs = [need(0, 2, 1, 2), need(1, 1, 3, 4), need(2, 1, 3, 5, 6), need(0, 1, 6)]
    whole = found(7, needs, [3, 4, 5, 6])
    assert found(7, needs, [3, 4, 5, 6], order=order) == [each for each in whole if len(each) <= order]


def test_more_events_than_a_word_has_bits() -> None:
    """Of 131 of which 130 are needed any two stop it, whichever words they are in."""
    assert found(132, [need(0, 130, *range(1, 132))], [*range(1, 132)]) == [*combinations(range(1, 132), 2)]


def test_more_gates_than_are_looked_at_at_a_time() -> None:
    """Of 4,100 gates those around the end of the first block stop exactly the nodes above them."""
    gates, tops = 4100, {0: (4099, 3), 1: (4095,), 2: (4096,), 3: (0, 4097)}
    first = len(tops) + gates  # event
    needs = [need(top, len(below), *(len(tops) + gate for gate in below)) for top, below in tops.items()]
    sides = [(gate % 7, 7 + gate % 11) for gate in range(gates)]
    needs += [need(len(tops) + gate, 1, first + a, first + b) for gate, (a, b) in enumerate(sides)]
    events = np.arange(first, first + 18)
    known = families(prepare(compile_plan(first + 18, needs)), events, np.array([*tops]), order=2)
    for top, below in tops.items():
        assert known.passed(top).tolist() == sorted(below)
        sets = known.of(top)
        assert sets is not None
        assert [rows.tolist() for rows in sets] == [[], sorted([*sides[gate]] for gate in below)]


@pytest.mark.parametrize("order", [2, 3])
def test_sets_that_are_too_many_leave_nodes_above_without_an_answer(order: int) -> None:
    """One of two with 1,415 events each has more than two million pairs; what is beside it has its own."""
    wide, gate, other, above, top, one, two, last = 2830, 0, 1, 2, 3, 4, 5, 6
    events = 7 + np.arange(wide)
    needs = [
        need(gate, 1, one, two),
        need(one, 1415, *events[:1415].tolist()),
        need(two, 1415, *events[1415:].tolist()),
        need(other, 1, 7, last),
        need(above, 1, gate, last),
        need(top, 2, other, gate),
    ]
    plan = prepare(compile_plan(7 + wide, needs))
    known = families(
        plan, np.array([last, *events.tolist()]), np.array([gate, other, above, top]), order=order
    )
    assert [known.of(node) for node in (gate, above, top)] == [None] * 3
    sets = known.of(other)
    assert sets is not None
    assert [rows.tolist() for rows in sets] == [[], [[0, 1]], []][:order]


@pytest.mark.parametrize("order", [0, 4])
def test_an_order_that_cannot_be_found_is_refused(order: int) -> None:
    """Larger sets than three events are found by the search only."""
    with pytest.raises(ValueError, match="1 to 3"):
        found(2, [need(0, 1, 1)], [1], order=order)


@pytest.mark.parametrize("seed", range(80))
def test_every_node_of_a_random_system_has_the_sets_of_the_search(seed: int) -> None:
    """With cycles, wide gates and repeated members, of each node exactly what the search finds."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(2, 30))
    count, fan = int(rng.integers(1, 2 * nodes)), int(rng.integers(2, 8))
    needs = random_needs(rng, nodes=nodes, needs=count, fan=fan, delays=False)
    events = np.sort(rng.permutation(nodes)[: int(rng.integers(1, nodes + 1))])
    plan = compile_plan(nodes, needs)
    searched, known = system(plan, events), families(prepare(plan), events, np.arange(nodes))
    for top in range(nodes):
        sets = known.of(top)
        assert sets is not None
        assert [tuple(events[row]) for rows in sets for row in rows] == list(cut_sets(searched.cone(top)))
        assert events[known.needed(top)].tolist() == events[closure(prepare(plan), top)[events]].tolist()


@st.composite
def systems(draw: st.DrawFn) -> tuple[int, list[Need], list[int]]:
    """Return a small system, nodes first, and which of its nodes may fail."""
    nodes = draw(st.integers(1, 10))
    needs = []
    for _ in range(draw(st.integers(0, 12))):
        members = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=6))
        needs.append(need(draw(st.integers(0, nodes - 1)), draw(st.integers(1, len(members))), *members))
    return nodes, needs, sorted(draw(st.sets(st.integers(0, nodes - 1), min_size=1)))


@settings(max_examples=200, deadline=None)
@given(systems())
def test_any_small_system_has_the_sets_of_the_search(made: tuple[int, list[Need], list[int]]) -> None:
    """Whatever the system, node 0 has exactly the sets that the search finds."""
    nodes, needs, events = made
    plan = compile_plan(nodes, needs)
    assert found(nodes, needs, events) == list(cut_sets(system(plan, np.array(events)).cone(0)))


@settings(max_examples=200, deadline=None)
@given(systems(), st.integers(1, 3))
def test_the_end_is_told_as_the_search_tells_it(made: tuple[int, list[Need], list[int]], order: int) -> None:
    """Given the sets, the size after which nothing is left is the same, and none where they show more."""
    nodes, needs, events = made
    cone = system(compile_plan(nodes, needs), np.array(events)).cone(0)
    cuts = cut_sets(cone, order=order)
    sets = [*cuts.sets, *(np.zeros((0, size), np.int32) for size in range(len(cuts.sets) + 1, order + 1))]
    last = last_size(cone, sets)
    assert (last is not None) == cuts.exhausted
    assert last is None or last == len(cuts.sets)
    assert not (goes_on(sets) and cuts.exhausted)


def test_sets_that_have_nothing_in_common_show_that_the_search_goes_on() -> None:
    """Three pairs apart leave a set of three that stops nothing; two pairs do not."""
    pairs = np.array([[0, 1], [2, 3], [4, 5]])
    single, triples = np.zeros((0, 1), np.intp), np.zeros((0, 3), np.intp)
    assert goes_on([single, pairs, triples])
    assert not goes_on([single, pairs[:2], triples])
    assert not goes_on([single, np.array([[0, 2], [0, 3], [1, 2], [1, 3]]), triples])
