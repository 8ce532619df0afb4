"""Put together what only two services know: who serves whom, and whose address a target is. Pure.

Everything else is linked when the estate is built; this needs the connector's own words.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping

from auditor.connectors.aws.shape import Served, bounds
from auditor.connectors.aws.spec import Bind, Of
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

TARGETS = "targets"
TARGET_ZONES = "target-zones"
"""Zones of targets known by address only; stands in where the addresses belong to nothing listed."""

_ADDRESS = re.compile(r"vpc-[0-9a-z]+/[0-9a-f.:]+")


def address(vpc: str, ip: str) -> str:
    """Return the name of a private address, which is unique only within its network."""
    return f"{vpc}/{ip}".lower()


def linked(resources: Iterable[Resource], served: Iterable[Served]) -> tuple[Resource, ...]:
    """Return the resources with the needs that others stated for them, sorted by id."""
    found = {resource.id: resource for resource in sorted(resources, key=lambda resource: resource.id)}
    names = _names(found.values())
    by_consumer: dict[str, list[Served]] = {}
    for bond in served:
        consumer = bond.consumer if bond.consumer in found else names.get(bond.consumer.lower())
        if consumer is not None:
            by_consumer.setdefault(consumer, []).append(bond)
    records = _record_names(found.values())
    return tuple(
        _tidied(_served(resource, by_consumer.get(resource.id, [])), names, records)
        for resource in found.values()
    )


def _names(resources: Iterable[Resource]) -> dict[str, str]:
    """Return alias to id; an alias of several resources belongs to the first by id."""
    names: dict[str, str] = {}
    for resource in resources:
        for alias in resource.aliases:
            names.setdefault(alias, resource.id)
    return names


def _served(resource: Resource, bonds: list[Served]) -> Resource:
    grouped: dict[tuple[Bind, str], list[Served]] = {}
    for bond in bonds:
        grouped.setdefault((bond.bind, bond.role), []).append(bond)
    needs = resource.needs
    for (bind, role), group in sorted(grouped.items()):
        providers = tuple(dict.fromkeys(sorted(bond.provider for bond in group)))
        if bind is Bind.BOUNDS:
            minimum = sum(bond.minimum or 0 for bond in group)
            needs = tuple(_bounded(need, minimum) if need.role == role else need for need in needs)
            continue
        if bind is Bind.REPLACES:
            needs = tuple(need for need in needs if need.role not in {role, TARGET_ZONES})
        made = Need(
            role=role,
            members=tuple(Member(ref=provider) for provider in providers),
            k=bounds(Of.SOME, len(providers)),
            origin=f"stated by {len(providers)} other(s)",
        )
        needs = (*needs, made)
    return dataclasses.replace(resource, needs=needs)


def _bounded(need: Need, minimum: int) -> Need:
    return dataclasses.replace(need, k=bounds(Of.HALF, len(need.members), minimum=minimum))


def _tidied(resource: Resource, names: Mapping[str, str], records: frozenset[str]) -> Resource:
    """Give addresses their machines, and names that DNS records own back to the records."""
    mine = () if resource.kind == _RECORD else records
    aliases = tuple(
        alias for alias in resource.aliases if alias not in mine and not _ADDRESS.fullmatch(alias)
    )
    needs = resource.needs
    if any(need.role == TARGET_ZONES for need in needs):
        needs = _addressed(needs, names)
    return dataclasses.replace(resource, aliases=aliases, needs=needs)


_RECORD = "aws.route53.record"


def _record_names(resources: Iterable[Resource]) -> frozenset[str]:
    return frozenset(
        alias for resource in resources if resource.kind == _RECORD for alias in resource.aliases
    )


def _addressed(needs: tuple[Need, ...], names: Mapping[str, str]) -> tuple[Need, ...]:
    """Replace addresses by machines; keep the zones only where an address belongs to nothing listed."""
    kept = []
    strangers = False
    for need in needs:
        if need.role != TARGETS:
            kept.append(need)
            continue
        members: dict[str, Member] = {}
        for member in need.members:
            if not _ADDRESS.fullmatch(member.ref):
                members[member.ref] = member
            elif member.ref in names:
                members[names[member.ref]] = dataclasses.replace(member, ref=names[member.ref])
            else:
                strangers = True
        if members:
            count = len(members)
            k = (need.k[0], min(need.k[1], max(bounds(Of.HALF, count)[1], 1)))
            kept.append(dataclasses.replace(need, members=tuple(members.values()), k=k))
    return tuple(need for need in kept if strangers or need.role != TARGET_ZONES)
