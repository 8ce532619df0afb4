"""Time simulated years on a generated company: regions of two clouds, services over zones, agents on hosts.

Run ``python -m benchmarks.simulation --resources 100000 --years 100000``. Figures are printed, never
asserted; rates are the catalogue's.
"""

from __future__ import annotations

import argparse
import cProfile
import resource
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np

from auditor.analyses.simulation import simulate
from auditor.config.settings import LesserOutages, SimulationSettings
from auditor.estate import build
from auditor.estate.graph import Estate
from auditor.inventory import InventoryBuilder
from auditor.model.domain import Axis
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need, requires
from auditor.model.places import regions
from auditor.model.resource import Placement, Resource
from auditor.model.workload import Criticality, Join, Workload
from auditor.outages import catalogue

PER_WORKLOAD = 32
AGENTS = ("crowdstrike-falcon", "sentinelone", "none")
REGIONS = {
    "aws": (
        *("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-2", "ap-northeast-1"),
        *("ap-southeast-1", "ap-southeast-2", "us-east-2", "eu-west-2"),
    ),
    "azure": (
        "centralus",
        "eastus",
        "westeurope",
        "northeurope",
        "koreacentral",
        "japaneast",
        "australiaeast",
    ),
}
KINDS = {
    "aws": ("aws.ec2.instance", "aws.rds.instance", "aws.elbv2.loadbalancer", "aws.s3.bucket"),
    "azure": (
        "azure.compute.virtualmachines",
        "azure.sql.servers.databases",
        "azure.network.loadbalancers",
        "azure.storage.storageaccounts",
    ),
}


def company(resources: int, seed: int) -> Estate:
    """Return an estate of workloads with a front, hosts over zones, a database with standbys and storage."""
    rng = np.random.default_rng(seed)
    count = max(resources // PER_WORKLOAD, 1)
    builder = InventoryBuilder("2026-01-01T00:00:00Z")
    workloads = []
    for number in range(count):
        name = f"w{number}"
        builder.add(_workload(name, rng), source="benchmark")
        workloads.append(
            Workload(
                name=name,
                criticality=tuple(Criticality)[int(rng.integers(4))],
                revenue_per_hour=float(rng.integers(1, 1000)) if rng.random() < 0.5 else None,
                currency="EUR",
                joins=(Join(tags=(("workload", name),)),),
                needs=requires("declared", f"{name}-front", f"{name}-db"),
            )
        )
    builder.declare(workloads=tuple(workloads), vendors=())
    return build(builder.build())


def _workload(name: str, rng: np.random.Generator) -> Iterator[Resource]:
    provider = "aws" if rng.random() < 0.6 else "azure"
    home, away = (str(code) for code in rng.choice(REGIONS[provider], 2, replace=False))
    zones = next(each for each in regions(provider) if each.code == home).zone_ids or (None,)
    spread = int(rng.integers(1, len(zones) + 1))
    host, database, front, storage = KINDS[provider]
    os, agent = str(rng.choice(["linux", "windows"])), str(rng.choice(AGENTS))

    def made(
        suffix: str, kind: str, *, region: str = home, zone: str | None = None, **rest: object
    ) -> Resource:
        return Resource(
            id=f"{name}-{suffix}",
            kind=kind,
            name=f"{name}-{suffix}",
            placement=Placement(
                provider=provider, account="1", region=region, zones=() if zone is None else (zone,)
            ),
            tags=(("workload", name),),
            **rest,  # type: ignore[arg-type]
        )

    values: dict[str, FactValue] = {"host": True, "os": os}
    values |= {f"agent.{each}": "present" if each == agent else "none" for each in AGENTS[:2]}
    facts = tuple(Fact(name=key, value=value, evidence=Evidence.DECLARED) for key, value in values.items())
    hosts = PER_WORKLOAD - 4
    yield made(
        "front",
        front,
        needs=(
            Need(
                role="targets", members=tuple(Member(ref=f"{name}-host{at}") for at in range(hosts)), k=(1, 2)
            ),
            *requires("storage", f"{name}-storage"),
        ),
    )
    for at in range(hosts):
        yield made(f"host{at}", host, zone=zones[at % spread], facts=facts)
    standby = Member(ref=f"{name}-db2", delay=(60.0, 240.0), manual=True, loss=None)
    both = (Member(ref=f"{name}-db1"), standby)
    replicated = rng.random() < 0.3
    yield made("db", database, needs=(Need(role="copies", members=both if replicated else both[:1]),))
    yield made("db1", database, zone=zones[0])
    if replicated:
        yield made("db2", database, region=away)
    yield made("storage", storage)


def main(argv: Sequence[str] | None = None) -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--years", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--lesser", type=float, default=0.0, help="declared outages per zone and year")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args(argv)
    begin = time.perf_counter()
    subject = company(given.resources, given.seed)
    taken = time.perf_counter() - begin
    print(f"{given.resources:,} resources, {len(subject.workloads):,} workloads: built in {taken:.1f} s")
    lesser = (
        (LesserOutages(axis=Axis.ZONE, per_year=given.lesser, minutes=(20.0, 180.0)),) if given.lesser else ()
    )
    known = catalogue()
    profile = cProfile.Profile() if given.profile else None
    for years in given.years:
        begin, cpu = time.perf_counter(), time.process_time()
        if profile is not None:
            profile.enable()
        found = simulate(subject, known, SimulationSettings(years=years, seed=given.seed, lesser=lesser))
        taken, cpu = time.perf_counter() - begin, time.process_time() - cpu
        assert found is not None
        expected = found.weight_minutes.expected.value
        print(
            f"{years:>9,} years {taken:8.2f} s (processor {cpu:.2f} s): "
            f"{found.events_per_year:.3g} striking events a year, "
            f"{found.scenarios:,} sets, {found.overlapping:,} solved together; "
            f"mean year {expected[0]:,.0f}-{expected[1]:,.0f}"
        )
    if profile is not None:
        profile.print_stats("cumulative")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{len(known)} outages in the catalogue; peak memory {peak / 2**30:.1f} GiB")


if __name__ == "__main__":
    main()
