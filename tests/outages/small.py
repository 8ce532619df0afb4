"""Tiny inventories for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.inventory import Inventory, InventoryBuilder
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Need
from auditor.model.resource import Placement, Resource, Zone
from auditor.model.workload import Vendor
from auditor.outages import Touch


def thing(
    name: str,
    kind: str,
    *,
    region: str | None = None,
    zones: tuple[str, ...] | None = (),
    facts: Mapping[str, FactValue] | None = None,
    needs: tuple[Need, ...] = (),
) -> Resource:
    """Return a resource whose provider is the first word of its kind."""
    return Resource(
        id=name,
        kind=kind,
        name=name,
        placement=Placement(provider=kind.partition(".")[0], region=region, zones=zones),
        facts=tuple(
            Fact(name=fact, value=value, evidence=Evidence.DECLARED) for fact, value in (facts or {}).items()
        ),
        needs=needs,
    )


def host(
    name: str,
    *,
    kind: str = "aws.ec2.instance",
    region: str | None = "ap-northeast-2",
    zones: tuple[str, ...] | None = (),
    **facts: FactValue,
) -> Resource:
    """Return a machine; ``falcon``, ``systemd`` and ``disk_skus`` are facts with dots in their names."""
    spelled = {"falcon": "agent.crowdstrike-falcon", "systemd": "agent.systemd", "disk_skus": "disk.skus"}
    named = {spelled.get(key, key): value for key, value in facts.items()}
    return thing(name, kind, region=region, zones=zones, facts={"host": True, **named})


def stock(
    *resources: Resource, vendors: tuple[Vendor, ...] = (), zones: tuple[tuple[str, str, str], ...] = ()
) -> Inventory:
    """Return an inventory of these."""
    builder = InventoryBuilder("2026-01-01T00:00:00Z")
    builder.add(resources, source="test")
    builder.add_zones(Zone(provider=p, region=r, zone=z) for p, r, z in zones)
    builder.declare(vendors=vendors)
    return builder.build()


def verdicts(touch: Touch, inventory: Inventory) -> dict[str, str]:
    """Return ``yes``, ``maybe`` or ``no`` by resource id."""
    return {
        name: "yes" if yes else "maybe" if maybe else "no"
        for name, yes, maybe in zip(inventory.resources["id"], touch.yes, touch.maybe, strict=True)
    }
