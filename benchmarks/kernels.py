"""Time both kernels on a generated layered estate, against reachability by scipy's csgraph as baseline.

Run ``python benchmarks/kernels.py --nodes 100000``. Figures are printed, never asserted.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels import Bools, Plan, lost, minutes, pack, prepare, unpack

Result = TypeVar("Result")

_SAMPLED = 3  # scenarios the baseline is run on
_SHARED = 2_000  # nodes at the bottom that many others need: services, zones, hosts of agents


def estate(nodes: int, *, fanout: float = 4.0, gates: float, cycles: int, seed: int) -> Plan:
    """Return a layered plan: each node needs some of those below it, a few of them very popular.

    Args:
        nodes: how many nodes.
        fanout: mean number of single needs of a node.
        gates: share of nodes that also have a need of 1 or 2 of 3 with a late standby.
        cycles: how many pairs of neighbours need each other.
        seed: of the generator.
    """
    rng = np.random.default_rng(seed)
    shared = min(_SHARED, max(nodes // 10, 1))
    counts = np.minimum(rng.poisson(fanout, nodes), 30)
    counts[:shared] = 0
    owner = np.repeat(np.arange(nodes), counts)
    popular = (shared * rng.power(0.3, owner.size)).astype(np.int64)
    layer = np.maximum(nodes // 6, 1)
    near = np.maximum(owner - rng.integers(1, layer + 1, owner.size), 0)
    single = np.where(rng.random(owner.size) < 0.5, popular, near)
    gated = np.flatnonzero(rng.random(nodes) < gates)
    gated = gated[gated >= shared]
    trio = np.maximum(gated[:, None] - rng.integers(1, layer + 1, (gated.size, 3)), 0)
    late = np.zeros((gated.size, 3))
    late[:, 2] = rng.choice([0.0, 2.0, 60.0], gated.size)
    loop = rng.integers(shared, nodes - 1, cycles) if nodes > shared + 1 else np.zeros(0, np.int64)
    owner = np.concatenate([owner, gated, loop, loop + 1])
    size = np.ones(owner.size, np.int64)
    k = np.ones(owner.size, np.int32)
    begin = single.size
    size[begin : begin + gated.size] = 3
    k[begin : begin + gated.size] = np.where(rng.random(gated.size) < 0.8, 1, 2)
    member = np.concatenate([single, trio.ravel(), loop + 1, loop])
    return Plan(
        nodes=nodes,
        owner=owner.astype(np.int32),
        k=k,
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(size)]),
        member=member.astype(np.int32),
        delay=np.concatenate([np.zeros(begin), late.ravel(), np.zeros(2 * loop.size)]),
    )


def scenarios(nodes: int, count: int, seed: int) -> Bools:
    """Return bool [nodes, count]: each scenario fails one shared node and two others."""
    rng = np.random.default_rng(seed)
    failed = np.zeros((nodes, count), np.bool_)
    failed[rng.integers(0, min(_SHARED, nodes), count), np.arange(count)] = True
    for _ in range(2):
        failed[rng.integers(0, nodes, count), np.arange(count)] = True
    return failed


def all_of_part(plan: Plan) -> Plan:
    """Return the plan without its needs of fewer than all members."""
    counts = np.diff(plan.start)
    strict = plan.k == counts
    rows = np.repeat(strict, counts)
    return Plan(
        nodes=plan.nodes,
        owner=plan.owner[strict],
        k=plan.k[strict],
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[strict])]),
        member=plan.member[rows],
        delay=plan.delay[rows],
    )


def baseline(plan: Plan, failed: Bools) -> Bools:
    """Return who is lost by all-of needs alone: one breadth-first search per failed node and scenario."""
    owner = np.repeat(plan.owner, np.diff(plan.start))
    ones = np.ones(plan.member.size)
    graph = sparse.coo_array((ones, (plan.member, owner)), shape=(plan.nodes, plan.nodes)).tocsr()
    result = np.zeros_like(failed)
    for column in range(failed.shape[1]):
        for seed in np.flatnonzero(failed[:, column]):
            result[csgraph.breadth_first_order(graph, int(seed), return_predecessors=False), column] = True
    return result


def timed(what: str, work: Callable[[], Result]) -> tuple[Result, float]:
    """Run ``work`` and print how long it took."""
    begin = time.perf_counter()
    result = work()
    taken = time.perf_counter() - begin
    print(f"{what:<58}{taken:10.3f} s")
    return result, taken


def main(argv: Sequence[str] | None = None) -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--scenarios", type=int, nargs="+", default=[64, 512])
    parser.add_argument("--columns", type=int, default=16, help="scenarios of the minutes kernel")
    parser.add_argument("--fanout", type=float, default=4.0, help="mean number of single needs of a node")
    parser.add_argument("--gates", type=float, default=0.1, help="share of nodes with a k-of-n need")
    parser.add_argument("--cycles", type=int, default=100, help="pairs of nodes that need each other")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    plan = estate(given.nodes, fanout=given.fanout, gates=given.gates, cycles=given.cycles, seed=given.seed)
    print(f"{plan.nodes:,} nodes, {plan.owner.size:,} needs, {plan.member.size:,} members, seed {given.seed}")
    prepared, _ = timed("prepare", lambda: prepare(plan))
    print(f"{prepared.rows:,} rows, {sum(len(stage.buckets) for stage in prepared.stages):,} buckets")
    for count in given.scenarios:
        words = pack(scenarios(plan.nodes, count, given.seed))
        timed(f"lost, {count:,} scenarios", lambda: lost(prepared, words, scenarios=count))  # noqa: B023 - run at once
    own = scenarios(plan.nodes, given.columns, given.seed) * 1440.0
    timed(f"minutes, {given.columns:,} scenarios", lambda: minutes(prepared, own))
    compare(all_of_part(plan), given.seed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"peak memory {peak / 2**30:.1f} GiB")


def compare(plan: Plan, seed: int) -> None:
    """Time ``lost`` on 64 scenarios of the all-of part, the baseline on a sample of them; print the ratio."""
    failed = scenarios(plan.nodes, 64, seed)
    prepared, _ = timed("all-of part: prepare", lambda: prepare(plan))
    words, ours = timed("all-of part: lost, 64 scenarios", lambda: lost(prepared, pack(failed), scenarios=64))
    sample = failed[:, :_SAMPLED]
    theirs, taken = timed(
        f"all-of part: csgraph breadth-first, {_SAMPLED} scenarios run", lambda: baseline(plan, sample)
    )
    same = np.array_equal(unpack(words, 64)[:, :_SAMPLED], theirs)
    ratio = (taken / _SAMPLED) / (ours / 64)
    print(
        f"per scenario the kernel is {ratio:.0f} times as fast as scipy csgraph breadth-first search "
        f"(measured on {_SAMPLED} of 64 scenarios; answers {'equal' if same else 'DIFFER'})"
    )


if __name__ == "__main__":
    main()
