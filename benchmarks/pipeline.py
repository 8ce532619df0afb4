"""Time the whole pure half on a generated company: ``python -m benchmarks.pipeline [RESOURCES]``.

The company: workloads of a load balancer before machines over three zones, each with a volume, a database
with a standby, a queue and a bucket; a quarter of the machines tell of no agent. Prints seconds per analysis
and each one's ratio to building the estate, which is the named baseline. Judges nothing.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from auditor.analyses.base import Context
from auditor.analyses.runner import analyses
from auditor.config import Settings
from auditor.estate import build
from auditor.inventory import Inventory, InventoryBuilder
from auditor.model.evidence import Evidence, Fact
from auditor.model.need import Member, Need, requires
from auditor.model.resource import Placement, Resource, Zone
from auditor.outages import catalogue

T = TypeVar("T")
REGIONS = {"ap-northeast-2": "apne2", "us-east-1": "use1", "eu-central-1": "euc1"}
MACHINES = 96
PER_WORKLOAD = 2 * MACHINES + 4


def company(resources: int) -> Iterator[Resource]:
    """Yield about this many resources, always the same for the same number."""
    for number in range(max(1, resources // PER_WORKLOAD)):
        region, prefix = list(REGIONS.items())[number % len(REGIONS)]
        yield from _workload(number, region, prefix)


def _workload(number: int, region: str, prefix: str) -> Iterator[Resource]:
    def made(
        kind: str, name: str, *needs: Need, zones: tuple[str, ...] = (), **facts: str | bool
    ) -> Resource:
        return Resource(
            id=f"arn:aws:x:{region}:1:{name}-{number}",
            kind=kind,
            name=f"{name}-{number}",
            placement=Placement(provider="aws", account=f"{number % 40:012d}", region=region, zones=zones),
            facts=tuple(
                Fact(
                    name=key.replace("__", ".").replace("_", "-") if key.startswith("agent") else key,
                    value=value,
                    evidence=Evidence.CONFIGURED,
                )
                for key, value in facts.items()
            ),
            tags=(("workload", f"w{number}"),),
            needs=needs,
        )

    def ref(name: str) -> str:
        return f"arn:aws:x:{region}:1:{name}-{number}"

    for index in range(MACHINES):
        zone = (f"{prefix}-az{index % 3 + 1}",)
        agent = {} if index % 4 == 0 else {"agent__crowdstrike_falcon": "7.11"}
        yield made("aws.ec2.volume", f"vol{index}", zones=zone)
        yield made(
            "aws.ec2.instance",
            f"vm{index}",
            *requires("disk", ref(f"vol{index}")),
            *requires("database", ref("db")),
            zones=zone,
            host=True,
            os="windows" if number % 5 == 0 else "linux",
            resolver="vpc",
            **agent,
        )
    members = tuple(Member(ref=ref(f"vm{index}")) for index in range(MACHINES))
    yield made(
        "aws.elbv2.loadbalancer",
        "lb",
        Need(role="targets", members=members, k=(1, MACHINES // 2)),
        entry_point=True,
    )
    standby = (Member(ref=f"zone:aws/{prefix}-az1"), Member(ref=f"zone:aws/{prefix}-az2", delay=(1.0, 2.0)))
    yield made("aws.rds.instance", "db", Need(role="zone", members=standby), multi_az=True)
    yield made("aws.sqs.queue", "queue")
    yield made("aws.s3.bucket", "bucket")


def inventory(resources: int) -> Inventory:
    """Return the generated company as an inventory."""
    builder = InventoryBuilder("2026-01-01T00:00:00Z")
    builder.add(company(resources), source="benchmark")
    builder.add_zones(
        Zone(provider="aws", region=region, zone=f"{prefix}-az{zone}")
        for region, prefix in REGIONS.items()
        for zone in (1, 2, 3)
    )
    return builder.build()


def main(resources: int) -> None:
    """Run everything once and print what it took."""
    subject, built = _timed(lambda: inventory(resources))
    print(f"{len(subject):,} resources; inventory built in {built:.2f} s")
    estate, baseline = _timed(lambda: build(subject))
    size = f"{len(estate.names):,} nodes, {estate.graph.owner.size:,} needs"
    print(f"{'estate (baseline)':20} {baseline:8.2f} s   {size}")
    results: dict[str, object] = {}
    for analysis in analyses():
        context = Context(
            estate=estate,
            settings=Settings(),
            outages=catalogue(),
            results={name: results[name] for name in analysis.after},
        )
        finding, took = _timed(partial(analysis.run, context))
        results[analysis.name] = finding.value
        print(f"{analysis.name:20} {took:8.2f} s   x{took / baseline:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB; {len(catalogue())} outages, {len(estate.workloads)} workloads")


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    value = call()
    return value, time.perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
