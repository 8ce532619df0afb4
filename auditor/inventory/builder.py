"""``Resource`` values in, columns out."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any

import polars as pl

from auditor.inventory.assembly import STRENGTH, assembled
from auditor.inventory.tables import SCHEMAS, Inventory, encode_value, tables_of
from auditor.model.evidence import Fact
from auditor.model.gap import Gap
from auditor.model.need import Need
from auditor.model.resource import Resource, Zone
from auditor.model.workload import Fleet, Vendor, Workload

_CHUNK = 20_000
"""Resources gathered as Python values before they become columns."""

# Rows carry the number they were added under; ``assembled`` puts the final one in its place.
_ROW_SCHEMAS: dict[str, dict[str, Any]] = {
    **SCHEMAS,
    "resources": {"row": pl.UInt32, **SCHEMAS["resources"]},
    "needs": {"need": pl.UInt32, **SCHEMAS["needs"]},
}


class InventoryBuilder:
    """Takes resources in any order, from any thread, and makes an ``Inventory``.

    A resource seen twice (two regions list one global thing) is kept once: placement and name of the first
    by source and place, facts of both with the stronger evidence winning, tags, aliases and needs of both.
    """

    def __init__(self, taken_at: str) -> None:
        self._taken_at = taken_at
        self._lock = Lock()
        self._resources = 0
        self._needs = 0
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
        self._chunks: dict[str, list[pl.DataFrame]] = {name: [] for name in SCHEMAS}
        self._gaps: list[Gap] = []
        self._zones: set[tuple[str, str, str]] = set()
        self._workloads: tuple[Workload, ...] = ()
        self._vendors: tuple[Vendor, ...] = ()
        self._fleets: tuple[Fleet, ...] = ()
        self._settled: tuple[tuple[str, str], ...] = ()

    def add(self, resources: Iterable[Resource], *, source: str) -> None:
        """Add resources collected by one connector."""
        with self._lock:
            for resource in resources:
                self._append(resource, source)
                if len(self._rows["resources"]) >= _CHUNK:
                    self._flush()

    def extend(
        self, inventory: Inventory, *, keep: pl.Expr | None = None, keep_needs: pl.Expr | None = None
    ) -> None:
        """Add all another inventory holds, what it declares excepted.

        Args:
            inventory: to add.
            keep: condition on its ``resources``; the others are left out with all that is theirs.
            keep_needs: condition on its ``needs``; the others are left out with their members.
        """
        with self._lock:
            self._flush()
            by_resource, by_need = pl.col("resource") + self._resources, pl.col("need") + self._needs
            for name, frame in tables_of(inventory).items():
                if name == "resources":
                    part = frame.with_row_index("row", offset=self._resources)
                elif name == "members":
                    part = frame.with_columns(by_need)
                else:
                    part = frame.with_columns(by_resource)
                if name == "needs":
                    part = part.with_row_index("need", offset=self._needs)
                wanted = {"resources": keep, "needs": keep_needs}.get(name)
                part = part if wanted is None else part.filter(wanted)
                self._chunks[name].append(part.cast(pl.Schema(_ROW_SCHEMAS[name])))
            self._resources += inventory.resources.height
            self._needs += inventory.needs.height
            self._gaps.extend(inventory.gaps)
            self._zones.update((zone.provider, zone.region, zone.zone) for zone in inventory.zones)

    def absorb(self, other: InventoryBuilder) -> None:
        """Add all another builder holds, what it declares excepted."""
        self.extend(other.build())

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
        with self._lock:
            self._flush()
            gathered = {name: pl.concat(chunks, rechunk=True) for name, chunks in self._chunks.items()}
            self._chunks = {name: [frame] for name, frame in gathered.items()}
            tables: dict[str, Any] = assembled(gathered)
        return Inventory(
            taken_at=self._taken_at,
            zones=tuple(Zone(provider=p, region=r, zone=z) for p, r, z in sorted(self._zones)),
            gaps=tuple(sorted(set(self._gaps))),
            workloads=self._workloads,
            vendors=self._vendors,
            fleets=self._fleets,
            settled=self._settled,
            **tables,
        )

    def _flush(self) -> None:
        for name, rows in self._rows.items():
            schema = _ROW_SCHEMAS[name]
            columns = list(zip(*rows, strict=True)) or [()] * len(schema)
            self._chunks[name].append(
                pl.DataFrame(
                    [
                        _column(column, kind, values)
                        for (column, kind), values in zip(schema.items(), columns, strict=True)
                    ]
                )
            )
            rows.clear()

    def _append(self, resource: Resource, source: str) -> None:
        row, place, rows = self._resources, resource.placement, self._rows
        self._resources += 1
        zones = None if place.zones is None else encode_value(place.zones)
        rows["resources"].append(
            (
                *(row, resource.id, resource.kind, resource.name),
                *(place.provider, place.account, place.region, zones, source),
            )
        )
        rows["facts"].extend(
            (row, fact.name, encode_value(fact.value), fact.evidence.value, fact.origin)
            for fact in _ordered(resource.facts)
        )
        rows["tags"].extend((row, key, value) for key, value in sorted(set(resource.tags)))
        rows["aliases"].extend((row, alias) for alias in sorted({each.lower() for each in resource.aliases}))
        for need in resource.needs:
            self._append_need(row, need)

    def _append_need(self, row: int, need: Need) -> None:
        number = self._needs
        self._needs += 1
        self._rows["needs"].append(
            (number, row, need.role, *need.k, need.evidence.value, need.origin, need.quorum, need.unknown)
        )
        self._rows["members"].extend(
            (
                number,
                member.ref,
                *member.delay,
                member.manual,
                encode_value(member.via),
                *(member.loss or (None, None)),
                member.assumed,
                member.tested_on,
                member.unknown,
            )
            for member in need.members
        )


def _ordered(facts: tuple[Fact, ...]) -> list[Fact]:
    """Return the facts by name; of two that disagree the one with the stronger evidence."""
    ordered = sorted(facts, key=lambda fact: (fact.name, STRENGTH[fact.evidence.value]))
    return [
        fact for number, fact in enumerate(ordered) if not number or ordered[number - 1].name != fact.name
    ]


def _column(name: str, kind: Any, values: tuple[Any, ...]) -> pl.Series:  # noqa: ANN401 - polars' types
    """Return a column; lists come as JSON, which polars reads many times faster than Python lists."""
    if kind == pl.List(pl.String):
        return pl.Series(name, values, pl.String).str.json_decode(kind)
    return pl.Series(name, values, kind, strict=True)
