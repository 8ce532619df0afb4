"""A made-up company of any size, in whole columns: a million resources in seconds, the same for one seed.

Workloads of 5 to 5,000 resources (a truncated power law, some 200 on average) lie in 22 regions of AWS and
Azure. Users come in through a DNS record, some through a delivery network; load balancers stand before
fleets over three zones, k of n each; machines need a disk, a network, a database, the identity service of the
company, some a vendor; databases have a standby in another zone or a copy in another region that people
promote; functions, queues, buckets, tables and keys fill the rest. A few workloads, the first ones, serve
all others: identity, logging, a registry, a shared database. Workloads call those before them, and a few also
the one after them, so there are cycles. System and agents of some machines, and some zones, nobody knows.
"""

from __future__ import annotations

import numpy as np

from auditor.inventory import Inventory
from auditor.model.domain import region_id, zone_id
from auditor.model.resource import Zone
from auditor.model.workload import Vendor
from benchmarks.columns import Columns
from benchmarks.layers import VENDORS, Layers
from benchmarks.naming import regions
from benchmarks.workloads import PER_WORKLOAD, REGIONS, Workloads

TAKEN_AT = "2026-01-01T00:00:00Z"


def inventory(resources: int, seed: int = 1) -> Inventory:
    """Return a company of this many resources (50 at least), workloads named by tags, vendors declared."""
    if resources < PER_WORKLOAD // 4:
        raise ValueError(f"{resources} resources are no company: {PER_WORKLOAD // 4} at least")
    rng = np.random.default_rng(seed)
    whole = Workloads.drawn(resources, rng)
    columns = Columns()
    for cloud in REGIONS:
        Layers(columns, whole, cloud, rng).add()
    zones = tuple(
        Zone(provider=cloud, region=each.code, zone=zone)
        for cloud in sorted(REGIONS)
        for each in sorted(regions(cloud), key=lambda found: found.code)
        for zone in each.zone_ids
    )
    return columns.inventory(TAKEN_AT, zones=zones, vendors=_vendors(rng))


def _vendors(rng: np.random.Generator) -> tuple[Vendor, ...]:
    """Return vendors that run in a region of some cloud, or in one of its zones."""
    made = []
    for number in range(VENDORS):
        cloud = ("aws", "azure")[number % 2]
        home = regions(cloud)[int(len(REGIONS[cloud]) * rng.random() ** 2)]
        where = region_id(cloud, home.code) if rng.random() < 0.8 else zone_id(cloud, home.zone_ids[0])
        name = f"vendor-{number:02d}"
        made.append(Vendor(name=name, hosted_on=(where,), hosts=(f"*.{name}.example",)))
    return tuple(made)
