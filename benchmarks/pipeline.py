"""Time the whole pure half on a generated company: ``python -m benchmarks.pipeline [RESOURCES]``.

The company is that of ``benchmarks.company``: workloads of 5 to 5,000 resources in 22 regions of two clouds,
with shared services, standbys, k-of-n fleets, cycles, vendors, and unknown systems, agents and zones. Prints
seconds per analysis, on the clock and of processor time (all threads together), and the ratio of the first to
that of building the estate, which is the named baseline. Judges nothing.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from auditor.analyses.base import Context
from auditor.analyses.runner import analyses
from auditor.config import Settings
from auditor.estate import build
from auditor.outages import catalogue
from benchmarks.company import inventory

__all__ = ["inventory", "main"]

T = TypeVar("T")


def main(resources: int) -> None:
    """Run everything once and print what it took."""
    subject, built, _ = _timed(lambda: inventory(resources))
    print(f"{len(subject):,} resources; inventory built in {built:.2f} s")
    estate, baseline, worked = _timed(lambda: build(subject))
    size = f"{len(estate.names):,} nodes, {estate.graph.owner.size:,} needs"
    print(f"{'estate (baseline)':20} {baseline:8.2f} s {worked:8.2f} s cpu   {size}")
    results: dict[str, object] = {}
    for analysis in analyses():
        context = Context(
            estate=estate,
            settings=Settings(),
            outages=catalogue(),
            results={name: results[name] for name in analysis.after},
        )
        finding, took, worked = _timed(partial(analysis.run, context))
        results[analysis.name] = finding.value
        print(f"{analysis.name:20} {took:8.2f} s {worked:8.2f} s cpu   x{took / baseline:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB; {len(catalogue())} outages, {len(estate.workloads)} workloads")


def _timed(call: Callable[[], T]) -> tuple[T, float, float]:
    start, worked = time.perf_counter(), time.process_time()
    value = call()
    return value, time.perf_counter() - start, time.process_time() - worked


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
