"""Small estates for the tests of analyses: few resources, each with one thing to show."""

from __future__ import annotations

from functools import lru_cache

from auditor.estate import build
from auditor.estate.graph import Estate
from auditor.inventory import InventoryBuilder
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.gap import Gap
from auditor.model.need import Need
from auditor.model.resource import Placement, Resource, Zone
from auditor.model.workload import Criticality, Join, Vendor, Workload

TAKEN_AT = "2026-01-02T03:04:05Z"
SEOUL, TOKYO = "ap-northeast-2", "ap-northeast-1"


def fact(name: str, value: FactValue) -> Fact:
    return Fact(name=name, value=value, evidence=Evidence.DECLARED)


def server(
    name: str,
    *,
    zone: str | None = "apne2-az1",
    region: str = SEOUL,
    workload: str | None = None,
    facts: tuple[Fact, ...] = (),
    kind: str = "aws.ec2.instance",
) -> Resource:
    """Return a Linux machine without agents; other facts replace these, an empty value removes one."""
    base = {f.name: f for f in (fact("host", True), fact("os", "linux"), fact("agent.falcon", "none"))}
    return Resource(
        id=name,
        kind=kind,
        name=name,
        placement=Placement(
            provider=kind.partition(".")[0],
            account="123456789012",
            region=region,
            zones=(zone,) if zone else (),
        ),
        facts=tuple(f for f in (base | {f.name: f for f in facts}).values() if f.value != ""),
        tags=(("workload", workload),) if workload else (),
    )


def workload(name: str, *needs: Need, criticality: Criticality = Criticality.MEDIUM) -> Workload:
    return Workload(
        name=name, criticality=criticality, needs=needs, joins=(Join(tags=(("workload", name),)),)
    )


@lru_cache(maxsize=128)
def estate(
    *resources: Resource,
    workloads: tuple[Workload, ...] = (),
    vendors: tuple[Vendor, ...] = (),
    gaps: tuple[Gap, ...] = (),
    settled: tuple[tuple[str, str], ...] = (),
) -> Estate:
    """Return the estate of these resources; the same ones give the very same estate again."""
    builder = InventoryBuilder(TAKEN_AT)
    builder.add(resources, source="test")
    builder.add_gaps(gaps)
    builder.add_zones(
        Zone(provider="aws", region=region, zone=f"{prefix}-az{n}")
        for region, prefix in ((SEOUL, "apne2"), (TOKYO, "apne1"))
        for n in (1, 2, 3)
    )
    builder.declare(workloads=workloads, vendors=vendors, settled=settled)
    return build(builder.build())
