"""Who is lost by all-of needs: the kernel against graph libraries, in one run, answers compared.

Run ``python -m benchmarks.reachability`` with the extra ``bench`` installed. A library is run on a sample of
the scenarios, one search from each failed node; its time per scenario is taken to hold for all of them. Each
runs three times, the fastest counts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels import Bools, Plan, lost, prepare
from benchmarks.kernels import all_of_part, as_words, estate, failures, peak

_RUNS = 3  # of the kernel and of each library's sample; the fastest counts


class Library(NamedTuple):
    """A library: how to ``build`` a graph of arcs from members to owners, and ask who is ``above`` a node."""

    name: str
    build: Callable[[Plan, NDArray[np.int32]], Any]
    above: Callable[[Any, int], Any]


def _scipy(plan: Plan, owner: NDArray[np.int32]) -> Any:  # noqa: ANN401 - each library's own graph
    ones = np.ones(owner.size)
    return sparse.coo_array((ones, (plan.member, owner)), shape=(plan.nodes, plan.nodes)).tocsr()


def _igraph(plan: Plan, owner: NDArray[np.int32]) -> Any:  # noqa: ANN401
    return import_module("igraph").Graph(n=plan.nodes, edges=_pairs(plan, owner), directed=True)


def _rustworkx(plan: Plan, owner: NDArray[np.int32]) -> Any:  # noqa: ANN401
    graph = import_module("rustworkx").PyDiGraph(multigraph=True)
    graph.add_nodes_from(range(plan.nodes))
    graph.add_edges_from_no_data([(a, b) for a, b in _pairs(plan, owner).tolist()])
    return graph


def _networkx(plan: Plan, owner: NDArray[np.int32]) -> Any:  # noqa: ANN401
    graph = import_module("networkx").DiGraph()
    graph.add_nodes_from(range(plan.nodes))
    graph.add_edges_from(_pairs(plan, owner).tolist())
    return graph


def _pairs(plan: Plan, owner: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.stack([plan.member, owner], axis=1)


LIBRARIES = (
    Library(
        "scipy csgraph",
        _scipy,
        lambda graph, node: csgraph.breadth_first_order(graph, node, return_predecessors=False),
    ),
    Library("igraph", _igraph, lambda graph, node: graph.subcomponent(node, mode="out")),
    Library(
        "rustworkx", _rustworkx, lambda graph, node: list(import_module("rustworkx").descendants(graph, node))
    ),
    Library(
        "networkx", _networkx, lambda graph, node: list(import_module("networkx").descendants(graph, node))
    ),
)


def ours(plan: Plan, failed: NDArray[np.int64], sample: int) -> tuple[float, float, Bools]:
    """Return seconds to prepare, seconds for all scenarios, and who is lost in the first of them."""
    began = time.perf_counter()
    prepared = prepare(plan)
    prepared_in = time.perf_counter() - began
    words = as_words(plan.nodes, failed)
    taken = np.inf
    for _ in range(_RUNS):
        began = time.perf_counter()
        gone = lost(prepared, words, scenarios=len(failed))
        taken = min(taken, time.perf_counter() - began)
    found = (gone[:, :1] >> np.arange(sample, dtype=np.uint64) & np.uint64(1)).astype(np.bool_)
    return prepared_in, taken, found


def theirs(
    library: Library, plan: Plan, failed: NDArray[np.int64], sample: int
) -> tuple[float, float, Bools]:
    """Return seconds to build the graph, seconds per scenario, and who is lost in each of the sample."""
    owner = np.repeat(plan.owner, np.diff(plan.start))
    began = time.perf_counter()
    graph = library.build(plan, owner)
    built_in = time.perf_counter() - began
    found = np.zeros((plan.nodes, sample), np.bool_)
    taken = np.inf
    for _ in range(_RUNS):
        began = time.perf_counter()
        for column, nodes in enumerate(failed[:sample].tolist()):
            for node in nodes:
                found[library.above(graph, node), column] = True
                found[node, column] = True
        taken = min(taken, time.perf_counter() - began)
    return built_in, taken / sample, found


def main(argv: Sequence[str] | None = None) -> None:
    """Print times per scenario and ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--fanout", type=float, default=5.2, help="mean number of needs of a node")
    parser.add_argument("--scenarios", type=int, default=4096)
    parser.add_argument("--sample", type=int, default=5, help="scenarios that each library is run on")
    parser.add_argument("--skip", action="append", default=[], help="a library to leave out")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    plan = all_of_part(estate(given.nodes, fanout=given.fanout, gates=0.1, cycles=100, seed=given.seed))
    count = given.scenarios
    failed = failures(plan.nodes, count, given.seed)
    print(f"{plan.nodes:,} nodes, {plan.owner.size:,} needs, {count:,} scenarios, numpy {np.__version__}")
    begin, all_of_them, expected = ours(plan, failed, given.sample)
    print(
        f"kernel: prepare {begin:.2f} s, {all_of_them:.2f} s = {all_of_them / count * 1000:.3f} ms a scenario"
    )
    for library in LIBRARIES:
        if library.name in given.skip:
            continue
        try:
            built, each, found = theirs(library, plan, failed, given.sample)
        except ModuleNotFoundError:
            print(f"{library.name}: not installed")
            continue
        bare, full = each * count / all_of_them, (built + each * count) / (begin + all_of_them)
        print(
            f"{library.name}: graph {built:.2f} s, {each * 1000:.1f} ms a scenario (mean of {given.sample}, "
            f"{count:,} extrapolated): {bare:.0f} times the kernel's time, {full:.0f} times with preparing; "
            f"answers {'equal' if np.array_equal(found, expected) else 'DIFFER'}",
            flush=True,
        )
    print(f"peak memory {peak():.1f} GiB")


if __name__ == "__main__":
    main()
