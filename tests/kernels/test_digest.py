"""Digests of what a node needs, and systems folded by them: the same wherever they are met."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from auditor.kernels import Plan, Words
from auditor.kernels.cutsets import Cone, cut_sets, system
from auditor.kernels.digest import digests
from auditor.kernels.fold import fold
from tests.oracles.needs import Need, closure_of, compile_plan, lost_nodes, need
from tests.oracles.random_needs import random_needs

SEEDS = range(60)
NODES = 14


def marks(count: int) -> Words:
    """Return marks of which no two are alike, always the same."""
    return np.random.default_rng(count).integers(1, 1 << 63, (count, 2), dtype=np.uint64)


def made(seed: int, *, nodes: int = NODES) -> tuple[np.random.Generator, list[Need]]:
    rng = np.random.default_rng(seed)
    needs = random_needs(rng, nodes=nodes, needs=int(rng.integers(1, 2 * nodes)), fan=4, delays=False)
    return rng, needs


def shuffled(rng: np.random.Generator, needs: list[Need], number: list[int]) -> list[Need]:
    """Return the needs with other numbers, needs and members in another order."""
    turned = []
    for at in rng.permutation(len(needs)).tolist():
        each = needs[at]
        members = [each.members[m] for m in rng.permutation(len(each.members)).tolist()]
        turned.append(need(number[each.owner], each.k, *((number[node], delay) for node, delay in members)))
    return turned


def shared(values: Words, event: list[int]) -> Words:
    """Return own marks of all nodes: those of events, and none for the rest."""
    own = np.zeros((NODES, 2), np.uint64)
    own[event] = values
    return own


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_and_orders_leave_no_trace(seed: int) -> None:
    """A system numbered and ordered in another way has the same digests, with cycles and few marks too."""
    rng, needs = made(seed)
    own = shared(marks(3), rng.permutation(NODES)[:3].tolist())
    number = rng.permutation(NODES)
    other = np.empty_like(own)
    other[number] = own
    before = digests(compile_plan(NODES, needs), own)
    after = digests(compile_plan(NODES, shuffled(rng, needs, number.tolist())), other)
    assert np.array_equal(after[number], before)


def _changed(rng: np.random.Generator, needs: list[Need]) -> tuple[list[Need], int]:
    """Return the needs with one of them changed, and whose it is."""
    at = int(rng.integers(len(needs)))
    each = needs[at]
    more = (*each.members, (int(rng.integers(NODES)), 0.0))
    node, delay = each.members[0]
    change = int(rng.integers(4))
    if change == 0 and len(each.members) > 1:
        other = [replace(each, k=each.k % len(each.members) + 1)]
    elif change == 1:
        other = [replace(each, members=more)]
    elif change == 2:
        other = [replace(each, members=(((node + 1) % NODES, delay), *each.members[1:]))]
    else:
        other = []
    return [*needs[:at], *other, *needs[at + 1 :]], each.owner


@pytest.mark.parametrize("seed", SEEDS)
def test_one_change_reaches_those_that_need_it_and_no_other(seed: int) -> None:
    """Another k, a member more or another one, a need gone: all above its owner change, nobody else."""
    rng, needs = made(seed)
    own = marks(NODES)
    other, owner = _changed(rng, needs)
    before, after = (digests(compile_plan(NODES, each), own) for each in (needs, other))
    told = set(np.flatnonzero((before != after).any(axis=1)).tolist())
    assert told == {node for node in range(NODES) if owner in closure_of(needs, node)}
    assert ((before != after).all(axis=1) == (before != after).any(axis=1)).all(), "one lane alone saw it"


@pytest.mark.parametrize("what", ["own", "need", "member"])
def test_every_mark_counts(what: str) -> None:
    """What a node, a need or a member is by itself goes into the digests of all above it, of no other."""
    plan = compile_plan(5, [need(0, 1, 1, 2), need(1, 1, 3), need(2, 1, 4)])
    given = {
        "own": np.zeros((5, 2), np.uint64),
        "need": np.zeros((3, 2), np.uint64),
        "member": np.zeros((4, 2), np.uint64),
    }
    before = digests(plan, given["own"], need=given["need"], member=given["member"])
    given[what][{"own": 3, "need": 1, "member": 2}[what]] = 7  # all of them at or under node 1
    after = digests(plan, given["own"], need=given["need"], member=given["member"])
    expected = {0, 1, 3} if what == "own" else {0, 1}
    assert set(np.flatnonzero((before != after).all(axis=1)).tolist()) == expected


def test_who_needs_itself_is_not_who_needs_its_like() -> None:
    """A node that needs itself stands for ever, one that needs another does not."""
    first, second, _ = digests(
        compile_plan(3, [need(0, 1, 0), need(1, 1, 2)]), np.zeros((3, 2), np.uint64)
    ).tolist()
    assert first != second


def test_k_counts_beside_marks() -> None:
    """Needs marked alike are told apart by k all the same."""
    plan = compile_plan(4, [need(0, 1, 2, 3), need(1, 2, 2, 3)])
    first, second, *_ = digests(plan, marks(4) * np.uint64(0), need=np.ones((2, 2), np.uint64)).tolist()
    assert first != second


def test_lanes_go_apart() -> None:
    """What says the same in both lanes is scattered differently: two lanes of 64 bits, not one twice."""
    found = digests(compile_plan(3, [need(0, 1, 1)]), np.ones((3, 2), np.uint64))
    assert (found[:, 0] != found[:, 1]).all()


def _ring(first: int, size: int) -> list[Need]:
    return [need(first + at, 1, first + (at + 1) % size) for at in range(size)]


def test_rings_are_told_apart_by_what_hangs_far_away_on_them() -> None:
    """On a ring a mark is seen from everywhere, and from how far; rings of two lengths are not one."""
    leaf = 9
    needs = [*_ring(0, 4), need(0, 1, leaf), *_ring(4, 5), need(4, 1, leaf)]
    own = np.zeros((10, 2), np.uint64)
    own[leaf] = 1
    found = {tuple(row) for row in digests(compile_plan(10, needs), own).tolist()}
    assert len(found) == 10


def test_a_knot_is_the_same_whatever_other_knots_there_are() -> None:
    """A ring that rests early is not asked again because another takes long."""
    alone = digests(compile_plan(20, _ring(0, 2)), marks(20))
    own = np.where(np.arange(20)[:, None] < 3, marks(20), 0).astype(np.uint64)
    beside = digests(compile_plan(20, [*_ring(0, 2), *_ring(2, 18)]), own)
    assert np.array_equal(alone[:2], beside[:2])


def test_knots_that_one_node_needs_stay_two() -> None:
    """Rings of one level are not one ring because a third hangs on both."""
    own = np.where(np.arange(22)[:, None] < 3, marks(22), 0).astype(np.uint64)
    onto = [*_ring(20, 2), need(20, 2, 0, 2)]
    alone, beside = (
        digests(compile_plan(22, [*_ring(0, 2), *others]), own) for others in ([], [*_ring(2, 18), *onto])
    )
    assert np.array_equal(alone[:2], beside[:2])


def test_a_knot_is_the_same_beside_one_that_looks_alike_at_first() -> None:
    """Nodes of two rings that are alike for a while count in both."""
    own = np.zeros((5, 2), np.uint64)
    own[4] = 1
    ring = [*_ring(2, 2), need(2, 1, 4)]
    alike = [*_ring(0, 2), need(0, 1, 4), need(1, 1, 4)]
    alone, beside = (digests(compile_plan(5, [*others, *ring]), own) for others in ([], alike))
    assert np.array_equal(alone[2:], beside[2:])


def test_a_folded_system_is_as_small_as_can_be() -> None:
    """Alike nodes are one, with needs of one of them, and what is needed in full is named once."""
    choice = [need(node, 1, 4, 5) for node in (1, 2)]
    plan = compile_plan(6, [need(0, 2, 1, 2), need(0, 2, 2, 3), need(0, 1, 3), *choice])
    folded = fold(plan, np.array([3, 4, 5]), marks(3)).prepared.plan
    assert folded.nodes == 5
    assert sorted(zip(folded.k.tolist(), np.diff(folded.start).tolist(), strict=True)) == [(1, 2), (2, 2)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_folded_system_loses_the_same(seed: int) -> None:
    """Every node is lost in exactly those scenarios in which its class is."""
    rng, needs = made(seed)
    event = np.sort(rng.permutation(NODES)[:5])
    folded = fold(compile_plan(NODES, needs), event, marks(5))
    for top in range(NODES):
        cone = folded.cone(top)
        for _ in range(6):
            failed = event[rng.random(5) < 0.4]
            at = np.flatnonzero(np.isin(cone.names, failed))
            stopped = bool(cone.stopped(at[None, :])[0]) if at.size else False
            assert stopped == (top in lost_nodes(NODES, needs, set(failed.tolist())))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_folded_system_has_the_same_cut_sets(seed: int) -> None:
    """The search comes to the same sets on either road."""
    rng, needs = made(seed)
    event = np.sort(rng.permutation(NODES)[:6])
    plan = compile_plan(NODES, needs)
    folded, whole = fold(plan, event, marks(6)), system(plan, event)
    assert list(cut_sets(folded.cone(0))) == list(cut_sets(whole.cone(0)))


def _arrays(cone: Cone) -> list[list[float]]:
    plan = cone.prepared.plan
    return [each.tolist() for each in (plan.owner, plan.k, plan.start, plan.member, cone.event)]


def _surrounded(rng: np.random.Generator, needs: list[Need], event: list[int]) -> tuple[Plan, list[int]]:
    """Return a larger system that holds the needs, and its numbers; only events keep their order."""
    size = 3 * NODES
    places = rng.permutation(size)[:NODES].tolist()
    number = [0] * NODES
    for node, place in zip(event, sorted(places[: len(event)]), strict=True):
        number[node] = place
    others = [node for node in range(NODES) if node not in event]
    for node, place in zip(others, places[len(event) :], strict=True):
        number[node] = place
    outside = sorted(set(range(size)) - set(places))
    around = random_needs(rng, nodes=len(outside), needs=30, fan=3, delays=False)
    copies = shuffled(rng, needs[: len(needs) // 2], outside[:NODES])  # alike nodes, to be merged with ours
    onto = [need(outside[-1], 1, *places[:3]), need(outside[-2], 1, places[0], outside[-1])]
    more = [*shuffled(rng, around, outside), *copies, *onto]
    return compile_plan(size, [*shuffled(rng, needs, number), *more]), number


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_node_needs_looks_the_same_in_every_surrounding(seed: int) -> None:
    """Number for number the same system comes out, whatever stands around and however all is numbered."""
    rng, needs = made(seed)
    event = sorted(rng.permutation(NODES)[:5].tolist())
    here = fold(compile_plan(NODES, needs), np.array(event), marks(5))
    plan, number = _surrounded(rng, needs, event)
    there = fold(plan, np.array([number[node] for node in event]), marks(5))
    for top in range(NODES):
        first, second = here.cone(top), there.cone(number[top])
        assert _arrays(first) == _arrays(second)
        assert (first.top, [number[n] for n in first.names]) == (second.top, second.names.tolist())
