"""Sizes at the edge: nothing, one, a full word, one more; rings, knots, crowds and long delays in cycles."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.kernels import Given, Late, Plan, closure, lost, minutes, pack, prepare, reach, unpack
from auditor.kernels.sweep import Values, over_blocks
from auditor.kernels.words import put, taken
from benchmarks import reachability
from benchmarks.kernels import main
from tests.oracles.needs import Need, compile_plan, lost_nodes, minutes_out, need
from tests.oracles.random_needs import random_needs


def both(plan: Plan, failed: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> list[list[bool]]:
    """Return who is lost by both kernels, which must agree (no delays in ``plan``)."""
    prepared = prepare(plan)
    solved = unpack(lost(prepared, pack(failed), scenarios=failed.shape[1]), failed.shape[1])
    assert np.array_equal(solved, minutes(prepared, failed * 60.0) > 0)
    rows: list[list[bool]] = solved.tolist()
    return rows


def test_empty_graph() -> None:
    """No nodes at all is a system too."""
    assert both(compile_plan(0, []), np.zeros((0, 3), np.bool_)) == []


def test_nodes_without_needs() -> None:
    """Nodes without needs are lost iff they fail."""
    failed = np.array([[True, False], [False, False]])
    assert both(compile_plan(2, []), failed) == failed.tolist()


@pytest.mark.parametrize("scenarios", [0, 1, 63, 64, 65, 200])
def test_scenario_counts(scenarios: int) -> None:
    """Any number of scenarios works, and bits past the last one stay 0."""
    rng = np.random.default_rng(scenarios)
    needs = random_needs(rng, nodes=12, needs=15, fan=4, delays=False)
    failed = rng.random((12, scenarios)) < 0.2
    solved = np.array(both(compile_plan(12, needs), failed), np.bool_).reshape(12, scenarios)
    for column in range(scenarios):
        out = set(np.flatnonzero(failed[:, column]).tolist())
        assert set(np.flatnonzero(solved[:, column]).tolist()) == lost_nodes(12, needs, out)


def test_stray_bits_of_the_last_word_are_ignored() -> None:
    """Bits past the scenario count neither spread nor come back."""
    prepared = prepare(compile_plan(2, [need(0, 1, 1)]))
    words = np.array([[0], [~np.uint64(0)]], np.uint64)
    assert lost(prepared, words, scenarios=3).tolist() == [[7], [7]]


def test_float32_stays_float32() -> None:
    """Single precision in, single precision out, same answers."""
    prepared = prepare(compile_plan(3, [need(0, 1, 1, (2, 2))]))
    solved = minutes(prepared, np.array([[0], [84], [0]], np.float32))
    assert solved.dtype == np.float32
    assert solved[:, 0].tolist() == [2, 84, 0]


@pytest.mark.parametrize("k", [1, 2, 3, 150, 299, 300])
@pytest.mark.parametrize("owners", [1, 40])
def test_crowds(k: int, owners: int) -> None:
    """Needs of hundreds of members are counted exactly, few of them or many."""
    rng = np.random.default_rng(k)
    crowd = [int(node) for node in rng.permutation(300) + owners]
    needs = [need(owner, k, *crowd) for owner in range(owners)]
    outs = [300 - k, 300 - k + 1]
    failed = np.zeros((300 + owners, 2), np.bool_)
    for column, count in enumerate(outs):
        failed[crowd[:count], column] = True
    solved = both(compile_plan(300 + owners, needs), failed)
    assert solved[:owners] == [[False, True]] * owners


@pytest.mark.parametrize(("owners", "columns"), [(3, 20_000), (20, 20_000), (64, 300)])
@pytest.mark.parametrize("k", [0, 1])
def test_rows_are_folded_by_pieces_in_many_scenarios(owners: int, columns: int, k: int) -> None:
    """What does not fit the scratch at once is cut, and every row still reads all of its own members."""
    crowds = [[owners + at, owners + 2 * at + 1, 4 * owners - at - 1] for at in range(owners)]
    if owners < 10:
        crowds = [[*crowd, *range(4 * owners, 4 * owners + at)] for at, crowd in enumerate(crowds)]
    needs = [need(at, k or len(crowd), *crowd) for at, crowd in enumerate(crowds)]
    own = np.random.default_rng(owners).integers(1, 100, (5 * owners, columns)).astype(np.float64)
    own[:owners] = 0
    out = minutes(prepare(compile_plan(5 * owners, needs)), own)
    for at, crowd in enumerate(crowds):
        assert np.array_equal(out[at], own[crowd].min(axis=0) if k else own[crowd].max(axis=0))


@pytest.mark.parametrize(("k", "members"), [(20, 41), (32, 64), (10, 100), (90, 100)])
def test_the_kth_of_many_unlike_minutes(k: int, members: int) -> None:
    """Of many members out for unlike minutes, some not at all, the k-th smallest counts."""
    rng = np.random.default_rng(k)
    own = np.zeros((members + 1, 200))
    own[1:] = rng.permuted(np.arange(1.0, members + 1)[:, None].repeat(200, axis=1), axis=0)
    own[1:][rng.random((members, 200)) < np.linspace(0, 1, 200)] = 0
    out = minutes(prepare(compile_plan(members + 1, [need(0, k, *range(1, members + 1))])), own)
    assert np.array_equal(out[0], np.sort(own[1:], axis=0)[k - 1])


def test_longest_member_list_is_folded_by_pieces() -> None:
    """A need of more members than fit the scratch at once is still exact."""
    members = 200_000
    plan = Plan(
        nodes=members + 1,
        owner=np.zeros(1, np.int32),
        k=np.array([members], np.int32),
        start=np.array([0, members]),
        member=np.arange(1, members + 1, dtype=np.int32),
        delay=np.zeros(members),
    )
    own = np.zeros((members + 1, 2))
    own[[members, 17], [0, 1]] = 84.0, 9.0
    assert minutes(prepare(plan), own)[0].tolist() == [84.0, 9.0]


def test_ring() -> None:
    """One failure takes a whole ring of needs down."""
    ring = [need(node, 1, (node + 1) % 500) for node in range(500)]
    failed = np.zeros((500, 2), np.bool_)
    failed[123, 1] = True
    assert both(compile_plan(500, ring), failed) == [[False, True]] * 500


@pytest.mark.parametrize("k", [10, 20, 29, 30])
def test_knot(k: int) -> None:
    """Where everybody needs k of everybody, the knot holds until fewer than k are left."""
    everybody = range(30)
    knot = [need(node, k, *everybody) for node in everybody]
    failed = np.zeros((30, 2), np.bool_)
    failed[: 30 - k, 0] = True
    failed[: 30 - k + 1, 1] = True
    solved = both(compile_plan(30, knot), failed)
    assert [sum(column) for column in zip(*solved, strict=True)] == [30 - k, 30]


def test_neighbours_that_need_each_other() -> None:
    """A long row of mutual needs is lost from end to end."""
    pairs = [pair for node in range(299) for pair in (need(node, 1, node + 1), need(node + 1, 1, node))]
    failed = np.zeros((300, 1), np.bool_)
    failed[299, 0] = True
    assert both(compile_plan(300, pairs), failed) == [[True]] * 300


def creeping(pairs: int) -> list[Need]:
    """Return cycles in which each turn of plain iteration gains a hundredth of a minute."""
    return [
        each
        for pair in range(pairs)
        for each in (need(3 * pair, 1, 3 * pair + 1, (3 * pair + 2, 0.01)), need(3 * pair + 2, 1, 3 * pair))
    ]


@pytest.mark.parametrize("pairs", [1, 20])
def test_values_do_not_creep_through_cycles_with_delays(pairs: int) -> None:
    """A standby that depends on what it stands in for never helps, however short its delay."""
    own = np.zeros((3 * pairs, 3))
    own[1::3, 0], own[1::3, 1] = 1440.0, 84.0
    solved = minutes(prepare(compile_plan(3 * pairs, creeping(pairs))), own)
    assert solved.tolist() == [[1440.0, 84.0, 0.0]] * (3 * pairs)


@pytest.mark.parametrize("seed", range(15))
def test_cycles_with_delays_solved_by_the_clock(seed: int) -> None:
    """Systems in which iteration creeps are solved exactly, beside others in the same component."""
    rng = np.random.default_rng(seed)
    needs = random_needs(rng, nodes=24, needs=20, fan=4, delays=True)
    needs += [need(0, 1, 1, (2, 1)), need(2, 1, 0), need(3, 2, 4, 5, (6, 2)), need(6, 1, 3), need(2, 1, 3, 7)]
    own = np.where(rng.random((24, 4)) < 0.25, rng.choice([84.0, 500.0, 1440.0], (24, 4)), 0.0)
    solved = minutes(prepare(compile_plan(24, needs)), own)
    for column in range(4):
        assert solved[:, column].tolist() == minutes_out(needs, own[:, column].tolist())


def test_plans_may_list_needs_in_any_order() -> None:
    """The answer does not depend on the order in which needs are listed."""
    rng = np.random.default_rng(5)
    needs = random_needs(rng, nodes=20, needs=40, fan=4, delays=True)
    shuffled = [needs[at] for at in rng.permutation(len(needs))]
    own = np.where(rng.random((20, 8)) < 0.1, 84.0, 0.0)
    first, second = (minutes(prepare(compile_plan(20, each)), own) for each in (needs, shuffled))
    assert np.array_equal(first, second)


def test_a_node_is_in_its_own_closure() -> None:
    """Closure and reach both start at the node itself."""
    prepared = prepare(compile_plan(2, []))
    assert closure(prepared, 1).tolist() == [False, True]
    assert reach(prepared, np.array([False, True])).tolist() == [False, True]


def test_benchmarks_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Both benchmarks run on a small estate, and graph search gives the kernel's answers."""
    main(["--nodes", "600", "--scenarios", "70", "--columns", "3", "--watched", "10"])
    reachability.main(["--nodes", "600", "--scenarios", "70"])
    said = capsys.readouterr().out
    assert "answers equal" in said
    assert "DIFFER" not in said


def test_large_work_is_cut_into_blocks_of_scenarios() -> None:
    """A system solved in several slices, on two processors if there are, gives what its slices give."""
    prepared = prepare(compile_plan(2, [need(0, 1, 1)]))
    scenarios = (1 << 26) - 3
    failed = np.zeros((2, 1 << 20), np.uint64)
    failed[1] = np.random.default_rng(1).integers(0, 1 << 63, 1 << 20, dtype=np.uint64) * np.uint64(2)
    failed[1, -1] = ~np.uint64(0)
    gone = lost(prepared, failed, scenarios=scenarios)
    assert np.array_equal(gone[0, :-1], failed[1, :-1])
    assert gone[:, -1].tolist() == [(1 << 61) - 1] * 2
    own = (np.arange(1 << 22, dtype=np.float32) % 7)[None, :] * np.array([[0], [1]], np.float32)
    assert np.array_equal(minutes(prepared, own)[0], own[1])


def test_delays_are_cut_with_their_scenarios() -> None:
    """In a system solved in several slices each scenario keeps its own delays."""
    prepared = prepare(compile_plan(3, [need(0, 1, 1, (2, 60))]))
    own = np.zeros((3, 1 << 20))
    own[1] = 84.0
    delay = (np.arange(1 << 20) % 100).astype(np.float64)[None, :]
    out = minutes(prepared, own, late=Late(rows=np.array([1]), delay=delay))
    assert np.array_equal(out[0], np.minimum(delay[0], 84.0))


@pytest.mark.parametrize(("k", "members"), [(2, 5), (3, 7), (5, 6), (2, 3), (9, 17), (3, 3)])
def test_gates_of_rare_shapes(k: int, members: int) -> None:
    """Gates of shapes that few share fail exactly when k are no longer up, for both forms."""
    crowd = list(range(2, members + 2))
    plan = compile_plan(members + 2, [need(0, k, *crowd), need(1, 2, *crowd[:3])])
    failed = np.zeros((members + 2, members + 1), np.bool_)
    for column in range(members + 1):
        failed[crowd[:column], column] = True
    solved = both(plan, failed)
    assert solved[0] == [members - column < k for column in range(members + 1)]
    assert solved[1] == [column > 1 for column in range(members + 1)]


def test_a_slice_that_fails_does_not_keep_the_others_waiting() -> None:
    """What goes wrong in one of several slices is raised, and the slices that wait for its memory go on."""

    def refuse(part: slice, state: Values) -> None:
        raise MemoryError(f"{part.start}")

    prepared = prepare(compile_plan(2, [need(0, 1, 1)]))
    with pytest.raises(MemoryError, match=r"^0$"):
        over_blocks(prepared, np.zeros((2, 3 << 22), np.uint64), refuse)


def test_bits_are_set_and_read_one_by_one() -> None:
    """In whichever word they are, several of a row and of a word too; all others stay as they were."""
    rows, at = np.array([0, 2, 0, 0, 1]), np.array([0, 63, 64, 129, 64])
    words = np.zeros((3, 3), np.uint64)
    put(words, rows, at)
    expected = np.zeros((3, 130), np.bool_)
    expected[rows, at] = True
    assert np.array_equal(unpack(words, 130), expected)
    asked = np.array([129, 0, 64, 63, 1])
    assert np.array_equal(taken(words, asked), expected[:, asked])


def test_what_is_given_holds_in_every_slice_of_a_large_system() -> None:
    """So many scenarios of so many nodes are solved in slices, two at a time where there are processors."""
    nodes, scenarios = 40_000, 4_096
    plan = Plan(
        nodes=nodes,
        owner=np.arange(1, nodes, dtype=np.int32),
        k=np.ones(nodes - 1, np.int32),
        start=np.arange(nodes, dtype=np.int64),
        member=np.zeros(nodes - 1, np.int32),
        delay=np.zeros(nodes - 1),
    )
    draw = np.random.default_rng(0)
    failed, where = (draw.random((1, scenarios)) < 0.5 for _ in range(2))
    value = where & (draw.random((1, scenarios)) < 0.5)
    words = np.zeros((nodes, scenarios // 64), np.uint64)
    words[0] = pack(failed)
    given = Given(nodes=np.zeros(1, np.int64), where=pack(where), value=pack(value))
    told = lost(prepare(plan), words, scenarios=scenarios, given=given)
    assert np.array_equal(told, np.broadcast_to(pack(np.where(where, value, failed)), told.shape))
