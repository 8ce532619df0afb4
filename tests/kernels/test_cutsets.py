"""Minimal cut sets: hand-solved systems, and a brute-force oracle on small random ones."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.kernels.cutsets import CutSets, cut_sets, system
from auditor.kernels.hierarchy import narrowest
from tests.oracles.needs import Need, compile_plan, lost_nodes, need
from tests.oracles.random_needs import random_needs


def found(nodes: int, needs: list[Need], events: list[int], *, order: int = 3, top: int = 0) -> CutSets:
    return cut_sets(system(compile_plan(nodes, needs), np.array(events)).cone(top), order=order)


def by_trial(nodes: int, needs: list[Need], events: list[int], order: int) -> list[tuple[int, ...]]:
    """Return the minimal cut sets of node 0: every set that stops it and holds no smaller one."""
    minimal: list[tuple[int, ...]] = []
    for size in range(1, order + 1):
        for chosen in combinations(sorted(events), size):
            if any(set(each) <= set(chosen) for each in minimal):
                continue
            if 0 in lost_nodes(nodes, needs, set(chosen)):
                minimal.append(chosen)
    return minimal


def test_a_chain_breaks_at_every_link() -> None:
    """Where everything is needed, every event is a cut set of its own, and there are no others."""
    cuts = found(4, [need(0, 2, 1, 2), need(2, 1, 3)], [1, 2, 3])
    assert list(cuts) == [(1,), (2,), (3,)]
    assert (cuts.order, cuts.exhausted) == (3, True)


def test_two_of_three_breaks_at_every_pair() -> None:
    """Two of three are lost with any two of the three."""
    assert list(found(4, [need(0, 2, 1, 2, 3)], [1, 2, 3])) == [(1, 2), (1, 3), (2, 3)]


def test_a_bridge() -> None:
    """The textbook bridge: two pairs and two triples."""
    # 0 needs one of two ends; each end is reached over its own link or over the bridge from the other side.
    left, right, a, b, c, d, bridge = 5, 6, 1, 2, 3, 4, 7
    needs = [
        need(0, 1, 8, 9),
        need(8, 2, c, left),
        need(9, 2, d, right),
        need(left, 1, a, 10),
        need(right, 1, b, 11),
        need(10, 2, bridge, b),
        need(11, 2, bridge, a),
    ]
    assert list(found(12, needs, [a, b, c, d, bridge])) == [(a, b), (c, d), (a, d, bridge), (b, c, bridge)]


def test_what_holds_itself_up_needs_nothing_else() -> None:
    """On a cycle of mutual support only what is outside the cycle's own hold can stop it."""
    needs = [need(0, 1, 1), need(1, 1, 2, 3), need(2, 1, 1)]
    assert list(found(4, needs, [2, 3])) == [(2, 3)]
    assert list(found(4, needs, [3])) == []


def test_larger_sets_are_found_on_request() -> None:
    """One of five is lost with all five, and order 4 does not see it."""
    needs = [need(0, 1, 1, 2, 3, 4, 5)]
    short = found(6, needs, [1, 2, 3, 4, 5], order=4)
    assert (list(short), short.order, short.exhausted) == ([], 4, False)
    assert list(found(6, needs, [1, 2, 3, 4, 5], order=5)) == [(1, 2, 3, 4, 5)]


def test_a_top_that_may_fail_itself_is_its_own_cut_set() -> None:
    """The top counts like any other event."""
    assert list(found(2, [need(0, 1, 1)], [0, 1])) == [(0,), (1,)]


@pytest.mark.parametrize("needs", [[], [need(0, 1, 1)]], ids=["no needs", "no events below"])
def test_what_nothing_can_stop_has_no_cut_sets(needs: list[Need]) -> None:
    """Without an event below, the search is done before it starts."""
    cuts = found(3, needs, [2])
    assert (list(cuts), cuts.exhausted, len(cuts)) == ([], True, 0)


def test_the_search_says_how_far_it_came() -> None:
    """With too many candidates of one size, what is smaller is complete and the order says so."""
    needs = [need(0, 10, *range(1, 11)), *(need(n, 1, 2 * n + 10, 2 * n + 11) for n in range(1, 11))]
    cone = system(compile_plan(40, needs), np.arange(12, 32)).cone(0)
    few = cut_sets(cone, order=2, most=15)
    assert (few.order, few.exhausted, list(few)) == (1, False, [])
    assert cut_sets(cone, order=2).counts == (0, 10)


def test_alike_nodes_are_merged_and_tops_that_are_alike_share_an_answer() -> None:
    """A hundred nodes with the same needs are one; events never merge."""
    needs = [need(n, 2, 100, 101) for n in range(100)]
    made = system(compile_plan(102, needs), np.array([100, 101]))
    assert made.condensed.plan.nodes == 4  # and the one that is always up
    assert {made.same(n) for n in range(100)} == {made.same(0)}
    assert [list(cut_sets(made.cone(n))) for n in (0, 99)] == [[(100,), (101,)]] * 2


def test_nodes_that_differ_only_in_k_stay_apart() -> None:
    """One of three and two of the same three are not alike."""
    needs = [need(0, 2, 1, 2), need(1, 1, 3, 4, 5), need(2, 2, 3, 4, 5)]
    assert list(found(6, needs, [3, 4, 5])) == [(3, 4), (3, 5), (4, 5)]
    assert list(found(6, needs, [3, 4, 5], top=1)) == [(3, 4, 5)]


def test_nodes_that_differ_far_below_stay_apart() -> None:
    """Two long chains that end on different events are not alike, however long."""
    needs = [need(0, 1, 1, 11)]
    needs += [need(n, 1, n + 1) for n in (*range(1, 10), *range(11, 20))]
    assert list(found(21, needs, [10, 20])) == [(10, 20)]
    assert list(found(21, needs, [10, 20], top=5)) == [(10,)]


def test_more_sets_than_a_word_has_bits() -> None:
    """Of 71 of which 70 are needed every pair stops it: 2,485 sets, each of its own."""
    cuts = found(72, [need(0, 70, *range(1, 72))], list(range(1, 72)))
    assert list(cuts) == list(combinations(range(1, 72), 2))


def test_a_search_ends_where_every_pair_stops_a_wide_gate() -> None:
    """Once an event of twenty of which nineteen are needed is out, only the others hold it up: no triples."""
    cuts = found(21, [need(0, 19, *range(1, 21))], list(range(1, 21)))
    assert list(cuts) == list(combinations(range(1, 21), 2))
    assert cuts.exhausted


def test_what_holds_up_differs_from_set_to_set() -> None:
    """Without one event the shared node is needed by one of its readers, without another by the other."""
    a, b, left, right, shared, x, y, f, g = range(1, 10)
    needs = [
        need(0, 1, a, left),
        need(0, 1, b, right),
        need(left, 2, shared, f),
        need(right, 2, shared, g),
        need(shared, 2, x, y),
    ]
    events = [a, b, x, y, f, g]
    assert list(found(10, needs, events)) == by_trial(10, needs, events, 3)


def test_as_many_candidates_as_allowed_are_tried() -> None:
    """The limit is the number tried, not one less."""
    cone = system(compile_plan(6, [need(0, 5, *range(1, 6))]), np.arange(1, 6)).cone(0)
    assert cut_sets(cone, order=1, most=5).counts == (5,)
    assert cut_sets(cone, order=1, most=4).order == 0


@pytest.mark.parametrize("seed", range(60))
def test_all_sets_to_order_four_agree_with_trying_every_set(seed: int) -> None:
    """On random systems with cycles, k-of-n and repeated members exactly the oracle's sets are found."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(2, 16))
    needs = random_needs(rng, nodes=nodes, needs=int(rng.integers(1, 2 * nodes)), fan=4, delays=False)
    events = sorted(rng.permutation(nodes)[: int(rng.integers(1, nodes + 1))].tolist())
    assert list(found(nodes, needs, events, order=4)) == by_trial(nodes, needs, events, 4)


@st.composite
def systems(draw: st.DrawFn) -> tuple[int, list[Need], list[int]]:
    """Return a small system, nodes first, and which of its nodes may fail."""
    nodes = draw(st.integers(1, 9))
    needs = []
    for _ in range(draw(st.integers(0, 12))):
        members = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=5))
        needs.append(need(draw(st.integers(0, nodes - 1)), draw(st.integers(1, len(members))), *members))
    return nodes, needs, sorted(draw(st.sets(st.integers(0, nodes - 1), min_size=1)))


@settings(max_examples=200, deadline=None)
@given(systems())
def test_any_small_system_agrees_with_trying_every_set(made: tuple[int, list[Need], list[int]]) -> None:
    """Every set found is minimal and none is missed, whatever the system; the end is told rightly."""
    nodes, needs, events = made
    cuts = found(nodes, needs, events, order=len(events))
    assert list(cuts) == by_trial(nodes, needs, events, len(events))
    assert cuts.exhausted


@settings(max_examples=200, deadline=None)
@given(systems())
def test_shown_are_the_sets_in_which_nothing_narrower_would_do(
    made: tuple[int, list[Need], list[int]],
) -> None:
    """A set is kept iff no event of it can be replaced by one it takes along and not back."""
    nodes, needs, events = made
    cone = system(compile_plan(nodes, needs), np.array(events)).cone(0)
    cuts = cut_sets(cone)
    kept = [
        tuple(row)
        for rows, keep in zip(cuts.sets, narrowest(cone, cuts.sets), strict=True)
        for row in rows[keep].tolist()
    ]
    takes = {event: lost_nodes(nodes, needs, {event}) for event in events}
    expected = []
    for each in cuts:
        swaps = (
            set(each) - {wide} | {small}
            for wide in each
            for small in events
            if small in takes[wide] and wide not in takes[small] and small in cone.names
        )
        if not any(0 in lost_nodes(nodes, needs, swap) for swap in swaps):
            expected.append(each)
    assert kept == expected
