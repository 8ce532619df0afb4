"""Small estates for the tests: short ways to write resources, and to read needs by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.estate import Estate, build, needs_of
from auditor.estate.graph import CompiledPlan
from auditor.inventory import Inventory, InventoryBuilder
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource, Zone
from auditor.model.workload import Vendor, Workload

ACCOUNT = "111122223333"
SEOUL = "ap-northeast-2"
TAKEN_AT = "2026-11-21T00:00:00Z"


def fact(name: str, value: FactValue, evidence: Evidence = Evidence.CONFIGURED) -> Fact:
    return Fact(name=name, value=value, evidence=evidence)


def resource(  # noqa: PLR0913 - a test names only what it is about
    id_: str,
    kind: str = "aws.ec2.instance",
    *,
    zones: tuple[str, ...] | None = (),
    region: str | None = SEOUL,
    account: str | None = ACCOUNT,
    provider: str = "aws",
    facts: Mapping[str, FactValue] | None = None,
    assumed: Mapping[str, FactValue] | None = None,
    tags: Mapping[str, str] | None = None,
    aliases: tuple[str, ...] = (),
    needs: Iterable[Need] = (),
    name: str = "",
) -> Resource:
    stated = [fact(key, value) for key, value in (facts or {}).items()]
    stated += [fact(key, value, Evidence.ASSUMED) for key, value in (assumed or {}).items()]
    return Resource(
        id=id_,
        kind=kind,
        name=name or id_,
        placement=Placement(provider=provider, account=account, region=region, zones=zones),
        facts=tuple(stated),
        tags=tuple((tags or {}).items()),
        aliases=aliases,
        needs=tuple(needs),
    )


def machine(id_: str, *, zone: str = "apne2-az1", **more: object) -> Resource:
    """Return a Linux instance in one zone."""
    facts = {"host": True, "os": "linux", **dict(more.pop("facts", {}))}  # type: ignore[call-overload]
    return resource(id_, zones=(zone,), facts=facts, **more)  # type: ignore[arg-type]


def any_of(role: str, *refs: str, k: tuple[int, int] = (1, 1), **more: object) -> Need:
    return Need(role=role, members=tuple(Member(ref=ref) for ref in refs), k=k, **more)  # type: ignore[arg-type]


def inventory(
    *resources: Resource,
    workloads: tuple[Workload, ...] = (),
    vendors: tuple[Vendor, ...] = (),
    zones: tuple[str, ...] = ("apne2-az1", "apne2-az2", "apne2-az3"),
) -> Inventory:
    builder = InventoryBuilder(taken_at=TAKEN_AT)
    builder.add(resources, source="aws")
    builder.add_zones(Zone(provider="aws", region=SEOUL, zone=zone) for zone in zones)
    builder.declare(workloads=workloads, vendors=vendors)
    return builder.build()


def estate(*resources: Resource, **declared: object) -> Estate:
    return build(inventory(*resources, **declared))  # type: ignore[arg-type]


Shown = tuple[str, tuple[int, int], tuple[str, ...]]


def needs(estate_: Estate, node: str) -> list[Shown]:
    """Return role, k and members by name of every need of a node, sorted."""
    graph = estate_.graph
    return sorted(
        (
            graph.texts[graph.role[row]],
            (int(graph.k_best[row]), int(graph.k_worst[row])),
            tuple(estate_.names[m] for m in graph.member[graph.start[row] : graph.start[row + 1]]),
        )
        for row in needs_of(graph, estate_.index[node])
    )


def below(estate_: Estate, node: str, role: str) -> list[str]:
    """Return the members of all needs of one role, sorted."""
    return sorted(member for own, _, members in needs(estate_, node) if own == role for member in members)


def planned(estate_: Estate, compiled: CompiledPlan, node: str, role: str) -> list[str]:
    """Return the members of a node's needs of one role in a plan, sorted."""
    plan, graph = compiled.plan, estate_.graph
    owner = estate_.index[node]
    return sorted(
        estate_.names[member]
        for g in range(plan.owner.size)
        if plan.owner[g] == owner and graph.texts[graph.role[compiled.need[g]]] == role
        for member in plan.member[plan.start[g] : plan.start[g + 1]]
    )
