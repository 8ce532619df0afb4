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

_RECORD = "aws.route53.record"
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
    return tuple(
        _tidied(_served(resource, by_consumer.get(resource.id, [])), names) for resource in found.values()
    )


def _names(resources: Iterable[Resource]) -> dict[str, str]:
    """Return alias to the id of its one owner.

    A name that DNS records hold belongs to the first of them; else what several resources are called by (a
    private host name in two networks) is nobody's name.
    """
    records: dict[str, str] = {}
    others: dict[str, str | None] = {}
    for resource in resources:
        for alias in resource.aliases:
            if resource.kind == _RECORD:
                records.setdefault(alias, resource.id)
            else:
                others[alias] = None if alias in others else resource.id
    return {alias: owner for alias, owner in others.items() if owner is not None} | records


def _served(resource: Resource, bonds: list[Served]) -> Resource:
    grouped: dict[tuple[Bind, str], list[Served]] = {}
    for bond in bonds:
        grouped.setdefault((bond.bind, bond.role), []).append(bond)
    needs = resource.needs
    for (bind, role), group in sorted(grouped.items()):
        providers = tuple(dict.fromkeys(sorted(bond.provider for bond in group)))
        if bind is Bind.BOUNDS:
            minimum = sum(bond.minimum or 0 for bond in group)
            if minimum:  # no minimum is none stated: the pool keeps its own bounds
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


def _tidied(resource: Resource, names: Mapping[str, str]) -> Resource:
    """Keep the aliases that are its own, and give addresses their machines."""
    aliases = tuple(
        alias
        for alias in resource.aliases
        if names.get(alias) == resource.id and not _ADDRESS.fullmatch(alias)
    )
    addressed = any(_ADDRESS.fullmatch(member.ref) for need in resource.needs for member in need.members)
    needs = _addressed(resource.needs, names) if addressed else resource.needs
    return dataclasses.replace(resource, aliases=aliases, needs=needs)


def _addressed(needs: tuple[Need, ...], names: Mapping[str, str]) -> tuple[Need, ...]:
    """Replace addresses by machines; where one belongs to nothing listed, its zone stands in if told."""
    zoned = any(need.role == TARGET_ZONES for need in needs)
    kept = []
    strangers = False
    for need in needs:
        members: dict[str, Member] = {}
        for member in need.members:
            stranger = _ADDRESS.fullmatch(member.ref) and member.ref not in names
            strangers = strangers or bool(stranger)
            if not (stranger and zoned):
                ref = names[member.ref] if _ADDRESS.fullmatch(member.ref) and not stranger else member.ref
                members.setdefault(ref, dataclasses.replace(member, ref=ref))
        if members:
            worst = min(need.k[1], bounds(Of.HALF, len(members))[1])
            k = need.k if len(members) == len(need.members) else (need.k[0], worst)
            kept.append(dataclasses.replace(need, members=tuple(members.values()), k=k))
    return tuple(need for need in kept if strangers or need.role != TARGET_ZONES)
