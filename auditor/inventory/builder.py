"""``Resource`` values in, columns out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from auditor.inventory.tables import SCHEMAS, Inventory, encode_value
from auditor.model.evidence import Evidence
from auditor.model.gap import Gap
from auditor.model.need import Need
from auditor.model.resource import Resource, Zone
from auditor.model.workload import Fleet, Vendor, Workload

_STRENGTH = {evidence: rank for rank, evidence in enumerate(Evidence)}


class InventoryBuilder:
    """Takes resources in any order, from any thread holding its own builder, and makes an ``Inventory``.

    A resource seen twice (two regions list one global thing) is kept once: the first in ``source`` order
    wins, facts of both are joined with the stronger evidence winning.
    """

    def __init__(self, taken_at: str) -> None:
        self._taken_at = taken_at
        self._resources: dict[str, tuple[Resource, str]] = {}
        self._gaps: list[Gap] = []
        self._zones: set[tuple[str, str, str]] = set()
        self._workloads: tuple[Workload, ...] = ()
        self._vendors: tuple[Vendor, ...] = ()
        self._fleets: tuple[Fleet, ...] = ()
        self._settled: tuple[tuple[str, str], ...] = ()

    def add(self, resources: Iterable[Resource], *, source: str) -> None:
        """Add resources collected by one connector."""
        for resource in resources:
            seen = self._resources.get(resource.id)
            if seen is None:
                self._resources[resource.id] = (resource, source)
            else:
                self._resources[resource.id] = (_joined(seen[0], resource), seen[1])

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Add places that could not be seen."""
        self._gaps.extend(gaps)

    def add_zones(self, zones: Iterable[Zone]) -> None:
        """Add physical zones that exist."""
        self._zones.update((zone.provider, zone.region, zone.zone) for zone in zones)

    def declare(
        self,
        *,
        workloads: tuple[Workload, ...] = (),
        vendors: tuple[Vendor, ...] = (),
        fleets: tuple[Fleet, ...] = (),
        settled: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Set what the user declared."""
        self._workloads, self._vendors = workloads, vendors
        self._fleets, self._settled = fleets, settled

    def build(self) -> Inventory:
        """Return the inventory, every table sorted, so the same input gives the same tables."""
        ordered = sorted(self._resources.items())
        tables: dict[str, dict[str, list[Any]]] = {
            name: {column: [] for column in schema} for name, schema in SCHEMAS.items()
        }
        for row, (_, (resource, source)) in enumerate(ordered):
            _append(tables, row, resource, source)
        return Inventory(
            taken_at=self._taken_at,
            zones=tuple(Zone(provider=p, region=r, zone=z) for p, r, z in sorted(self._zones)),
            gaps=tuple(sorted(set(self._gaps))),
            workloads=self._workloads,
            vendors=self._vendors,
            fleets=self._fleets,
            settled=self._settled,
            **{name: pl.DataFrame(columns, schema=SCHEMAS[name]) for name, columns in tables.items()},
        )


def _joined(first: Resource, second: Resource) -> Resource:
    facts = {fact.name: fact for fact in first.facts}
    for fact in second.facts:
        known = facts.get(fact.name)
        if known is None or _STRENGTH[fact.evidence] < _STRENGTH[known.evidence]:
            facts[fact.name] = fact
    return Resource(
        id=first.id,
        kind=first.kind,
        name=first.name,
        placement=first.placement,
        facts=tuple(facts.values()),
        tags=tuple(sorted(set(first.tags) | set(second.tags))),
        aliases=tuple(sorted(set(first.aliases) | set(second.aliases))),
        needs=first.needs + tuple(need for need in second.needs if need not in first.needs),
    )


def _append(tables: dict[str, dict[str, list[Any]]], row: int, resource: Resource, source: str) -> None:
    place = resource.placement
    _put(
        tables["resources"],
        resource.id,
        resource.kind,
        resource.name,
        place.provider,
        place.account,
        place.region,
        None if place.zones is None else list(place.zones),
        source,
    )
    for fact in sorted(resource.facts, key=lambda fact: fact.name):
        _put(tables["facts"], row, fact.name, encode_value(fact.value), fact.evidence.value, fact.origin)
    for key, value in sorted(resource.tags):
        _put(tables["tags"], row, key, value)
    for alias in sorted(set(resource.aliases)):
        _put(tables["aliases"], row, alias.lower())
    for need in resource.needs:
        _append_need(tables, row, need)


def _append_need(tables: dict[str, dict[str, list[Any]]], row: int, need: Need) -> None:
    index = len(tables["needs"]["resource"])
    _put(
        tables["needs"],
        row,
        need.role,
        need.k[0],
        need.k[1],
        need.evidence.value,
        need.origin,
        need.quorum,
        need.unknown,
    )
    for member in need.members:
        low, high = member.loss if member.loss is not None else (None, None)
        _put(
            tables["members"],
            index,
            member.ref,
            member.delay[0],
            member.delay[1],
            member.manual,
            list(member.via),
            low,
            high,
            member.assumed,
            member.tested_on,
            member.unknown,
        )


def _put(table: dict[str, list[Any]], *values: object) -> None:
    for column, value in zip(table.values(), values, strict=True):
        column.append(value)
