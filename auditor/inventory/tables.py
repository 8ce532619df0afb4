"""Resources in columns (polars); a ``Resource`` object is a row being built or shown, never a million."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.gap import Gap
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource, Zone
from auditor.model.workload import Fleet, Vendor, Workload

SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    # Sorted by id; row number = resource index used by the other tables.
    "resources": {
        "id": pl.String,
        "kind": pl.String,
        "name": pl.String,
        "provider": pl.String,
        "account": pl.String,  # null: none
        "region": pl.String,  # null: unknown
        "zones": pl.List(pl.String),  # null: unknown; empty: not zonal
        "source": pl.String,  # which connector
    },
    # Sorted by (resource, name); value is canonical JSON, so one column holds every type.
    "facts": {
        "resource": pl.UInt32,
        "name": pl.String,
        "value": pl.String,
        "evidence": pl.String,
        "origin": pl.String,
    },
    "tags": {"resource": pl.UInt32, "key": pl.String, "value": pl.String},
    "aliases": {"resource": pl.UInt32, "alias": pl.String},
    # Needs of resources; row number = need index used by members.
    "needs": {
        "resource": pl.UInt32,
        "role": pl.String,
        "k_best": pl.Int32,
        "k_worst": pl.Int32,
        "evidence": pl.String,
        "origin": pl.String,
        "quorum": pl.Boolean,
        "unknown": pl.String,
    },
    "members": {
        "need": pl.UInt32,
        "ref": pl.String,
        "delay_low": pl.Float64,
        "delay_high": pl.Float64,
        "manual": pl.Boolean,
        "via": pl.List(pl.String),
        "loss_low": pl.Float64,  # null: unknown
        "loss_high": pl.Float64,
        "assumed": pl.Boolean,
        "tested_on": pl.String,
        "unknown": pl.String,
    },
}

SCHEMAS["overridden"] = SCHEMAS["facts"]


def empty_table(name: str) -> pl.DataFrame:
    """Return a table of ``SCHEMAS`` without rows."""
    return pl.DataFrame(schema=SCHEMAS[name])


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def encode_value(value: FactValue) -> str:
    """Return a fact's value as canonical JSON (``True`` -> ``true``, tuple -> array)."""
    return _ENCODE(value)


def decode_value(text: str) -> FactValue:
    """Return the fact value that ``encode_value`` wrote."""
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything collected, in tables of ``SCHEMAS`` plus what is small enough for values.

    Attributes:
        taken_at: UTC, ISO 8601 with ``Z``; when collecting began.
        resources, facts, tags, aliases, needs, members: see ``SCHEMAS``.
        zones: physical zones known to exist, sorted.
        gaps: places not seen, sorted.
        workloads, vendors, fleets: declared ones.
        settled: (axis, reason) pairs declared not applicable.
        overridden: collected facts that a declaration replaced, kept so that another declaration can
            bring them back; nothing but the manifest reads it.
    """

    taken_at: str
    resources: pl.DataFrame
    facts: pl.DataFrame
    tags: pl.DataFrame
    aliases: pl.DataFrame
    needs: pl.DataFrame
    members: pl.DataFrame
    zones: tuple[Zone, ...] = ()
    gaps: tuple[Gap, ...] = ()
    workloads: tuple[Workload, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    fleets: tuple[Fleet, ...] = ()
    settled: tuple[tuple[str, str], ...] = field(default=())
    overridden: pl.DataFrame = field(default_factory=lambda: empty_table("overridden"))

    def __len__(self) -> int:
        return self.resources.height

    def fact_frame(self, name: str) -> pl.DataFrame:
        """Return resource, value, evidence of one fact name, sorted by resource."""
        return self.facts.filter(pl.col("name") == name).select("resource", "value", "evidence")

    def resource(self, row: int) -> Resource:
        """Return one row as a value, needs included; slow, for showing and tests.

        Raises:
            IndexError: no such row.
        """
        if not 0 <= row < len(self):
            raise IndexError(row)
        r = self.resources.row(row, named=True)
        return Resource(
            id=r["id"],
            kind=r["kind"],
            name=r["name"],
            placement=Placement(
                provider=r["provider"],
                account=r["account"],
                region=r["region"],
                zones=None if r["zones"] is None else tuple(r["zones"]),
            ),
            facts=tuple(
                Fact(name=n, value=decode_value(v), evidence=Evidence(e), origin=o)
                for _, n, v, e, o in self.facts.filter(pl.col("resource") == row).iter_rows()
            ),
            tags=tuple((k, v) for _, k, v in self.tags.filter(pl.col("resource") == row).iter_rows()),
            aliases=tuple(self.aliases.filter(pl.col("resource") == row)["alias"]),
            needs=self._needs_of(row),
        )

    def _needs_of(self, row: int) -> tuple[Need, ...]:
        needs = self.needs.with_row_index("need").filter(pl.col("resource") == row)
        by_need = {
            key[0]: frame
            for key, frame in self.members.filter(pl.col("need").is_in(needs["need"].implode()))
            .partition_by("need", as_dict=True)
            .items()
        }
        return tuple(
            Need(
                role=n["role"],
                k=(n["k_best"], n["k_worst"]),
                evidence=Evidence(n["evidence"]),
                origin=n["origin"],
                quorum=n["quorum"],
                unknown=n["unknown"],
                members=tuple(
                    Member(
                        ref=m["ref"],
                        delay=(m["delay_low"], m["delay_high"]),
                        manual=m["manual"],
                        via=tuple(m["via"]),
                        loss=None if m["loss_low"] is None else (m["loss_low"], m["loss_high"]),
                        assumed=m["assumed"],
                        tested_on=m["tested_on"],
                        unknown=m["unknown"],
                    )
                    for m in by_need[n["need"]].iter_rows(named=True)
                ),
            )
            for n in needs.iter_rows(named=True)
        )


VALUE_FIELDS: tuple[str, ...] = tuple(
    each.name for each in dataclasses.fields(Inventory) if each.name not in SCHEMAS
)
"""Fields of an inventory that are values, not tables."""


def tables_of(inventory: Inventory) -> dict[str, pl.DataFrame]:
    """Return the tables by name, in the order of ``SCHEMAS``."""
    return {name: getattr(inventory, name) for name in SCHEMAS}


def empty(taken_at: str) -> Inventory:
    """Return an inventory of nothing, taken at a time (UTC, ISO 8601 with ``Z``)."""
    tables: dict[str, Any] = {name: empty_table(name) for name in SCHEMAS}
    return Inventory(taken_at=taken_at, **tables)


def same(first: Inventory, second: Inventory) -> bool:
    """Return whether two inventories hold the same, column types included."""
    ours, theirs = tables_of(first), tables_of(second)
    return all(
        frame.schema == theirs[name].schema and frame.equals(theirs[name]) for name, frame in ours.items()
    ) and all(getattr(first, name) == getattr(second, name) for name in VALUE_FIELDS)
