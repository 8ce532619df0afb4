"""Time the kernels on a generated layered estate; ``reachability.py`` compares them with graph libraries.

Run ``python -m benchmarks.kernels --nodes 100000``. Figures are printed, never asserted.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from auditor.kernels import Plan, Prepared, Words, condense, lost, minutes, prepare

Result = TypeVar("Result")

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


def failures(nodes: int, count: int, seed: int) -> NDArray[np.int64]:
    """Return [count, 3]: each scenario fails one shared node and two others."""
    rng = np.random.default_rng(seed)
    shared = rng.integers(0, min(_SHARED, nodes), (count, 1))
    return np.concatenate([shared, rng.integers(0, nodes, (count, 2))], axis=1)


def as_words(nodes: int, failed: NDArray[np.int64]) -> Words:
    """Return the failed nodes of each scenario as bits."""
    column = np.arange(len(failed))
    words = np.zeros((nodes, -(-len(failed) // 64)), np.uint64)
    for node in failed.T:
        np.bitwise_or.at(words, (node, column // 64), np.uint64(1) << (column % 64).astype(np.uint64))
    return words


def as_minutes(nodes: int, failed: NDArray[np.int64], dtype: type) -> NDArray[Any]:
    """Return a day out for the failed nodes of each scenario."""
    own: NDArray[Any] = np.zeros((nodes, len(failed)), dtype)
    own[failed, np.arange(len(failed))[:, None]] = 1440.0
    return own


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


def timed(what: str, work: Callable[[], Result]) -> Result:
    """Run ``work``, print how long it and its processors took, and return its result."""
    began, spent = time.perf_counter(), time.process_time()
    result = work()
    taken, spent = time.perf_counter() - began, time.process_time() - spent
    print(f"{what:<38} {taken:8.3f} s, processors {spent:8.3f} s, peak {peak():5.1f} GiB", flush=True)
    return result


def peak() -> float:
    """Return the most memory held so far, GiB."""
    return (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Print how long each step takes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--fanout", type=float, default=4.7, help="mean number of single needs of a node")
    parser.add_argument("--scenarios", type=int, nargs="+", default=[64, 512])
    parser.add_argument("--columns", type=int, default=16, help="scenarios of the minutes kernel")
    parser.add_argument("--gates", type=float, default=0.1, help="share of nodes with a k-of-3 need")
    parser.add_argument("--cycles", type=int, default=100, help="pairs of nodes that need each other")
    parser.add_argument(
        "--watched", type=int, default=1000, help="nodes whose answers the condensed plan keeps"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    plan = estate(given.nodes, fanout=given.fanout, gates=given.gates, cycles=given.cycles, seed=given.seed)
    print(f"{plan.nodes:,} nodes, {plan.owner.size:,} needs, {plan.member.size:,} members, seed {given.seed}")
    prepared = timed("prepare", lambda: prepare(plan))
    print(f"{prepared.rows:,} rows, {sum(len(stage.buckets) for stage in prepared.stages):,} buckets")
    for count in given.scenarios:
        time_lost(prepared, count, given.seed)
    for dtype in (np.float64, np.float32):
        time_minutes(prepared, given.columns, given.seed, dtype)
    time_condense(prepared, given.watched)


def time_lost(prepared: Prepared, count: int, seed: int) -> None:
    """Time the yes/no kernel."""
    nodes = prepared.plan.nodes
    words = as_words(nodes, failures(nodes, count, seed))
    timed(f"lost, {count:,} scenarios", lambda: lost(prepared, words, scenarios=count))


def time_minutes(prepared: Prepared, count: int, seed: int, dtype: type) -> None:
    """Time the minutes kernel."""
    nodes = prepared.plan.nodes
    own = as_minutes(nodes, failures(nodes, count, seed), dtype)
    timed(f"minutes, {count:,} scenarios, {own.dtype}", lambda: minutes(prepared, own))


def time_condense(prepared: Prepared, count: int) -> None:
    """Time merging nodes when only the shared ones fail, with all or the last ``count`` watched."""
    nodes = prepared.plan.nodes
    mark = np.where(np.arange(nodes) < _SHARED, np.arange(nodes) + 1, 0).astype(np.uint64)
    last = np.arange(nodes) >= nodes - count
    for what, watched in (("all", None), (f"{count:,} nodes", last)):
        found = timed(f"condense, {what} watched", partial(condense, prepared, mark, watched=watched))
        print(f"{found.plan.nodes:,} classes, {found.plan.member.size:,} members")


if __name__ == "__main__":
    main()
