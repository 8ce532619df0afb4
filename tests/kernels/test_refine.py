"""Classes of nodes that cannot differ: stable, as coarse as can be, and blind to order."""

from __future__ import annotations

import dataclasses
from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.kernels.refine import Marked, Said, classes

steady = settings(max_examples=300, deadline=None, derandomize=True, database=None)

Needs = list[tuple[int, int, list[tuple[int, int]]]]
"""(owner, mark, members as (node, mark)) of each need."""


def said(marks: list[int]) -> Said:
    rows = [row for row, mark in enumerate(marks) if mark]
    return Said(row=np.array(rows, np.intp), mark=np.array([marks[row] for row in rows], np.uint64))


def marked(node: list[int], needs: Needs, apart: frozenset[int] = frozenset()) -> Marked:
    ordered = sorted(needs, key=lambda each: each[0])
    members = [member for _, _, some in ordered for member in some]
    return Marked(
        node=np.array(node, np.uint64),
        apart=np.array([each in apart for each in range(len(node))], np.bool_),
        owner=np.array([owner for owner, _, _ in ordered], np.int32),
        need=said([mark for _, mark, _ in ordered]),
        start=np.cumsum([0, *(len(some) for _, _, some in ordered)]).astype(np.int64),
        member=np.array([each for each, _ in members], np.int32),
        link=said([mark for _, mark in members]),
    )


def slowly(node: list[int], needs: Needs, apart: frozenset[int]) -> list[int]:
    """Split classes by what their nodes need until none splits; number them by first node."""
    label: list[object] = [(mark, n if n in apart else -1) for n, mark in enumerate(node)]
    while True:
        told = [
            (
                label[n],
                None
                if n in apart
                else frozenset(
                    Counter(
                        (mark, frozenset(Counter((label[m], link) for m, link in some).items()))
                        for owner, mark, some in needs
                        if owner == n
                    ).items()
                ),
            )
            for n in range(len(node))
        ]
        found: list[object] = [told.index(each) for each in told]
        if len(set(found)) == len(set(label)):
            firsts = sorted({told.index(each) for each in told})
            return [firsts.index(told.index(each)) for each in told]
        label = found


@st.composite
def systems(draw: st.DrawFn) -> tuple[list[int], Needs, frozenset[int]]:
    """Draw few nodes that differ little, so that many are alike; cycles and repetition come by themselves."""
    count = draw(st.integers(1, 9))
    node = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    one = st.tuples(st.integers(0, count - 1), st.integers(0, 1))
    need = st.tuples(st.integers(0, count - 1), st.integers(0, 1), st.lists(one, min_size=1, max_size=3))
    needs = draw(st.lists(need, max_size=10))
    return node, needs, frozenset(draw(st.sets(st.integers(0, count - 1), max_size=2)))


@steady
@given(systems())
def test_classes_are_the_coarsest_that_are_stable(system: tuple[list[int], Needs, frozenset[int]]) -> None:
    """They are those of splitting by hand, and needs have one mark exactly if all about them is alike."""
    node, needs, apart = system
    found = classes(marked(node, needs, apart))
    assert found.label.tolist() == slowly(node, needs, apart)
    assert np.array_equal(found.label[found.first], np.arange(found.first.size))
    told = [
        (mark, sorted((found.label[each], link) for each, link in some))
        for _, mark, some in sorted(needs, key=lambda each: each[0])
    ]
    assert [told.index(each) for each in told] == [
        found.need.tolist().index(each) for each in found.need.tolist()
    ]


@steady
@given(systems(), st.randoms(use_true_random=False))
def test_order_does_not_count(system: tuple[list[int], Needs, frozenset[int]], random: Random) -> None:
    """Needs and members in another order give the same classes."""
    node, needs, apart = system
    turned = [(owner, mark, some[::-1]) for owner, mark, some in needs]
    random.shuffle(turned)
    first, second = classes(marked(node, needs, apart)), classes(marked(node, turned, apart))
    assert np.array_equal(first.label, second.label)


@pytest.mark.parametrize("field", ["need", "link"])
def test_whatever_is_said_of_a_need_counts(field: str) -> None:
    """Two nodes with needs of the same member differ once the needs, or the memberships, do."""
    system = marked([0, 0, 1], [(0, 5, [(2, 7)]), (1, 5, [(2, 7)])])
    told = {"need": system.need, "link": system.link} | {field: said([5, 6])}
    other = dataclasses.replace(system, need=told["need"], link=told["link"])
    assert classes(system).label.tolist() == [0, 0, 1]
    assert classes(other).label.tolist() == [0, 1, 2]


def test_repetition_counts() -> None:
    """A need of two alike members is not a need of one of them: they fail one by one."""
    system = marked([0, 0, 1, 1], [(0, 0, [(2, 0), (3, 0)]), (1, 0, [(2, 0)])])
    assert classes(system).label.tolist() == [0, 1, 2, 2]


def test_alike_needs_are_told_alike() -> None:
    """Needs of alike nodes carry one mark where all about them is alike, and another where it is not."""
    system = marked([0, 0, 1], [(0, 5, [(2, 7)]), (1, 5, [(2, 7)]), (0, 6, [(2, 7)]), (1, 6, [(2, 7)])])
    first, second, third, fourth = classes(system).need.tolist()
    assert (first, second) == (third, fourth)
    assert first != second


@pytest.mark.parametrize("length", [3, 63, 64, 65, 200, 5_000])
def test_long_chains_and_rings(length: int) -> None:
    """However long a chain or a ring, no two of its nodes that differ are taken for one."""
    chain: Needs = [(each, 0, [(each + 1, 0)]) for each in range(length - 1)]
    assert classes(marked([0] * length, chain)).first.size == length
    ring: Needs = [*chain, (length - 1, 0, [(0, 0)])]
    assert classes(marked([1] + [0] * (length - 1), ring)).first.size == length
    assert classes(marked([0] * length, ring)).first.size == 1


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 6])
def test_a_ring_is_no_chain(length: int) -> None:
    """A node that needs itself is never taken for one that needs as many others as there are rounds."""
    chain: Needs = [(each, 0, [(each + 1, 0)]) for each in range(length)]
    assert (
        classes(marked([0] * (length + 2), [*chain, (length + 1, 0, [(length + 1, 0)])])).first.size
        == length + 2
    )


def test_what_hangs_on_a_ring_can_be_alike_to_it() -> None:
    """However far above a ring of alike nodes, one that needs alike nodes in the same way is one of them."""
    needs: Needs = [(0, 0, [(1, 0)]), (1, 0, [(0, 0)]), *((each, 0, [(each - 1, 0)]) for each in range(2, 9))]
    assert classes(marked([0] * 9, needs)).first.size == 1
    assert classes(marked([0] * 5 + [1] + [0] * 3, needs)).label.tolist() == [0, 0, 0, 0, 0, 1, 2, 3, 4]


def test_a_ring_on_a_ring_can_be_alike_to_it() -> None:
    """Nodes of a ring that stands on another are alike to those of the lower one if they need the same."""
    lower: Needs = [(0, 0, [(0, 0)]), (0, 0, [(0, 0)])]
    upper: Needs = [(1, 0, [(2, 0)]), (1, 0, [(0, 0)]), (2, 0, [(1, 0)]), (2, 0, [(0, 0)])]
    assert classes(marked([0, 0, 0], lower + upper)).first.size == 1
    assert classes(marked([1, 0, 0], lower + upper)).label.tolist() == [0, 1, 1]


@pytest.mark.parametrize("length", [100, 300])
def test_long_chains_on_a_ring(length: int) -> None:
    """Nodes of a long chain above a ring are told apart one by one, and two such chains are one."""
    chains: Needs = [
        *((each, 0, [(each + 1, 0)]) for each in range(length)),
        *((each, 0, [(each + 1, 0)]) for each in range(length + 1, 2 * length)),
        (2 * length, 0, [(length, 0)]),
        (length, 0, [(length, 0)]),
    ]
    node = [0] * (2 * length + 1)
    node[length - 1] = node[2 * length] = 1
    assert classes(marked(node, chains)).label.tolist() == [*range(length + 1), *range(length)]


def test_more_nodes_than_are_worked_on_at_a_time() -> None:
    """However many nodes are marked at once, the needs of all count; classes go by their first nodes."""
    nodes = 3 * 2**16
    kind = np.arange(nodes) % 3
    system = Marked(
        node=np.zeros(nodes + 3, np.uint64),
        apart=np.arange(nodes + 3) >= nodes,
        owner=np.arange(nodes, dtype=np.int32),
        need=said([]),
        start=np.arange(nodes + 1),
        member=(nodes + kind).astype(np.int32),
        link=said([]),
    )
    found = classes(system)
    assert np.array_equal(found.label, [*kind.tolist(), 3, 4, 5])
    assert found.first.tolist() == [0, 1, 2, nodes, nodes + 1, nodes + 2]
