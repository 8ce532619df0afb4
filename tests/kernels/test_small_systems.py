"""The kernels agree with the plain oracles on thousands of small drawn systems, and failures shrink.

``AUDITOR_TEST_EXAMPLES=10000 pytest tests/kernels/test_small_systems.py`` tries 10,000 systems, each test a
share of them.
"""

from __future__ import annotations

import os
from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.kernels import (
    because,
    below,
    closure,
    condense,
    lost,
    marks,
    minutes,
    pack,
    prepare,
    touched,
    unpack,
)
from auditor.kernels.cutsets import cut_sets, system
from tests.oracles.needs import closure_of, lost_nodes, minutes_out
from tests.oracles.systems import Drawn, drawn_systems, late_beyond, without_late

EXAMPLES = int(os.environ.get("AUDITOR_TEST_EXAMPLES", "600"))
TESTS = 6
steady = settings(max_examples=-(-EXAMPLES // TESTS), deadline=None, derandomize=True, database=None)

LIMITS = st.sampled_from([0.0, 1.0, 2.5, 60.0])


def expected_lost(drawn: Drawn, limit: float) -> np.ndarray:
    """Return bool [nodes x copies, scenarios], by the oracle, without members later than ``limit``."""
    own = drawn.own()
    needs = without_late(drawn.needs, limit)
    found = np.zeros(own.shape, np.bool_)
    for column in range(own.shape[1]):
        found[list(lost_nodes(drawn.nodes, needs, set(np.flatnonzero(own[:, column]).tolist()))), column] = (
            True
        )
    return drawn.spread(found)


def expected_minutes(drawn: Drawn) -> np.ndarray:
    """Return float64 [nodes x copies, scenarios], by the oracle."""
    columns = [minutes_out(drawn.needs, column) for column in drawn.own().T.tolist()]
    return drawn.spread(np.array(columns).T)


@steady
@given(drawn=drawn_systems(), limit=LIMITS, rubbish=st.booleans())
def test_who_is_lost(drawn: Drawn, limit: float, rubbish: bool) -> None:  # noqa: FBT001 - drawn
    """Late members absent, any number of words, and whatever stands in the bits past the last scenario."""
    plan = drawn.plan
    failed = pack(drawn.spread(drawn.own() > 0))
    used = pack(np.ones((1, drawn.scenarios), np.bool_))
    if rubbish:
        failed |= ~used
    gone = lost(prepare(plan), failed, scenarios=drawn.scenarios, absent=late_beyond(plan, limit))
    assert np.array_equal(unpack(gone, drawn.scenarios), expected_lost(drawn, limit))
    assert not (gone & ~used).any()


@steady
@given(drawn=drawn_systems())
def test_how_long_each_node_is_out(drawn: Drawn) -> None:
    """Minutes are the least solution, in both precisions."""
    prepared, own = prepare(drawn.plan), drawn.spread(drawn.own())
    found = minutes(prepared, own)
    assert np.array_equal(found, expected_minutes(drawn))
    assert np.array_equal(minutes(prepared, own.astype(np.float32)), found.astype(np.float32))


@steady
@given(drawn=drawn_systems())
def test_what_needs_what(drawn: Drawn) -> None:
    """Closures downwards, and what is touched upwards, are those of a plain walk."""
    prepared = prepare(drawn.plan)
    closures = [closure_of(drawn.needs, node) for node in range(drawn.nodes)]
    for node, expected in enumerate(closures):
        assert set(np.flatnonzero(closure(prepared, node)).tolist()) == expected
    asked = np.array(drawn.struck[0])
    union = set().union(*(closures[node] for node in drawn.struck[0]))
    for subject in (prepared, drawn.plan):
        assert set(np.flatnonzero(below(subject, asked)).tolist()) == union
    seeds = drawn.own() > 0
    hit = [[bool(each & set(np.flatnonzero(column).tolist())) for each in closures] for column in seeds.T]
    found = touched(prepared, pack(drawn.spread(seeds)), scenarios=drawn.scenarios)
    assert np.array_equal(unpack(found, drawn.scenarios), drawn.spread(np.array(hit).T))


@steady
@given(drawn=drawn_systems(), limit=LIMITS, watched=st.sets(st.integers(0, 7), min_size=1))
def test_condensed_systems_tell_the_same(drawn: Drawn, limit: float, watched: set[int]) -> None:
    """What is watched has its answers from fewer nodes, whatever goes out together."""
    plan, own = drawn.plan, drawn.spread(drawn.own())
    asked = np.isin(np.arange(plan.nodes) % drawn.nodes, list(watched))
    prepared, mark = prepare(plan), marks(plan.nodes, drawn.everywhere())
    found = condense(prepared, mark, watched=asked)
    small, of = prepare(found.plan), found.of[asked]
    assert np.array_equal(minutes(small, found.own(own))[of], expected_minutes(drawn)[asked])
    gone = lost(
        small,
        found.own(pack(own > 0)),
        scenarios=drawn.scenarios,
        absent=found.members(late_beyond(plan, limit)),
    )
    assert np.array_equal(unpack(gone, drawn.scenarios)[of], expected_lost(drawn, limit)[asked])
    untimed = condense(prepared, mark, timing=np.zeros(plan.member.size, np.uint64))
    gone = lost(prepare(untimed.plan), untimed.own(pack(own > 0)), scenarios=drawn.scenarios)
    assert np.array_equal(unpack(gone, drawn.scenarios)[untimed.of], expected_lost(drawn, np.inf))
    assert untimed.plan.nodes <= drawn.nodes + 1


@steady
@given(drawn=drawn_systems(), top=st.integers(0, 7))
def test_paths_lead_to_what_is_out_of_itself(drawn: Drawn, top: int) -> None:
    """Each path goes over members of needs and ends, each at another node, where the outage begins."""
    node = top % drawn.nodes
    prepared, own = prepare(drawn.plan), drawn.spread(drawn.own())[:, 0]
    total = minutes(prepared, own[:, None])[:, 0]
    paths = because(prepared, own, total, node, limit=3)
    assert bool(paths) == (total[node] > 0)
    assert len({path[-1] for path in paths}) == len(paths)
    steps = {(each.owner, member) for each in drawn.needs for member, _ in each.members}
    for path in paths:
        assert path[0] == node
        assert set(pairwise(path)) <= steps
        assert own[path[-1]] == total[path[-1]] > 0


@steady
@given(drawn=drawn_systems(), top=st.integers(0, 7))
def test_minimal_cut_sets(drawn: Drawn, top: int) -> None:
    """Cut sets up to three events are those found by trying all sets."""
    node = top % drawn.nodes
    events = sorted(set().union(*drawn.struck))
    found = cut_sets(system(drawn.plan, np.array(events)).cone(node), order=3)
    expected: list[tuple[int, ...]] = []
    for size in (1, 2, 3):
        for chosen in combinations(events, size):
            smaller = any(set(each) <= set(chosen) for each in expected)
            if not smaller and node in lost_nodes(drawn.nodes, drawn.needs, set(chosen)):
                expected.append(chosen)
    assert list(found) == expected
