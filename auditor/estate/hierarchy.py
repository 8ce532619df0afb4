"""What failure domains need themselves: a zone its region, a service its region, a region its provider."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
import polars as pl

from auditor.estate.alike import alike
from auditor.estate.draft import Draft
from auditor.estate.graph import NodeKind
from auditor.inventory import Inventory
from auditor.model import places
from auditor.model.domain import Axis, axis_of, provider_id, region_id
from auditor.model.evidence import Evidence

ZoneRegions = Mapping[tuple[str, str], str]
"""(provider, zone) to region."""

# Last resorts for zones no data knows: Azure's made-up physical ids, and AWS's letters.
_ZONE_FORMS = (re.compile(r"(.+)-az\d+"), re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]"))
_REGIONAL_PARTS = 3


def pairs_of(draft: Draft, pairs: Iterable[tuple[int, str]]) -> pl.DataFrame:
    """Return (owner, node) rows for (owner, domain id) pairs."""
    listed = sorted(set(pairs))
    owners = [owner for owner, _ in listed]
    nodes = [draft.nodes.add(name, NodeKind.DOMAIN) for _, name in listed]
    return pl.DataFrame({"owner": owners, "node": nodes}, schema={"owner": pl.Int32, "node": pl.Int32})


def zone_regions(inventory: Inventory) -> ZoneRegions:
    """Return the region of every physical zone that the inventory knows."""
    resources = inventory.resources
    counts = resources["zones"].list.len().fill_null(0)
    zone = resources["zones"].filter(counts > 0).explode()
    rows = np.repeat(np.arange(len(counts)), counts.to_numpy())
    places = alike(resources["provider"], resources["region"])
    groups = alike(places.group[rows], zone)
    seen = resources.select("provider", "region")[rows[groups.first]]
    seen = seen.with_columns(zone=zone.gather(groups.first)).drop_nulls("region").sort(pl.all())
    found = {(provider, zone): region for provider, region, zone in seen.iter_rows()}
    return found | {(zone.provider, zone.zone): zone.region for zone in inventory.zones}


def add_hierarchy(draft: Draft, zones: ZoneRegions) -> None:
    """Give every domain node its needs, and those it needs theirs, up to the provider."""
    pairs: list[tuple[int, str]] = []
    waiting = sorted(draft.nodes.others(NodeKind.DOMAIN))
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        above = parent(name, zones)
        if above is None:
            continue
        pairs.append((draft.nodes.add(name, NodeKind.DOMAIN), above))
        if above not in seen:
            seen.add(above)
            draft.nodes.add(above, NodeKind.DOMAIN)
            waiting.append(above)
    nested = pairs_of(draft, pairs)
    draft.add_each(nested, "inside", evidence=Evidence.ASSUMED, origin="how failure domains nest")


def parent(name: str, zones: ZoneRegions) -> str | None:
    """Return the domain that a domain needs, None where it needs none."""
    axis = axis_of(name)
    rest = name.partition(":")[2].split("/")
    provider = rest[0]
    above = {
        Axis.REGION: partial(provider_id, provider),
        Axis.ZONE: partial(_above_zone, provider, "/".join(rest[1:]), zones),
        Axis.SERVICE: partial(_above_service, rest),
        Axis.CONTROL_PLANE: partial(_above_service, rest),
    }
    return above[axis]() if axis in above else None


def _above_service(rest: list[str]) -> str:
    if len(rest) >= _REGIONAL_PARTS and rest[1] != "global":
        return region_id(rest[0], rest[1])
    return provider_id(rest[0])


def _above_zone(provider: str, zone: str, zones: ZoneRegions) -> str:
    region = zones.get((provider, zone))
    if region is None:
        known = places.region_of_zone(provider, zone)
        region = known.code if known else None
    if region is None:
        matches = (form.fullmatch(zone) for form in _ZONE_FORMS)
        region = next((match[1] for match in matches if match), None)
    return region_id(provider, region) if region else provider_id(provider)
