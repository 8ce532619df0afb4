"""Properties that hold for every system of needs."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from auditor.kernels import lost, minutes, pack, prepare, unpack
from tests.oracles.needs import Need, compile_plan, need
from tests.oracles.random_needs import random_needs

Own = np.ndarray[tuple[int, int], np.dtype[np.float64]]

OUTAGE = 1440.0
steady = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@st.composite
def systems(draw: st.DrawFn, *, late: bool = True) -> tuple[int, list[Need]]:
    """Draw a number of nodes and needs among them, k members of each without delay."""
    nodes = draw(st.integers(1, 12))
    needs = []
    for _ in range(draw(st.integers(0, 14))):
        members = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=5))
        k = draw(st.integers(1, len(members)))
        spare = len(members) - k if late else 0
        delays = [draw(st.sampled_from([0.0, 1.0, 2.5, 60.0])) for _ in range(spare)]
        delays += [0.0] * (len(members) - spare)
        owner = draw(st.integers(0, nodes - 1))
        needs.append(need(owner, k, *zip(members, delays, strict=True)))
    return nodes, needs


def outages(nodes: int, scenarios: int = 3) -> st.SearchStrategy[Own]:
    """Draw own minutes, most of them none."""
    minute = st.sampled_from([0.0, 0.0, 0.0, 5.0, 84.0, OUTAGE])
    return arrays.arrays(np.float64, (nodes, scenarios), elements=minute)


@steady
@given(data=st.data(), system=systems())
def test_longer_outages_never_help(data: st.DataObject, system: tuple[int, list[Need]]) -> None:
    """Minutes are monotone: raising what is out raises, or keeps, every node's minutes."""
    nodes, needs = system
    prepared = prepare(compile_plan(nodes, needs))
    own, more = data.draw(outages(nodes)), data.draw(outages(nodes))
    assert (minutes(prepared, own) <= minutes(prepared, np.maximum(own, more))).all()


@steady
@given(data=st.data(), system=systems())
def test_minutes_solve_their_equation(data: st.DataObject, system: tuple[int, list[Need]]) -> None:
    """No node is out longer than the longest own outage, and values satisfy the equation exactly."""
    nodes, needs = system
    own = data.draw(outages(nodes))
    total = minutes(prepare(compile_plan(nodes, needs)), own)
    assert (total <= own.max(axis=0)).all()
    again = own.copy()
    for each in needs:
        arrivals = np.sort([total[node] + delay for node, delay in each.members], axis=0)
        again[each.owner] = np.maximum(again[each.owner], arrivals[each.k - 1])
    assert np.array_equal(again, total)


@steady
@given(data=st.data(), system=systems(late=False))
def test_lost_is_out_for_some_time(data: st.DataObject, system: tuple[int, list[Need]]) -> None:
    """Without delays a node is lost iff it is out for some time."""
    nodes, needs = system
    prepared = prepare(compile_plan(nodes, needs))
    own = data.draw(outages(nodes))
    assert np.array_equal(unpack(lost(prepared, pack(own > 0), scenarios=3), 3), minutes(prepared, own) > 0)


@steady
@given(data=st.data(), seed=st.integers(0, 10_000), limit=st.sampled_from([2.0, 60.0, 90.0]))
def test_lost_is_a_day_out_beyond_a_limit(data: st.DataObject, seed: int, limit: float) -> None:
    """One step deep, where delays cannot add up, lost without late members is out beyond the limit."""
    rng = np.random.default_rng(seed)
    upper = random_needs(rng, nodes=10, needs=10, fan=4, delays=True)
    flat = [Need(owner=each.owner, k=each.k, members=_below(each)) for each in upper]
    plan = compile_plan(20, flat)
    own = np.zeros((20, 3))
    own[10:] = np.where(data.draw(outages(10)) > 0, OUTAGE, 0.0)
    gone = lost(prepare(plan), pack(own > 0), scenarios=3, absent=plan.delay > limit)
    assert np.array_equal(unpack(gone, 3), minutes(prepare(plan), own) > limit)


def _below(each: Need) -> tuple[tuple[int, float], ...]:
    return tuple((node + 10, delay) for node, delay in each.members)


@steady
@given(data=st.data(), system=systems(), limit=st.sampled_from([0.0, 1.0, 2.5]))
def test_lost_without_late_members_is_out_for_the_whole_outage(
    data: st.DataObject, system: tuple[int, list[Need]], limit: float
) -> None:
    """With members later than the limit removed and no other delay, lost means out for the whole outage."""
    nodes, needs = system
    plan = compile_plan(nodes, needs)
    prompt = np.where(plan.delay > limit, np.inf, 0.0)
    own = np.where(data.draw(outages(nodes)) > 0, OUTAGE, 0.0)
    removed = prepare(plan.without(plan.delay > limit))
    gone = unpack(lost(removed, pack(own > 0), scenarios=3), 3)
    assert np.array_equal(gone, minutes(prepare(plan), own, delay=prompt) == OUTAGE)


@steady
@given(bools=arrays.arrays(np.bool_, st.tuples(st.integers(0, 5), st.integers(0, 200))))
def test_packing_round_trip(bools: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> None:
    """Unpacking gives back what was packed, and scenario i is bit i % 64 of word i // 64."""
    rows, scenarios = bools.shape
    words = pack(bools)
    assert words.shape == (rows, -(-scenarios // 64))
    assert np.array_equal(unpack(words, scenarios), bools)
    for at in range(scenarios):
        assert [int(word) >> at % 64 & 1 for word in words[:, at // 64]] == bools[:, at].astype(int).tolist()
