"""Time what a former audit saves: ``python -m benchmarks.incremental [RESOURCES] [SHARE]``.

The made-up company (``benchmarks.company``) is audited for cut sets, then changed: in a share of its
workloads one machine moves to another zone. Then it is audited again, from scratch and with the former audit.
Prints seconds, and their ratio in this run; that both results are the same is asserted.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import polars as pl

from auditor.analyses._since import reuse
from auditor.analyses.cut_sets import measure
from auditor.analyses.runner import blank_audit
from auditor.config import Settings
from auditor.estate import build
from auditor.estate.graph import Estate
from auditor.inventory import Inventory
from auditor.model.audit import Audit
from auditor.outages import catalogue
from benchmarks.company import inventory

T = TypeVar("T")


def moved(subject: Inventory, share: float, seed: int = 1) -> Inventory:
    """Return the inventory with one machine of some workloads in another zone of its region."""
    rng = np.random.default_rng(seed)
    rows = subject.resources.with_row_index("resource")
    member = subject.tags.filter(pl.col("key") == "workload").select("resource", workload="value")
    zonal = rows.filter((pl.col("kind") == "aws.ec2.instance") & (pl.col("zones").list.len() == 1))
    firsts = zonal.join(member, on="resource").unique("workload", keep="first", maintain_order=True)
    count = max(1, round(share * member["workload"].n_unique()))
    chosen = firsts[np.sort(rng.permutation(firsts.height)[:count])]
    zones = {
        each.region: [z.zone for z in subject.zones if z.region == each.region] for each in subject.zones
    }
    target = {
        row: next(zone for zone in zones[region] if zone != now)
        for row, region, now in chosen.select("resource", "region", pl.col("zones").list.first()).iter_rows()
    }
    names = pl.Series([[target[row]] if row in target else None for row in range(len(subject))])
    made = subject.resources.with_columns(zones=pl.coalesce(names, "zones"))
    return dataclasses.replace(subject, resources=made)


def audited(subject: Estate, since: Audit | None = None) -> Audit:
    """Return the audit of the cut sets alone."""
    blank = blank_audit(subject.inventory, Settings(), catalogue())
    return dataclasses.replace(blank, cut_sets=measure(subject, catalogue(), since=since))


def main(resources: int, share: float) -> None:
    """Audit, change, audit again on both roads."""
    company = inventory(resources)
    before, built = _timed(lambda: build(company))
    print(
        f"{len(company):,} resources, {len(before.names):,} nodes, {before.graph.member.size:,} members, "
        f"{len(before.workloads):,} workloads; graph built in {built:.1f} s"
    )
    old, first = _timed(lambda: audited(before))
    print(f"cut sets, the first time      {first:8.2f} s")
    _, digest = _timed(lambda: audited(before, old))
    print(f"nothing changed: digests only {digest:8.2f} s   x{digest / first:.3f}")
    now = build(moved(company, share))
    scratch, whole = _timed(lambda: audited(now))
    print(f"changed, from scratch         {whole:8.2f} s")
    saved, rest = _timed(lambda: audited(now, old))
    done = reuse(saved, old)
    print(f"changed, since the first      {rest:8.2f} s   x{rest / whole:.3f}")
    print(
        f"{done.taken:,} workloads taken over, {done.anew:,} evaluated anew; same result: {saved == scratch}"
    )
    assert saved == scratch


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    value = call()
    return value, time.perf_counter() - start


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
        float(sys.argv[2]) if len(sys.argv) > 2 else 0.01,
    )
