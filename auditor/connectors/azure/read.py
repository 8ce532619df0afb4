"""From ARM bodies to resources: the one interpreter of every spec."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.connectors.azure.places import GLOBAL, Places, region_code
from auditor.connectors.azure.spec import (
    KEEP,
    AzureSpec,
    Extra,
    Item,
    Shelf,
    Zoning,
    kind_of,
    specs,
)
from auditor.connectors.extract import host_of, parse_arm_id, read, tag_pairs, text, texts
from auditor.connectors.spec import with_assumed
from auditor.model.domain import service_id, zone_id
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need, requires
from auditor.model.resource import Placement, Resource

DIRECTORY = service_id("azure", GLOBAL, "microsoft.aadiam")
"""The sign-in service, which managed identities and every Key Vault call ask."""
_TRUE, _FALSE = {True, "enabled", "true"}, {False, "disabled", "false"}


def shelve(subscription: str, bodies: Iterable[Mapping[str, Any]], places: Places, *, cloud: str) -> Shelf:
    """Normalise bodies and index them; a body without a readable id is left out, a repeated one merged."""
    raw: dict[str, tuple[Any, dict[str, Any]]] = {}
    for body in bodies:
        arm = parse_arm_id(text("id", body) or "")
        if arm is None or not arm.type:
            continue
        known = raw.get(arm.id)
        filled = {key: value for key, value in body.items() if value is not None}
        raw[arm.id] = (arm, {**known[1], **filled} if known else filled)
    found: dict[str, Item] = {}
    for id_, (arm, body) in sorted(raw.items()):  # parents sort before what is below them
        above = found.get(arm.parent or "")
        region = region_code(text("location", body)) or (above.region if above else None)
        found[id_] = Item(arm=arm, type=arm.type, region=region, body=body)
    return Shelf(subscription, places, found, cloud=cloud)


def resources(shelf: Shelf) -> Iterator[Resource]:
    """Yield the resources of a subscription, each with what its configuration says, sorted by id."""
    for item in shelf.all():
        spec = specs().get(item.type)
        if spec is None:
            yield _generic(item, shelf)
        elif not spec.folded:
            yield from _described(item, spec, shelf)


def _described(item: Item, spec: AzureSpec, shelf: Shelf) -> Iterator[Resource]:
    extra = spec.refine(item, shelf) if spec.refine else Extra()
    region = item.region if extra.region is KEEP else str(extra.region)
    zones, redundant, zone_needs = placed(item, spec, shelf.places)
    if extra.zones is not KEEP:
        zones, redundant, zone_needs = extra.zones, None, ()
    origin = f"{spec.type} {spec.api_version}"
    stated: dict[str, FactValue | None] = {"resource_group": item.arm.resource_group}
    stated |= {name: fact_value(read(path, item.body)) for name, path in spec.facts}
    stated |= {"zone_redundant": redundant} if redundant is not None else {}
    stated |= {"identity": identities(item)}
    stated |= extra.facts
    named = (host_of(alias) for path in spec.aliases for alias in texts(path, item.body))
    needs = [
        need for role, path in spec.needs for need in requires(role, *refs(path, item.body), origin=origin)
    ]
    yield with_assumed(
        Resource(
            id=item.id,
            kind=spec.kind,
            name=item.arm.name,
            placement=Placement(provider="azure", account=shelf.subscription, region=region, zones=zones),
            facts=_facts(stated, origin),
            tags=tag_pairs(item.body.get("tags")),
            aliases=tuple(sorted({name for name in named if name} | set(extra.aliases))),
            needs=(*needs, *zone_needs, *extra.needs, *identity_needs(item)),
        ),
        spec,
    )
    yield from map(with_assumed, extra.resources)


def _generic(item: Item, shelf: Shelf) -> Resource:
    """Return a resource of a type nobody described: its placement, and the few facts all types share."""
    zones = shelf.places.zones(item.region, texts("zones", item.body))
    # Service Bus may say false and still be spread, so its false says nothing.
    redundant = truth(read("properties.zoneRedundant || properties.zoneRedundancy", item.body))
    if item.type == "microsoft.servicebus/namespaces" and not redundant:
        redundant = None
    stated: dict[str, FactValue | None] = {
        "generic": True,
        "resource_group": item.arm.resource_group,
        "sku": fact_value(read("sku.name", item.body)),
        "zone_redundant": redundant,
    }
    return Resource(
        id=item.id,
        kind=kind_of(item.type),
        name=item.arm.name,
        placement=Placement(provider="azure", account=shelf.subscription, region=item.region, zones=zones),
        facts=_facts(stated, item.type),
        tags=tag_pairs(item.body.get("tags")),
        needs=identity_needs(item),
    )


def placed(
    item: Item, spec: AzureSpec, places: Places
) -> tuple[tuple[str, ...] | None, bool | None, tuple[Need, ...]]:
    """Return physical zones, whether the provider spreads it, and the need for zones where it is spread."""
    if spec.zoning is Zoning.NONE:
        return (), None, ()
    unknown = None if places.zonal(item.region) else ()
    if spec.zoning is Zoning.FLAG:
        redundant = truth(read(spec.redundant, item.body))
        return ((), True, ()) if redundant else (unknown, redundant, ())
    listed = texts("zones", item.body)
    zones = places.zones(item.region, listed) if listed else unknown
    if spec.zoning is Zoning.SINGLE:
        return zones, None, ()
    if "properties" not in item.body and not listed:
        return unknown, None, ()
    spread = len(listed) > 1
    return zones, spread, spread_over(zones, worst=1, origin=spec.type) if spread and zones else ()


def spread_over(zones: tuple[str, ...], *, worst: int, origin: str) -> tuple[Need, ...]:
    """Return the need for at least one of several zones."""
    members = tuple(Member(ref=zone_id("azure", zone)) for zone in zones)
    if len(members) < 2:  # noqa: PLR2004 - one zone is the estate's own need
        return ()
    return (Need(role="zone", members=members, k=(1, worst), origin=f"{origin} zones"),)


def majority(members: int) -> tuple[int, int]:
    """Return how many of a group are needed: one at best, half at worst."""
    return 1, max(1, math.ceil(members / 2))


def identity_needs(item: Item) -> tuple[Need, ...]:
    """Return the possible need for the sign-in service of anything with a managed identity."""
    if (text("identity.type", item.body) or "none").lower() == "none":
        return ()
    return requires(
        "identity",
        DIRECTORY,
        evidence=Evidence.INFERRED,
        origin="a managed identity is attached",
        unknown="identity_use",
    )


def identities(item: Item) -> tuple[str, ...] | None:
    """Return the user-assigned identities something runs as; one of its own is gone with it and no fact."""
    found = tuple(
        sorted(
            key.lower().rstrip("/")
            for key in texts("identity.userAssignedIdentities | keys(@ || `{}`)", item.body)
        )
    )
    return found or None


def refs(path: str, body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ARM ids a path finds, in lower case."""
    return tuple(dict.fromkeys(ref.lower().rstrip("/") for ref in texts(path, body)))


def truth(value: object) -> bool | None:
    """Return the boolean that a flag in any of Azure's spellings means, None when it says nothing."""
    word = value.lower() if isinstance(value, str) else value
    if isinstance(word, bool | str):
        return True if word in _TRUE else False if word in _FALSE else None
    return None


def fact_value(value: object) -> FactValue | None:
    """Return what a fact can hold; empty and structured values are nothing."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value or None
    if isinstance(value, list):
        found = tuple(str(part) for part in value if isinstance(part, str | int | float) and part != "")
        return found or None
    return None


def _facts(stated: Mapping[str, FactValue | None], origin: str) -> tuple[Fact, ...]:
    return tuple(
        Fact(name=name, value=value, evidence=Evidence.CONFIGURED, origin=origin)
        for name, value in sorted(stated.items())
        if value is not None
    )
