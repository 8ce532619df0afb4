"""``Resource`` values in, columns out."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any

import polars as pl

from auditor.inventory.assembly import assembled
from auditor.inventory.gathering import ROW_SCHEMAS, Gathering
from auditor.inventory.tables import SCHEMAS, Inventory, tables_of
from auditor.model.gap import Gap
from auditor.model.resource import Resource, Zone
from auditor.model.workload import Fleet, Vendor, Workload

_CHUNK = 20_000
"""Resources gathered as Python values before they become columns."""


class InventoryBuilder:
    """Takes resources in any order, from any thread, and makes an ``Inventory``.

    A resource seen twice (two regions list one global thing) is kept once: placement and name of the first
    by source and place, facts of both with the stronger evidence winning, tags, aliases and needs of both.
    """

    def __init__(self, taken_at: str) -> None:
        self._taken_at = taken_at
        self._lock = Lock()
        self._gathering = Gathering()
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
                self._gathering.append(resource, source)
                if len(self._gathering) >= _CHUNK:
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
            before = self._gathering
            by_resource, by_need = pl.col("resource") + before.resources, pl.col("need") + before.needs
            for name, frame in tables_of(inventory).items():
                if name == "resources":
                    part = frame.with_row_index("row", offset=before.resources)
                elif name == "members":
                    part = frame.with_columns(by_need)
                else:
                    part = frame.with_columns(by_resource)
                if name == "needs":
                    part = part.with_row_index("need", offset=before.needs)
                wanted = {"resources": keep, "needs": keep_needs}.get(name)
                part = part if wanted is None else part.filter(wanted)
                self._chunks[name].append(part.cast(pl.Schema(ROW_SCHEMAS[name])))
            before.resources += inventory.resources.height
            before.needs += inventory.needs.height
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
        for name, frame in self._gathering.flush().items():
            self._chunks[name].append(frame)
