"""One gate by itself: its minimal pairs and triples are those found by trying every set."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from auditor.kernels import Bools
from auditor.kernels.gate import Gate, solved
from auditor.kernels.sets import Keys, events_of, keyed

Sets = list[tuple[int, ...]]
MOST = 2_000_000  # sets of one gate that are told


def written(sets: Sequence[tuple[int, ...]], size: int, base: int) -> Keys:
    """Return the sets of one size as keys, ascending."""
    rows = np.array([each for each in sets if len(each) == size], np.intp).reshape(-1, size)
    return np.sort(keyed(list(rows.T), base))


def gate_of(
    weight: list[int],
    short: int,
    takes: list[set[int]],
    below: Sequence[tuple[Sequence[tuple[int, ...]], set[int]]],
    base: int,
) -> Gate:
    """Return a gate: the events that take each class, and the sets from below with the classes they take."""
    alone = np.array([[event in each for event in range(base)] for each in takes], np.bool_)
    weights = np.array(weight, np.intp)
    passed: list[tuple[tuple[Keys, ...], Bools]] = [
        (
            (written(sets, 2, base), written(sets, 3, base)),
            np.array([at in classes for at in range(len(weight))]),
        )
        for sets, classes in below
    ]
    return Gate(
        base=base, short=short, weight=weights, takes=alone, alone=weights @ alone >= short, passed=passed
    )


def told(gate: Gate, order: int = 3) -> Sets:
    """Return the sets found, in the order in which they are told."""
    found = solved(gate, order)
    assert found is not None
    assert len(found) == order - 1
    rows = (events_of(keys, size, gate.base) for size, keys in enumerate(found, start=2))
    return [each for columns in rows for each in zip(*(column.tolist() for column in columns), strict=True)]


def stops(gate: Gate, chosen: set[int]) -> bool:
    """Return whether these events take enough members: each alone, and each set from below that they hold."""
    taken = gate.takes[:, sorted(chosen)].any(axis=1)
    for sets, mask in gate.passed:
        for size, keys in enumerate(sets, start=2):
            rows = np.stack(events_of(keys, size, gate.base), axis=1).tolist()
            taken = taken | (mask & any(chosen.issuperset(row) for row in rows))
    return bool(gate.weight[taken].sum() >= gate.short)


def by_trial(gate: Gate, order: int = 3) -> Sets:
    """Return every set of two events or more that stops the gate and holds no smaller one that does."""
    minimal: Sets = []
    for size in range(1, order + 1):
        for chosen in combinations(range(gate.base), size):
            if not any(set(each) <= set(chosen) for each in minimal) and stops(gate, set(chosen)):
                minimal.append(chosen)
    return [each for each in minimal if len(each) > 1]


def drawn(seed: int) -> Gate:
    """Return a small gate: members alike, events that take several, sets from below that overlap."""
    rng = np.random.default_rng(seed)
    base, classes = int(rng.integers(1, 7)), int(rng.integers(1, 5))
    weight = rng.integers(1, 4, classes).tolist()
    share = rng.choice([0.1, 0.3, 0.5])
    takes = [set(np.flatnonzero(rng.random(base) < share).tolist()) for _ in range(classes)]
    every = [*combinations(range(base), 2), *combinations(range(base), 3)]
    below = []
    for _ in range(int(rng.integers(0, 4))):
        kept = rng.random(len(every)) < rng.choice([0.1, 0.4])
        some = [each for each, keep in zip(every, kept.tolist(), strict=True) if keep]
        below.append((some, set(np.flatnonzero(rng.random(classes) < 0.5).tolist())))
    return gate_of(weight, int(rng.integers(1, sum(weight) + 1)), takes, below, base)


@pytest.mark.parametrize("first", range(0, 400, 40))
def test_any_gate_has_the_sets_of_trying_every_one(first: int) -> None:
    """Each set once, ascending, none that holds a smaller one or an event that stops the gate alone."""
    for seed in range(first, first + 40):
        gate = drawn(seed)
        assert told(gate) == by_trial(gate), seed


@pytest.mark.parametrize("first", range(0, 200, 100))
def test_pairs_are_the_same_where_no_more_is_asked_for(first: int) -> None:
    """With order two the pairs are those of trying every pair."""
    for seed in range(first, first + 100):
        gate = drawn(seed)
        assert told(gate, 2) == by_trial(gate, 2), seed


def test_an_event_that_stops_the_gate_alone_is_in_no_set() -> None:
    """Event 0 takes both members: neither what it takes besides others nor sets from below name it."""
    below = [([(0, 3), (2, 3)], {0})]
    assert told(gate_of([1, 1], 2, [{0, 1}, {0, 2}], below, 4)) == [(1, 2), (2, 3)]


def test_a_pair_of_two_gates_below_takes_the_members_of_both() -> None:
    """Two members, each passing on the same pair from a gate of its own, are both lost with it."""
    assert told(gate_of([1, 1], 2, [set(), set()], [([(0, 1)], {0}), ([(0, 1)], {1})], 2)) == [(0, 1)]


def test_pairs_are_joined_whichever_event_they_share() -> None:
    """The second of one pair may be the first, or the second, of the other."""
    assert told(gate_of([1, 1], 2, [set(), set()], [([(0, 1)], {0}), ([(1, 2)], {1})], 3)) == [(0, 1, 2)]
    assert told(gate_of([1, 1], 2, [set(), set()], [([(0, 2)], {0}), ([(1, 2)], {1})], 3)) == [(0, 1, 2)]


def test_each_pair_is_widened_by_each_event() -> None:
    """Two pairs take one member, two events the other: four triples."""
    gate = gate_of([1, 1], 2, [set(), {4, 5}], [([(0, 1), (2, 3)], {0})], 6)
    assert told(gate) == [(0, 1, 4), (0, 1, 5), (2, 3, 4), (2, 3, 5)]


def test_a_gate_that_nothing_takes_has_no_sets() -> None:
    """Without an event, or with events that take too few, there are none."""
    assert told(gate_of([1, 1], 2, [set(), set()], [], 0)) == []
    assert told(gate_of([1, 1], 2, [{0, 1}, set()], [], 2)) == []


@pytest.mark.parametrize("order", [2, 3])
def test_more_pairs_than_are_told_are_no_answer(order: int) -> None:
    """All pairs of 2,001 events, passed on from below, are more than two million."""
    pairs = keyed(np.triu_indices(2001, 1), 2001)
    assert pairs.size > MOST
    gate = Gate(
        base=2001,
        short=2,
        weight=np.array([2]),
        takes=np.zeros((1, 2001), np.bool_),
        alone=np.zeros(2001, np.bool_),
        passed=[((pairs, pairs[:0]), np.ones(1, np.bool_))],
    )
    assert solved(gate, order) is None
