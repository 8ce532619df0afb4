"""Time what must hold at any size: ``python -m benchmarks.scale [RESOURCES] [--no-reasons] [--no-replays]``.

The company is that of ``benchmarks.company``: layers, shared services, cycles, two clouds, over a thousand
failure domains. Timed are linking (names to numbers, implied domains, best and worst plan), merging what
cannot differ, all single losses of domains (both cases, with and without people), and every outage of the
catalogue (verdicts, minutes, windows and missing facts of every workload), first without, then with reason
chains. Linking is the named baseline of the ratios. Judges nothing.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from auditor.analyses import survival
from auditor.analyses.replay import replays
from auditor.cli._process import settle
from auditor.estate import NodeKind, build
from auditor.estate.condense import condense
from auditor.outages import catalogue, facts_asked
from benchmarks.company import inventory

T = TypeVar("T")


def main(argv: Sequence[str] | None = None) -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("resources", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--no-reasons", action="store_true", help="leave reason chains out")
    parser.add_argument("--no-replays", action="store_true", help="stop after the single losses")
    given = parser.parse_args(argv)
    settle()
    outages = catalogue()
    subject, _ = _timed("generate (not part of it)", lambda: inventory(given.resources))
    estate, linking = _timed("link: build the estate", lambda: build(subject))
    kinds = np.bincount(estate.kinds, minlength=len(NodeKind))
    print(
        f"  {len(estate.names):,} nodes ({kinds[NodeKind.DOMAIN]:,} domains, {len(estate.workloads):,} "
        f"workloads), {estate.graph.owner.size:,} needs, {estate.graph.member.size:,} members"
    )
    view, merging = _timed("merge", lambda: condense(estate, facts=facts_asked(outages.values())), linking)
    print(f"  {len(view.small.names):,} nodes, {view.small.graph.owner.size:,} needs left")
    _, losing = _timed("all single losses", lambda: survival.measure(view), linking)
    total = linking + merging + losing
    if not given.no_replays:
        found, replaying = _timed(
            f"{len(outages)} outages: verdicts", lambda: replays(estate, outages, reasons=False), linking
        )
        total += replaying
        reached = sum(each.in_reach for each in found[: len(outages)])
        print(f"  {reached} in reach, {sum(len(each.workloads) for each in found):,} verdicts")
        if not given.no_reasons:
            _timed("the same with reason chains", lambda: replays(estate, outages), linking)
    print(f"without reason chains {total:.1f} s in all, of which {total - linking:.1f} s after linking")
    scale = 1 if sys.platform == "darwin" else 1024
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**30:.2f} GiB")


def _timed(what: str, call: Callable[[], T], baseline: float | None = None) -> tuple[T, float]:
    start = time.perf_counter()
    value = call()
    took = time.perf_counter() - start
    ratio = "" if baseline is None else f"   x{took / baseline:.2f} of linking"
    print(f"{what:<32}{took:9.2f} s{ratio}", flush=True)
    return value, took


if __name__ == "__main__":
    main()
