"""Implied needs from where a resource is: its service or region, its zone, its account."""

from __future__ import annotations

import polars as pl

from auditor.estate.draft import EVIDENCE_CODE, Draft
from auditor.estate.graph import NodeKind
from auditor.estate.hierarchy import zone_regions
from auditor.estate.spelled import spelled
from auditor.inventory import Inventory
from auditor.model import places
from auditor.model.domain import service_of
from auditor.model.evidence import Evidence


def add_placement(draft: Draft, inventory: Inventory) -> None:
    """Give every resource its service-in-region, account and zone.

    A resource that states a need of role ``zone`` gets no other one; one in several zones is spread by the
    provider and gets none. A zone nobody could see is needed in every zone of the region in the worst case.
    """
    columns = inventory.resources.select("provider", "account", "region", "kind", "zones", "source")
    placed = columns.with_row_index("owner").with_columns(
        pl.col("owner").cast(pl.Int32),
        evidence=pl.when(pl.col("source") == "manifest")
        .then(EVIDENCE_CODE[Evidence.DECLARED])
        .otherwise(EVIDENCE_CODE[Evidence.CONFIGURED]),
    )
    placed = placed.drop("source")
    _add_services(draft, placed.drop("zones", "account"))
    placed = placed.drop("kind")
    account = placed.drop("zones", "region").filter(pl.col("account").is_not_null())
    _add(draft, account, spelled("account:{}/{}", "provider", "account"), "account", "placement")
    stated = inventory.needs.filter(pl.col("role") == "zone")["resource"].unique().cast(pl.Int32)
    _add_zones(draft, placed.filter(~pl.col("owner").is_in(stated.implode())), inventory)


def _add_services(draft: Draft, placed: pl.DataFrame) -> None:
    kinds = placed["kind"].unique().sort()
    services = pl.Series([service_of(kind) for kind in kinds], dtype=pl.String)
    if kinds.is_empty():
        return
    served = placed.drop("evidence").with_columns(
        service=pl.col("kind").replace_strict(kinds, services, return_dtype=pl.String)
    )
    known, region = pl.col("service").is_not_null(), pl.col("region")
    in_region = known & region.is_not_null()
    service = spelled("service:{}/{}/{}", "provider", "region", "service")
    origin = "every resource needs its service where it is"
    _add(draft, served.filter(in_region), service, "service", origin)
    bare = served.filter(~in_region)
    named = region.is_not_null() & (region != "global")
    _add(draft, bare.filter(named), spelled("region:{}/{}", "provider", "region"), "region", "placement")
    _add(
        draft,
        bare.filter(~named.fill_null(value=False)),
        spelled("provider:{}", "provider"),
        "provider",
        "placement",
    )
    draft.assume(
        "resources are taken to need their provider's service in their region",
        served.filter(in_region).height,
    )
    draft.assume(
        "resources of unknown region are taken to need their provider only",
        bare.filter(region.is_null()).height,
        "declare their region",
    )


def _add_zones(draft: Draft, placed: pl.DataFrame, inventory: Inventory) -> None:
    zonal = placed.filter(pl.col("zones").list.len() == 1)
    zonal = zonal.with_columns(zone=pl.col("zones").list.first())
    _add(draft, zonal, spelled("zone:{}/{}", "provider", "zone"), "zone", "placement")
    hidden = placed.filter(pl.col("zones").is_null() & pl.col("region").is_not_null())
    if hidden.is_empty():
        return
    candidates = _candidates(hidden, inventory)
    spread = hidden.join(candidates, on=["provider", "region"], how="inner", maintain_order="left")
    name = spelled("zone:{}/{}", "provider", "zone")
    _add(draft, spread, name, "zone", "one of the region's zones, unknown which", unknown="zone")
    draft.assume(
        "resources in an unknown zone are taken to be in any zone of their region",
        hidden.height,
        "let the zone be read, or declare it",
    )


def _candidates(hidden: pl.DataFrame, inventory: Inventory) -> pl.DataFrame:
    """Return provider, region, zone: every zone known of the regions where a zone is not."""
    found = {(provider, region, zone) for (provider, zone), region in zone_regions(inventory).items()}
    for provider, code in hidden.select("provider", "region").unique().iter_rows():
        region = places.region(provider, code)
        if region is not None and not any(where[:2] == (provider, code) for where in found):
            found |= {(provider, code, zone) for zone in region.zone_ids}
    schema = {"provider": pl.String, "region": pl.String, "zone": pl.String}
    return pl.DataFrame(sorted(found), schema=schema, orient="row")


def _add(
    draft: Draft, rows: pl.DataFrame, name: pl.Expr, role: str, origin: str, *, unknown: str | None = None
) -> None:
    if rows.is_empty():
        return
    names = rows.select(name.alias("name"))["name"]
    pairs = rows.with_columns(node=draft.nodes.place(names, NodeKind.DOMAIN))
    columns = ["owner", "node", *(["evidence"] if "evidence" in pairs.columns else [])]
    evidence = Evidence.ASSUMED
    draft.add_each(pairs.select(columns), role, evidence=evidence, origin=origin, unknown=unknown)
