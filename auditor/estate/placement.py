"""Implied needs from where a resource is: its service or region, its zone, its account."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.alike import Alike, alike
from auditor.estate.draft import EVIDENCE_CODE, Draft
from auditor.estate.graph import NodeKind
from auditor.estate.hierarchy import ZoneRegions
from auditor.estate.spelled import spelled
from auditor.inventory import Inventory
from auditor.model import places as known_places
from auditor.model.domain import service_of
from auditor.model.evidence import Evidence

_SERVICES = (
    (
        "service:{}/{}/{}",
        ("provider", "region", "service"),
        "service",
        "every resource needs its service where it is",
    ),
    ("region:{}/{}", ("provider", "region"), "region", "placement"),
    ("provider:{}", ("provider",), "provider", "placement"),
)
"""Name, what it is made of, role and origin of the narrowest place known of a resource."""


def add_placement(draft: Draft, inventory: Inventory, places: Alike, regions: ZoneRegions) -> None:
    """Give every resource its service-in-region, account and zone.

    A resource that states a need of role ``zone`` gets no other one; one in several zones is spread by the
    provider and gets none. A zone nobody could see is needed in every zone of the region in the worst case.
    ``places`` are resources of one provider, account, region and kind each, ``regions`` those of all zones.
    """
    resources = inventory.resources
    declared = (resources["source"] == "manifest").to_numpy()
    told = (EVIDENCE_CODE[Evidence.CONFIGURED], EVIDENCE_CODE[Evidence.DECLARED])
    evidence = np.where(declared, *map(np.uint8, reversed(told)))
    table = resources.select("provider", "account", "region", "kind")[places.first]
    _add_services(draft, table, places)
    owned = np.flatnonzero(resources["account"].is_not_null().to_numpy())
    names = table.select(name=spelled("account:{}/{}", "provider", "account"))
    node = draft.nodes.place(names["name"], NodeKind.DOMAIN).fill_null(-1).to_numpy()
    _add(draft, owned, node[places.group[owned]], "account", "placement", evidence=evidence[owned])
    free = np.ones(len(inventory), np.bool_)
    free[inventory.needs.filter(pl.col("role") == "zone")["resource"].to_numpy()] = False
    _add_zones(draft, resources, free, evidence)
    _add_hidden_zones(draft, resources, free, evidence, regions)


def _add_services(draft: Draft, table: pl.DataFrame, places: Alike) -> None:
    """Add the service where a resource is, else its region, else its provider; ``table`` tells of places."""
    kinds = {kind: service_of(kind) for kind in table["kind"].unique().sort()}
    services = pl.Series([kinds[kind] for kind in table["kind"]], dtype=pl.String)
    region = pl.col("region")
    named = region.is_not_null() & (region != "global")
    in_region = pl.col("service").is_not_null() & region.is_not_null()
    table = table.with_columns(service=services).with_columns(
        what=pl.when(in_region).then(0).when(named).then(1).otherwise(2)
    )
    what = places.spread(table["what"].to_numpy())
    for place, (form, columns, role, origin) in enumerate(_SERVICES):
        names = table.select(name=pl.when(pl.col("what") == place).then(spelled(form, *columns)))
        node = draft.nodes.place(names["name"], NodeKind.DOMAIN).fill_null(-1).to_numpy()
        owner = np.flatnonzero(what == place)
        _add(draft, owner, node[places.group[owner]], role, origin)
    draft.assume(
        "resources are taken to need their provider's service in their region", int((what == 0).sum())
    )
    nowhere = places.spread(table["region"].is_null().to_numpy()) & (what > 0)
    draft.assume(
        "resources of unknown region are taken to need their provider only",
        int(nowhere.sum()),
        "declare their region",
    )


def _add_zones(
    draft: Draft, resources: pl.DataFrame, free: NDArray[np.bool_], evidence: NDArray[np.uint8]
) -> None:
    """Add the zone of what is in one, among the resources that are ``free`` (bool each)."""
    zones = resources["zones"]
    zonal = np.flatnonzero((zones.list.len() == 1).fill_null(value=False).to_numpy() & free)
    where = resources.select("provider", zone=pl.col("zones").list.first()).filter(_rows(zonal, free.size))
    groups = alike(where["provider"], where["zone"])
    names = where[groups.first].select(name=spelled("zone:{}/{}", "provider", "zone"))
    node = draft.nodes.place(names["name"], NodeKind.DOMAIN).fill_null(-1).to_numpy()
    _add(draft, zonal, node[groups.group], "zone", "placement", evidence=evidence[zonal])


def _add_hidden_zones(
    draft: Draft,
    resources: pl.DataFrame,
    free: NDArray[np.bool_],
    evidence: NDArray[np.uint8],
    regions: ZoneRegions,
) -> None:
    """Add every zone of the region to what is in a zone nobody could see."""
    unseen = (resources["zones"].is_null() & resources["region"].is_not_null()).to_numpy()
    hidden = np.flatnonzero(unseen & free)
    if not hidden.size:
        return
    where = resources.select("provider", "region").filter(_rows(hidden, free.size))
    where = where.with_columns(owner=pl.Series(hidden, dtype=pl.Int32), evidence=pl.Series(evidence[hidden]))
    spread = where.join(
        _candidates(where, regions), on=["provider", "region"], how="inner", maintain_order="left"
    )
    if not spread.is_empty():
        names = spread.select(name=spelled("zone:{}/{}", "provider", "zone"))["name"]
        draft.add_each(
            spread.select("owner", "evidence", node=draft.nodes.place(names, NodeKind.DOMAIN)),
            "zone",
            evidence=Evidence.ASSUMED,
            origin="one of the region's zones, unknown which",
            unknown="zone",
        )
    draft.assume(
        "resources in an unknown zone are taken to be in any zone of their region",
        hidden.size,
        "let the zone be read, or declare it",
    )


def _rows(rows: NDArray[np.int64], count: int) -> pl.Series:
    """Return a mask of these rows."""
    mask = np.zeros(count, np.bool_)
    mask[rows] = True
    return pl.Series(mask)


def _candidates(hidden: pl.DataFrame, regions: ZoneRegions) -> pl.DataFrame:
    """Return provider, region, zone: every zone known of the regions where a zone is not."""
    found = {(provider, region, zone) for (provider, zone), region in regions.items()}
    for provider, code in hidden.select("provider", "region").unique().iter_rows():
        region = known_places.region(provider, code)
        if region is not None and not any(where[:2] == (provider, code) for where in found):
            found |= {(provider, code, zone) for zone in region.zone_ids}
    schema = {"provider": pl.String, "region": pl.String, "zone": pl.String}
    return pl.DataFrame(sorted(found), schema=schema, orient="row")


def _add(
    draft: Draft,
    owner: NDArray[np.int64],
    node: NDArray[np.int32],
    role: str,
    origin: str,
    *,
    evidence: NDArray[np.uint8] | None = None,
) -> None:
    pairs = pl.DataFrame(
        {"owner": owner, "node": node} | ({} if evidence is None else {"evidence": evidence})
    )
    draft.add_each(pairs, role, evidence=Evidence.ASSUMED, origin=origin)
