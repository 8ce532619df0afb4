"""Sets as numbers: told back as they were, in their order, and looked up by what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations

import numpy as np
import pytest

from auditor.kernels.sets import events_of, holds, holds_pair, keyed

BASE = 6


def columns(sets: Sequence[tuple[int, ...]]) -> list[np.ndarray[tuple[int], np.dtype[np.intp]]]:
    return list(np.array(sets, np.intp).T)


@pytest.mark.parametrize("size", [2, 3])
def test_sets_are_numbered_in_their_order(size: int) -> None:
    """Each set has a number of its own, larger than those before it, and is told back from it."""
    sets = list(combinations(range(BASE), size))
    numbers = keyed(columns(sets), BASE)
    assert (np.diff(numbers) > 0).all()
    assert list(zip(*(each.tolist() for each in events_of(numbers, size, BASE)), strict=True)) == sets
    for turn in permutations(range(size)):
        assert np.array_equal(keyed([columns(sets)[at] for at in turn], BASE), numbers)


def test_numbers_are_exact_for_as_many_events_as_fit() -> None:
    """The last three of two million events have the number that arithmetic without bounds gives."""
    base = 2_000_000
    last = (base - 3, base - 2, base - 1)
    number = keyed([np.array([event], np.int32) for event in last], base)
    assert number.tolist() == [(last[0] * base + last[1]) * base + last[2]]
    assert [each.tolist() for each in events_of(number, 3, base)] == [[event] for event in last]


def test_which_triples_hold_a_pair() -> None:
    """Wherever in the triple the pair is, and no other triple."""
    triples = list(combinations(range(BASE), 3))
    numbers = keyed(columns(triples), BASE)
    for pair in combinations(range(BASE), 2):
        found = holds_pair(numbers, BASE, keyed(columns([pair]), BASE))
        assert found.tolist() == [set(pair) <= set(triple) for triple in triples]
    assert not holds_pair(numbers, BASE, np.zeros(0, np.int64)).any()


@pytest.mark.parametrize("size", [2, 3])
def test_which_sets_hold_an_event(size: int) -> None:
    """One of its events is enough, whichever."""
    sets = list(combinations(range(BASE), size))
    for some in (set(each) for count in range(3) for each in combinations(range(BASE), count)):
        which = np.isin(np.arange(BASE), sorted(some))
        assert holds(keyed(columns(sets), BASE), size, BASE, which).tolist() == [
            bool(some & {*s}) for s in sets
        ]
