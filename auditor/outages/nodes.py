"""Domain ids in outages: how they are written, and which nodes of an estate they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import polars as pl

from auditor.inventory import Inventory
from auditor.model.domain import Axis, axis_of, control_plane_id, service_id, vendor_id
from auditor.model.need import Need
from auditor.model.places import regions
from auditor.outages.predicate import CANDIDATE
from auditor.outages.schema import EVERY_REGION, Impact

_CHOICE = re.compile(r"\{([^{}]*)\}")
_WORD = r"[a-z0-9][a-z0-9._-]*"
_REGION = rf"({_WORD}|\*)"
_SHAPES: dict[Axis, tuple[str, str]] = {
    Axis.PROVIDER: (rf"{_WORD}", "provider:aws"),
    Axis.REGION: (rf"{_WORD}/{_WORD}", "region:aws/us-east-1"),
    Axis.ZONE: (rf"{_WORD}/({_WORD}|\?)", "zone:aws/apne2-az1"),
    Axis.SERVICE: (rf"{_WORD}/{_REGION}/{_WORD}", "service:aws/us-east-1/rds"),
    Axis.CONTROL_PLANE: (rf"{_WORD}/({_REGION}/)?{_WORD}", "control-plane:aws/us-east-1/ec2"),
    Axis.OS: (rf"{_WORD}", "os:windows"),
    Axis.AGENT: (rf"{_WORD}/{_WORD}", "agent:crowdstrike-falcon/windows"),
    Axis.VENDOR: (rf"{_WORD}", "vendor:navitaire"),
}


def fault_in(node: str) -> str | None:
    """Return what is wrong with a domain id of an outage file, None when it is well formed."""
    axis = axis_of(node)
    if axis not in _SHAPES:
        kinds = ", ".join(str(each) for each in _SHAPES)
        return f"{node!r} is no domain id: it begins with one of {kinds} and a colon"
    shape, example = _SHAPES[axis]
    if re.fullmatch(shape, parts_of(node)[0]) is None:
        return f"{node!r} is no domain id of this kind: write it like {example}, in lower case"
    return None


def spelled_out(text: str) -> Iterator[str]:
    """Yield the domain ids a text stands for: each choice in braces in turn."""
    found = _CHOICE.search(text)
    if found is None:
        yield text
        return
    for choice in found[1].split(","):
        yield from spelled_out(f"{text[: found.start()]}{choice.strip()}{text[found.end() :]}")


def folded(nodes: Iterable[str]) -> tuple[str, ...]:
    """Return domain ids in as few texts as choices in braces allow, for people: ``spelled_out`` undone."""
    rows = [(node.partition(":")[0], *parts_of(node)[1]) for node in dict.fromkeys(nodes)]
    shapes: dict[tuple[str, ...], None] = dict.fromkeys(rows)
    for place in (-1, -2, 0):  # services, then regions, then planes
        grouped: dict[tuple[str, ...], list[str]] = {}
        for row in shapes:
            index = place % len(row)
            key = row if len(row) < 3 else (*row[:index], "", *row[index + 1 :])  # noqa: PLR2004 -- kind, provider, name
            grouped.setdefault(key, []).append(row[index])
        shapes = dict.fromkeys(
            tuple(part or _choices(found) for part in key) for key, found in grouped.items()
        )
    return tuple(f"{row[0]}:{'/'.join(row[1:])}" for row in shapes)


def _choices(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    head = "microsoft."
    if all(name.startswith(head) for name in names):
        return head + _choices([name.removeprefix(head) for name in names])
    return "{" + ", ".join(names) + "}"


def parts_of(node: str) -> tuple[str, tuple[str, ...]]:
    """Return what follows the kind of a domain id, whole and cut at its slashes."""
    rest = node.partition(":")[2]
    return rest, tuple(rest.split("/"))


def region_in(node: str) -> tuple[str, str] | None:
    """Return the provider and region a domain id names, None when it names none."""
    axis, parts = axis_of(node), parts_of(node)[1]
    named = {Axis.REGION: 2, Axis.SERVICE: 3, Axis.CONTROL_PLANE: 3}
    if axis is None or len(parts) != named.get(axis) or parts[1] == EVERY_REGION:
        return None
    return parts[0], parts[1]


def resolved(impact: Impact, inventory: Inventory, zone: str | None) -> tuple[str, ...]:
    """Return the impact's nodes with the open zone, every region and vendors' spelling filled in, sorted."""
    found: set[str] = set()
    for node in impact.nodes:
        if axis_of(node) is Axis.VENDOR:
            found.update(_spellings(node, inventory))
        elif node.endswith(f"/{CANDIDATE}"):
            found.update([node.replace(CANDIDATE, zone)] if zone is not None else [])
        elif f"/{EVERY_REGION}/" in node:
            found.update(_in_every_region(node, inventory))
        else:
            found.add(node)
    return tuple(sorted(found))


def candidates(impact: Impact, inventory: Inventory) -> tuple[str, ...]:
    """Return the physical zones that may be the one nobody named, sorted; empty when it is not open."""
    if impact.one_zone_of is None:
        return ()
    provider, code = impact.one_zone_of
    known = [each for each in regions(provider) if each.code == code]
    listed = {zone for each in known for zone in each.zone_ids}
    seen = {zone.zone for zone in inventory.zones if (zone.provider, zone.region) == impact.one_zone_of}
    used = inventory.resources.filter(
        (pl.col("provider") == provider) & (pl.col("region") == code), pl.col("zones").list.len() > 0
    )["zones"]
    return tuple(sorted(listed | seen | set(used.explode().unique().to_list())))


def vendor_refs(inventory: Inventory) -> dict[str, frozenset[str]]:
    """Return every declared vendor's node and what it is declared to stand on."""
    return {
        vendor_id(vendor.name): frozenset(vendor.hosted_on) | _refs(vendor.needs)
        for vendor in inventory.vendors
    }


def references(inventory: Inventory) -> frozenset[str]:
    """Return everything any resource, vendor or workload is said to need, and the vendors themselves."""
    members = inventory.members
    found = set(members["ref"].unique().to_list())
    found.update(members["via"].explode().drop_nulls().unique().to_list())
    for vendor, refs in vendor_refs(inventory).items():
        found |= {vendor, *refs}
    for workload in inventory.workloads:
        found |= _refs(workload.needs)
    return frozenset(found)


def _refs(needs: tuple[Need, ...]) -> frozenset[str]:
    return frozenset(ref for need in needs for member in need.members for ref in (member.ref, *member.via))


def _spellings(node: str, inventory: Inventory) -> set[str]:
    declared = {vendor_id(vendor.name) for vendor in inventory.vendors}
    return {each for each in declared if _slug(each) == _slug(node)} | {node}


def _slug(vendor: str) -> str:
    return re.sub(r"[\s_]+", "-", vendor.strip().lower())


def _in_every_region(node: str, inventory: Inventory) -> set[str]:
    provider, _, service = parts_of(node)[1]
    named = control_plane_id if axis_of(node) is Axis.CONTROL_PLANE else service_id
    return {named(provider, code, service) for code in _codes(provider, inventory)}


def _codes(provider: str, inventory: Inventory) -> set[str]:
    rows = inventory.resources.filter(pl.col("provider") == provider)
    used = set(rows["region"].drop_nulls().unique().to_list())
    # A vendor may stand in a region that no list of ours has and nothing else of the estate is in.
    needed = [need for workload in inventory.workloads for need in workload.needs]
    told = _refs(tuple(needed)).union(*vendor_refs(inventory).values())
    named = {place[1] for ref in told if (place := region_in(ref)) and place[0] == provider}
    return used | named | {each.code for each in regions(provider)} | {"global"}
